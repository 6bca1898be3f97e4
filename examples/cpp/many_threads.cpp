// SPDX-License-Identifier: MIT
// Numbers for many threads: a plain counter hands them out without gaps, a lease without waiting.
// Either way no two threads ever hold the same number.
#include <clib/counter.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <thread>
#include <vector>

namespace {

constexpr std::size_t thread_count = 8;
constexpr std::size_t draws = 100'000;  // of each thread

using numbers = std::vector<std::int64_t>;

/// Draws with `draw_all` in all threads at once. Returns: Whether all went well.
template <class DrawAll>
bool show(const char* name, DrawAll draw_all) {
    std::vector<numbers> drawn(thread_count, numbers(draws));
    std::vector<std::thread> threads;
    threads.reserve(thread_count);
    for (numbers& mine : drawn) {
        threads.emplace_back([&] { draw_all(mine); });
    }
    for (std::thread& thread : threads) { thread.join(); }

    numbers all;
    for (const numbers& mine : drawn) { all.insert(all.end(), mine.begin(), mine.end()); }
    std::sort(all.begin(), all.end());
    const bool unique = std::adjacent_find(all.begin(), all.end()) == all.end();
    const bool dense = unique && all.front() == 1 && all.back() == std::ssize(all);
    std::printf("%s: %zu threads drew %zu numbers, %s, %s\n", name, thread_count, all.size(),
                unique ? "all different" : "some twice", dense ? "without a gap" : "with gaps");
    return unique;
}

}  // namespace

int main() {  // NOLINT(bugprone-exception-escape): without memory or threads, it may end so
    clib::counter tickets;
    const bool plain_is_unique = show("counter", [&](numbers& mine) {
        for (auto& number : mine) { number = tickets.next(); }
    });

    clib::counter identifiers;
    const bool leased_is_unique = show("leases ", [&](numbers& mine) {
        clib::counter::lease lease{identifiers};
        for (auto& number : mine) { number = lease.next(); }
    });

    return plain_is_unique && leased_is_unique ? 0 : 1;
}
