// The functions of CPython that a library uses, by the addresses that clib.py passes in, and what
// an object looks like. All are of the stable ABI (PEP 384), since 3.2 but where it is said.
//
// Relied on, by the names of the CPython documentation: that ob_refcnt and ob_type are the first
// members of a PyObject ("PyObject", not so in free-threaded builds, where clib.py uses ctypes);
// that an object of a heap type begins with object.__basicsize__ bytes that are not ours
// ("PyType_Spec"); METH_FASTCALL | METH_KEYWORDS (in the stable ABI since 3.10, the same
// since 3.7); that an object lives on to which its tp_dealloc has made a new reference
// ("resurrection", PEP 442).
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/handle/interpreter_lock.hpp>
#include <clib/ffi/detail/handle/slot.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

struct python_object {
    std::intptr_t reference_count;
    python_object* type;
};

/// A Py_buffer: in the stable ABI since 3.11, the same since 3.0.
struct python_buffer {
    void* data;
    python_object* owner;
    std::ptrdiff_t size;  // in bytes
    std::ptrdiff_t item_size;
    int is_readonly;
    int dimensions;
    char* format;
    std::ptrdiff_t* shape;
    std::ptrdiff_t* strides;
    std::ptrdiff_t* suboffsets;
    void* internal;
};

/// What a native object has behind what Python has in every object.
struct python_head {
    std::uint64_t handle;  // 0 if it has none yet, or no more
    void* weak_references;
    slot_head* slot;  // slot_hint, for the handle
};

/// In the order of python_names, and then what is set besides.
struct python_api {
    python_object* none;
    python_object* true_object;
    python_object* false_object;
    python_object* int_type;
    python_object* float_type;
    python_object* str_type;
    python_object* bytes_type;
    python_object* bytearray_type;

    void (*increment)(python_object*) noexcept;
    void (*decrement)(python_object*) noexcept;
    int (*is_callable)(python_object*) noexcept;
    python_object* (*call)(python_object* callable, python_object* tuple,
                           python_object* dict) noexcept;
    python_object* (*tuple_new)(std::ptrdiff_t size) noexcept;
    std::ptrdiff_t (*tuple_size)(python_object*) noexcept;
    python_object* (*tuple_get_item)(python_object*, std::ptrdiff_t) noexcept;  // borrowed
    int (*tuple_set_item)(python_object*, std::ptrdiff_t, python_object* stolen) noexcept;
    python_object* (*dict_new)() noexcept;
    int (*dict_set_item)(python_object*, python_object* key, python_object* value) noexcept;

    long long (*int_as)(python_object*, int* overflow) noexcept;
    python_object* (*int_from)(long long) noexcept;
    python_object* (*int_from_unsigned)(unsigned long long) noexcept;
    double (*float_as)(python_object*) noexcept;
    python_object* (*float_from)(double) noexcept;
    // Since 3.10; the same in 3.9.
    const char* (*str_as)(python_object*, std::ptrdiff_t* size) noexcept;
    python_object* (*str_from)(const char*, std::ptrdiff_t size, const char* errors) noexcept;
    int (*bytes_as)(python_object*, char** data, std::ptrdiff_t* size) noexcept;

    void (*error_clear)() noexcept;
    python_object* (*error_occurred)() noexcept;  // borrowed
    void (*error_fetch)(python_object**, python_object**, python_object**) noexcept;
    void (*error_restore)(python_object*, python_object*, python_object*) noexcept;
    void* (*save_thread)() noexcept;
    void (*restore_thread)(void*) noexcept;
    int (*ensure_lock)() noexcept;  // in the main interpreter, as ctypes does it
    void (*release_lock)(int) noexcept;

    python_object* (*allocate)(python_object* type, std::ptrdiff_t size) noexcept;
    void (*object_free)(void*) noexcept;
    void* (*type_slot)(python_object* type, int slot) noexcept;  // since 3.4
    int (*is_subtype)(python_object* type, python_object* of) noexcept;
    void (*clear_weak)(python_object*) noexcept;
    // Since 3.11; the same in 3.9.
    int (*get_buffer)(python_object*, struct python_buffer* view, int flags) noexcept;
    void (*release_buffer)(struct python_buffer* view) noexcept;
    int (*fill_buffer)(void* view, python_object* owner, void* address, std::ptrdiff_t size,
                       int is_readonly, int flags) noexcept;

    /// Where an object's python_head is.
    std::size_t head_offset;
    python_object* empty_tuple;  // the one that there is, or NULL
    /// New objects are made by clib.py, which writes down where.
    bool is_traced;
    /// Called with a callable and what it has returned, if that is no usual number.
    python_object* check_result;

    void clear_weak_references(python_object* self) const noexcept {
        if (head_of(self).weak_references != nullptr) { clear_weak(self); }
    }
    python_head& head_of(python_object* object) const noexcept {
        return *reinterpret_cast<python_head*>(reinterpret_cast<char*>(object) + head_offset);
    }
};

inline constexpr std::array python_names{"_Py_NoneStruct",
                                         "_Py_TrueStruct",
                                         "_Py_FalseStruct",
                                         "PyLong_Type",
                                         "PyFloat_Type",
                                         "PyUnicode_Type",
                                         "PyBytes_Type",
                                         "PyByteArray_Type",
                                         "Py_IncRef",
                                         "Py_DecRef",
                                         "PyCallable_Check",
                                         "PyObject_Call",
                                         "PyTuple_New",
                                         "PyTuple_Size",
                                         "PyTuple_GetItem",
                                         "PyTuple_SetItem",
                                         "PyDict_New",
                                         "PyDict_SetItem",
                                         "PyLong_AsLongLongAndOverflow",
                                         "PyLong_FromLongLong",
                                         "PyLong_FromUnsignedLongLong",
                                         "PyFloat_AsDouble",
                                         "PyFloat_FromDouble",
                                         "PyUnicode_AsUTF8AndSize",
                                         "PyUnicode_DecodeUTF8",
                                         "PyBytes_AsStringAndSize",
                                         "PyErr_Clear",
                                         "PyErr_Occurred",
                                         "PyErr_Fetch",
                                         "PyErr_Restore",
                                         "PyEval_SaveThread",
                                         "PyEval_RestoreThread",
                                         "PyGILState_Ensure",
                                         "PyGILState_Release",
                                         "PyType_GenericAlloc",
                                         "PyObject_Free",
                                         "PyType_GetSlot",
                                         "PyType_IsSubtype",
                                         "PyObject_ClearWeakRefs",
                                         "PyObject_GetBuffer",
                                         "PyBuffer_Release",
                                         "PyBuffer_FillInfo"};

static_assert(offsetof(python_api, head_offset) == python_names.size() * sizeof(void*),
              "each name has its member");

inline constinit python_api python{};

/// Lets go of the interpreter's lock for its lifetime.
class python_unlocked {
public:
    python_unlocked() noexcept : state_{python.save_thread()} {}
    ~python_unlocked() { python.restore_thread(state_); }
    python_unlocked(const python_unlocked&) = delete;
    python_unlocked& operator=(const python_unlocked&) = delete;

private:
    void* state_;
};

/// Keeps an exception that is under way out of what is done in its lifetime.
class python_error_scope {
public:
    python_error_scope() noexcept {
        if (python.error_occurred() != nullptr) {
            python.error_fetch(&type_, &value_, &traceback_);
        }
    }
    ~python_error_scope() {
        if (type_ != nullptr) { python.error_restore(type_, value_, traceback_); }
    }
    python_error_scope(const python_error_scope&) = delete;
    python_error_scope& operator=(const python_error_scope&) = delete;

private:
    python_object* type_ = nullptr;
    python_object* value_ = nullptr;
    python_object* traceback_ = nullptr;
};

inline python_head& head_of(python_object* object) noexcept { return python.head_of(object); }

template <class Handle>
Handle* handle_of(python_object* object) noexcept {
    return reinterpret_cast<Handle*>(head_of(object).handle);
}

/// Gives an object the handle that a call has just made, and the place where a native one has made
/// it.
inline void set_handle(python_object* object, std::uint64_t handle) noexcept {
    head_of(object).handle = handle;
    head_of(object).slot = slot_hint.load(std::memory_order_relaxed);
}

inline python_object* new_reference(python_object* object) noexcept {
    python.increment(object);
    return object;
}

inline void set_item(python_object* tuple, std::ptrdiff_t index, python_object* item) noexcept {
    python.increment(item);
    python.tuple_set_item(tuple, index, item);
}

/// Calls what clib.py does in the place of a thunk. `self` may be NULL.
[[gnu::cold, gnu::noinline]] inline python_object* call_fallback(
    const clib_python_function& function, python_object* self, python_object* const* given,
    std::ptrdiff_t size, python_object* names) noexcept {
    const std::ptrdiff_t first = self != nullptr ? 1 : 0;
    python_object* const arguments = python.tuple_new(first + size);
    if (arguments == nullptr) { return nullptr; }
    if (self != nullptr) { set_item(arguments, 0, self); }
    for (std::ptrdiff_t i = 0; i < size; ++i) { set_item(arguments, first + i, given[i]); }
    python_object* named = nullptr;
    bool failed = false;
    if (names != nullptr) {
        named = python.dict_new();
        failed = named == nullptr;
        const std::ptrdiff_t count = python.tuple_size(names);
        for (std::ptrdiff_t i = 0; !failed && i < count; ++i) {
            failed =
                python.dict_set_item(named, python.tuple_get_item(names, i), given[size + i]) != 0;
        }
    }
    python_object* const made =
        failed ? nullptr
               : python.call(static_cast<python_object*>(function.fallback), arguments, named);
    python.decrement(arguments);
    if (named != nullptr) { python.decrement(named); }
    return made;
}

/// The same for tp_init, whose arguments are a tuple and a dict or NULL.
[[gnu::cold, gnu::noinline]] inline int init_fallback(const clib_python_function& function,
                                                      python_object* self, python_object* given,
                                                      python_object* named) noexcept {
    const std::ptrdiff_t size = python.tuple_size(given);
    python_object* const arguments = python.tuple_new(size + 1);
    if (arguments == nullptr) { return -1; }
    set_item(arguments, 0, self);
    for (std::ptrdiff_t i = 0; i < size; ++i) {
        set_item(arguments, i + 1, python.tuple_get_item(given, i));
    }
    python_object* const made =
        python.call(static_cast<python_object*>(function.fallback), arguments, named);
    python.decrement(arguments);
    if (made == nullptr) { return -1; }
    python.decrement(made);
    return 0;
}

/// Raises what clib.py raises for a failure of the function. `self` may be NULL. Returns: NULL.
[[gnu::cold, gnu::noinline]] inline python_object* raise_failure(
    const clib_python_function& function, std::int64_t code, python_object* self) noexcept {
    python_object* const arguments = python.tuple_new(2);
    python_object* const number = python.int_from(code);
    if (arguments == nullptr || number == nullptr) {
        return nullptr;
    }  // without memory: a small leak
    python.tuple_set_item(arguments, 0, number);
    set_item(arguments, 1, self != nullptr ? self : python.none);
    python_object* const nothing =
        python.call(static_cast<python_object*>(function.raise), arguments, nullptr);
    python.decrement(arguments);
    if (nothing != nullptr) { python.decrement(nothing); }
    return nullptr;
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
