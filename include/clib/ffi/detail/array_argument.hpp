// SPDX-License-Identifier: MIT
// How a buffer of Python becomes an array of the caller's.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/array_view.hpp>
#include <clib/ffi/detail/array_need.hpp>
#include <clib/ffi/detail/dlpack_argument.hpp>
#include <clib/ffi/python.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

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
            has_none_ = forget_array_error();
            view_.owner = nullptr;
            return false;
        }
        has_strides_ = !need.is_contiguous && view_.strides != nullptr;
        const auto size = static_cast<std::ptrdiff_t>(need.element_size);
        if (view_.item_size != size || !is_format(view_.format, need) ||
            (need.rank != any_rank && view_.dimensions != need.rank) ||
            view_.dimensions > static_cast<int>(max_rank) ||
            (view_.size > 0 && !is_aligned(view_.data, need.alignment))) {
            return false;
        }
        for (int i = 0; has_strides_ && i < view_.dimensions; ++i) {
            if (need.structure != nullptr) {  // of any size
                if (view_.strides[i] % size != 0 && view_.shape[i] > 1) { return false; }
                strides[i] = view_.strides[i] / size;
                continue;
            }
            if ((view_.strides[i] & (size - 1)) != 0 && view_.shape[i] > 1) { return false; }
            strides[i] = view_.strides[i] >> std::countr_zero(need.element_size);
        }
        return true;
    }

    /// Whether the object has refused one, and nothing else has happened.
    bool has_none() const noexcept { return has_none_; }
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
    python_buffer view_;
    bool has_strides_ = false;
    bool has_none_ = false;
};

/// An array of an object of Python during a call: its buffer, or what DLPack says of one.
class held_array {
public:
    held_array() noexcept = default;
    held_array(const held_array&) = delete;
    held_array& operator=(const held_array&) = delete;
    ~held_array() {
        if (capsule_ != nullptr) { python.Py_DecRef(capsule_); }
    }

    /// The same as of a held_buffer. (Not a part of every function: that would be a lot of code.)
    [[gnu::noinline]] bool read(python_object* object, const array_need& need,
                                std::int64_t* strides) noexcept {
        const bool is_dlpack = object->type == dlpack_type;
        if (is_dlpack && read_capsule(object, need)) { return true; }
        if (!buffer_.read(object, need, strides)) {
            return buffer_.has_none() && !is_dlpack && read_capsule(object, need);
        }
        array_ = {buffer_.data(),
                  1,
                  0,
                  buffer_.rank(),
                  static_cast<std::uint8_t>(need.code),
                  need.bits,
                  need.lanes,
                  buffer_.shape(),
                  buffer_.has_strides() ? strides : nullptr,
                  0,
                  buffer_.flags(),
                  nullptr,
                  nullptr};
        return true;
    }
    const clib_array& array() const noexcept { return array_; }

private:
    bool read_capsule(python_object* object, const array_need& need) noexcept {
        capsule_ = read_dlpack(object, need, array_);
        return capsule_ != nullptr;
    }

    held_buffer buffer_;
    python_object* capsule_ = nullptr;
    clib_array array_;
};

template <class T, int N, class Layout, const clib_python_structure* Structure = nullptr>
class array_argument {
public:
    static constexpr bool is_native = sizeof(std::ptrdiff_t) == sizeof(std::int64_t);
    bool read(python_object* object) noexcept {
        passed_ = &held_.array();
        return held_.read(object, need_of<T, N, Layout, Structure>, strides_.data());
    }
    bool read_default(const clib_value&) const noexcept { return read_none(); }
    static bool read_none() noexcept { return true; }
    std::tuple<const clib_array*> c_values() const noexcept { return {passed_}; }

private:
    held_array held_;
    const clib_array* passed_ = nullptr;
    std::array<std::int64_t, std::is_same_v<Layout, contiguous> ? 0 : extents<N>{}.size()> strides_;
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
