// SPDX-License-Identifier: MIT
// What a kind may use of CPython: the functions of its stable ABI (PEP 384), under their own names,
// and the layout of an object. A library has no undefined Python symbol and needs no Python header:
// the binding passes the addresses when it loads the library.
//
//     python_object* const number = python.PyLong_FromLongLong(42);
//
// Relied on, by the names of the CPython documentation: that ob_refcnt and ob_type are the first
// members of a PyObject ("PyObject", not so in free-threaded builds, which use ctypes); that an
// object of a heap type begins with object.__basicsize__ bytes that are not ours ("PyType_Spec");
// METH_FASTCALL | METH_KEYWORDS (in the stable ABI since 3.10, the same since 3.7); that an object
// lives on to which its tp_dealloc has made a new reference ("resurrection", PEP 442).
#pragma once

#include <clib/detail/require_cpp20.hpp>
#include <clib/ffi/detail/thread_end.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace detail {
struct slot_head;
}

/// A PyObject.
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

// The one list of what a library uses of Python. Objects: name here, name in Python. Functions:
// name, result, parameters; "since" is the version that added one to the stable ABI.
// clang-format off
#define CLIB_PYTHON_OBJECTS(X)           \
    X(none, _Py_NoneStruct)              \
    X(true_object, _Py_TrueStruct)       \
    X(false_object, _Py_FalseStruct)     \
    X(int_type, PyLong_Type)             \
    X(float_type, PyFloat_Type)          \
    X(complex_type, PyComplex_Type)      \
    X(str_type, PyUnicode_Type)          \
    X(bytes_type, PyBytes_Type)          \
    X(bytearray_type, PyByteArray_Type)  \
    X(list_type, PyList_Type)            \
    X(tuple_type, PyTuple_Type)          \
    X(dict_type, PyDict_Type)            \
    X(set_type, PySet_Type)              \
    X(frozenset_type, PyFrozenSet_Type)  \
    X(slice_type, PySlice_Type)

#define CLIB_PYTHON_FUNCTIONS(X)                                                                \
    X(Py_IncRef, void, (python_object*))                                                        \
    X(PyCallable_Check, int, (python_object*))                                                  \
    X(PyTuple_Size, std::ptrdiff_t, (python_object*))                                           \
    X(PyTuple_GetItem, python_object* /* borrowed */, (python_object*, std::ptrdiff_t))         \
    X(PyTuple_SetItem, int, (python_object*, std::ptrdiff_t, python_object* /* stolen */))      \
    X(PyDict_SetItem, int, (python_object*, python_object* key, python_object* value))          \
    X(PyDict_Next, int, (python_object*, std::ptrdiff_t* place, python_object** key,            \
                         python_object** value /* borrowed */))                                 \
    X(PyList_Size, std::ptrdiff_t, (python_object*))                                            \
    X(PyList_GetItem, python_object* /* borrowed */, (python_object*, std::ptrdiff_t))          \
    X(PyList_SetItem, int, (python_object*, std::ptrdiff_t, python_object* /* stolen */))       \
    X(PyLong_AsLongLongAndOverflow, long long, (python_object*, int* overflow))                 \
    X(PyLong_AsUnsignedLongLong, unsigned long long, (python_object*))                          \
    X(PyLong_FromLongLong, python_object*, (long long))                                         \
    X(PyLong_FromUnsignedLongLong, python_object*, (unsigned long long))                        \
    X(PyFloat_AsDouble, double, (python_object*))                                               \
    X(PyFloat_FromDouble, python_object*, (double))                                             \
    X(PyComplex_RealAsDouble, double, (python_object*))                                         \
    X(PyComplex_ImagAsDouble, double, (python_object*))                                         \
    X(PyComplex_FromDoubles, python_object*, (double real, double imag))                        \
    /* since 3.10; the same in 3.9 */                                                           \
    X(PyUnicode_AsUTF8AndSize, const char*, (python_object*, std::ptrdiff_t* size))             \
    X(PyUnicode_DecodeUTF8, python_object*, (const char*, std::ptrdiff_t, const char* errors))  \
    X(PyBytes_AsStringAndSize, int, (python_object*, char** data, std::ptrdiff_t* size))        \
    X(PyBytes_FromStringAndSize, python_object*, (const char*, std::ptrdiff_t))                 \
    X(PyUnicode_FromFormat, python_object*, (const char* format, ...))                          \
    X(PyErr_Occurred, python_object* /* borrowed */, ())                                        \
    X(PyErr_Fetch, void, (python_object**, python_object**, python_object**))                   \
    X(PyEval_SaveThread, void*, ())                                                             \
    X(PyObject_Free, void, (void*))                                                             \
    X(PyType_GetSlot, void*, (python_object* type, int slot))                                   \
    X(PyType_IsSubtype, int, (python_object* type, python_object* base))                        \
    X(PyBuffer_FillInfo, int, (void* view, python_object* owner, void* address,                 \
                               std::ptrdiff_t size, int is_readonly, int flags))

// These may run code in Python, or wait for its lock, and end their thread there.
#define CLIB_PYTHON_CODE(X)                                                                     \
    X(Py_DecRef, void, (python_object*))                                                        \
    X(PyObject_Call, python_object*, (python_object* callable, python_object* tuple,            \
                                      python_object* dict))                                     \
    /* since 3.12; the same in 3.9 */                                                           \
    X(PyObject_VectorcallDict, python_object*, (python_object* callable, python_object* const*, \
                                                std::size_t size, python_object* names))        \
    X(PyObject_VectorcallMethod, python_object*, (python_object* name, python_object* const*,   \
                                                  std::size_t size, python_object* names))      \
    X(PyObject_GetAttrString, python_object*, (python_object*, const char* name))               \
    X(PyTuple_New, python_object*, (std::ptrdiff_t size))                                       \
    X(PyDict_New, python_object*, ())                                                           \
    X(PyList_New, python_object*, (std::ptrdiff_t size))                                        \
    X(PySet_New, python_object*, (python_object* iterable))                                     \
    X(PySet_Add, int, (python_object*, python_object* item))                                    \
    X(PyObject_GetIter, python_object*, (python_object*))                                       \
    X(PyIter_Next, python_object*, (python_object*))                                            \
    X(PyErr_Clear, void, ())                                                                    \
    X(PyErr_WriteUnraisable, void, (python_object* where))                                      \
    X(PyErr_Restore, void, (python_object*, python_object*, python_object*))                    \
    X(PyErr_SetObject, void, (python_object* type, python_object* value))                       \
    X(PyEval_RestoreThread, void, (void*))                                                      \
    X(PyGILState_Ensure, int, ())                                                               \
    X(PyGILState_Release, void, (int))                                                          \
    X(PyType_GenericAlloc, python_object*, (python_object* type, std::ptrdiff_t size))          \
    X(PyObject_ClearWeakRefs, void, (python_object*))                                           \
    /* since 3.11; the same in 3.9 */                                                           \
    X(PyObject_GetBuffer, int, (python_object*, python_buffer* view, int flags))                \
    X(PyBuffer_Release, void, (python_buffer* view))                                            \
    X(PySlice_Unpack, int, (python_object* slice, std::ptrdiff_t* start, std::ptrdiff_t* stop,  \
                            std::ptrdiff_t* step))
// clang-format on

namespace detail {

/// A function of Python whose thread may end in it (thread_end.hpp), but for this class.
template <class Signature>
class python_code;
template <class R, class... P>
class python_code<R(P...)> {
public:
    [[gnu::always_inline]] R operator()(P... arguments) const {
        return outlast(address_, arguments...);
    }
    auto address() const noexcept { return address_; }

private:
    R (*address_)(P...);
};

}  // namespace detail

/// Python's objects and functions, in the order of python_names, and what a library notes besides.
/// Everything but PyGILState_Ensure() is called with the interpreter's lock held.
struct python_api {
#define CLIB_OBJECT(name, python_name) python_object* name;
// NOLINTBEGIN(bugprone-macro-parentheses): these are parts of a declaration
#define CLIB_FUNCTION(name, result, parameters) result(*name) parameters noexcept;
#define CLIB_CODE(name, result, parameters) detail::python_code<result parameters> name;
    // NOLINTEND(bugprone-macro-parentheses)
    CLIB_PYTHON_OBJECTS(CLIB_OBJECT)
    CLIB_PYTHON_FUNCTIONS(CLIB_FUNCTION)
    CLIB_PYTHON_CODE(CLIB_CODE)
#undef CLIB_OBJECT
#undef CLIB_FUNCTION
#undef CLIB_CODE

    std::size_t head_offset;        ///< Where an object has its python_head.
    python_object* empty_tuple;     ///< The one that there is, or NULL.
    std::uint64_t life;             ///< How often an interpreter has bound the library.
    bool is_bound;                  ///< The interpreter has not begun to end.
    bool is_traced;                 ///< The binding makes all objects itself, and notes where.
    python_object* check_result;    ///< See clib_python::check_results.
    python_object* convert;         ///< See clib_python::set_converter.
    python_object* tell_exception;  ///< See clib_python::tell_exceptions; NULL if there are none.
    /// The thread in which the interpreter ends, or NULL. No other one may call back any more.
    std::atomic<const void*> ending_thread;
};

namespace detail {

inline constexpr std::array python_names{
#define CLIB_OBJECT(name, python_name) #python_name,
#define CLIB_FUNCTION(name, result, parameters) #name,
    CLIB_PYTHON_OBJECTS(CLIB_OBJECT) CLIB_PYTHON_FUNCTIONS(CLIB_FUNCTION)
        CLIB_PYTHON_CODE(CLIB_FUNCTION)
#undef CLIB_OBJECT
#undef CLIB_FUNCTION
};
static_assert(offsetof(python_api, head_offset) == python_names.size() * sizeof(void*));

/// What a native object has behind what Python has in every object.
struct python_head {
    std::uint64_t handle;  ///< 0 before its making and after its freeing.
    void* weak_references;
    slot_head* slot;  ///< A hint: the slot of the handle.
};

}  // namespace detail

#undef CLIB_PYTHON_OBJECTS
#undef CLIB_PYTHON_FUNCTIONS
#undef CLIB_PYTHON_CODE

inline constinit python_api python{};

inline bool is_exactly(python_object* object, python_object* type) noexcept {
    return object->type == type;
}

inline python_object* new_reference(python_object* object) noexcept {
    python.Py_IncRef(object);
    return object;
}

/// Effects: Puts a new reference to `item` into a tuple that was just made.
inline void set_item(python_object* tuple, std::ptrdiff_t index, python_object* item) noexcept {
    python.PyTuple_SetItem(tuple, index, new_reference(item));
}

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
