// SPDX-License-Identifier: MIT
#include "doctest.hpp"

#include <clib/counter.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <thread>
#include <type_traits>
#include <vector>

using clib::basic_counter;
using clib::counter;

static_assert(sizeof(counter) == sizeof(std::int64_t));
static_assert(sizeof(basic_counter<unsigned char>) == sizeof(std::int64_t));
static_assert(std::is_nothrow_default_constructible_v<counter>);
static_assert(!std::is_copy_constructible_v<counter> && !std::is_move_constructible_v<counter>);
static_assert(!std::is_copy_assignable_v<counter> && !std::is_move_assignable_v<counter>);
static_assert(!std::is_copy_constructible_v<counter::lease>);
static_assert(!std::is_move_constructible_v<counter::lease>);
static_assert(noexcept(std::declval<counter&>().value()));
static_assert(noexcept(std::declval<counter&>().reset()));
static_assert(!noexcept(std::declval<counter&>().next()));
static_assert(counter::max_value == std::numeric_limits<std::int64_t>::max());
static_assert(basic_counter<std::uint64_t>::max_value == std::numeric_limits<std::int64_t>::max());
static_assert(basic_counter<signed char>::max_value == 127);

static constinit counter constant_initialised{41};

namespace {

/// Runs `body(thread number)` in `count` threads at once.
template <class Body>
void in_threads(std::size_t count, Body body) {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < count; ++i) {
        threads.emplace_back([&body, i] { body(i); });
    }
    for (std::thread& thread : threads) { thread.join(); }
}

}  // namespace

TEST_CASE("a counter hands out 1, 2, 3") {
    counter numbers;
    CHECK(numbers.value() == 0);
    CHECK(numbers.next() == 1);
    CHECK(numbers.next() == 2);
    CHECK(numbers.next() == 3);
    CHECK(numbers.value() == 3);
}

TEST_CASE("a counter goes on from the number it is constructed with") {
    CHECK(constant_initialised.next() == 42);
    CHECK_THROWS_AS(counter{-1}, std::invalid_argument);
    CHECK_THROWS_AS(basic_counter<std::uint64_t>{std::uint64_t{1} << 63}, std::invalid_argument);
}

TEST_CASE("reserve takes a block in one step") {
    counter numbers;
    CHECK(numbers.reserve(10) == 1);
    CHECK(numbers.next() == 11);
    CHECK(numbers.reserve(1) == 12);
    CHECK_THROWS_AS(numbers.reserve(0), std::invalid_argument);
    CHECK_THROWS_AS(numbers.reserve(-5), std::invalid_argument);
    CHECK(numbers.value() == 12);
}

TEST_CASE("reset starts again at 1") {
    counter numbers{7};
    numbers.reset();
    CHECK(numbers.value() == 0);
    CHECK(numbers.next() == 1);
}

TEST_CASE_TEMPLATE("the end of the range is an error and no wrap", T, signed char, unsigned char,
                   std::int16_t, std::uint32_t, std::int64_t, std::uint64_t) {
    constexpr T last = basic_counter<T>::max_value;
    basic_counter<T> numbers{static_cast<T>(last - 2)};
    CHECK(numbers.next() == last - 1);
    CHECK_THROWS_AS(numbers.reserve(2), std::overflow_error);
    CHECK(numbers.next() == last);
    for (int i = 0; i < 3; ++i) {
        CHECK_THROWS_AS(numbers.next(), std::overflow_error);
        CHECK_THROWS_AS(numbers.reserve(1), std::overflow_error);
        CHECK(numbers.value() == last);
    }
    numbers.reset();
    CHECK(numbers.next() == 1);
}

TEST_CASE("the error says where the end is and what to do") {
    basic_counter<signed char> numbers{127};
    CHECK_THROWS_WITH(numbers.next(),
                      "the counter has too few numbers left before its end at 127; reset it, or "
                      "count in a wider type");
}

TEST_CASE("threads that race past the end get each number once, and errors") {
    basic_counter<std::int16_t> numbers{32'000};
    std::atomic<int> handed_out{0};
    std::atomic<int> refused{0};
    in_threads(4, [&](std::size_t) {
        for (int i = 0; i < 1000; ++i) {
            try {
                numbers.next();
                ++handed_out;
            } catch (const std::overflow_error&) { ++refused; }
        }
    });
    CHECK(handed_out == 767);
    CHECK(refused == 4000 - 767);
    CHECK(numbers.value() == 32'767);
}

TEST_CASE("threads draw every number exactly once, each thread in order") {
    constexpr int per_thread = 20'000;
    counter numbers;
    std::vector<std::vector<std::int64_t>> drawn(4);
    in_threads(4, [&](std::size_t thread) {
        for (int i = 0; i < per_thread; ++i) { drawn[thread].push_back(numbers.next()); }
    });
    std::vector<std::int64_t> all;
    for (const auto& of_one : drawn) {
        CHECK(std::is_sorted(of_one.begin(), of_one.end()));
        all.insert(all.end(), of_one.begin(), of_one.end());
    }
    std::sort(all.begin(), all.end());
    CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
    CHECK(all.front() == 1);
    CHECK(all.back() == 4 * per_thread);
}

TEST_CASE("what was done before a number was drawn is visible to who draws a larger one") {
    for (int round = 0; round < 500; ++round) {
        counter numbers;
        int message = 0;
        std::thread writer{[&] {
            message = 42;
            numbers.next();
        }};
        // A data race under TSan if what looks did not acquire, or next() did not release.
        switch (round % 3) {
            case 0:
                while (numbers.value() == 0) { std::this_thread::yield(); }
                break;
            case 1:
                for (std::int64_t mine = 1; numbers.next() == mine; ++mine) {}
                break;
            default:
                for (std::int64_t mine = 1; numbers.reserve(1) == mine; ++mine) {}
                break;
        }
        CHECK(message == 42);
        writer.join();
    }
}

TEST_CASE("leases and the counter itself never hand out a number twice") {
    constexpr int per_thread = 10'000;
    counter numbers;
    std::vector<std::vector<std::int64_t>> drawn(4);
    in_threads(4, [&](std::size_t thread) {
        counter::lease lease{numbers, 64};
        for (int i = 0; i < per_thread; ++i) {
            drawn[thread].push_back(thread == 0 ? numbers.next() : lease.next());
        }
    });
    std::vector<std::int64_t> all;
    for (const auto& of_one : drawn) { all.insert(all.end(), of_one.begin(), of_one.end()); }
    std::sort(all.begin(), all.end());
    CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
    CHECK(all.size() == 4 * per_thread);
}

TEST_CASE("a lease uses up the last numbers even when they are fewer than its block") {
    basic_counter<unsigned char> numbers{250};
    basic_counter<unsigned char>::lease lease{numbers, 100};
    for (int expected = 251; expected <= 255; ++expected) { CHECK(lease.next() == expected); }
    CHECK_THROWS_AS(lease.next(), std::overflow_error);
    CHECK_THROWS_AS(numbers.next(), std::overflow_error);
}

TEST_CASE("a lease takes nothing before it is asked, and whole blocks then") {
    counter numbers;
    counter::lease lease{numbers, 10};
    CHECK(numbers.value() == 0);
    CHECK(lease.next() == 1);
    CHECK(numbers.value() == 10);
    CHECK(numbers.next() == 11);
    for (int expected = 2; expected <= 10; ++expected) { CHECK(lease.next() == expected); }
    CHECK(lease.next() == 12);
    CHECK_THROWS_AS((counter::lease{numbers, 0}), std::invalid_argument);
}
