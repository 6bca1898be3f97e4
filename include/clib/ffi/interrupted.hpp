// SPDX-License-Identifier: MIT
// Ctrl-C in a long call. An interpreter runs the handlers of signals between two steps of its own
// code, and so not before a call of C++ returns, unless the call asks for them.
#pragma once

#include <clib/ffi/detail/handle/interpreter_lock.hpp>
#include <clib/ffi/detail/handle/interrupt.hpp>

#include <atomic>
#include <chrono>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace detail {

/// The same for a thread that has let go of the lock, which it takes at most every 10 milliseconds.
[[gnu::cold, gnu::noinline]] inline bool check_signals_unlocked() noexcept {
    static constinit thread_local std::chrono::steady_clock::time_point next_check{};
    const auto now = std::chrono::steady_clock::now();
    if (now < next_check) { return false; }
    next_check = now + std::chrono::milliseconds{10};
    if (signals.ensure == nullptr) { return check_signals(); }
    const callback_scope scope;
    const int ensured = outlast(signals.ensure);
    const bool has_raised = outlast(signals.check) != 0;
    if (has_raised) { interrupt::keep(); }
    outlast(signals.release, ensured);
    return has_raised;
}

}  // namespace detail

/// Whether this call should end, because a signal handler of the interpreter that made it has
/// raised an exception: KeyboardInterrupt after Ctrl-C. The handlers of signals that have come run
/// now. Return or throw then, whatever; the caller gets that exception in the place of a result or
/// error.
///
///     for (const auto& part : parts) {
///         if (interrupted()) { fail(status::unknown, {"interrupted"}); }
///         work_on(part);
///     }
///
/// True again until the call returns. False in every thread but Python's main one (which alone runs
/// handlers), in a thread of C++, and in a program without a binding.
/// A call costs some nanoseconds. In a function that is listed with may_block() it reads the clock,
/// and takes the interpreter's lock at most every 10 milliseconds; that may wait for Python's other
/// threads, so do not hold a mutex that they may want.
inline bool interrupted() noexcept {
    if (!detail::has_signals.load(std::memory_order_acquire)) { return false; }
    if (detail::interrupt::is_pending()) { return true; }
    if (detail::is_native_caller() || detail::holds_interpreter_lock) {
        return detail::check_signals();
    }
    return detail::is_unlocked_call && detail::check_signals_unlocked();
}

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
