// SPDX-License-Identifier: MIT
// What is done with a type_list: joining several, and taking the type at a place.
#pragma once

#include <clib/ffi/kind.hpp>

#include <cstddef>
#include <initializer_list>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// The types of all these lists, in one. In steps of eight, for a listing may have a thousand.
/// No fold expression: clang takes at most 256 in one.
constexpr bool any_of(std::initializer_list<bool> all) {
    // NOLINTNEXTLINE(readability-use-anyofallof): <algorithm> takes longer to compile
    for (const bool each : all) {
        if (each) { return true; }
    }
    return false;
}

template <class... Lists>
struct joined {
    using type = type_list<>;
};
template <class... A>
struct joined<type_list<A...>> {
    using type = type_list<A...>;
};
template <class... A, class... B>
struct joined<type_list<A...>, type_list<B...>> {
    using type = type_list<A..., B...>;
};
template <class... A, class... B, class... C, class... Lists>
struct joined<type_list<A...>, type_list<B...>, type_list<C...>, Lists...>
    : joined<type_list<A..., B..., C...>, Lists...> {};
template <class... A, class... B, class... C, class... D, class... E, class... F, class... G,
          class... H, class... Lists>
struct joined<type_list<A...>, type_list<B...>, type_list<C...>, type_list<D...>, type_list<E...>,
              type_list<F...>, type_list<G...>, type_list<H...>, Lists...>
    : joined<type_list<A..., B..., C..., D..., E..., F..., G..., H...>, Lists...> {};

template <std::size_t Index, class T>
struct indexed_type {
    using type = T;
};
template <class Indices, class... T>
struct indexed_types;
template <std::size_t... I, class... T>
struct indexed_types<std::index_sequence<I...>, T...> : indexed_type<I, T>... {};
template <std::size_t Index, class T>
indexed_type<Index, T> at_index(const indexed_type<Index, T>&);

/// The type at a place of a list. Not by recursion, as that of std::tuple_element.
template <std::size_t Index, class List>
struct type_at;
template <std::size_t Index, class... T>
struct type_at<Index, type_list<T...>> {
    using type = typename decltype(at_index<Index>(
        indexed_types<std::index_sequence_for<T...>, T...>{}))::type;
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
