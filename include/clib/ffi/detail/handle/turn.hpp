// SPDX-License-Identifier: MIT
// How threads take turns at an object with exclusive access: they sleep until its word changes.
#pragma once

#include <clib/ffi/detail/handle/fork_handler.hpp>
#include <clib/ffi/detail/handle/interpreter_lock.hpp>
#include <clib/ffi/detail/handle/slot_word.hpp>
#include <clib/ffi/detail/handle/waiting.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

#if defined(__linux__)
#include <unistd.h>
#elif defined(__APPLE__)
#include <pthread.h>
#endif

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// Whether this is the thread that a process begins with, where an interpreter runs the handlers of
/// signals. False where that is not known.
inline bool is_main_thread() noexcept {
#if defined(__linux__)
    return gettid() == getpid();
#elif defined(__APPLE__)
    return pthread_main_np() != 0;
#else
    return false;
#endif
}

/// What a binding runs the handlers of signals with, in a call in the main thread, whether this
/// holds the interpreter's lock or not; or NULL. Returns: Whether one has raised an exception.
using run_signal_handlers = bool (*)();
inline constinit std::atomic<run_signal_handlers> signal_handlers{nullptr};

/// Waits until the word is not `seen` any more, and wakes up now and then for the signals.
[[gnu::cold]] inline entry wait_for_change_or_signal(const std::atomic<std::uint64_t>& word,
                                                     std::uint64_t seen,
                                                     run_signal_handlers run) noexcept {
    using std::chrono::microseconds;
    for (microseconds rest{20};; rest = std::min(2 * rest, microseconds{5'000})) {
        {
            const interpreter_lock_pause pause;
            std::this_thread::sleep_for(rest);
        }
        if (word.load(std::memory_order_relaxed) != seen) { return entry::granted; }
        if (run()) { return entry::interrupted; }
    }
}

/// Waits until the object may be free, or is closed. `seen` is its word, in which it is held, and
/// `holder` where its user is written down.
/// Returns: granted, if it is worth trying again; else why this thread must not wait.
[[gnu::cold, gnu::noinline]] inline entry wait_for_turn(
    std::atomic<std::uint64_t>& word, std::uint64_t seen,
    const std::atomic<const void*>& holder) noexcept {
    if ((seen & slot_word::forks) != (slot_word::held_now() & slot_word::forks)) {
        return entry::held_before_fork;
    }
    const std::uint64_t marked = seen | slot_word::awaited;
    if (seen == marked || word.compare_exchange_weak(seen, marked, std::memory_order_relaxed)) {
        const waiting_thread waiting{holder};
        if (waiting.is_circular()) { return entry::held_in_a_circle; }
        const auto handlers = signal_handlers.load(std::memory_order_acquire);
        if (handlers != nullptr && is_main_thread()) {
            return wait_for_change_or_signal(word, marked, handlers);
        }
        const interpreter_lock_pause pause;  // who is using the object may need the lock
        word.wait(marked, std::memory_order_relaxed);
    }
    return entry::granted;
}

/// To be called when the object is free, by who has seen that it is awaited. The slot may be
/// another object's by now: its waiters wake too, see that, and wait again.
[[gnu::cold, gnu::noinline]] inline void wake_waiters(std::atomic<std::uint64_t>& word) noexcept {
    word.fetch_and(~slot_word::awaited, std::memory_order_relaxed);
    word.notify_all();
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
