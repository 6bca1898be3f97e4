// SPDX-License-Identifier: MIT
// counter: hands out 1, 2, 3 ..., each number exactly once, from any number of threads.
//
// Memory order. next() and reserve() are acquire and release, value() is acquire, reset() is
// release: what a thread did before it drew a number is visible to every thread that draws a larger
// one, or reads a value() at least as large. On x86-64 this costs nothing over relaxed.
#pragma once

#include <clib/detail/require_cpp20.hpp>
#include <clib/detail/require_exceptions.hpp>

#include <algorithm>
#include <atomic>
#include <concepts>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>

namespace clib::inline v0 {

/// Counting numbers of type T, without gaps and in order. Every member function may be called from
/// any thread at any time.
template <std::integral T>
class basic_counter {
    static_assert(sizeof(T) <= sizeof(std::uint64_t), "a counter counts in at most 64 bits");
    static_assert(!std::same_as<T, bool>, "a counter cannot count in bool");

public:
    using value_type = T;
    class lease;

    /// The last number that is handed out. 64-bit counters stop at 2^63 - 1, signed or not: the
    /// upper half of the state is room for calls that come after the end, so that it cannot wrap.
    static constexpr T max_value = static_cast<T>(std::min<std::uint64_t>(
        std::numeric_limits<T>::max(), std::numeric_limits<std::int64_t>::max()));

    /// Effects: The first number will be 1.
    constexpr basic_counter() noexcept = default;

    /// Effects: The first number will be `last + 1`.
    /// Throws: std::invalid_argument if `last` is negative or above max_value.
    constexpr explicit basic_counter(T last) : last_{static_cast<std::uint64_t>(last)} {
        if (last < 0 || last > max_value) {
            throw std::invalid_argument{
                "last is out of range; start a counter at a number from 0 to max_value"};
        }
    }

    basic_counter(const basic_counter&) = delete;  // a copy repeats its numbers: pass a reference
    basic_counter& operator=(const basic_counter&) = delete;

    /// Returns: The number after the last one handed out; the first is 1.
    /// Throws: std::overflow_error after max_value; the counter stays at max_value.
    T next() {
        const std::uint64_t number = last_.fetch_add(1, std::memory_order_acq_rel) + 1;
        if (number > max_state) [[unlikely]] { refuse_past_the_end(); }
        return static_cast<T>(number);
    }

    /// Takes `count` consecutive numbers in one atomic step.
    /// Returns: The first of them.
    /// Throws: std::invalid_argument if `count` is less than 1; std::overflow_error if fewer than
    /// `count` numbers are left; the counter is unchanged in both cases.
    T reserve(T count) {
        if (count < 1) {
            throw std::invalid_argument{"count is less than 1; reserve at least one number"};
        }
        const auto wanted = static_cast<std::uint64_t>(count);
        return static_cast<T>(take(wanted, wanted).first);
    }

    /// Returns: The number handed out last; 0 before the first.
    T value() const noexcept {
        return static_cast<T>(std::min(last_.load(std::memory_order_acquire), max_state));
    }

    /// Effects: The next number is 1 again, so numbers from before come again. Leases go on with
    /// the block that they have.
    void reset() noexcept { last_.store(0, std::memory_order_release); }

private:
    static constexpr auto max_state = static_cast<std::uint64_t>(max_value);

    struct block {
        std::uint64_t first;
        std::uint64_t last;
    };

    /// Takes `wanted` numbers, or all that are left if those are at least `least`.
    block take(std::uint64_t wanted, std::uint64_t least) {
        std::uint64_t last = last_.load(std::memory_order_relaxed);
        for (;;) {
            const std::uint64_t left = max_state - std::min(last, max_state);
            if (left < least) { throw_overflow(); }
            const std::uint64_t taken = std::min(wanted, left);
            if (last_.compare_exchange_weak(last, last + taken, std::memory_order_acq_rel,
                                            std::memory_order_relaxed)) {
                return {last + 1, last + taken};
            }
        }
    }

    /// next() has gone past the end. Stepping back keeps the overshoot below the number of threads,
    /// however often next() is called; it must not undo a reset() that came in between.
    [[noreturn]] void refuse_past_the_end() {
        std::uint64_t last = last_.load(std::memory_order_relaxed);
        while (last > max_state &&
               !last_.compare_exchange_weak(last, max_state, std::memory_order_relaxed)) {}
        throw_overflow();
    }

    [[noreturn, gnu::cold]] static void throw_overflow() {
        throw std::overflow_error{"the counter has too few numbers left before its end at " +
                                  std::to_string(max_value) +
                                  "; reset it, or count in a wider type"};
    }

    static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
    std::atomic<std::uint64_t> last_{0};
};

/// A thread's private supply of numbers: drawn from the counter in blocks, handed out without
/// touching memory that other threads write. Numbers are unique among all leases and the counter
/// itself, but neither dense nor in order between threads; what is left in a block when the lease
/// ends is skipped. The counter outlives its leases. One lease serves one thread. Only a draw that
/// takes a block orders memory, as reserve() does.
template <std::integral T>
class basic_counter<T>::lease {
public:
    /// Effects: Takes nothing yet.
    /// Throws: std::invalid_argument if `block_size` is less than 1.
    explicit lease(basic_counter& source, T block_size = default_block_size)
        : source_{source}, block_size_{static_cast<std::uint64_t>(block_size)} {
        if (block_size < 1) {
            throw std::invalid_argument{
                "block_size is less than 1; take blocks of at least one number"};
        }
    }

    lease(const lease&) = delete;  // a copy repeats its numbers: pass a reference
    lease& operator=(const lease&) = delete;

    /// Returns: A number that nobody else gets, unless the counter is reset.
    /// Throws: std::overflow_error when the counter has no number left.
    T next() {
        if (next_ > last_) [[unlikely]] { refill(); }
        return static_cast<T>(next_++);
    }

private:
    static constexpr T default_block_size =
        static_cast<T>(std::min<std::uint64_t>(1024, max_state));

    void refill() {
        const block taken = source_.take(block_size_, 1);
        next_ = taken.first;
        last_ = taken.last;
    }

    basic_counter& source_;
    std::uint64_t block_size_;
    std::uint64_t next_ = 1;
    std::uint64_t last_ = 0;
};

using counter = basic_counter<std::int64_t>;

}  // namespace clib::inline v0
