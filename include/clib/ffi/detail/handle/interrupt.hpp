// SPDX-License-Identifier: MIT
// How a call learns that a signal handler of its interpreter has raised an exception, and how that
// exception gets to the caller.
//
//     interrupted() --> check_signals() --> PyErr_CheckSignals(): a handler raises
//                                             |
//                       interrupt::keep() <---+--> Py_AddPendingCall(raise)
//     the call fails -----> raise() in place of its error
//     the call succeeds --> raise() when the main thread runs Python next
//
// Only the main thread of Python runs signal handlers, so only it writes here, with the lock held.
#pragma once

#include <clib/ffi/detail/handle/interpreter_lock.hpp>
#include <clib/ffi/detail/thread_end.hpp>

#include <atomic>
#include <cstdint>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// What a binding passes: the functions of CPython with these names, or `check` alone, which takes
/// the lock itself and keeps the exception.
struct signal_functions {
    int (*check)() = nullptr;                                  ///< PyErr_CheckSignals
    int (*ensure)() = nullptr;                                 ///< PyGILState_Ensure
    void (*release)(int) = nullptr;                            ///< PyGILState_Release
    void (*fetch)(void**, void**, void**) = nullptr;           ///< PyErr_Fetch
    void (*restore)(void*, void*, void*) = nullptr;            ///< PyErr_Restore
    int (*add_pending_call)(int (*)(void*), void*) = nullptr;  ///< Py_AddPendingCall
    void (*refer)(void*) = nullptr;                            ///< Py_IncRef
};
inline constinit signal_functions signals{};
inline constinit std::atomic<bool> are_signals_claimed{false};
inline constinit std::atomic<bool> has_signals{false};

/// Effects: The functions of the first binding of the process stay.
inline void set_signal_check(int (*check)(), int (*ensure)(), void (*release)(int),
                             void (*fetch)(void**, void**, void**),
                             void (*restore)(void*, void*, void*),
                             int (*add_pending_call)(int (*)(void*), void*),
                             void (*refer)(void*)) noexcept {
    if (are_signals_claimed.exchange(true)) { return; }
    signals = {check, ensure, release, fetch, restore, add_pending_call, refer};
    has_signals.store(true, std::memory_order_release);
}

/// Whether this thread is in a binding's call that has let go of the interpreter's lock.
inline constinit thread_local bool is_unlocked_call = false;

/// Says so for its lifetime.
class unlocked_call_scope {
public:
    explicit unlocked_call_scope(bool is_unlocked) noexcept
        : outer_{std::exchange(is_unlocked_call, is_unlocked)} {}
    ~unlocked_call_scope() { is_unlocked_call = outer_; }
    unlocked_call_scope(const unlocked_call_scope&) = delete;
    unlocked_call_scope& operator=(const unlocked_call_scope&) = delete;

private:
    bool outer_;
};

/// The exception of a signal handler that nobody has been given yet.
class interrupt {
public:
    /// Whether there is one, and this is the thread that it is for.
    static bool is_pending() noexcept {
        return thread_.load(std::memory_order_relaxed) == this_thread();
    }

    /// Effects: Keeps what a handler has raised in this thread, until raise().
    static void keep() noexcept {
        if (signals.fetch != nullptr) {
            void* type = nullptr;
            void* value = nullptr;
            void* traceback = nullptr;
            signals.fetch(&type, &value, &traceback);
            keep(type, value, traceback);
        }
    }
    /// The same for an exception whose references the caller gives away.
    static void keep(void* type, void* value, void* traceback) noexcept {
        type_ = type;
        value_ = value;
        traceback_ = traceback;
        thread_.store(this_thread(), std::memory_order_relaxed);
        // Where there is no room for one more such call, raise_failure() raises it.
        signals.add_pending_call([](void*) { return raise() ? -1 : 0; }, nullptr);
    }

    /// Effects: Raises it in Python, if it is pending in this thread. Returns: Whether it was.
    static bool raise() noexcept {
        if (!is_pending()) { return false; }
        thread_.store(nullptr, std::memory_order_relaxed);
        signals.restore(std::exchange(type_, nullptr), std::exchange(value_, nullptr),
                        std::exchange(traceback_, nullptr));
        return true;
    }

private:
    inline static constinit std::atomic<const void*> thread_{nullptr};
    inline static constinit void* type_ = nullptr;
    inline static constinit void* value_ = nullptr;
    inline static constinit void* traceback_ = nullptr;
};

/// Effects: Raises an exception in the main thread of CPython, which calls this, when it runs
/// Python next. Returns: Whether it can.
inline int raise_later(void* type, void* value, void* traceback) noexcept {
    if (!has_signals.load(std::memory_order_acquire) || signals.restore == nullptr ||
        interrupt::is_pending()) {
        return 0;
    }
    for (void* const part : {type, value, traceback}) { signals.refer(part); }
    interrupt::keep(type, value, traceback);
    return 1;
}

/// Runs the handlers of the signals that have come. Requires: This thread holds the interpreter's
/// lock, or `check` takes it. Returns: Whether one has raised an exception.
inline bool check_signals() noexcept {
    const callback_scope scope;  // the handlers are Python's, and may make calls
    if (outlast(signals.check) == 0) { return false; }
    interrupt::keep();
    return true;
}

/// The number of an exception that a native function keeps itself.
inline constexpr std::uint64_t native_exception = ~std::uint64_t{0};

/// How a binding forgets an exception that it keeps under a number.
inline constinit std::atomic<void (*)(std::uint64_t)> forget_exception{nullptr};

inline void set_exception_forgetting(void (*forget)(std::uint64_t)) noexcept {
    forget_exception.store(forget, std::memory_order_release);
}

/// Effects: The binding forgets an exception, on CPython when its main thread runs Python next:
/// this thread may not have the lock. If there is no room for one more such call, it is kept for
/// longer.
[[gnu::cold]] inline void drop_exception(std::uint64_t exception) noexcept {
    const auto forget = forget_exception.load(std::memory_order_acquire);
    if (forget == nullptr) { return; }
    if (!has_signals.load(std::memory_order_acquire) || signals.add_pending_call == nullptr) {
        forget(exception);
        return;
    }
    signals.add_pending_call(
        [](void* number) {
            const auto known = forget_exception.load(std::memory_order_acquire);
            if (known != nullptr) { known(reinterpret_cast<std::uintptr_t>(number)); }
            return 0;
        },
        reinterpret_cast<void*>(static_cast<std::uintptr_t>(exception)));
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
