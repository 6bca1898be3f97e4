// SPDX-License-Identifier: MIT
// Calls of Python objects, without a tuple of the arguments.
#pragma once

#include <clib/ffi/python.hpp>

#include <climits>
#include <concepts>
#include <cstddef>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// PY_VECTORCALL_ARGUMENTS_OFFSET: the callable may use the place before the arguments.
inline constexpr std::size_t has_place_before = std::size_t{1}
                                                << (sizeof(std::size_t) * CHAR_BIT - 1);

/// Calls a callable. Each argument is a reference, which this takes over, or NULL with an exception
/// set. Returns: What it returns, or NULL with an exception set.
template <std::same_as<python_object*>... Object>
python_object* call_python(python_object* callable, Object... arguments) noexcept {
    python_object* objects[] = {nullptr, arguments...};
    python_object* const result =
        (... && (arguments != nullptr))
            ? python.PyObject_VectorcallDict(callable, objects + 1,
                                             sizeof...(arguments) | has_place_before, nullptr)
            : nullptr;
    (..., python.Py_DecRef(arguments));
    return result;
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
