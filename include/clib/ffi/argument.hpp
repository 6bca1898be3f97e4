// SPDX-License-Identifier: MIT
// Checked views of what C passed in: a NULL or an impossible number becomes an error that names the
// parameter, before anything is read.
#pragma once

#include <clib/ffi/status.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace detail {

// Why something is refused is in functions of its own, so that a check is small wherever it is
// inlined, and a C function small enough to be inlined in its thunk.

[[noreturn, gnu::cold, gnu::noinline]] inline void refuse_bytes(std::size_t size,
                                                                const char* parameter) {
    if (size > std::numeric_limits<std::ptrdiff_t>::max()) {
        fail(status::length,
             {parameter, " has a size that no memory can hold; pass its length in bytes"});
    }
    fail(status::invalid,
         {parameter, " is NULL but has a size of ", size, "; pass its address, or size 0"});
}

[[noreturn, gnu::cold, gnu::noinline]] inline void refuse_number(std::int64_t number,
                                                                 const char* parameter,
                                                                 const char* instead) {
    fail(status::invalid, {parameter, " is ", number, instead});
}

[[noreturn, gnu::cold, gnu::noinline]] inline void refuse_position(std::int64_t index,
                                                                   std::size_t end,
                                                                   const char* parameter) {
    if (end == 0) {
        fail(status::out_of_range,
             {parameter, " is ", index, "; pass none where there is nothing"});
    }
    fail(status::out_of_range, {parameter, " is ", index, "; pass one from 0 to ", end - 1});
}

/// Returns: Whether `data` is an address. Throws: error(invalid), error(length).
inline bool check_bytes(const void* data, std::size_t size, const char* parameter) {
    if (data != nullptr && size <= std::numeric_limits<std::ptrdiff_t>::max()) [[likely]] {
        return true;
    }
    if (size > 0) { refuse_bytes(size, parameter); }
    return false;
}

}  // namespace detail

/// Bytes to be read. NULL is fine with size 0.
inline std::string_view bytes(const char* data, std::size_t size, const char* parameter) {
    return detail::check_bytes(data, size, parameter) ? std::string_view{data, size}
                                                      : std::string_view{""};
}

/// Bytes to be written. NULL is fine with size 0.
inline std::span<char> writable_bytes(char* data, std::size_t size, const char* parameter) {
    detail::check_bytes(data, size, parameter);
    return {data, size};
}

/// A pointer that may not be NULL.
template <class T>
T* non_null(T* pointer, const char* parameter) {
    if (pointer == nullptr) { fail(status::invalid, {parameter, " is NULL; pass its address"}); }
    return pointer;
}

/// A number of things, or the index of one.
inline std::size_t non_negative(std::int64_t number, const char* parameter) {
    if (number < 0) {
        detail::refuse_number(number, parameter, "; pass a number that is not negative");
    }
    return static_cast<std::size_t>(number);
}

/// A byte that travels as a number.
inline char byte_value(std::int64_t byte, const char* parameter) {
    if (byte < 0 || byte > 255) {
        detail::refuse_number(byte, parameter, "; pass a byte from 0 to 255");
    }
    return static_cast<char>(byte);
}

/// The index of one of `size` things; with `end_too`, also the place after the last.
inline std::size_t position(std::int64_t index, std::size_t size, const char* parameter,
                            bool end_too = false) {
    const std::size_t end = size + (end_too ? 1 : 0);
    if (std::cmp_less(index, 0) || std::cmp_greater_equal(index, end)) {
        detail::refuse_position(index, end, parameter);
    }
    return static_cast<std::size_t>(index);
}

/// The element of `sequence` at `index`.
template <class Sequence>
decltype(auto) element(Sequence& sequence, std::int64_t index, const char* parameter = "index") {
    return sequence[position(index, sequence.size(), parameter)];
}

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
