// SPDX-License-Identifier: MIT
// The interpreter that makes native calls. Objects that it has made belong to its lock: native
// callers use them without a locked instruction. A thread that comes without that lock takes it
// once, and makes the object an ordinary one; that is all that this header is for.
//
// So a short native call must not wait for a thread that touches, by its handle, an object that
// Python has made: that thread may need the lock which the call keeps. A function that waits for
// other threads is listed with may_block().
//
// One interpreter of a process binds a library natively. Others call it through ctypes, and take
// the lock of the first where they need it. A free-threaded interpreter binds none.
#pragma once

#include <clib/ffi/detail/handle/interpreter_lock.hpp>

#include <atomic>
#include <optional>
#include <thread>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// Takes that interpreter's lock, whether this thread holds it already or not (PyGILState_Ensure).
/// Returns: What release_native_lock is to be called with.
using ensure_native_lock = int (*)();
using release_native_lock = void (*)(int ensured);

inline constinit std::atomic<ensure_native_lock> ensure_lock{nullptr};
inline constinit std::atomic<release_native_lock> release_ensured_lock{nullptr};
/// The threads that may be about to call ensure_lock.
inline constinit std::atomic<int> lock_users{0};
/// Whether the interpreter has ended, or is lost to a forked child; no object is its own.
inline constinit std::atomic<bool> has_interpreter_ended{false};

/// Effects: From now on native callers' new objects belong to their interpreter's lock.
/// Requires: There is no such interpreter, or not any more.
inline void set_native_interpreter(ensure_native_lock ensure,
                                   release_native_lock release) noexcept {
    has_interpreter_ended.store(false, std::memory_order_relaxed);
    release_ensured_lock.store(release, std::memory_order_release);
    ensure_lock.store(ensure, std::memory_order_release);
}

/// Whether the objects that native callers make belong to their interpreter's lock.
inline bool has_native_interpreter() noexcept {
    return ensure_lock.load(std::memory_order_relaxed) != nullptr;
}

/// Holds that interpreter's lock for its lifetime. Once the interpreter has ended nobody makes
/// native calls, and there is nothing to hold.
class native_interpreter_lock {
public:
    native_interpreter_lock() noexcept {
        if (is_native_caller()) { return; }
        // Or the thread of a sub-interpreter that has the same lock would wait for itself.
        pause_.emplace();
        lock_users.fetch_add(1, std::memory_order_seq_cst);
        if (const auto ensure = ensure_lock.load(std::memory_order_seq_cst); ensure != nullptr) {
            ensured_ = outlast(ensure);
            is_held_ = true;
            return;
        }
        lock_users.fetch_sub(1, std::memory_order_release);
        has_interpreter_ended.wait(false, std::memory_order_acquire);
    }
    ~native_interpreter_lock() {
        if (!is_held_) { return; }
        outlast(release_ensured_lock.load(std::memory_order_acquire), ensured_);
        lock_users.fetch_sub(1, std::memory_order_release);
    }
    native_interpreter_lock(const native_interpreter_lock&) = delete;
    native_interpreter_lock& operator=(const native_interpreter_lock&) = delete;

private:
    std::optional<interpreter_lock_pause> pause_;  // ends after the lock is given back
    bool is_held_ = false;
    int ensured_ = 0;
};

/// Effects: Nobody begins to call ensure_lock any more, nor is anybody calling it.
/// Requires: This thread holds the interpreter's lock, which it lets go of meanwhile.
inline void forget_native_lock() noexcept {
    ensure_lock.store(nullptr, std::memory_order_seq_cst);
    while (lock_users.load(std::memory_order_seq_cst) != 0) {
        const interpreter_lock_scope lock{true};
        const interpreter_lock_pause pause;
        std::this_thread::yield();
    }
}

/// Effects: Whoever waits for that, may go on without a lock.
/// Requires: No object is the interpreter's own any more, or no other thread is there.
inline void end_native_interpreter() noexcept {
    ensure_lock.store(nullptr, std::memory_order_relaxed);
    lock_users.store(0, std::memory_order_relaxed);
    has_interpreter_ended.store(true, std::memory_order_release);
    has_interpreter_ended.notify_all();
}

/// What the child does after a fork, in the one thread that it has.
inline void leave_interpreter_to_parent() noexcept {
    const void* const caller = native_caller.load(std::memory_order_relaxed);
    if (caller == this_thread()) { return; }
    if (caller != nullptr) {
        // A thread that is not here has the lock for ever, and a new one may get its address.
        native_caller.store(nullptr, std::memory_order_relaxed);
        end_native_interpreter();
    }
    lock_users.store(0, std::memory_order_relaxed);
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
