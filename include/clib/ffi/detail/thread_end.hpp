// SPDX-License-Identifier: MIT
// Until 3.13, an interpreter that is ending ends each thread that asks for its lock, in the middle
// of a call: pthread_exit() unwinds the stack. Frames that let no exception pass, as those of C
// functions do, would end the whole process then. So such a thread sleeps for ever where it asks,
// as it does since Python 3.14.
//
// With libstdc++ a destructor sees that unwinding, and the usual way costs nothing. Frames of
// libc++ do not survive it where LLVM's unwinder meets the one of glibc: there, glibc is told where
// to jump to before it comes to them, as pthread_cleanup_push() does in C.
#pragma once

#include <clib/detail/require_cpp20.hpp>

#include <chrono>
#include <exception>
#include <thread>
#include <type_traits>

#ifdef __GLIBCXX__
#include <cxxabi.h>
#elif defined(__GLIBC__)
#include <pthread.h>

// NOLINTBEGIN: these are glibc's names
extern "C" {
int __sigsetjmp(__jmp_buf_tag* target, int saves_signals) noexcept __attribute__((returns_twice));
void __pthread_register_cancel(__pthread_unwind_buf_t* target);
void __pthread_unregister_cancel(__pthread_unwind_buf_t* target);
}
// NOLINTEND
#endif

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

[[noreturn, gnu::cold, gnu::noinline]] inline void sleep_for_ever() noexcept {
    for (;;) { std::this_thread::sleep_for(std::chrono::hours{24}); }
}

#ifdef __GLIBCXX__
/// What such an unwinding looks like to a handler. With libc++ no handler sees it.
using thread_end = abi::__forced_unwind;
#else
class thread_end {};
#endif

#if defined(__GLIBC__) && !defined(__GLIBCXX__)

/// Where glibc jumps to in the place of ending the thread, for its lifetime.
class thread_end_target {
public:
    thread_end_target() noexcept = default;
    ~thread_end_target() { __pthread_unregister_cancel(&buffer_); }
    thread_end_target(const thread_end_target&) = delete;
    thread_end_target& operator=(const thread_end_target&) = delete;

    __jmp_buf_tag* jump_buffer() noexcept { return reinterpret_cast<__jmp_buf_tag*>(&buffer_); }
    void set() noexcept { __pthread_register_cancel(&buffer_); }

private:
    __pthread_unwind_buf_t buffer_;
};

/// Calls what may end the thread, but for this function. It may throw.
template <class Call>
[[gnu::noinline]] auto outlast_call(Call call) -> decltype(call()) {
    thread_end_target target;
    if (__sigsetjmp(target.jump_buffer(), 0) != 0) { sleep_for_ever(); }
    target.set();
    return call();
}

#else

/// Does not let its thread end in its lifetime, until it is told that the call has come back.
class thread_end_guard {
public:
    thread_end_guard() noexcept = default;
    ~thread_end_guard() {
        if (is_armed_) { sleep_for_ever(); }
    }
    thread_end_guard(const thread_end_guard&) = delete;
    thread_end_guard& operator=(const thread_end_guard&) = delete;

    void disarm() noexcept { is_armed_ = false; }

private:
    bool is_armed_ = true;
};

/// Calls what may end the thread, but for this function. It may throw.
template <class Call>
#ifdef __SANITIZE_ADDRESS__
// The unwinding has no exception object, so that sanitizers see a reference to nothing.
[[gnu::noinline, gnu::no_sanitize("null")]]
#else
[[gnu::always_inline]]
#endif
inline auto
outlast_call(Call call) -> decltype(call()) {
    thread_end_guard guard;
    try {
        if constexpr (std::is_void_v<decltype(call())>) {
            call();
            guard.disarm();
        } else {
            decltype(call()) result = call();
            guard.disarm();
            return result;
        }
    } catch (const thread_end&) { sleep_for_ever(); } catch (...) {
        guard.disarm();
        throw;
    }
}

#endif

/// Calls a function of an interpreter, which throws nothing, but may end the thread.
template <class R, class... P>
[[gnu::always_inline]] inline R outlast(R (*function)(P...), std::type_identity_t<P>... arguments) {
#if defined(__GLIBC__) && !defined(__GLIBCXX__)
    return outlast_call([&] { return function(arguments...); });
#else
    thread_end_guard guard;
    if constexpr (std::is_void_v<R>) {
        function(arguments...);
        guard.disarm();
    } else {
        const R result = function(arguments...);
        guard.disarm();
        return result;
    }
#endif
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
