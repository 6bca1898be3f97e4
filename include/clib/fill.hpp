// SPDX-License-Identifier: MIT
// The ways in which a C function that writes into caller's memory reports how it went. Each is a
// function object that char_buffer::fill asks after every call; one for another kind of function is
// written the same way.
#pragma once

#include <clib/detail/require_cpp20.hpp>
#include <clib/detail/require_exceptions.hpp>

#include <cerrno>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace clib::inline v0 {

/// What one call came to: the text is complete, or the call wants to be repeated with more room.
struct fill_outcome {
    /// The text is in the room. Requires: `length` is at most the room.
    static fill_outcome complete(std::size_t length) { return {true, length, nullptr}; }
    static fill_outcome complete_at(const char* text) { return {true, std::strlen(text), text}; }
    /// There was too little. More is offered in any case, even if this asks for less.
    static fill_outcome repeat_with(std::size_t room) { return {false, room, nullptr}; }
    /// The next call goes on after these bytes, with more room. Requires: `length` is at most the
    /// room.
    static fill_outcome continue_after(std::size_t length) { return {false, 0, nullptr, length}; }

    bool is_complete;
    std::size_t size;       ///< The length of the text, or the room to offer next, in bytes.
    const char* elsewhere;  ///< Where the text is if not in the room that was offered, else NULL.
    std::size_t kept = 0;   ///< How many bytes the next call leaves as they are.
};

namespace detail {

/// The failure of a call that left its reason in errno, or none.
[[noreturn]] inline void throw_errno(int error) {
    if (error == 0) {
        throw std::runtime_error{
            "clib::char_buffer::fill: the call failed, and errno does not say why"};
    }
    throw std::system_error{error, std::generic_category(),
                            "clib::char_buffer::fill: the call failed"};
}

/// Whether a result says that the call failed: a negative number, also as (size_t)-1.
template <std::integral T>
constexpr bool is_failure(T result) {
    return std::cmp_less(result, 0) || (sizeof(T) >= sizeof(int) && result == static_cast<T>(-1));
}

/// Where only a call that wrote its terminator leaves a NUL.
inline void mark_as_unwritten(char* data) { *data = '?'; }

/// ERANGE says so; the others have a second meaning, which is the right one when there is plenty.
inline bool means_too_small(int error, std::size_t room) {
    constexpr std::size_t plenty = 1 << 20;
    return error == ERANGE ||
           (room < plenty && (error == ENOSPC || error == ENAMETOOLONG || error == EOVERFLOW));
}

/// NUL-terminated text in the room. Text that ends at the last byte may have been cut there, so it
/// counts as complete only when the next call, with more room, does not find it longer.
inline fill_outcome terminated_text(const char* data, std::size_t room) {
    const auto* end = static_cast<const char*>(std::memchr(data, '\0', room));
    if (end == nullptr || end == data + room - 1) { return fill_outcome::repeat_with(room * 2); }
    return fill_outcome::complete(static_cast<std::size_t>(end - data));
}

}  // namespace detail

/// The conventions. They throw std::system_error with the call's errno when it failed for another
/// reason than too little room, and std::runtime_error if errno gives none. A negative result is a
/// failure, and so is (size_t)-1.
namespace returns {

/// The length that the whole text has, terminator not counted. The text is NUL-terminated.
/// snprintf, strlcpy.
struct needed_length_t {
    static void prepare(char* data) { detail::mark_as_unwritten(data); }
    fill_outcome operator()(std::integral auto result, const char* data, std::size_t room) const {
        if (detail::is_failure(result)) { detail::throw_errno(errno); }
        const auto length = static_cast<std::size_t>(result);
        if (length == 0 && *data != '\0') {
            throw std::runtime_error{
                "clib::char_buffer::fill: the call returned 0 and wrote no text; use "
                "returns::length_or_zero if that means that there was too little room"};
        }
        return length < room ? fill_outcome::complete(length)
                             : fill_outcome::repeat_with(length + 1);
    }
};

/// The length of the text, terminator not counted; 0 if there was too little room, or if the text
/// is empty, which is believed when there is plenty. strftime.
struct length_or_zero_t {
    static constexpr std::size_t plenty = 1 << 16;

    static void prepare(char* data) { detail::mark_as_unwritten(data); }
    fill_outcome operator()(std::integral auto result, const char* data, std::size_t room) const {
        if (detail::is_failure(result)) { detail::throw_errno(errno); }
        if (result != 0) { return fill_outcome::complete(static_cast<std::size_t>(result)); }
        if (room < plenty) { return fill_outcome::repeat_with(room * 2); }
        if (*data != '\0') { detail::throw_errno(errno); }
        return fill_outcome::complete(0);
    }
};

/// The size that the whole text has, terminator counted; 0 on failure. confstr.
struct needed_size_t {
    fill_outcome operator()(std::integral auto result, const char*, std::size_t room) const {
        if (result == 0 || detail::is_failure(result)) { detail::throw_errno(errno); }
        const auto size = static_cast<std::size_t>(result);
        return size <= room ? fill_outcome::complete(size - 1) : fill_outcome::repeat_with(size);
    }
};

/// The number of bytes written, no terminator among them. Where there is too little room they are
/// cut, or the call fails with ERANGE. readlink, getxattr, listxattr.
struct written_length_t {
    fill_outcome operator()(std::integral auto result, const char*, std::size_t room) const {
        if (detail::is_failure(result)) {
            if (errno != ERANGE) { detail::throw_errno(errno); }
            return fill_outcome::repeat_with(room * 2);
        }
        const auto length = static_cast<std::size_t>(result);
        return length < room ? fill_outcome::complete(length) : fill_outcome::repeat_with(room * 2);
    }
};

/// The number of bytes that a conversion wrote, terminator not counted. Where there is too little
/// room it stops between two characters. wcstombs; mbstowcs, for a call that multiplies the number
/// with the size of a character.
struct converted_length_t {
    static constexpr std::size_t longest_character = 16;  // MB_LEN_MAX

    fill_outcome operator()(std::integral auto result, const char*, std::size_t room) const {
        if (detail::is_failure(result)) { detail::throw_errno(errno); }
        const auto length = static_cast<std::size_t>(result);
        return room > longest_character && length < room - longest_character
                   ? fill_outcome::complete(length)
                   : fill_outcome::repeat_with(room * 2);
    }
};

/// 0 and NUL-terminated text; else an error number, or -1 and the error number in errno.
/// gethostname, the POSIX strerror_r, ttyname_r.
struct status_t {
    fill_outcome operator()(int result, const char* data, std::size_t room) const {
        if (result == 0) { return detail::terminated_text(data, room); }
        const int error = result > 0 ? result : errno;
        if (!detail::means_too_small(error, room)) { detail::throw_errno(error); }
        return fill_outcome::repeat_with(room * 2);
    }
};

/// A pointer to NUL-terminated text, in the room or in memory of the library's own; NULL and the
/// error number in errno on failure. getcwd, inet_ntop, the GNU strerror_r.
struct pointer_t {
    fill_outcome operator()(const char* result, const char* data, std::size_t room) const {
        if (result == data) { return detail::terminated_text(data, room); }
        if (result != nullptr) { return fill_outcome::complete_at(result); }
        if (!detail::means_too_small(errno, room)) { detail::throw_errno(errno); }
        return fill_outcome::repeat_with(room * 2);
    }
};

/// The room, with the next part of a line, which has no NUL in it; NULL at the end of the file, or
/// with the error number in errno. The line ends with its '\n', if it is not the last; it is empty
/// at the end of the file. fgets.
struct line_t {
    fill_outcome operator()(const char* result, const char* data, std::size_t room) const {
        if (result == nullptr && errno != 0) { detail::throw_errno(errno); }
        const std::size_t length = result != nullptr ? std::strlen(data) : 0;
        const bool is_whole =
            result == nullptr || length + 1 < room || (length > 0 && data[length - 1] == '\n');
        return is_whole ? fill_outcome::complete(length) : fill_outcome::continue_after(length);
    }
};

inline constexpr needed_length_t needed_length{};
inline constexpr length_or_zero_t length_or_zero{};
inline constexpr needed_size_t needed_size{};
inline constexpr written_length_t written_length{};
inline constexpr converted_length_t converted_length{};
inline constexpr status_t status{};
inline constexpr pointer_t pointer{};
inline constexpr line_t line{};

}  // namespace returns
}  // namespace clib::inline v0
