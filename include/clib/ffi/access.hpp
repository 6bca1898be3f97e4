// SPDX-License-Identifier: MIT
// How the calls of several threads meet at one object.
#pragma once

#include <clib/detail/require_cpp20.hpp>

namespace clib::inline v0::ffi {

enum class access {
    exclusive,   ///< One thread at a time on one object; others wait. Right for any class.
    concurrent,  ///< Any number of calls at once, for a class that is thread-safe itself.
};

}  // namespace clib::inline v0::ffi
