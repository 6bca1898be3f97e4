// SPDX-License-Identifier: MIT
// This thread's last failure. It has neither constructor nor destructor to run, so that it works
// during static initialisation, in atexit handlers and after static destruction.
//
// In a library that is loaded at run time, glibc allocates a thread's storage for it, as for the
// C++ runtime's exceptions, at the thread's first failure, and ends the process if it cannot.
#pragma once

#include <clib/ffi/detail/text_result.hpp>
#include <clib/ffi/status.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string_view>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace detail {

/// How many failures this library has recorded, in all threads.
inline constinit std::atomic<std::uint64_t> failure_count{0};

}  // namespace detail

struct failure {
    static constexpr std::size_t room = 1024;

    status code;
    int error_number;         ///< The errno of a status::system that has one, else 0.
    std::uint64_t exception;  ///< A binding's number for what a callable raised, else 0.
    std::uint64_t serial;     ///< What detail::failure_count became with this failure.
    char sentence[room];      ///< NUL-terminated UTF-8; "" before the first failure.

    /// Effects: Keeps "function: reason", cut between two characters if there is no room for all.
    void record(status new_code, std::string_view function, std::string_view reason) noexcept {
        code = new_code;
        error_number = 0;
        exception = 0;
        detail::last_details.size = 0;
        serial = detail::failure_count.fetch_add(1, std::memory_order_relaxed) + 1;
        sentence[0] = '\0';
        append({function, std::string_view{": "}, reason});
    }

    /// Effects: Adds to the sentence, cut in the same way.
    void append(std::initializer_list<std::string_view> parts) noexcept {
        std::size_t size = std::strlen(sentence);
        for (const std::string_view part : parts) {
            const std::size_t length = fitting_prefix(part, room - 1 - size);
            if (length > 0) { std::memcpy(sentence + size, part.data(), length); }
            size += length;
        }
        sentence[size] = '\0';
    }

private:
    static std::size_t fitting_prefix(std::string_view text, std::size_t limit) noexcept {
        if (text.size() <= limit) { return text.size(); }
        while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) { --limit; }
        return limit;
    }
};

/// Overwritten by the next failure of any function of this library in the thread, and its code also
/// by the next success of a function whose result has no value for a failure. A callback, a signal
/// handler or a destructor may make such calls between a failure and its reading.
inline constinit thread_local failure last_failure{};

namespace detail {

/// Whether this thread's last call failed after failure_count was `count`.
[[gnu::cold, gnu::noinline]] inline bool failed_after(std::uint64_t count) noexcept {
    return last_failure.serial > count && last_failure.code < status::ok;
}

/// Returns: Whether the function that has just returned to this thread failed. `count` is what
/// failure_count was before its call.
inline bool failed_since(std::uint64_t count) noexcept {
    return failure_count.load(std::memory_order_relaxed) != count && failed_after(count);
}

}  // namespace detail
}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
