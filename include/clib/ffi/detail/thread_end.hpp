// SPDX-License-Identifier: MIT
// Until 3.13, an interpreter that is ending ends each thread that asks for its lock, in the middle
// of a call: pthread_exit() unwinds the stack. Frames that let no exception pass, as those of C
// functions do, would end the whole process then. So such a thread sleeps for ever where it asks,
// as it does since Python 3.14.
#pragma once

#include <clib/detail/require_cpp20.hpp>

#include <chrono>
#include <exception>
#include <thread>
#include <type_traits>

#ifdef __GLIBCXX__
#include <cxxabi.h>
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

/// Does not let its thread end in its lifetime, until it is told that the call has come back.
// A destructor, because it runs in such an unwinding with every C++ library; catch (...) does not.
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

/// Calls a function of an interpreter, which throws nothing, but may end the thread.
template <class R, class... P>
[[gnu::always_inline]] inline R outlast(R (*function)(P...), std::type_identity_t<P>... arguments) {
    thread_end_guard guard;
    if constexpr (std::is_void_v<R>) {
        function(arguments...);
        guard.disarm();
    } else {
        const R result = function(arguments...);
        guard.disarm();
        return result;
    }
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
