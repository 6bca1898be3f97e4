// SPDX-License-Identifier: MIT
// What a C function made with the toolkit returns when it fails: a negative number, fixed for ever.
// A new code takes the next number; none is changed or used again.
#pragma once

#include <clib/detail/require_cpp20.hpp>

#include <charconv>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

enum class status : std::int64_t {
    ok = 0,
    unknown = -1,       ///< An exception that none of the others stands for.
    no_memory = -2,     ///< std::bad_alloc.
    invalid = -3,       ///< An argument with a value it cannot have: std::invalid_argument.
    handle = -4,        ///< Not a handle, or not a live one, or not of this type.
    out_of_range = -5,  ///< No such index: std::out_of_range.
    overflow = -6,      ///< A number past the end of its range: std::overflow_error.
    length = -7,        ///< More bytes than a memory can hold: std::length_error.
    busy = -8,          ///< Lent, or in use where it cannot be waited for.
    system = -9,        ///< The operating system refused: std::system_error.
    callback = -10,     ///< A function of the caller's failed.
};

/// Returns: The code's name in C, for example "CLIB_E_BUSY"; "CLIB_E_UNKNOWN" for any other number.
constexpr const char* name_of(status code) noexcept {
    switch (code) {
        case status::ok:
            return "CLIB_OK";
        case status::unknown:
            break;
        case status::no_memory:
            return "CLIB_E_NO_MEMORY";
        case status::invalid:
            return "CLIB_E_INVALID";
        case status::handle:
            return "CLIB_E_HANDLE";
        case status::out_of_range:
            return "CLIB_E_OUT_OF_RANGE";
        case status::overflow:
            return "CLIB_E_OVERFLOW";
        case status::length:
            return "CLIB_E_LENGTH";
        case status::busy:
            return "CLIB_E_BUSY";
        case status::system:
            return "CLIB_E_SYSTEM";
        case status::callback:
            return "CLIB_E_CALLBACK";
    }
    return "CLIB_E_UNKNOWN";
}

/// The exception that arrives at the caller with a status of its thrower's choosing, which may be a
/// number of its own below -1000. A status that is no failure arrives as status::unknown.
class error : public std::runtime_error {
public:
    error(status code, const char* sentence)
        : std::runtime_error{sentence}, code_{code < status::ok ? code : status::unknown} {}
    error(status code, const std::string& sentence) : error{code, sentence.c_str()} {}
    status code() const noexcept { return code_; }

private:
    status code_;
};

/// A part of a sentence: text, or an integer.
struct sentence_part {
    // NOLINTNEXTLINE(google-explicit-constructor)
    sentence_part(const char* words) noexcept : text{words} {}
    template <std::integral T>
    sentence_part(T value) noexcept  // NOLINT(google-explicit-constructor)
        : number{static_cast<std::int64_t>(value)} {}

    const char* text = nullptr;
    std::int64_t number = 0;
};

/// Throws: error(code) with the sentence that the parts make, for example
/// fail(status::invalid, {"count is ", count, "; pass 1 or more"}). It is cut at 1023 bytes.
[[noreturn, gnu::cold, gnu::noinline]] inline void fail(
    status code, std::initializer_list<sentence_part> parts) {
    char sentence[1024];
    char* end = sentence;
    char* const last = sentence + sizeof sentence - 1;
    for (const sentence_part& part : parts) {
        if (part.text == nullptr) {
            end = std::to_chars(end, last, part.number).ptr;
            continue;
        }
        for (const char* c = part.text; *c != '\0' && end != last; ++c) { *end++ = *c; }
    }
    *end = '\0';
    throw error{code, sentence};
}

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
