// The one lock that an interpreter has (Python's GIL), as far as a library that knows no
// interpreter has to care. A binding keeps it during short calls. If such a call has to wait for
// another thread, it lets go of the lock meanwhile, because that thread may be waiting for it.
#pragma once

#include <clib/detail/require_cpp20.hpp>

#include <atomic>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

using release_interpreter_lock = void* (*)();
using acquire_interpreter_lock = void (*)(void* released);

inline constinit std::atomic<release_interpreter_lock> release_lock{nullptr};
inline constinit std::atomic<acquire_interpreter_lock> acquire_lock{nullptr};

/// Whether this thread is known to hold the interpreter's lock.
inline constinit thread_local bool holds_interpreter_lock = false;

/// Says for its lifetime whether this thread holds the interpreter's lock.
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

/// Lets go of the interpreter's lock for its lifetime, if this thread holds it.
class interpreter_lock_pause {
public:
    interpreter_lock_pause() noexcept {
        if (!holds_interpreter_lock) { return; }
        const auto release = release_lock.load(std::memory_order_acquire);
        const auto acquire = acquire_lock.load(std::memory_order_acquire);
        if (release == nullptr || acquire == nullptr) { return; }
        holds_interpreter_lock = false;
        released_ = release();
        acquire_ = acquire;
    }
    ~interpreter_lock_pause() {
        if (acquire_ == nullptr) { return; }
        acquire_(released_);
        holds_interpreter_lock = true;
    }
    interpreter_lock_pause(const interpreter_lock_pause&) = delete;
    interpreter_lock_pause& operator=(const interpreter_lock_pause&) = delete;

private:
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
