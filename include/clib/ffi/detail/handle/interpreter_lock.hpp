// SPDX-License-Identifier: MIT
// The one lock that an interpreter has (Python's GIL), as far as a library that knows no
// interpreter has to care. A binding keeps it during short calls. If such a call has to wait for
// another thread, it lets go of the lock meanwhile, because that thread may be waiting for it.
//
// Several scopes say what a thread has to do with the lock. Each puts back at its end what it
// found.
//
//     scope                    opened                          the lock is   native   begins a
//                                                              held          caller   call back
//     native_call              by a native thunk, around a     yes           yes      no
//                              short function
//     native_call_pause        by a native thunk, around a     unknown       no       if it was
//                              function that may block                                native
//     interpreter_lock_scope   by an entry for ctypes          as it says    no       yes
//     callback_scope           around a function of the        unknown       no       yes
//                              caller's, by call_back()
//     native_callback_scope    the same by a native caller,    yes, until    no       yes
//                              also if it calls Python itself  Python runs
//     trampoline_scope         by a binding, in the function   unknown       no       yes, if
//                              that calls its callable                                nobody has
//     interpreter_lock_pause   by a call that has to wait      no            no       no
//     native_interpreter_lock  around taking an object away    yes           as it    no
//                              from native callers                           was
//
// The last is in native_interpreter.hpp. What a call back is for, is in call_stamp.hpp.
#pragma once

#include <clib/ffi/detail/handle/call_stamp.hpp>
#include <clib/ffi/detail/handle/locked_call.hpp>
#include <clib/ffi/detail/thread_end.hpp>

#include <atomic>
#include <cstdint>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

using release_interpreter_lock = void* (*)();
using acquire_interpreter_lock = void (*)(void* released);

inline constinit std::atomic<release_interpreter_lock> release_lock{nullptr};
inline constinit std::atomic<acquire_interpreter_lock> acquire_lock{nullptr};

inline void set_interpreter_lock(release_interpreter_lock release,
                                 acquire_interpreter_lock acquire) noexcept {
    acquire_lock.store(acquire, std::memory_order_release);
    release_lock.store(release, std::memory_order_release);
}

/// Whether a binding says that this thread holds the interpreter's lock.
inline constinit thread_local bool holds_interpreter_lock = false;

/// Returns: An address that no other living thread has.
inline const void* this_thread() noexcept {
#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
    return __builtin_thread_pointer();  // other systems keep other things there
#else
    return &holds_interpreter_lock;
#endif
}

/// The thread that is in a native_call. Only a thread that holds the interpreter's lock writes
/// here. If a thread reads its own address, it holds the lock. If not, it knows nothing.
inline constinit std::atomic<const void*> native_caller{nullptr};

inline bool is_native_caller() noexcept {
    return native_caller.load(std::memory_order_relaxed) == this_thread();
}

/// Returns: The same variable. What a thread has is found by a call, so the compiler is to keep it.
template <class T>
T& found_once(T& variable) noexcept {
    T* address = &variable;
    asm("" : "+r"(address));  // NOLINT(hicpp-no-assembler): or the compiler asks again
    return *address;
}

/// A call made natively, for its lifetime, by a thread that holds the lock of the one interpreter
/// that may make such calls. Two such calls never run at the same time.
class native_call {
public:
    native_call() noexcept { native_caller.store(this_thread(), std::memory_order_relaxed); }
    ~native_call() { native_caller.store(nullptr, std::memory_order_relaxed); }
    native_call(const native_call&) = delete;
    native_call& operator=(const native_call&) = delete;
};

/// A part of a native call during which others may make such calls.
class native_call_pause {
public:
    native_call_pause() noexcept : was_native_{is_native_caller()} {
        if (!was_native_) { return; }
        native_before_ = innermost_callback.native;
        innermost_callback.begin_native();
        native_caller.store(nullptr, std::memory_order_relaxed);
    }
    ~native_call_pause() {
        if (!was_native_) { return; }
        innermost_callback.native = native_before_;
        native_caller.store(this_thread(), std::memory_order_relaxed);
    }
    native_call_pause(const native_call_pause&) = delete;
    native_call_pause& operator=(const native_call_pause&) = delete;

    bool was_native() const noexcept { return was_native_; }

private:
    bool was_native_;
    std::uint64_t native_before_ = 0;
};

/// Says for its lifetime whether this thread, which is in no native call, holds the interpreter's
/// lock.
class interpreter_lock_scope {
public:
    explicit interpreter_lock_scope(bool held) noexcept
        : held_before_{holds_interpreter_lock}, ordinary_before_{innermost_callback.ordinary} {
        holds_interpreter_lock = held;
        innermost_callback.begin_ordinary();
    }
    ~interpreter_lock_scope() {
        holds_interpreter_lock = held_before_;
        innermost_callback.ordinary = ordinary_before_;
    }
    interpreter_lock_scope(const interpreter_lock_scope&) = delete;
    interpreter_lock_scope& operator=(const interpreter_lock_scope&) = delete;

private:
    bool held_before_;
    std::uint64_t ordinary_before_;
};

/// A call back. What the call under way uses, is refused to this thread.
class callback_scope {
public:
    callback_scope() noexcept
        : held_before_{holds_interpreter_lock},
          locked_{had_lock()},
          was_new_{innermost_callback.is_new},
          ordinary_before_{innermost_callback.ordinary} {
        holds_interpreter_lock = false;
        innermost_callback.is_new = true;
        if (!pause_.was_native()) { innermost_callback.begin_ordinary(); }
    }
    ~callback_scope() {
        innermost_callback.ordinary = ordinary_before_;
        innermost_callback.is_new = was_new_;
        holds_interpreter_lock = held_before_;
    }
    callback_scope(const callback_scope&) = delete;
    callback_scope& operator=(const callback_scope&) = delete;

    /// Whether this thread is known to hold the interpreter's lock, which is the caller's now.
    bool had_lock() const noexcept { return pause_.was_native() || held_before_; }

private:
    native_call_pause pause_;
    bool held_before_;
    locked_call_pause locked_;
    bool was_new_;
    std::uint64_t ordinary_before_;
};

/// The same, for the function of a binding that C++ calls: mostly, not always, by call_back().
class trampoline_scope {
public:
    /// `function` is the one that C++ has called, or NULL.
    explicit trampoline_scope(const void* function = nullptr) noexcept
        : locked_{pause_.was_native()},
          was_new_{stamps_.is_new},
          has_lock_{stamps_.entered != nullptr && stamps_.entered == function},
          ordinary_before_{stamps_.ordinary} {
        stamps_.is_new = false;
        stamps_.entered = nullptr;
        if (!was_new_ && !pause_.was_native()) { stamps_.begin_ordinary(); }
    }
    ~trampoline_scope() {
        stamps_.ordinary = ordinary_before_;
        stamps_.is_new = was_new_;
    }
    trampoline_scope(const trampoline_scope&) = delete;
    trampoline_scope& operator=(const trampoline_scope&) = delete;

    /// Whether a native caller has called this function itself, by call_back(): it has the lock.
    bool has_lock() const noexcept { return has_lock_; }

private:
    callback_stamps& stamps_ = found_once(innermost_callback);
    native_call_pause pause_;
    locked_call_pause locked_;
    bool was_new_;
    bool has_lock_;
    std::uint64_t ordinary_before_;
};

/// A call back by a native caller.
class native_callback_scope {
public:
    /// For a callable that this thread calls itself, with the lock that it has.
    native_callback_scope() noexcept : native_callback_scope{false, nullptr} {}
    /// For a function that call_back() calls.
    explicit native_callback_scope(const void* function) noexcept
        : native_callback_scope{true, function} {}
    ~native_callback_scope() {
        native_caller.store(this_thread(), std::memory_order_relaxed);
        is_held_ = held_before_;
        stamps_.is_new = was_new_;
        stamps_.entered = nullptr;
        stamps_.native = native_before_;
    }
    native_callback_scope(const native_callback_scope&) = delete;
    native_callback_scope& operator=(const native_callback_scope&) = delete;

private:
    native_callback_scope(bool is_new, const void* function) noexcept
        : native_before_{stamps_.native}, was_new_{stamps_.is_new}, held_before_{is_held_} {
        stamps_.begin_native();
        stamps_.is_new = is_new;
        stamps_.entered = function;
        is_held_ = false;
        native_caller.store(nullptr, std::memory_order_relaxed);
    }

    callback_stamps& stamps_ = found_once(innermost_callback);
    bool& is_held_ = found_once(holds_interpreter_lock);
    std::uint64_t native_before_;
    bool was_new_;
    bool held_before_;
    locked_call_pause locked_{true};
};

/// Lets go of the interpreter's lock for its lifetime, if this thread is known to hold it.
class interpreter_lock_pause {
public:
    interpreter_lock_pause() noexcept
        : was_native_{is_native_caller()},
          was_held_{holds_interpreter_lock},
          locked_{was_native_ || was_held_} {
        if (!was_native_ && !was_held_) { return; }
        const auto release = release_lock.load(std::memory_order_acquire);
        const auto acquire = acquire_lock.load(std::memory_order_acquire);
        if (release == nullptr || acquire == nullptr) { return; }
        if (was_native_) { native_caller.store(nullptr, std::memory_order_relaxed); }
        holds_interpreter_lock = false;
        released_ = release();
        acquire_ = acquire;
    }
    ~interpreter_lock_pause() {
        if (acquire_ == nullptr) { return; }
        outlast(acquire_, released_);
        holds_interpreter_lock = was_held_;
        if (was_native_) { native_caller.store(this_thread(), std::memory_order_relaxed); }
    }
    interpreter_lock_pause(const interpreter_lock_pause&) = delete;
    interpreter_lock_pause& operator=(const interpreter_lock_pause&) = delete;

private:
    bool was_native_;
    bool was_held_;
    locked_call_pause locked_;
    acquire_interpreter_lock acquire_ = nullptr;
    void* released_ = nullptr;
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
