// SPDX-License-Identifier: MIT
// An array of the caller's: what a function needs of it.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/array_view.hpp>
#include <clib/ffi/python.hpp>
#include <clib/ffi/status.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// What a function needs of an array.
struct array_need {
    int code;  ///< clib_array_code
    std::size_t element_size;
    std::size_t alignment;
    int rank;  ///< Or any_rank.
    bool is_contiguous;
    bool is_written;
    std::uint8_t bits;
    std::uint16_t lanes;
    const clib_python_structure* structure;  ///< Of elements that are one, else NULL.
};

template <class T, int N, class Layout, const clib_python_structure* Structure = nullptr>
inline constexpr array_need need_of{element_code<std::remove_const_t<T>>,
                                    sizeof(T),
                                    alignof(T),
                                    N,
                                    std::is_same_v<Layout, contiguous>,
                                    !std::is_const_v<T>,
                                    element_bits<T>,
                                    element_lanes<T>,
                                    Structure};

/// Whether an array in C order with these strides lies in a row.
inline bool lies_in_a_row(const clib_array& array) noexcept {
    if (array.strides == nullptr) { return true; }
    std::int64_t expected = 1;
    bool is_row = true;
    for (auto i = static_cast<std::size_t>(array.rank); i-- > 0;) {
        if (array.shape[i] == 0) { return true; }
        is_row = is_row && (array.shape[i] == 1 || array.strides[i] == expected);
        expected *= array.shape[i];
    }
    return is_row;
}

inline bool is_empty(const clib_array& array) noexcept {
    bool has_none = false;
    for (std::int32_t i = 0; i < array.rank; ++i) { has_none = has_none || array.shape[i] == 0; }
    return has_none;
}

inline bool is_aligned(const void* data, std::size_t alignment) noexcept {
    return (reinterpret_cast<std::uintptr_t>(data) & (alignment - 1)) == 0;  // a power of two
}

/// Throws: error(invalid), if an array of a C function's caller is not what is needed.
inline void check_array(const clib_array* array, const array_need& need, const char* parameter) {
    const auto refuse = [&](const char* reason) { fail(status::invalid, {parameter, reason}); };
    if (array == nullptr) { refuse(" is NULL; pass its address"); }
    if (array->code != need.code || array->bits != need.bits || array->lanes != need.lanes) {
        refuse(" has elements of another type; pass an array with the code and bits of the header");
    }
    if ((need.rank != any_rank && array->rank != need.rank) || array->rank < 0 ||
        array->rank > static_cast<int>(max_rank)) {
        refuse(" has another number of dimensions; pass an array of the rank of the header");
    }
    if (array->device_type != 1) { refuse(" is in the memory of a device; pass a copy of it"); }
    if (need.is_written && (array->flags & CLIB_ARRAY_READONLY) != 0) {
        refuse(" cannot be written to; pass a copy of it");
    }
    if (need.is_contiguous && !lies_in_a_row(*array)) {
        refuse(" does not lie in a row; pass a copy that does");
    }
    if (!is_empty(*array) &&
        (array->byte_offset != 0 || !is_aligned(array->data, need.alignment))) {
        refuse(" begins where no such element may be; pass a copy of it");
    }
}

/// Whether a format of the module struct, or NULL, is that of such elements.
inline bool is_format(const char* format, int code) noexcept {
    if (format == nullptr) { return code == CLIB_ARRAY_NATURAL; }
    if (*format == '@' || *format == '=' ||
        (*format == '<' && std::endian::native == std::endian::little) ||
        ((*format == '>' || *format == '!') && std::endian::native == std::endian::big)) {
        ++format;
    }
    if (code == CLIB_ARRAY_COMPLEX) {
        return *format == 'Z' && (format[1] == 'd' || format[1] == 'f') && format[2] == '\0';
    }
    constexpr std::array letters{"bhilqn", "BHILQNc", "fde"};
    return *format != '\0' && format[1] == '\0' &&
           (code == CLIB_ARRAY_BOOL
                ? *format == '?'
                : std::strchr(letters[static_cast<std::size_t>(code)], *format) != nullptr);
}

/// The same of what is needed. Of a structure, the package knows the other formats.
inline bool is_format(const char* format, const array_need& need) noexcept {
    if (need.structure == nullptr) { return is_format(format, need.code); }
    return format != nullptr && need.structure->format != nullptr &&
           std::strcmp(format, need.structure->format) == 0;
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
