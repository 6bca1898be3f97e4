// The one lock that an interpreter has (Python's GIL), as far as a library that knows no
// interpreter has to care. A binding keeps it during short calls. If such a call has to wait for
// another thread, it lets go of the lock meanwhile, because that thread may be waiting for it.
#pragma once

#include <clib/detail/require_cpp20.hpp>

#include <atomic>
#include <optional>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

using release_interpreter_lock = void* (*)();
using acquire_interpreter_lock = void (*)(void* released);

inline constinit std::atomic<release_interpreter_lock> release_lock{nullptr};
inline constinit std::atomic<acquire_interpreter_lock> acquire_lock{nullptr};

/// Whether a binding says that this thread holds the interpreter's lock.
inline constinit thread_local bool holds_interpreter_lock = false;

/// Returns: An address that no other living thread has.
inline const void* this_thread() noexcept {
#if defined(__GNUC__) && (defined(__x86_64__) || defined(__aarch64__))
    return __builtin_thread_pointer();
#else
    return &holds_interpreter_lock;
#endif
}

/// The thread that is in a native_call. Only a thread that holds the interpreter's lock writes
/// here, so whoever reads its own address holds that lock; whoever does not, may hold it too.
inline constinit std::atomic<const void*> native_caller{nullptr};

inline bool is_native_caller() noexcept {
    return native_caller.load(std::memory_order_relaxed) == this_thread();
}

/// A call made natively, for its lifetime, by a thread that holds the lock of the one interpreter
/// that may make such calls. It costs less than an interpreter_lock_scope, and of each other two
/// such calls can be sure that they do not run at the same time.
class native_call {
public:
    native_call() noexcept { native_caller.store(this_thread(), std::memory_order_relaxed); }
    ~native_call() { native_caller.store(nullptr, std::memory_order_relaxed); }
    native_call(const native_call&) = delete;
    native_call& operator=(const native_call&) = delete;
};

/// What a thread does that calls back, or lets go of the lock, in the middle of a native call:
/// others may make such calls meanwhile.
class native_call_pause {
public:
    native_call_pause() noexcept : was_native_{is_native_caller()} {
        if (was_native_) { native_caller.store(nullptr, std::memory_order_relaxed); }
    }
    ~native_call_pause() {
        if (was_native_) { native_caller.store(this_thread(), std::memory_order_relaxed); }
    }
    native_call_pause(const native_call_pause&) = delete;
    native_call_pause& operator=(const native_call_pause&) = delete;

private:
    bool was_native_;
};

/// Says for its lifetime whether this thread, which is in no native call, holds the interpreter's
/// lock.
class interpreter_lock_scope {
public:
    explicit interpreter_lock_scope(bool held) noexcept : before_{holds_interpreter_lock} {
        holds_interpreter_lock = held;
    }
    ~interpreter_lock_scope() { holds_interpreter_lock = before_; }
    interpreter_lock_scope(const interpreter_lock_scope&) = delete;
    interpreter_lock_scope& operator=(const interpreter_lock_scope&) = delete;

private:
    bool before_;
};

/// For the lifetime of a call back nothing is known of the interpreter's lock.
struct interpreter_lock_unknown {
    interpreter_lock_scope lock{false};
    native_call_pause call{};
};

/// Lets go of the interpreter's lock for its lifetime, if this thread holds it.
class interpreter_lock_pause {
public:
    interpreter_lock_pause() noexcept {
        if (!holds_interpreter_lock && !is_native_caller()) { return; }
        const auto release = release_lock.load(std::memory_order_acquire);
        const auto acquire = acquire_lock.load(std::memory_order_acquire);
        if (release == nullptr || acquire == nullptr) { return; }
        unknown_.emplace();
        released_ = release();
        acquire_ = acquire;
    }
    ~interpreter_lock_pause() {
        if (acquire_ != nullptr) { acquire_(released_); }
    }
    interpreter_lock_pause(const interpreter_lock_pause&) = delete;
    interpreter_lock_pause& operator=(const interpreter_lock_pause&) = delete;

private:
    std::optional<interpreter_lock_unknown> unknown_;  // ends when the lock is held again
    acquire_interpreter_lock acquire_ = nullptr;
    void* released_ = nullptr;
};

inline void set_interpreter_lock(release_interpreter_lock release,
                                 acquire_interpreter_lock acquire) noexcept {
    acquire_lock.store(acquire, std::memory_order_release);
    release_lock.store(release, std::memory_order_release);
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
