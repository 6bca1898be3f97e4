// SPDX-License-Identifier: MIT
// Bytes to write: char* with its size. And a char* alone: an address of memory that is not the
// interpreter's.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/kind.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace detail {

/// The memory of a bytearray, which cannot be resized while this lives.
class lent_bytearray {
public:
    lent_bytearray() noexcept { view_.owner = nullptr; }
    lent_bytearray(const lent_bytearray&) = delete;
    lent_bytearray& operator=(const lent_bytearray&) = delete;
    ~lent_bytearray() {
        if (view_.owner != nullptr) { python.PyBuffer_Release(&view_); }
    }

    bool read(python_object* object) noexcept {
        constexpr int writable = 1;  // PyBUF_WRITABLE
        if (!is_exactly(object, python.bytearray_type)) { return false; }
        if (python.PyObject_GetBuffer(object, &view_, writable) == 0) { return true; }
        python.PyErr_Clear();
        view_.owner = nullptr;
        return false;
    }
    char* data() const noexcept { return static_cast<char*>(view_.data); }
    std::size_t size() const noexcept { return static_cast<std::size_t>(view_.size); }

private:
    python_buffer view_;
};

}  // namespace detail

template <>
struct kind<std::span<char>> : basic_kind<CLIB_KIND_WRITABLE, char*, std::size_t> {
    class argument {
    public:
        static constexpr bool is_native = true;
        bool read(python_object* object) noexcept { return memory_.read(object); }
        static bool read_default(const clib_value&) noexcept { return false; }
        std::tuple<char*, std::size_t> c_values() const noexcept {
            return {memory_.data(), memory_.size()};
        }

    private:
        detail::lent_bytearray memory_;
    };
};

namespace kinds {
/// Stands for an address as it is; of a result, inside an object that is pinned.
template <class Char>
struct address;
}  // namespace kinds

template <class Char>
struct kind<kinds::address<Char>> : basic_kind<CLIB_KIND_ADDRESS, Char*> {
    static constexpr std::uint32_t flags = detail::const_flag<Char>;
    static constexpr bool is_address = true;
    static constexpr bool is_callback_argument = true;
    static constexpr bool accepts(const default_value& value) {
        return value.what == default_value::type::null;
    }
};

template <class Catalogue, class... Rest>
struct parameter_match<Catalogue, char*, Rest...> {
    using type = kinds::address<char>;
};
template <class Catalogue, class... Rest>
struct parameter_match<Catalogue, char*, std::size_t, Rest...> {
    using type = std::span<char>;
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
