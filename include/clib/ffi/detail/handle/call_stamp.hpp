// SPDX-License-Identifier: MIT
// Which uses of objects belong to the call that is running. A call may use an object twice. But a
// function of the caller's that it calls back must not: the object would change under its method's
// feet.
//
// Each use is stamped when it begins, with a count of the calls back that there have been, and each
// call back raises that count. A use belongs to the call that is running if its stamp is not older
// than the innermost call back of this thread.
//
//     63    48 47                 2      1         0
//     [ forks ][ calls back         ][ ordinary ][ 1 ]
//
// Native callers have a count of their own, which the interpreter's lock protects: they pay no
// locked instruction. The bit `ordinary` tells the two apart.
#pragma once

#include <clib/detail/require_cpp20.hpp>

#include <atomic>
#include <cstdint>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

struct stamp_bits {
    static constexpr int forks_shift = 48;
    static constexpr std::uint64_t one_fork = std::uint64_t{1} << forks_shift;
    static constexpr std::uint64_t one_callback = 4;
    static constexpr std::uint64_t ordinary = 2;
    static constexpr std::uint64_t never_zero = 1;
};

/// What a use is stamped with that begins now. Never 0.
inline constinit std::atomic<std::uint64_t> native_stamp{stamp_bits::never_zero};
inline constinit std::atomic<std::uint64_t> ordinary_stamp{stamp_bits::never_zero |
                                                           stamp_bits::ordinary};

/// How often this process has been forked off. A thread that was using an object exclusively while
/// another one forked does not exist in the child, and must not be waited for there.
inline std::uint64_t current_forks() noexcept {
    return ordinary_stamp.load(std::memory_order_relaxed) >> stamp_bits::forks_shift;
}
inline void count_fork() noexcept {
    native_stamp.fetch_add(stamp_bits::one_fork, std::memory_order_relaxed);
    ordinary_stamp.fetch_add(stamp_bits::one_fork, std::memory_order_relaxed);
}

/// This thread's innermost call back: the first stamps of the uses that have begun in it.
struct callback_stamps {
    std::uint64_t native = 0;
    std::uint64_t ordinary = 0;
    bool is_new = false;  ///< No trampoline of a binding has been reached in it.
    /// Of a native caller: the function that call_back() is about to enter, the lock being held.
    const void* entered = nullptr;

    /// Requires: This thread is a native caller, or was one until now and still holds the lock.
    void begin_native() noexcept {
        native = native_stamp.load(std::memory_order_relaxed) + stamp_bits::one_callback;
        native_stamp.store(native, std::memory_order_relaxed);
    }
    void begin_ordinary() noexcept {
        ordinary = ordinary_stamp.fetch_add(stamp_bits::one_callback, std::memory_order_relaxed) +
                   stamp_bits::one_callback;
    }
    /// Requires: The use with this stamp is one of this thread's.
    bool is_before_use(std::uint64_t stamp) const noexcept {
        return stamp >= ((stamp & stamp_bits::ordinary) != 0 ? ordinary : native);
    }
};
inline constinit thread_local callback_stamps innermost_callback{};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
