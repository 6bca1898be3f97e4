// This thread's last failure. It has neither constructor nor destructor to run, so that it works
// during static initialisation, in atexit handlers and after static destruction.
//
// In a library that is loaded at run time, glibc allocates a thread's storage for it, as for the
// C++ runtime's exceptions, at the thread's first failure, and ends the process if it cannot.
#pragma once

#include <clib/ffi/status.hpp>

#include <cstddef>
#include <cstring>
#include <string_view>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

struct failure {
    static constexpr std::size_t room = 1024;

    status code;
    int system_errno;     ///< Of status::system, if it has one, else 0.
    char sentence[room];  ///< NUL-terminated UTF-8; "" if nothing has failed yet.

    /// Effects: Keeps "function: reason", cut between two characters if there is no room for all.
    void record(status new_code, std::string_view function, std::string_view reason) noexcept {
        code = new_code;
        std::size_t size = 0;
        for (const std::string_view part : {function, std::string_view{": "}, reason}) {
            const std::size_t copied = fitting_prefix(part, room - 1 - size);
            if (copied > 0) { std::memcpy(sentence + size, part.data(), copied); }
            size += copied;
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

inline constinit thread_local failure last_failure{};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
