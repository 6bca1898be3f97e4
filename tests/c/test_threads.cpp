// SPDX-License-Identifier: MIT
// Many threads in the library at once: on the same objects, at random; and with wrong calls, which
// must each be refused and harm nobody. A million of those are made, unless it takes longer than
// CLIB_TEST_SECONDS.
#include <clib.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tap.h"

namespace {

using clock = std::chrono::steady_clock;

/// Runs `body(thread number)` in four threads at once.
template <class Body>
void in_threads(Body body) {
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < 4; ++i) {
        threads.emplace_back([&body, i] { body(i); });
    }
    for (std::thread& thread : threads) { thread.join(); }
}

bool is_one_of(std::int64_t result, std::initializer_list<std::int64_t> failures) {
    if (result >= 0) { return true; }
    for (const std::int64_t failure : failures) {
        if (result == failure) { return clib_last_status() == failure; }
    }
    return false;
}

// --- The same objects, used and freed at random
// ---------------------------------------------------

std::atomic<std::int64_t> adopted{0};
std::atomic<std::int64_t> deleted{0};

void count_deletion(char*, void*) { ++deleted; }

template <class Handle>
using places = std::array<std::atomic<Handle*>, 6>;

places<clib_counter> counters{};
places<clib_char_buffer> buffers{};
places<clib_c_string> strings{};
char shared_text[] = "shared text";

/// One random call, or a few that belong together. Returns: Whether all went as documented.
bool call_at_random(std::minstd_rand& random) {
    char memory[32];
    const auto place = [&](auto& all) -> auto& { return all[random() % all.size()]; };
    // An object that is replaced has to be freed, sooner or later: it may be pinned for a moment.
    const auto free_for_good = [](auto* old, auto* free) {
        for (;;) {
            const std::int64_t freed = free(old);
            if (freed != CLIB_E_BUSY) { return is_one_of(freed, {CLIB_E_HANDLE}); }
            std::this_thread::yield();
        }
    };
    const auto at = static_cast<std::int64_t>(random() % 16);
    switch (random() % 16) {
        case 0:
            return free_for_good(place(counters).exchange(clib_counter_new()), clib_counter_free);
        case 1:
            return is_one_of(clib_counter_next(place(counters)), {CLIB_E_HANDLE});
        case 2:
            return is_one_of(clib_counter_reserve(place(counters), at + 1), {CLIB_E_HANDLE}) &&
                   is_one_of(clib_counter_value(place(counters)), {CLIB_E_HANDLE}) &&
                   is_one_of(clib_counter_reset(place(counters)), {CLIB_E_HANDLE});
        case 3:
            return is_one_of(clib_counter_free(place(counters)), {CLIB_E_HANDLE});

        case 4:
            return free_for_good(place(buffers).exchange(clib_char_buffer_new("12345678", 8)),
                                 clib_char_buffer_free);
        case 5:
            return is_one_of(clib_char_buffer_set(place(buffers), at, at),
                             {CLIB_E_HANDLE, CLIB_E_OUT_OF_RANGE}) &&
                   is_one_of(clib_char_buffer_at(place(buffers), at),
                             {CLIB_E_HANDLE, CLIB_E_OUT_OF_RANGE});
        case 6:
            return is_one_of(clib_char_buffer_read(place(buffers), at, memory, sizeof memory),
                             {CLIB_E_HANDLE, CLIB_E_OUT_OF_RANGE}) &&
                   is_one_of(clib_char_buffer_write(place(buffers), at, "abc", 3),
                             {CLIB_E_HANDLE, CLIB_E_OUT_OF_RANGE});
        case 7:
            return is_one_of(clib_char_buffer_resize(place(buffers), at * 100),
                             {CLIB_E_HANDLE, CLIB_E_BUSY}) &&
                   is_one_of(clib_char_buffer_add_one(place(buffers)), {CLIB_E_HANDLE});
        case 8:
            return is_one_of(clib_char_buffer_append(place(buffers), "more", 4),
                             {CLIB_E_HANDLE, CLIB_E_BUSY}) &&
                   is_one_of(clib_char_buffer_insert(place(buffers), at, "more", 4),
                             {CLIB_E_HANDLE, CLIB_E_BUSY, CLIB_E_OUT_OF_RANGE}) &&
                   is_one_of(clib_char_buffer_erase(place(buffers), at, 2),
                             {CLIB_E_HANDLE, CLIB_E_BUSY, CLIB_E_OUT_OF_RANGE});
        case 9: {
            clib_char_buffer* const buffer = place(buffers);
            const char* const lent = clib_char_buffer_pin(buffer);
            if (lent == nullptr) { return clib_last_status() == CLIB_E_HANDLE; }
            return clib_char_buffer_resize(buffer, 1) == CLIB_E_BUSY &&
                   clib_char_buffer_free(buffer) == CLIB_E_BUSY &&
                   clib_char_buffer_size(buffer) >= 0 && clib_char_buffer_pin(buffer) == lent &&
                   clib_char_buffer_unpin(buffer) == CLIB_OK &&
                   clib_char_buffer_unpin(buffer) == CLIB_OK;
        }
        case 10:
            return is_one_of(clib_char_buffer_free(place(buffers)), {CLIB_E_HANDLE, CLIB_E_BUSY});

        case 11:
            ++adopted;
            return free_for_good(
                place(strings).exchange(clib_c_string_adopt(shared_text, count_deletion, nullptr)),
                clib_c_string_free);
        case 12:
            return free_for_good(place(strings).exchange(clib_c_string_new("copied", 6)),
                                 clib_c_string_free);
        case 13:
            return is_one_of(clib_c_string_size(place(strings)), {CLIB_E_HANDLE}) &&
                   is_one_of(clib_c_string_read(place(strings), memory, sizeof memory),
                             {CLIB_E_HANDLE});
        case 14: {
            clib_c_string* const string = place(strings);
            const char* const lent = clib_c_string_pin(string);
            if (lent == nullptr) { return clib_last_status() == CLIB_E_HANDLE; }
            return clib_c_string_free(string) == CLIB_E_BUSY &&
                   (std::strcmp(lent, "copied") == 0 || std::strcmp(lent, shared_text) == 0) &&
                   clib_c_string_unpin(string) == CLIB_OK;
        }
        default:
            return is_one_of(clib_c_string_free(place(strings)), {CLIB_E_HANDLE, CLIB_E_BUSY});
    }
}

void the_same_objects_at_random() {
    std::atomic<std::int64_t> done{0};
    std::atomic<std::int64_t> wrong{0};
    const auto end = clock::now() + std::chrono::seconds{1};
    in_threads([&](unsigned thread) {
        std::minstd_rand random{thread + 1};
        do {
            for (int i = 0; i < 100; ++i) { wrong += call_at_random(random) ? 0 : 1; }
            done += 100;
        } while (clock::now() < end);
    });
    printf("# %lld rounds\n", static_cast<long long>(done));
    CHECK(wrong == 0);
    for (auto& place : counters) { clib_counter_free(place); }
    for (auto& place : buffers) { clib_char_buffer_free(place); }
    for (auto& place : strings) { clib_c_string_free(place); }
    CHECK(clib_counter_live() == 0);
    CHECK(clib_char_buffer_live() == 0);
    CHECK(clib_c_string_live() == 0);
    CHECK(adopted > 0 && deleted == adopted);
}

void one_counter() {
    constexpr std::int64_t rounds = 50'000;
    clib_counter* const counter = clib_counter_new();
    std::atomic<std::int64_t> sum{0};
    in_threads([&](unsigned) {
        std::int64_t own = 0;
        for (std::int64_t i = 0; i < rounds; ++i) { own += clib_counter_next(counter); }
        sum += own;
    });
    CHECK(sum == 4 * rounds * (4 * rounds + 1) / 2);  // each number once
    CHECK(clib_counter_free(counter) == CLIB_OK);
}

void one_buffer() {
    constexpr int rounds = 5'000;
    clib_char_buffer* const buffer = clib_char_buffer_new(nullptr, 0);
    in_threads([&](unsigned) {
        for (int i = 0; i < rounds; ++i) { clib_char_buffer_append(buffer, "1234", 4); }
    });
    constexpr std::int64_t size = 4 * 4 * rounds;
    CHECK(clib_char_buffer_size(buffer) == size);
    std::string bytes(size, '-');
    CHECK(clib_char_buffer_read(buffer, 0, bytes.data(), bytes.size()) == size);
    bool is_whole = true;
    for (std::size_t i = 0; i < bytes.size(); i += 4) {
        is_whole = is_whole && bytes.compare(i, 4, "1234") == 0;
    }
    CHECK(is_whole);
    CHECK(clib_char_buffer_free(buffer) == CLIB_OK);
}

// --- Wrong calls
// ----------------------------------------------------------------------------------

/// The objects that the wrong calls must leave alone.
struct unharmed {
    std::vector<clib_counter*> counters;
    std::vector<clib_char_buffer*> buffers;
    std::vector<clib_c_string*> strings;
    std::vector<std::uint64_t> freed;

    unharmed() {
        for (std::int64_t i = 0; i < count; ++i) {
            counters.push_back(clib_counter_new());
            clib_counter_reserve(counters.back(), i + 1);
            const std::string text = std::to_string(i);
            buffers.push_back(clib_char_buffer_new(text.data(), text.size()));
            strings.push_back(clib_c_string_new(text.data(), text.size()));
            clib_counter* const gone = clib_counter_new();
            freed.push_back(reinterpret_cast<std::uint64_t>(gone));
            clib_counter_free(gone);
        }
    }
    unharmed(const unharmed&) = delete;
    unharmed& operator=(const unharmed&) = delete;

    void check_and_free() {
        CHECK(clib_counter_live() == count);
        CHECK(clib_char_buffer_live() == count);
        CHECK(clib_c_string_live() == count);
        for (std::int64_t i = 0; i < count; ++i) {
            const auto n = static_cast<std::size_t>(i);
            const std::string text = std::to_string(i);
            char seen[8];
            const auto is_text = [&](std::int64_t size) {
                return size == static_cast<std::int64_t>(text.size()) &&
                       text.compare(0, text.npos, seen, text.size()) == 0;
            };
            CHECK(clib_counter_value(counters[n]) == i + 1);
            CHECK(is_text(clib_char_buffer_read(buffers[n], 0, seen, sizeof seen)));
            CHECK(is_text(clib_c_string_read(strings[n], seen, sizeof seen)));
            CHECK(clib_counter_free(counters[n]) == CLIB_OK);
            CHECK(clib_char_buffer_free(buffers[n]) == CLIB_OK);
            CHECK(clib_c_string_free(strings[n]) == CLIB_OK);
        }
    }

    static constexpr std::int64_t count = 32;
};

/// A number that is no index, no count and no byte of any of the objects.
std::int64_t wrong_number(std::mt19937_64& random) {
    switch (random() % 4) {
        case 0:
            return -1 - static_cast<std::int64_t>(random() % 1000);
        case 1:
            return INT64_MIN + static_cast<std::int64_t>(random() % 1000);
        default:
            return INT64_MIN | static_cast<std::int64_t>(random());
    }
}

/// One call with a handle that is none. Returns: What the call did, a pointer as its status.
std::int64_t call_with(std::uint64_t wrong, std::uint64_t choice) {
    char memory[8];
    auto* const counter = reinterpret_cast<clib_counter*>(wrong);
    auto* const buffer = reinterpret_cast<clib_char_buffer*>(wrong);
    auto* const string = reinterpret_cast<clib_c_string*>(wrong);
    const auto status_of = [](const void* pointer) {
        return pointer != nullptr ? CLIB_OK : clib_last_status();
    };
    switch (choice % 20) {
        case 0:
            return clib_counter_next(counter);
        case 1:
            return clib_counter_reserve(counter, 1);
        case 2:
            return clib_counter_value(counter);
        case 3:
            return clib_counter_reset(counter);
        case 4:
            return wrong != 0 ? clib_counter_free(counter) : clib_counter_next(counter);
        case 5:
            return clib_char_buffer_size(buffer);
        case 6:
            return clib_char_buffer_at(buffer, 0);
        case 7:
            return clib_char_buffer_set(buffer, 0, 0);
        case 8:
            return clib_char_buffer_read(buffer, 0, memory, sizeof memory);
        case 9:
            return clib_char_buffer_write(buffer, 0, "x", 1);
        case 10:
            return clib_char_buffer_add_one(buffer);
        case 11:
            return clib_char_buffer_append(buffer, "x", 1);
        case 12:
            return clib_char_buffer_erase(buffer, 0, 1);
        case 13:
            return clib_char_buffer_resize(buffer, 0);
        case 14:
            return status_of(clib_char_buffer_pin(buffer));
        case 15:
            return wrong != 0 ? clib_char_buffer_free(buffer) : clib_char_buffer_clear(buffer);
        case 16:
            return clib_c_string_size(string);
        case 17:
            return clib_c_string_read(string, memory, sizeof memory);
        case 18:
            return status_of(clib_c_string_pin(string));
        default:
            return wrong != 0 ? clib_c_string_free(string) : clib_c_string_unpin(string);
    }
}

/// One call with a live handle and a wrong argument.
std::int64_t call_wrongly(const unharmed& live, std::mt19937_64& random) {
    char memory[8] = {};
    clib_counter* const counter = live.counters[random() % live.counters.size()];
    clib_char_buffer* const buffer = live.buffers[random() % live.buffers.size()];
    clib_c_string* const string = live.strings[random() % live.strings.size()];
    const std::int64_t number = wrong_number(random);
    const std::size_t too_large = SIZE_MAX - random() % 1000;
    const auto status_of = [](const void* pointer) {
        return pointer != nullptr ? CLIB_OK : clib_last_status();
    };
    switch (random() % 18) {
        case 0:
            return clib_counter_reserve(counter, number);
        case 1:
            return clib_counter_reserve(counter, INT64_MAX);
        case 2:
            return clib_char_buffer_at(buffer, number);
        case 3:
            return clib_char_buffer_at(buffer, 1000);
        case 4:
            return clib_char_buffer_set(buffer, 0, number);
        case 5:
            return clib_char_buffer_read(buffer, number, memory, sizeof memory);
        case 6:
            return clib_char_buffer_read(buffer, 0, nullptr, 1 + random() % 1000);
        case 7:
            return clib_char_buffer_write(buffer, 0, memory, too_large);
        case 8:
            return clib_char_buffer_write(buffer, 1000, memory, 1);
        case 9:
            return clib_char_buffer_assign(buffer, nullptr, 1);
        case 10:
            return clib_char_buffer_append(buffer, memory, too_large);
        case 11:
            return clib_char_buffer_insert(buffer, number, memory, 1);
        case 12:
            return clib_char_buffer_erase(buffer, 0, number);
        case 13:
            return clib_char_buffer_resize(buffer, random() % 2 == 0 ? number : INT64_MAX);
        case 14:
            return clib_char_buffer_unpin(buffer);
        case 15:
            return clib_c_string_read(string, nullptr, too_large);
        case 16:
            return clib_c_string_unpin(string);
        default:
            return status_of(clib_c_string_adopt(memory, nullptr, nullptr));
    }
}

std::int64_t wrong_call(const unharmed& live, std::mt19937_64& random) {
    const auto value = [](const auto* handle) { return reinterpret_cast<std::uint64_t>(handle); };
    const std::size_t which = random() % live.counters.size();
    switch (random() % 6) {
        case 0:
            return call_with(0, random());
        case 1:
            return call_with(random(), random());
        case 2:
            return call_with(live.freed[which], random());
        case 3: {  // a live handle with one bit wrong
            const std::uint64_t handles[] = {value(live.counters[which]),
                                             value(live.buffers[which]),
                                             value(live.strings[which])};
            return call_with(handles[random() % 3] ^ std::uint64_t{1} << random() % 64, random());
        }
        case 4:  // a live handle of another kind
            return random() % 2 == 0 ? call_with(value(live.counters[which]), 5 + random() % 15)
                                     : call_with(value(live.strings[which]), random() % 16);
        default:
            return call_wrongly(live, random);
    }
}

void wrong_calls() {
    const char* const seconds = std::getenv("CLIB_TEST_SECONDS");
    const auto end =
        clock::now() + std::chrono::seconds{seconds != nullptr ? std::atoi(seconds) : 10};
    constexpr std::int64_t wanted = 1'000'000;
    unharmed live;
    std::atomic<std::int64_t> made{0};
    std::atomic<std::int64_t> accepted{0};
    std::atomic<std::int64_t> unexplained{0};
    in_threads([&](unsigned thread) {
        std::mt19937_64 random{thread};
        do {
            for (int i = 0; i < 1000; ++i) {
                const std::int64_t result = wrong_call(live, random);
                if (result >= 0) { ++accepted; }
                const char* const sentence = clib_last_error();
                const char* const reason = std::strstr(sentence, ": ");
                if (clib_last_status() != result || std::strncmp(sentence, "clib_", 5) != 0 ||
                    reason == nullptr || reason[2] == '\0') {
                    ++unexplained;
                }
            }
            made += 1000;
        } while (made < wanted && clock::now() < end);
    });
    printf("# %lld wrong calls\n", static_cast<long long>(made));
    CHECK(accepted == 0);
    CHECK(unexplained == 0);
    live.check_and_free();
}

}  // namespace

int main() {
    tap_run("four threads draw from one counter", one_counter);
    tap_run("four threads append to one buffer", one_buffer);
    tap_run("four threads use, pin, resize and free the same objects at random",
            the_same_objects_at_random);
    tap_run("wrong calls from four threads", wrong_calls);
    return tap_finish();
}
