// SPDX-License-Identifier: MIT
// How the calls of several threads meet at one object.
#pragma once

#include <clib/detail/require_cpp20.hpp>

namespace clib::inline v0::ffi {

enum class access {
    exclusive,   ///< One thread at a time on one object; others wait. Right for any class.
    concurrent,  ///< Any number of calls at once, for a class that is thread-safe itself.
};

/// How calls meet at the objects of a listed class T. For a thread-safe class, an author writes
///
///     template <>
///     inline constexpr auto clib::ffi::access_of<T> = clib::ffi::access::concurrent;
template <class T>
inline constexpr access access_of = access::exclusive;

}  // namespace clib::inline v0::ffi
