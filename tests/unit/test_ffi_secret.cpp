// SPDX-License-Identifier: MIT
// What a handle tells who sees it: neither an address, nor the handle of the next object.
#include <clib/ffi/handle_table.hpp>

#include "doctest.hpp"

#ifdef __linux__
#include <sys/auxv.h>  // declares getauxval() as secret.hpp does
#endif
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <thread>
#include <vector>

using clib::ffi::handle_table;
using clib::ffi::detail::handle_bits;
using clib::ffi::detail::mix;
using clib::ffi::detail::shuffled;

namespace {

struct handle;
using numbers = handle_table<int, handle>;

std::uint64_t value_of(const handle* of) { return reinterpret_cast<std::uint64_t>(of); }

constexpr std::uint64_t odd = 0x1'0000'0001;  // as both halves of the secret are
constexpr std::uint32_t counted_bits = handle_bits::max_generation >> 1;

/// What an attacker makes of a handle whose slot's last generation was `number`.
std::uint64_t with_generation(std::uint64_t from, std::uint32_t number) {
    handle_bits bits = handle_bits::of(from);
    bits.generation = (number & counted_bits) << 1 | (bits.generation & 1);
    return bits.value();
}
std::uint32_t number_of(std::uint64_t from) { return handle_bits::of(from).generation >> 1; }

}  // namespace

// Of an address, an attacker knows the offset in the library, and tries all pages. The hash of the
// right one is not to be in the handle.
TEST_CASE("one handle does not tell where the library is loaded") {
    static constinit numbers table{"number"};
    int right = 0;
    constexpr int count = 512;
    std::vector<handle*> all;
    for (int i = 0; i < count; ++i) {
        all.push_back(table.emplace(i));
        const handle_bits bits = handle_bits::of(all.back());
        for (const void* const known : {static_cast<const void*>(&clib::ffi::detail::blocks),
                                        static_cast<const void*>(&clib::ffi::detail::secret),
                                        static_cast<const void*>(&table)}) {
            const std::uint64_t hash = mix(reinterpret_cast<std::uint64_t>(known));
            const auto generation = static_cast<std::uint32_t>(mix(hash + bits.slot));
            right += static_cast<int>(bits.generation >> 1 == (generation & counted_bits));
        }
    }
    CHECK(right <= 1);
    for (handle* const each : all) { table.erase(each); }
}

TEST_CASE("the next handle of a slot cannot be told from those before it") {
    static constinit numbers table{"number"};
    std::vector<std::uint64_t> seen;
    int right = 0;
    for (int i = 0; i < 5000; ++i) {
        handle* const made = table.emplace(i);
        const std::uint64_t value = value_of(made);
        if (seen.size() >= 3) {
            const std::uint32_t last = number_of(seen.back());
            const std::uint32_t before = number_of(seen[seen.size() - 2]);
            const std::uint32_t first = number_of(seen[seen.size() - 3]);
            REQUIRE(handle_bits::of(made).slot == handle_bits::of(seen.back()).slot);
            const std::set<std::uint64_t> guesses{
                with_generation(seen.back(), last + 1),
                with_generation(seen.back(), last - 1),
                with_generation(seen.back(), last + (last - before)),
                with_generation(seen.back(), 3 * last - 3 * before + first),
                with_generation(seen.back(), last ^ (last ^ before)),
                with_generation(seen.back(), last ^ before ^ first),
            };
            right += static_cast<int>(guesses.count(value));
        }
        seen.push_back(value);
        table.erase(made);
    }
    CHECK(right <= 1);  // by chance, once in about a thousand runs
}

TEST_CASE("the slot next door tells nothing, and neither does the same slot of another process") {
    constexpr std::uint64_t key = mix(1) | odd;
    int equal = 0;
    for (std::uint32_t number = 0; number < 10'000; ++number) {
        const std::uint32_t one = shuffled(number, 1, key);
        equal += static_cast<int>(one == shuffled(number, 2, key));
        equal += static_cast<int>(one == shuffled(number, 1, mix(2) | odd));
    }
    CHECK(equal <= 5);
}

TEST_CASE("a slot has each generation once, in any order") {
    const std::uint64_t key = clib::ffi::detail::make_secret();
    std::vector<bool> seen(clib::ffi::detail::objects_of_slot);
    int twice = 0;
    for (std::uint32_t number = 0; number < clib::ffi::detail::objects_of_slot; number += 7) {
        auto one = seen[shuffled(number, 7, key)];
        twice += static_cast<int>(one);
        one = true;
    }
    CHECK(twice == 0);
}

// Of steps that are all linear, one key in ten is seen here, in what the bits of a generation say
// of those of the next one.
TEST_CASE(
    "no bit of a generation is likely, nor a step from one to the next, whatever the secret") {
    constexpr int keys = 200;
    constexpr int count = 4000;
    constexpr int far = 190;  // six times the deviation of chance
    int unlikely = 0;
    int repeated = 0;
    for (std::uint64_t key = 1; key <= keys; ++key) {
        std::array<int, handle_bits::generation_width> ones{};
        std::array<int, handle_bits::generation_width> changes{};
        std::vector<std::uint32_t> steps;
        std::uint32_t last = 0;
        for (std::uint32_t number = 0; number < count; ++number) {
            const std::uint32_t made = shuffled(number, 3, mix(key) | odd);
            for (std::size_t bit = 0; bit + 1 < ones.size(); ++bit) {
                ones[bit] += static_cast<int>(made >> bit & 1);
                changes[bit] += static_cast<int>((made ^ last) >> bit & 1);
            }
            steps.push_back((made - last) & counted_bits);
            last = made;
        }
        for (std::size_t bit = 0; bit + 1 < ones.size(); ++bit) {
            unlikely += std::abs(ones[bit] - count / 2) > far ? 1 : 0;
            unlikely += std::abs(changes[bit] - count / 2) > far ? 1 : 0;
        }
        std::sort(steps.begin(), steps.end());
        for (std::size_t i = 3; i < steps.size(); ++i) {
            repeated += static_cast<int>(steps[i] == steps[i - 3]);
        }
    }
    CHECK(unlikely == 0);
    CHECK(repeated == 0);
}

TEST_CASE("the secret is the same for all threads, and there from the first object on") {
    const std::uint64_t first = clib::ffi::detail::make_secret();
    CHECK(first != 0);
    std::vector<std::uint64_t> seen(4);
    std::vector<std::thread> threads;
    for (std::uint64_t& each : seen) {
        threads.emplace_back([&each] { each = clib::ffi::detail::make_secret(); });
    }
    for (std::thread& each : threads) { each.join(); }
    for (const std::uint64_t each : seen) { CHECK(each == first); }
}

TEST_CASE("a forked child has its parent's handles") {
    static constinit numbers table{"number"};
    handle* const made = table.emplace(7);
    handle* const freed = table.emplace(8);
    table.erase(freed);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        int wrong = 0;
        try {
            wrong += *table.at(made) == 7 ? 0 : 1;
            table.erase(made);
            handle* const next = table.emplace(9);
            wrong += *table.at(next) == 9 ? 0 : 1;
            wrong += next == made || next == freed ? 1 : 0;
        } catch (const clib::ffi::error&) { wrong = 10; }
        _exit(wrong);
    }
    int status = -1;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    table.erase(made);
}
