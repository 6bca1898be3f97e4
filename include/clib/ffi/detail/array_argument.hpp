// SPDX-License-Identifier: MIT
// An array of the caller's: what a function needs of it, and how a buffer of Python becomes one.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/array_view.hpp>
#include <clib/ffi/detail/convert.hpp>
#include <clib/ffi/python.hpp>
#include <clib/ffi/status.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <tuple>
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
};

template <class T, int N, class Layout>
inline constexpr array_need need_of{
    element_code<std::remove_const_t<T>>, sizeof(T),          alignof(T), N,
    std::is_same_v<Layout, contiguous>,   !std::is_const_v<T>};

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
    if (array->code != need.code || array->bits != need.element_size * 8 || array->lanes != 1) {
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
    constexpr std::array letters{"bhilqn", "BHILQNc", "fd"};
    return *format != '\0' && format[1] == '\0' &&
           (code == CLIB_ARRAY_BOOL
                ? *format == '?'
                : std::strchr(letters[static_cast<std::size_t>(code)], *format) != nullptr);
}

/// The buffer of an object of Python, which is kept while this lives.
class held_buffer {
public:
    held_buffer() noexcept { view_.owner = nullptr; }
    held_buffer(const held_buffer&) = delete;
    held_buffer& operator=(const held_buffer&) = delete;
    ~held_buffer() {
        if (view_.owner != nullptr) { python.PyBuffer_Release(&view_); }
    }

    /// Returns: Whether the object has one, and it is what is needed. `strides` have room for
    /// max_rank numbers; unused if the elements are to lie in a row.
    [[gnu::noinline]] bool read(python_object* object, const array_need& need,
                                std::int64_t* strides) noexcept {
        constexpr int writable = 0x1;    // PyBUF_WRITABLE
        constexpr int format = 0x4;      // PyBUF_FORMAT
        constexpr int shape = 0x8;       // PyBUF_ND: and all in C order
        constexpr int distances = 0x18;  // PyBUF_STRIDES
        const int flags =
            format | (need.is_contiguous ? shape : distances) | (need.is_written ? writable : 0);
        if (python.PyObject_GetBuffer(object, &view_, flags) != 0) {
            forget_error();
            view_.owner = nullptr;
            return false;
        }
        has_strides_ = !need.is_contiguous && view_.strides != nullptr;
        const auto size = static_cast<std::ptrdiff_t>(need.element_size);
        if (view_.item_size != size || !is_format(view_.format, need.code) ||
            (need.rank != any_rank && view_.dimensions != need.rank) ||
            view_.dimensions > static_cast<int>(max_rank) ||
            (view_.size > 0 && !is_aligned(view_.data, need.alignment))) {
            return false;
        }
        for (int i = 0; has_strides_ && i < view_.dimensions; ++i) {
            if ((view_.strides[i] & (size - 1)) != 0 && view_.shape[i] > 1) { return false; }
            strides[i] = view_.strides[i] >> std::countr_zero(need.element_size);
        }
        return true;
    }

    /// Whether the elements need not lie in a row. An array of ctypes has none.
    bool has_strides() const noexcept { return has_strides_; }
    void* data() const noexcept { return view_.data; }
    /// How many elements there are.
    std::size_t count(std::size_t element_size) const noexcept {
        return static_cast<std::size_t>(view_.size) / element_size;
    }
    int rank() const noexcept { return view_.dimensions; }
    const std::int64_t* shape() const noexcept {
        return reinterpret_cast<const std::int64_t*>(view_.shape);
    }
    std::uint64_t flags() const noexcept {
        return view_.is_readonly != 0 ? CLIB_ARRAY_READONLY : 0;
    }

private:
    /// Effects: Drops the exception of an object that has no such buffer. The package raises that
    /// of a signal handler later, which came while a __buffer__() in Python ran.
    [[gnu::cold, gnu::noinline]] static void forget_error() noexcept {
        python_object* type = nullptr;
        python_object* value = nullptr;
        python_object* traceback = nullptr;
        python.PyErr_Fetch(&type, &value, &traceback);
        for (python_object* const each : {convert(CLIB_KIND_ARRAY, true, type), value, traceback}) {
            if (each != nullptr) { python.Py_DecRef(each); }
        }
        python.PyErr_Clear();
    }

    python_buffer view_;
    bool has_strides_ = false;
};

/// The buffer of an object of Python as a clib_array.
template <class T, int N, class Layout>
class array_argument {
public:
    static constexpr bool is_native = sizeof(std::ptrdiff_t) == sizeof(std::int64_t);
    bool read(python_object* object) noexcept {
        constexpr const array_need& need = need_of<T, N, Layout>;
        if (!buffer_.read(object, need, strides_.data())) { return false; }
        array_ = {buffer_.data(),
                  1,
                  0,
                  buffer_.rank(),
                  static_cast<std::uint8_t>(need.code),
                  static_cast<std::uint8_t>(need.element_size * 8),
                  1,
                  buffer_.shape(),
                  buffer_.has_strides() ? strides_.data() : nullptr,
                  0,
                  buffer_.flags(),
                  nullptr,
                  nullptr};
        passed_ = &array_;
        return true;
    }
    bool read_default(const clib_value&) const noexcept { return read_none(); }
    static bool read_none() noexcept { return true; }
    std::tuple<const clib_array*> c_values() const noexcept { return {passed_}; }

private:
    held_buffer buffer_;
    clib_array array_;
    const clib_array* passed_ = nullptr;
    std::array<std::int64_t, std::is_same_v<Layout, contiguous> ? 0 : extents<N>{}.size()> strides_;
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
