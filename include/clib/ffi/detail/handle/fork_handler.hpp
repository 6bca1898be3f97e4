// SPDX-License-Identifier: MIT
// What happens in a child that the process forks off: of the threads only one is left.
#pragma once

#include <clib/ffi/detail/handle/call_stamp.hpp>
#include <clib/ffi/detail/handle/lock_request.hpp>
#include <clib/ffi/detail/handle/native_interpreter.hpp>
#include <clib/ffi/detail/handle/waiting.hpp>

#if __has_include(<pthread.h>)
#include <pthread.h>
#endif

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

[[gnu::cold]] inline void begin_forked_child() noexcept {
    count_fork();
    leave_interpreter_to_parent();
    waiting_thread::forget_all();
    forget_lock_requests();
}

#if __has_include(<pthread.h>)
// Should there be no memory to register it, a child waits for threads that it does not have;
// nothing else is lost.
inline const int fork_handler_status = pthread_atfork(nullptr, nullptr, &begin_forked_child);
#endif

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
