// SPDX-License-Identifier: MIT
// Values whose class is one of Python's library, as pathlib.Path: the package makes them, and says
// what C gets of one. All else of a native call stays native.
#pragma once

#include <clib/ffi/detail/python_call.hpp>
#include <clib/ffi/python.hpp>

#include <cstdint>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// Calls the package: see clib_python::set_converter. Effects: Takes over a reference to `object`,
/// which may be NULL after an exception. Returns: A new reference, or NULL with one raised.
[[gnu::noinline]] inline python_object* convert(std::uint32_t kind, bool is_argument,
                                                python_object* object) noexcept {
    return object == nullptr
               ? nullptr
               : call_python_rarely(
                     python.convert, python.PyLong_FromLongLong(kind),
                     new_reference(is_argument ? python.true_object : python.false_object), object);
}

/// Returns: What C gets of an argument, an int or bytes; or NULL if it is not of the usual type. No
/// exception is raised.
inline python_object* convert_argument(std::uint32_t kind, python_object* object) noexcept {
    python_object* const result = convert(kind, true, new_reference(object));
    if (result == nullptr) {
        python.PyErr_Clear();
    } else if (result == python.none) {
        python.Py_DecRef(result);
        return nullptr;
    }
    return result;
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
