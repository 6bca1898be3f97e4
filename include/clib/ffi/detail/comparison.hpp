// SPDX-License-Identifier: MIT
// What comparable() and hashable() list of a class: its operators, and its std::hash.
#pragma once

#include <clib/detail/require_cpp20.hpp>

#include <concepts>
#include <cstddef>
#include <functional>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

template <class T>
concept has_equal = requires(const T& left, const T& right) {
    { left == right } -> std::convertible_to<bool>;
};
template <class T>
concept has_less = requires(const T& left, const T& right) {
    { left < right } -> std::convertible_to<bool>;
};

template <class T>
bool is_equal(const T& left, const T& right) {
    return static_cast<bool>(left == right);
}
template <class T>
bool is_less(const T& left, const T& right) {
    return static_cast<bool>(left < right);
}

/// By the class's own operator, which says what of numbers that are none is true.
template <class T>
bool is_greater(const T& left, const T& right) {
    if constexpr (requires { left > right; }) {
        return static_cast<bool>(left > right);
    } else {
        return is_less(right, left);
    }
}
template <class T>
bool is_at_most(const T& left, const T& right) {
    if constexpr (requires { left <= right; }) {
        return static_cast<bool>(left <= right);
    } else {
        return !is_less(right, left);
    }
}
template <class T>
bool is_at_least(const T& left, const T& right) {
    if constexpr (requires { left >= right; }) {
        return static_cast<bool>(left >= right);
    } else {
        return !is_less(left, right);
    }
}

template <class T>
std::size_t hash_of(const T& object) {
    return std::hash<T>{}(object);
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
