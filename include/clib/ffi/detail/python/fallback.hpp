// SPDX-License-Identifier: MIT
// What a native function leaves to the Python package: unusual arguments, and the exception for a
// failure.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/handle/interrupt.hpp>
#include <clib/ffi/detail/python_call.hpp>
#include <clib/ffi/last_error.hpp>
#include <clib/ffi/python.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// Keeps an exception that is under way out of what happens in its lifetime.
class python_error_scope {
public:
    python_error_scope() noexcept {
        if (python.PyErr_Occurred() != nullptr) {
            python.PyErr_Fetch(&type_, &value_, &traceback_);
        }
    }
    ~python_error_scope() {
        if (type_ != nullptr) { python.PyErr_Restore(type_, value_, traceback_); }
    }
    python_error_scope(const python_error_scope&) = delete;
    python_error_scope& operator=(const python_error_scope&) = delete;

private:
    python_object* type_ = nullptr;
    python_object* value_ = nullptr;
    python_object* traceback_ = nullptr;
};

/// Drops the package's function from the traceback of the exception that it has raised: for the
/// caller, a native function has raised it. Returns: NULL.
[[gnu::cold, gnu::noinline]] inline python_object* without_own_frame() noexcept {
    python_object* type = nullptr;
    python_object* value = nullptr;
    python_object* traceback = nullptr;
    python.PyErr_Fetch(&type, &value, &traceback);
    if (traceback != nullptr) {
        python_object* const next = python.PyObject_GetAttrString(traceback, "tb_next");
        python.Py_DecRef(traceback);
        traceback = next != python.none ? next : nullptr;
        if (next == python.none) { python.Py_DecRef(next); }
    }
    python.PyErr_Restore(type, value, traceback);
    return nullptr;
}

/// Calls the function's implementation in Python. The first fallback only puts that in its place.
inline python_object* call_implementation(const clib_python_function& function,
                                          python_object* arguments,
                                          python_object* keywords) noexcept {
    void* const fallback = function.fallback;
    python_object* const result =
        python.PyObject_Call(static_cast<python_object*>(fallback), arguments, keywords);
    if (result != nullptr && function.fallback != fallback) {
        python.Py_DecRef(result);
        return call_implementation(function, arguments, keywords);
    }
    return result != nullptr ? result : without_own_frame();
}

/// Calls the function's implementation in Python. `self` may be NULL.
[[gnu::cold, gnu::noinline]] inline python_object* call_fallback(
    const clib_python_function& function, python_object* self, python_object* const* arguments,
    std::ptrdiff_t size, python_object* names) noexcept {
    const std::ptrdiff_t first = self != nullptr ? 1 : 0;
    python_object* const tuple = python.PyTuple_New(first + size);
    if (tuple == nullptr) { return nullptr; }
    if (self != nullptr) { set_item(tuple, 0, self); }
    for (std::ptrdiff_t i = 0; i < size; ++i) { set_item(tuple, first + i, arguments[i]); }
    python_object* keywords = nullptr;
    bool failed = false;
    if (names != nullptr) {
        keywords = python.PyDict_New();
        failed = keywords == nullptr;
        const std::ptrdiff_t count = python.PyTuple_Size(names);
        for (std::ptrdiff_t i = 0; !failed && i < count; ++i) {
            failed = python.PyDict_SetItem(keywords, python.PyTuple_GetItem(names, i),
                                           arguments[size + i]) != 0;
        }
    }
    python_object* const result = failed ? nullptr : call_implementation(function, tuple, keywords);
    python.Py_DecRef(tuple);
    if (keywords != nullptr) { python.Py_DecRef(keywords); }
    return result;
}

/// The same for tp_init, whose arguments are a tuple and a dict or NULL.
[[gnu::cold, gnu::noinline]] inline int init_fallback(const clib_python_function& function,
                                                      python_object* self, python_object* arguments,
                                                      python_object* keywords) noexcept {
    const std::ptrdiff_t size = python.PyTuple_Size(arguments);
    python_object* const tuple = python.PyTuple_New(size + 1);
    if (tuple == nullptr) { return -1; }
    set_item(tuple, 0, self);
    for (std::ptrdiff_t i = 0; i < size; ++i) {
        set_item(tuple, i + 1, python.PyTuple_GetItem(arguments, i));
    }
    python_object* const result = call_implementation(function, tuple, keywords);
    python.Py_DecRef(tuple);
    if (result == nullptr) { return -1; }
    python.Py_DecRef(result);
    return 0;
}

/// See clib_python::exceptions.
inline constinit std::array<void*, 64> plain_exceptions{};

/// Raises the exception for a failure that is no more than a sentence. Returns: Whether it can.
inline bool raise_plain(const char* names, const failure& failed) noexcept {
    const auto place = static_cast<std::uint64_t>(-static_cast<std::int64_t>(failed.code));
    if (names == nullptr || place >= plain_exceptions.size() || failed.exception != 0 ||
        last_details.size != 0 || *failed.sentence == '\0') {
        return false;
    }
    auto* const type = static_cast<python_object*>(plain_exceptions[place]);
    if (type == nullptr) { return false; }
    const std::size_t size = std::strlen(names);
    const bool is_own = std::strncmp(failed.sentence, names, size) == 0;
    python_object* const sentence = python.PyUnicode_FromFormat(
        "%s%s", is_own ? names + size + 1 : "", failed.sentence + (is_own ? size : 0));
    if (sentence != nullptr) {
        python.PyErr_SetObject(type, sentence);
        python.Py_DecRef(sentence);
    }
    return true;
}

/// Raises the exception for this thread's failure, which the function has recorded. `self` may be
/// NULL. Returns: NULL.
[[gnu::cold, gnu::noinline]] inline python_object* raise_failure(
    const clib_python_function& function, python_object* self) noexcept {
    if (interrupt::raise()) { return nullptr; }
    // Read at once: making other Python objects may run Python code, and with it other calls.
    const failure& failed = last_failure;
    if (raise_plain(function.names, failed)) { return nullptr; }
    const auto text = [](const char* data, std::size_t size) {
        return python.PyUnicode_DecodeUTF8(data, static_cast<std::ptrdiff_t>(size),
                                           "surrogateescape");
    };
    python_object* const nothing =
        call_python_rarely(static_cast<python_object*>(function.raise),
                           python.PyLong_FromLongLong(static_cast<long long>(failed.code)),
                           text(failed.sentence, std::strlen(failed.sentence)),
                           python.PyLong_FromLongLong(failed.error_number),
                           python.PyLong_FromUnsignedLongLong(failed.exception),
                           new_reference(self != nullptr ? self : python.none),
                           text(last_details.data, last_details.size));
    if (nothing == nullptr) { return without_own_frame(); }
    python.Py_DecRef(nothing);
    return nullptr;
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
