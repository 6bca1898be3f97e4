// SPDX-License-Identifier: MIT
// Numbers in a row: a pointer to them and how many they are, to read if it is a pointer to const.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/argument.hpp>
#include <clib/ffi/detail/array_argument.hpp>
#include <clib/ffi/detail/fault.hpp>
#include <clib/ffi/kind.hpp>
#include <clib/ffi/kinds/number.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <type_traits>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

template <class T>
    requires detail::fixed_number<std::remove_const_t<T>>
struct kind<std::span<T>>
    : basic_kind<std::is_const_v<T> ? CLIB_KIND_SEQUENCE : CLIB_KIND_WRITABLE_SEQUENCE, T*,
                 std::size_t> {
    static std::span<T> from_c(T* data, std::size_t size, const char* parameter) {
        if (size > 0) { non_null(data, parameter); }
        return {data, size};
    }
    static constexpr std::uint32_t flags = detail::const_flag<T>;
    static constexpr std::uint32_t element = kind<std::remove_const_t<T>>::number;
    static constexpr bool is_callback_argument = std::is_const_v<T>;

    class argument {
    public:
        static constexpr bool is_native = true;
        bool read(python_object* object) noexcept {
            return buffer_.read(object, detail::need_of<T, 1, contiguous>, nullptr);
        }
        static bool read_default(const clib_value&) noexcept { return false; }
        std::tuple<T*, std::size_t> c_values() const noexcept {
            return {static_cast<T*>(buffer_.data()), buffer_.count(sizeof(T))};
        }

    private:
        detail::held_buffer buffer_;
    };
};

template <class Catalogue, class T, class... Rest>
    requires detail::fixed_number<std::remove_const_t<T>>
struct parameter_match<Catalogue, T*, Rest...> {
    using type = detail::no_kind<detail::fault::numbers_without_size, T*>;
};
template <class Catalogue, class T, class... Rest>
    requires detail::fixed_number<std::remove_const_t<T>>
struct parameter_match<Catalogue, T*, std::size_t, Rest...> {
    using type = std::span<T>;
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
