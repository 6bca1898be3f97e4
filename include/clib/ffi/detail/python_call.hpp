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

/// The same with arguments in a row, and a place before them.
[[gnu::cold, gnu::noinline]] inline python_object* call_python_in_row(python_object* callable,
                                                                      python_object** arguments,
                                                                      std::size_t size) noexcept {
    bool is_whole = true;
    for (std::size_t i = 0; i < size; ++i) { is_whole = is_whole && arguments[i] != nullptr; }
    python_object* const result =
        is_whole
            ? python.PyObject_VectorcallDict(callable, arguments, size | has_place_before, nullptr)
            : nullptr;
    for (std::size_t i = 0; i < size; ++i) { python.Py_DecRef(arguments[i]); }
    return result;
}
/// call_python() in less code, for what is rarely called.
template <std::same_as<python_object*>... Object>
python_object* call_python_rarely(python_object* callable, Object... arguments) noexcept {
    python_object* objects[] = {nullptr, arguments...};
    return call_python_in_row(callable, objects + 1, sizeof...(arguments));
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
