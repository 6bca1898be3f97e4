// SPDX-License-Identifier: MIT
// Threads that call back without the interpreter's lock, and will have to take it. They do not do
// so while the lock is kept by a call that waits for them, and an interpreter that ends waits for
// them.
#pragma once

#include <clib/ffi/detail/handle/interpreter_lock.hpp>
#include <clib/ffi/detail/handle/locked_call.hpp>

#include <atomic>
#include <chrono>
#include <thread>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// How many threads are in a lock_request, and how many in a call of a kept callback. Those of
/// native callers are counted apart: the lock protects their count.
inline constinit std::atomic<int> lock_requests{0};
inline constinit std::atomic<int> kept_calls{0};
inline constinit std::atomic<int> native_kept_calls{0};

/// A callback by this thread, for its lifetime.
class lock_request {
public:
    explicit lock_request(bool holds_lock) noexcept : is_counted_{!holds_lock} {
        if (holds_lock) { return; }
        lock_requests.fetch_add(1, std::memory_order_seq_cst);
        if (announced.number.load(std::memory_order_seq_cst) != 0) {
            blocking_call_ = wait_for_announced_call();
        }
    }
    ~lock_request() {
        if (is_counted_) { lock_requests.fetch_sub(1, std::memory_order_release); }
    }
    lock_request(const lock_request&) = delete;
    lock_request& operator=(const lock_request&) = delete;

    /// The function that keeps the lock from this thread for ever, or NULL: it may take the lock.
    const char* blocking_call() const noexcept { return blocking_call_; }

private:
    bool is_counted_;
    const char* blocking_call_ = nullptr;
};

/// Whether a kept callback has ever been called by a thread that did not hold the lock. From then
/// on, what may end such threads lets go of it (may_wait_for_threads).
inline constinit std::atomic<bool> do_threads_call_back{false};

/// Counts the call of a kept callback for its lifetime.
class kept_call {
public:
    kept_call() noexcept {
        kept_calls.fetch_add(1, std::memory_order_seq_cst);
        if (!is_native_caller() && !holds_interpreter_lock &&
            !do_threads_call_back.load(std::memory_order_relaxed)) {
            do_threads_call_back.store(true, std::memory_order_seq_cst);
        }
    }
    ~kept_call() { kept_calls.fetch_sub(1, std::memory_order_release); }
    kept_call(const kept_call&) = delete;
    kept_call& operator=(const kept_call&) = delete;
};

/// The same of a native caller, which knows whether the interpreter ends: that begins with its lock
/// held.
class native_kept_call {
public:
    native_kept_call() noexcept { add(1); }
    ~native_kept_call() { add(-1); }
    native_kept_call(const native_kept_call&) = delete;
    native_kept_call& operator=(const native_kept_call&) = delete;

private:
    static void add(int more) noexcept {
        native_kept_calls.store(native_kept_calls.load(std::memory_order_relaxed) + more,
                                std::memory_order_relaxed);
    }
};

/// What the child does after a fork, where the other threads are not.
inline void forget_lock_requests() noexcept {
    lock_requests.store(0, std::memory_order_relaxed);
    kept_calls.store(0, std::memory_order_relaxed);
    native_kept_calls.store(0, std::memory_order_relaxed);
}

/// Waits, not for ever, until none is under way.
[[gnu::cold, gnu::noinline]] inline void wait_until_none(const std::atomic<int>& count,
                                                         std::chrono::seconds limit) noexcept {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (count.load(std::memory_order_seq_cst) > 0 && std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
