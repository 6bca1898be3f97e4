// A memory barrier in every thread of the process at once, made by one of them. Where one side of a
// protocol runs all the time and the other hardly ever, the first can do without barriers of its
// own.
#pragma once

#include <clib/detail/require_cpp20.hpp>

#if __has_include(<linux/membarrier.h>)
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <thread>
#endif

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

#if __has_include(<linux/membarrier.h>)

/// Returns: Whether this process may use process_barrier() from now on (Linux, since 4.14).
inline bool register_process_barrier() noexcept {
    return ::syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
}

/// Effects: When it returns, every thread, this one too, has been through a full memory barrier
/// since the call.
/// Requires: register_process_barrier() has succeeded.
[[gnu::cold, gnu::noinline]] inline void process_barrier() noexcept {
    const auto ask = [] {
        return ::syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0;
    };
    if (!ask() && !(register_process_barrier() && ask())) {
        // Forbidden since it was registered. What a processor has written is seen by all others
        // long before that.
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
}

#else

inline bool register_process_barrier() noexcept { return false; }
inline void process_barrier() noexcept {}

#endif

/// False before the library's static initialisation, too.
inline const bool has_process_barrier = register_process_barrier();

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
