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

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace detail {

/// The kind of an element.
template <class T>
struct element_part {
    using type = std::remove_const_t<T>;
};
template <class T>
    requires(plain_integer<std::remove_const_t<T>>)
struct element_part<T> {
    using type = fixed_integer_like<std::remove_const_t<T>>;
};

template <class T, int N, class C>
struct array_kind : basic_kind<CLIB_KIND_ARRAY, C> {
    static constexpr std::uint32_t flags = const_flag<T>;
    using parts = type_list<typename element_part<T>::type>;
    static constexpr std::size_t count = static_cast<std::size_t>(N);
};

template <class K, class T>
struct array_part;

}  // namespace detail

template <class T, int N, class Layout>
struct kind<array_view<T, N, Layout>> : detail::array_kind<T, N, const clib_array*> {
    static constexpr std::uint32_t flags =
        detail::const_flag<T> | (std::is_same_v<Layout, strided> ? CLIB_VALUE_STRIDED : 0U);
    static constexpr bool is_pointer = true;
    static constexpr bool is_part = false;  // it would outlive the caller's array
    static constexpr bool accepts(const default_value& value) {
        return value.what == default_value::type::null;
    }
    /// None is an empty view.
    static array_view<T, N, Layout> from_c(const clib_array* array, const char* parameter) {
        if (array == nullptr) { return {}; }
        detail::check_array(array, detail::need_of<T, N, Layout>, parameter);
        return array_view<T, N, Layout>{*array};
    }
    using argument = detail::array_argument<T, N, Layout>;
};

template <class T, int N>
struct kind<array<T, N>> : detail::array_kind<T, N, clib_array*> {
    static constexpr std::uint32_t flags = detail::const_flag<T> | CLIB_VALUE_STRIDED;
    using c_result = clib_array*;
    static clib_array* to_body(array<T, N> returned) noexcept { return returned.release(); }
    static constexpr bool is_result = true;
    static constexpr auto release_result = &detail::release_array;
    static constexpr bool converts_to_python = detail::has_native_arrays;
    /// Takes the array over.
    static python_object* to_python(clib_array* returned) noexcept {
        return detail::array_object(returned, nullptr);
    }
};

/// A view that is lent: its object keeps where it is until it is given back.
template <class T, int N, class Layout>
struct kind<detail::lent_array<T, N, Layout>> : kind<array<T, N>> {
    static constexpr std::uint32_t flags = kind<array<T, N>>::flags | CLIB_VALUE_LENT;
    static constexpr bool is_lent = true;
    static constexpr bool is_part = false;
    static clib_array* to_body(const detail::lent_array<T, N, Layout>& returned,
                               const void* handle) {
        return detail::lend_array<T, N>(returned.view, handle);
    }
    static python_object* to_python(clib_array* returned) noexcept {
        return detail::array_object(returned, detail::existing_object(returned->owner));
    }
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

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
