// SPDX-License-Identifier: MIT
// Arrays: array_view to read, or to change in place, and array to return.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/array.hpp>
#include <clib/ffi/array_view.hpp>
#include <clib/ffi/detail/array_argument.hpp>
#include <clib/ffi/detail/element.hpp>
#include <clib/ffi/detail/item.hpp>
#include <clib/ffi/detail/lent_array.hpp>
#include <clib/ffi/detail/python_array.hpp>
#include <clib/ffi/kind.hpp>
#include <clib/ffi/kinds/boolean.hpp>
#include <clib/ffi/kinds/number.hpp>
#include <clib/ffi/kinds/structure.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace kinds {
/// Stands for an array of listed structures. Python is their detail::python_structure.
template <class Array, class Python>
struct structure_array;
/// Stands for a std::span<T> of such; View is the kind of its array_view.
template <class T, class View>
struct structure_span;
}  // namespace kinds

namespace detail {

/// The kind of an element.
template <class T>
struct element_part {
    // After the error about any other element, nothing follows it.
    using type = std::conditional_t<array_element<T>, std::remove_const_t<T>, std::int64_t>;
};
template <class T>
    requires(plain_integer<std::remove_const_t<T>>)
struct element_part<T> {
    using type = fixed_integer_like<std::remove_const_t<T>>;
};

template <class Part>
inline constexpr const clib_python_structure* structure_of_part = nullptr;
template <class T, class Python>
inline constexpr const clib_python_structure* structure_of_part<kinds::structure<T, Python>> =
    &Python::record;

template <class T, int N, class C, class Part>
struct array_kind : basic_kind<CLIB_KIND_ARRAY, C> {
    static constexpr std::uint32_t flags = const_flag<T>;
    using parts = type_list<Part>;
    static constexpr std::size_t count = static_cast<std::size_t>(N);
    static constexpr const clib_python_structure* structure = structure_of_part<Part>;
};

template <class View, class Part>
struct view_kind;
template <class T, int N, class Layout, class Part>
struct view_kind<array_view<T, N, Layout>, Part> : array_kind<T, N, const clib_array*, Part> {
    static constexpr std::uint32_t flags =
        const_flag<T> | (std::is_same_v<Layout, strided> ? CLIB_VALUE_STRIDED : 0U);
    static constexpr bool is_pointer = true;
    static constexpr bool is_part = false;  // it would outlive the caller's array
    static constexpr bool accepts(const default_value& value) {
        return value.what == default_value::type::null;
    }
    /// None is an empty view.
    static array_view<T, N, Layout> from_c(const clib_array* array, const char* parameter) {
        if (array == nullptr) { return {}; }
        check_array(array, need_of<T, N, Layout>, parameter);
        return array_view<T, N, Layout>{*array};
    }
    using argument = array_argument<T, N, Layout, structure_of_part<Part>>;
};

template <class Array, class Part>
struct owned_kind;
template <class T, int N, class Part>
struct owned_kind<array<T, N>, Part> : array_kind<T, N, clib_array*, Part> {
    static constexpr std::uint32_t flags = const_flag<T> | CLIB_VALUE_STRIDED;
    using c_result = clib_array*;
    static clib_array* to_body(array<T, N> returned) noexcept { return returned.release(); }
    static constexpr bool is_result = true;
    static constexpr auto release_result = &release_array;
    static constexpr bool converts_to_python = has_native_arrays;
    /// Takes the array over.
    static python_object* to_python(clib_array* returned) noexcept {
        return array_object(returned, nullptr, structure_of_part<Part>);
    }
};

/// A view that is lent: its object keeps where it is until it is given back.
template <class T, int N, class Layout, class Part>
struct owned_kind<lent_array<T, N, Layout>, Part> : owned_kind<array<T, N>, Part> {
    static constexpr std::uint32_t flags = owned_kind<array<T, N>, Part>::flags | CLIB_VALUE_LENT;
    static constexpr bool is_lent = true;
    static constexpr bool is_part = false;
    static clib_array* to_body(const lent_array<T, N, Layout>& returned, const void* handle) {
        return lend_array<T, N>(returned.view, handle);
    }
    static python_object* to_python(clib_array* returned) noexcept {
        return array_object(returned, existing_object(returned->owner), structure_of_part<Part>);
    }
};

template <class K, class T>
struct array_part;

/// The structures that an array consists of, or void.
template <class Array>
struct structure_in {
    using type = void;
};
template <class T, int N, class Layout>
    requires structure_element<std::remove_const_t<T>>
struct structure_in<array_view<T, N, Layout>> {
    using type = std::remove_const_t<T>;
};
template <class T, int N, class Layout>
struct structure_in<lent_array<T, N, Layout>> : structure_in<array_view<T, N, Layout>> {};
template <class T, int N>
struct structure_in<array<T, N>> : structure_in<array_view<T, N>> {};
template <class Catalogue, class Array>
concept array_of_structures = Catalogue::template is_structure<typename structure_in<Array>::type>;

/// One of others than those.
template <class Catalogue, class Array>
concept array_of_unlisted =
    !std::is_void_v<typename structure_in<Array>::type> && !array_of_structures<Catalogue, Array>;

}  // namespace detail

template <class T, int N, class Layout>
    requires(!detail::structure_element<std::remove_const_t<T>>)
struct kind<array_view<T, N, Layout>>
    : detail::view_kind<array_view<T, N, Layout>, typename detail::element_part<T>::type> {};
template <class T, int N>
    requires(!detail::structure_element<std::remove_const_t<T>>)
struct kind<array<T, N>> : detail::owned_kind<array<T, N>, typename detail::element_part<T>::type> {
};
template <class T, int N, class Layout>
    requires(!detail::structure_element<std::remove_const_t<T>>)
struct kind<detail::lent_array<T, N, Layout>>
    : detail::owned_kind<detail::lent_array<T, N, Layout>, typename detail::element_part<T>::type> {
};

template <class T, int N, class Layout, class Python>
struct kind<kinds::structure_array<array_view<T, N, Layout>, Python>>
    : detail::view_kind<array_view<T, N, Layout>,
                        kinds::structure<std::remove_const_t<T>, Python>> {};
template <class Array, class Python>
struct kind<kinds::structure_array<Array, Python>>
    : detail::owned_kind<Array,
                         kinds::structure<typename detail::structure_in<Array>::type, Python>> {};

template <class T, class View>
struct kind<kinds::structure_span<T, View>> : kind<View> {
    static std::span<T> from_c(const clib_array* array, const char* parameter) {
        return kind<View>::from_c(array, parameter).elements();
    }
};

template <class Catalogue, class Array, class... Rest>
    requires detail::array_of_structures<Catalogue, Array>
struct parameter_match<Catalogue, Array, Rest...> {
    using type = kinds::structure_array<
        Array, detail::python_structure_of<Catalogue, typename detail::structure_in<Array>::type>>;
};
/// A std::span of structures is an array in a row.
template <class Catalogue, class T>
    requires(Catalogue::template is_structure<std::remove_const_t<T>>)
struct cpp_parameter_match<Catalogue, std::span<T>> {
    using type =
        kinds::structure_span<T, typename cpp_parameter_match<Catalogue, array_view<T, 1>>::type>;
};
template <class Catalogue, class Array>
    requires detail::array_of_structures<Catalogue, Array>
struct result_match<Catalogue, Array> {
    using type = kinds::structure_array<
        Array, detail::python_structure_of<Catalogue, typename detail::structure_in<Array>::type>>;
};

/// An array that is a part of a result: its item has the clib_array as its handle.
template <class K, class T>
struct detail::array_part {
    static constexpr bool is_argument_native = false;
    static constexpr bool takes_more = false;
    static constexpr bool is_result_native = kind<K>::converts_to_python;

    template <class Value>
    static void write(item_block& block, std::size_t place, Value&& value) {
        block.set_array(place, kind<K>::to_body(std::forward<Value>(value)));
    }
    template <class Value>
    static python_object* to_python(Value&& value) {
        return kind<K>::to_python(kind<K>::to_body(std::forward<Value>(value)));
    }
    static void release(const clib_item& item) noexcept {
        if (item.kind == CLIB_KIND_ARRAY) { release_array(item.value.handle); }
    }
};
template <class T, int N>
struct detail::element<array<T, N>, array<T, N>> : array_part<array<T, N>, array<T, N>> {};
template <class T, int N, class Python>
struct detail::element<kinds::structure_array<array<T, N>, Python>, array<T, N>>
    : array_part<kinds::structure_array<array<T, N>, Python>, array<T, N>> {};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
