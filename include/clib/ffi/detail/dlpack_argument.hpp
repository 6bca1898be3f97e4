// SPDX-License-Identifier: MIT
// An array of another library that has no buffer: what its __dlpack__() returns (DLPack 1, and what
// was before). The capsule stays unused, and frees the array when it goes.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/array_need.hpp>
#include <clib/ffi/detail/convert.hpp>
#include <clib/ffi/python.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// The functions of Python and the objects that this needs, from the package.
struct dlpack_means {
    int (*PyCapsule_IsValid)(python_object* capsule, const char* name);
    void* (*PyCapsule_GetPointer)(python_object* capsule, const char* name);
    python_object* device;    ///< "__dlpack_device__"
    python_object* method;    ///< "__dlpack__"
    python_object* names;     ///< ("max_version",)
    python_object* version;   ///< (1, 0)
    python_object* usual[3];  ///< TypeError, BufferError, AttributeError
};
inline constinit dlpack_means dlpack{};
inline constinit std::uint64_t dlpack_life = 0;

/// Effects: Asks the package for them. Returns: Whether they are there.
[[gnu::cold, gnu::noinline]] inline bool find_dlpack() noexcept {
    python_object* const tuple = python.PyTuple_New(1);
    python_object* const address =
        python.PyLong_FromUnsignedLongLong(reinterpret_cast<std::uintptr_t>(&dlpack));
    python_object* nothing = nullptr;
    if (tuple != nullptr && address != nullptr) {
        set_item(tuple, 0, address);
        nothing = convert(CLIB_KIND_ARRAY, false, new_reference(tuple));
    }
    for (python_object* const each : {tuple, address, nothing}) {
        if (each != nullptr) { python.Py_DecRef(each); }
    }
    if (nothing == nullptr) { python.PyErr_Clear(); }
    if (nothing != nullptr) { dlpack_life = python.life; }
    return nothing != nullptr;
}
/// The type of the last object that was read so: of another one of it, nobody asks for a buffer
/// first. It may be gone by now.
inline constinit python_object* dlpack_type = nullptr;

inline bool has_dlpack() noexcept { return dlpack_life == python.life || find_dlpack(); }

/// Effects: Drops the exception of an object that has no such buffer. The package raises that of a
/// signal handler later, which came while a __buffer__() or __dlpack__() in Python ran.
/// Returns: Whether it was a usual one, for which no code in Python has run.
[[gnu::cold, gnu::noinline]] inline bool forget_array_error() noexcept {
    python_object* type = nullptr;
    python_object* value = nullptr;
    python_object* traceback = nullptr;
    python.PyErr_Fetch(&type, &value, &traceback);
    bool is_usual = false;
    if (has_dlpack()) {
        for (python_object* const each : dlpack.usual) { is_usual = is_usual || type == each; }
    }
    if (!is_usual) { type = convert(CLIB_KIND_ARRAY, true, type); }
    for (python_object* const each : {type, value, traceback}) {
        if (each != nullptr) { python.Py_DecRef(each); }
    }
    python.PyErr_Clear();
    return is_usual;
}

/// DLManagedTensorVersioned, up to its tensor.
struct dlpack_version {
    std::uint32_t major;
    std::uint32_t minor;
    void* context;
    void (*deleter)(void*);
    std::uint64_t flags;
};

/// Whether an object says that its array is in the memory of the processor.
inline bool is_in_own_memory(python_object* object) noexcept {
    python_object* const device =
        python.PyObject_VectorcallMethod(dlpack.device, &object, 1, nullptr);
    if (device == nullptr) {
        forget_array_error();
        return false;
    }
    int overflow = 0;
    long long type = 0;
    if (is_exactly(device, python.tuple_type) && python.PyTuple_Size(device) == 2) {
        type = python.PyLong_AsLongLongAndOverflow(python.PyTuple_GetItem(device, 0), &overflow);
        if (type == -1) { python.PyErr_Clear(); }
    }
    python.Py_DecRef(device);
    return type == 1;
}

/// Effects: Sets `array` to the array of an object, if it is what is needed. Returns: The capsule
/// that keeps it, or NULL. No exception is set.
[[gnu::noinline]] inline python_object* read_dlpack(python_object* object, const array_need& need,
                                                    clib_array& array) noexcept {
    if (need.structure != nullptr || !has_dlpack()) { return nullptr; }
    // The array says it, too; a device may have to wait for its work before it does.
    if (object->type != dlpack_type && !is_in_own_memory(object)) { return nullptr; }
    const std::array arguments{object, dlpack.version};
    python_object* capsule =
        python.PyObject_VectorcallMethod(dlpack.method, arguments.data(), 1, dlpack.names);
    if (capsule == nullptr) {
        forget_array_error();  // it is older than that, or none at all: the package tells
        return nullptr;
    }
    const bool is_new = dlpack.PyCapsule_IsValid(capsule, "dltensor_versioned") != 0;
    const char* const name = is_new ? "dltensor_versioned" : "dltensor";
    if (is_new || dlpack.PyCapsule_IsValid(capsule, name) != 0) {
        auto* address = static_cast<std::byte*>(dlpack.PyCapsule_GetPointer(capsule, name));
        std::uint64_t flags = 0;
        bool is_known = true;
        if (is_new) {
            const auto& version = *reinterpret_cast<const dlpack_version*>(address);
            constexpr std::uint64_t is_readonly = 1;
            is_known = version.major == 1;
            flags = (version.flags & is_readonly) != 0 ? CLIB_ARRAY_READONLY : 0;
            address += sizeof(dlpack_version);
        }
        // The beginning of a clib_array is a DLTensor.
        std::memcpy(static_cast<void*>(&array), address, offsetof(clib_array, flags));
        array.data = static_cast<std::byte*>(array.data) + array.byte_offset;
        array.byte_offset = 0;
        array.flags = flags;
        array.owner = nullptr;
        array.release = nullptr;
        if (is_known && array.device_type == 1 && array.code == need.code &&
            array.bits == need.bits && array.lanes == need.lanes && array.rank >= 0 &&
            array.rank <= static_cast<int>(max_rank) &&
            (need.rank == any_rank || array.rank == need.rank) &&
            !(need.is_written && flags != 0) && (!need.is_contiguous || lies_in_a_row(array)) &&
            (is_empty(array) || is_aligned(array.data, need.alignment))) {
            dlpack_type = object->type;
            return capsule;
        }
    }
    python.Py_DecRef(capsule);
    return nullptr;
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
