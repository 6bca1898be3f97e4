// SPDX-License-Identifier: MIT
// The native CPython object of an array that a function has returned: a buffer. What else it can do
// is written in Python (shim/clib/arrays.py), in the class that it is derived from.
//
//     [ object.__basicsize__ bytes of Python's | python_array ]
//                                              ^ python.head_offset
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/array_view.hpp>
#include <clib/ffi/detail/array_argument.hpp>
#include <clib/ffi/detail/convert.hpp>
#include <clib/ffi/detail/handle/interpreter_lock.hpp>
#include <clib/ffi/detail/handle/native_object.hpp>
#include <clib/ffi/python.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// Whether a buffer has the numbers of a clib_array as they are.
inline constexpr bool has_native_arrays = sizeof(std::ptrdiff_t) == sizeof(std::int64_t);

inline void release_array(void* array) noexcept {
    auto* const released = static_cast<clib_array*>(array);
    released->release(released);
}

struct python_array {
    clib_array* array;
    void* weak_references;
    python_object* owner;    ///< The object that the array is inside of, or NULL.
    python_object* element;  ///< The class of its elements, if they are structures, or NULL.
    const char* structure_format;
    std::array<std::ptrdiff_t, max_rank> strides;  ///< In bytes.
};

inline python_array& array_of(python_object* object) noexcept {
    return *reinterpret_cast<python_array*>(reinterpret_cast<char*>(object) + python.head_offset);
}

/// The bytes of an element.
inline std::ptrdiff_t element_size(const clib_array& array) noexcept {
    return static_cast<std::ptrdiff_t>(array.bits / 8) * array.lanes;
}

/// The format of an element, as the module struct and numpy have it.
inline const char* format_of(const clib_array& array, const char* structure_format) noexcept {
    constexpr bool has_long = sizeof(long) == 8;
    constexpr std::array integers{"b", "h", "i", has_long ? "l" : "q"};
    constexpr std::array naturals{"B", "H", "I", has_long ? "L" : "Q"};
    std::size_t width = 0;
    while (8U << width < array.bits) { ++width; }
    switch (array.code) {
        case CLIB_ARRAY_INTEGER:
            return integers[width];
        case CLIB_ARRAY_NATURAL:
            return naturals[width];
        case CLIB_ARRAY_BOOL:
            return "?";
        case CLIB_ARRAY_STRUCTURE:
            return structure_format;
        case CLIB_ARRAY_COMPLEX:
            return array.bits == 64 ? "Zf" : "Zd";
        default:
            return array.bits == 16 ? "e" : array.bits == 32 ? "f" : "d";
    }
}

/// Effects: The package raises BufferError. Returns: -1.
[[gnu::cold, gnu::noinline]] inline int refuse_array_buffer(python_object* self) noexcept {
    python_object* const nothing = convert(CLIB_KIND_ARRAY, false, new_reference(self));
    if (nothing != nullptr) { python.Py_DecRef(nothing); }
    return -1;
}

/// bf_getbuffer.
inline int get_array_buffer(python_object* self, void* view, int flags) noexcept {
    auto& buffer = *static_cast<python_buffer*>(view);
    python_array& object = array_of(self);
    buffer.owner = nullptr;  // until it succeeds
    constexpr int format = 0x4;
    constexpr int shape = 0x8;
    constexpr int distances = 0x18;
    constexpr int in_a_row = 0xe0;  // PyBUF_C_CONTIGUOUS and its like, without PyBUF_STRIDES
    if (object.array == nullptr) { return refuse_array_buffer(self); }
    const clib_array& array = *object.array;
    const std::ptrdiff_t size = element_size(array);
    const auto rank = static_cast<std::size_t>(array.rank);
    std::ptrdiff_t count = size;
    for (std::size_t i = 0; i < rank; ++i) { count *= static_cast<std::ptrdiff_t>(array.shape[i]); }
    if (((flags & distances) != distances || (flags & in_a_row) != 0) && count > 0 &&
        !lies_in_a_row(array)) {
        return refuse_array_buffer(self);
    }
    const int is_readonly = (array.flags & CLIB_ARRAY_READONLY) != 0 ? 1 : 0;
    if (python.PyBuffer_FillInfo(&buffer, self, array.data, count, is_readonly, flags) != 0) {
        return -1;
    }
    buffer.item_size = size;
    if ((flags & format) != 0) {
        buffer.format = const_cast<char*>(format_of(array, object.structure_format));
    }
    buffer.dimensions = array.rank;
    if ((flags & shape) != 0) {
        buffer.shape = reinterpret_cast<std::ptrdiff_t*>(const_cast<std::int64_t*>(array.shape));
    }
    if ((flags & distances) == distances) { buffer.strides = object.strides.data(); }
    return 0;
}

/// tp_dealloc.
inline void dealloc_array(python_object* self) noexcept {
    python_array& object = array_of(self);
    if (object.weak_references != nullptr) { python.PyObject_ClearWeakRefs(self); }
    if (object.array != nullptr) {
        const native_call call;
        object.array->release(object.array);
    }
    for (python_object* const each : {object.owner, object.element}) {
        if (each != nullptr) { python.Py_DecRef(each); }
    }
    python_object* const type = self->type;
    python.PyObject_Free(self);
    python.Py_DecRef(type);
}

/// The class, and the life of the interpreter that has it.
inline constinit clib_python_array array_class{};
inline constinit std::uint64_t array_class_life = 0;
inline bool has_array_class() noexcept {
    return array_class.type != nullptr && array_class_life == python.life;
}

/// Effects: Asks the package for the class. Returns: Whether it has made it; else an exception is
/// raised.
[[gnu::cold, gnu::noinline]] inline bool make_array_class() noexcept {
    if (array_class_life != python.life) { array_class.type = nullptr; }
    array_class_life = python.life;
    array_class.get_buffer = reinterpret_cast<void (*)()>(&get_array_buffer);
    array_class.dealloc = reinterpret_cast<void (*)()>(&dealloc_array);
    array_class.byte_size = sizeof(python_array);
    python_object* const nothing =
        convert(CLIB_KIND_ARRAY, false,
                python.PyLong_FromUnsignedLongLong(reinterpret_cast<std::uintptr_t>(&array_class)));
    if (nothing == nullptr) { return false; }
    python.Py_DecRef(nothing);
    return has_array_class();
}

/// Effects: Takes over an array that a function has returned, and refers to its owner, if there is
/// one. `structure` is what its elements are, or NULL. Returns: A new reference, or NULL with an
/// exception raised.
[[gnu::noinline]] inline python_object* array_object(
    clib_array* array, python_object* owner, const clib_python_structure* structure) noexcept {
    python_object* object = nullptr;
    if (has_array_class() || make_array_class()) [[likely]] {
        object = python.PyType_GenericAlloc(static_cast<python_object*>(array_class.type), 0);
    }
    if (object == nullptr) {
        const native_call call;
        array->release(array);
        return nullptr;
    }
    python_array& made = array_of(object);
    made.array = array;
    made.owner = owner != nullptr ? new_reference(owner) : nullptr;
    if (structure != nullptr) {
        made.element = new_reference(static_cast<python_object*>(structure->base.type));
        made.structure_format = structure->format;
    }
    for (std::size_t i = 0; i < static_cast<std::size_t>(array->rank); ++i) {
        made.strides[i] = static_cast<std::ptrdiff_t>(array->strides[i]) * element_size(*array);
    }
    return object;
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
