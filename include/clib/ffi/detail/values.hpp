// SPDX-License-Identifier: MIT
// Values of several types, each at its place. A std::tuple would do; but every listed function has
// one of its own, and this takes the compiler far less.
#pragma once

#include <cstddef>
#include <tuple>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

template <std::size_t Place, class T>
struct value_at {
    T value;
};

template <class Places, class... T>
struct value_list;
template <std::size_t... Place, class... T>
struct value_list<std::index_sequence<Place...>, T...> : value_at<Place, T>... {};
template <class... T>
using values = value_list<std::index_sequence_for<T...>, T...>;

template <std::size_t Place, class T>
constexpr T& value_in(value_at<Place, T>& at) noexcept {
    return at.value;
}
template <std::size_t Place, class T>
constexpr const T& value_in(const value_at<Place, T>& at) noexcept {
    return at.value;
}

/// std::get(), which is looked up among a dozen of its name, for those who call it for each
/// function.
template <std::size_t Place, class Tuple>
constexpr auto tuple_value(const Tuple& tuple) noexcept {
    return std::get<Place>(tuple);
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
