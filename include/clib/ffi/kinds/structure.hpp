// SPDX-License-Identifier: MIT
// Listed structures: by value, by pointer, and in a row.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/kind.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace kinds {
/// Stand for a listed structure T, a T*, and a const T* with the number of them.
template <class T>
struct structure;
template <class T>
struct structure_pointer;
template <class T>
struct structure_row;
}  // namespace kinds

template <class T>
struct kind<kinds::structure<T>> : basic_kind<CLIB_KIND_STRUCT, T> {
    using c_result = T;
    static T from_c(T value, const char*) noexcept { return value; }
    using class_type = T;
    static constexpr bool is_member = true;
    static constexpr bool is_result = true;
    static constexpr bool is_callback_argument = true;
};

template <class T>
struct kind<kinds::structure_pointer<T>> : basic_kind<CLIB_KIND_STRUCT_POINTER, T*> {
    static constexpr std::uint32_t flags = detail::const_flag<T>;
    using class_type = std::remove_const_t<T>;
    static constexpr bool is_callback_argument = std::is_const_v<T>;
    static constexpr bool accepts(const default_value& value) {
        return value.what == default_value::type::null;
    }
};

template <class T>
struct kind<kinds::structure_row<T>> : basic_kind<CLIB_KIND_SEQUENCE, const T*, std::size_t> {
    static constexpr std::uint32_t flags = CLIB_VALUE_CONST;
    static constexpr std::uint32_t element = CLIB_KIND_STRUCT;
    using class_type = T;
};

template <class Catalogue, class T, class... Rest>
    requires(Catalogue::template is_structure<T>)
struct parameter_match<Catalogue, T, Rest...> {
    using type = kinds::structure<T>;
};
template <class Catalogue, class T, class... Rest>
    requires(Catalogue::template is_structure<std::remove_const_t<T>>)
struct parameter_match<Catalogue, T*, Rest...> {
    using type = kinds::structure_pointer<T>;
};
template <class Catalogue, class T, class... Rest>
    requires(Catalogue::template is_structure<std::remove_const_t<T>>)
struct parameter_match<Catalogue, T*, std::size_t, Rest...> {
    static_assert(std::is_const_v<T>,
                  "structures in a row can be read only; pass a pointer to const");
    using type = kinds::structure_row<std::remove_const_t<T>>;
};
template <class Catalogue, class T>
    requires(Catalogue::template is_structure<T>)
struct result_match<Catalogue, T> {
    using type = kinds::structure<T>;
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
