// SPDX-License-Identifier: MIT
// The core in an extension module written by hand: what all others are measured against, so nothing
// is done here that could be left out. Arguments are taken by position alone, each function has the
// calling convention that is meant for its number of them, and an object holds its counter itself.
// In `by_name` stands the same with the one difference that arguments may be given by name too.
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "core.hpp"

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <string_view>

namespace {

bool take(PyObject* given, std::int64_t& number) {
    number = PyLong_AsLongLong(given);
    return number != -1 || PyErr_Occurred() == nullptr;
}

bool require_two(Py_ssize_t size) {
    if (size == 2) { return true; }
    PyErr_Format(PyExc_TypeError, "expected 2 arguments, got %zd", size);
    return false;
}

PyObject* answer(PyObject*, PyObject*) { return PyLong_FromLongLong(core::answer()); }

PyObject* half(PyObject*, PyObject* given) {
    std::int64_t number = 0;
    if (!take(given, number)) { return nullptr; }
    return PyLong_FromLongLong(core::half(number));
}

PyObject* midpoint(PyObject*, PyObject* const* given, Py_ssize_t size) {
    std::int64_t first = 0;
    std::int64_t last = 0;
    if (!require_two(size) || !take(given[0], first) || !take(given[1], last)) { return nullptr; }
    return PyLong_FromLongLong(core::midpoint(first, last));
}

PyObject* ends_of_text(PyObject*, PyObject* given) {
    Py_ssize_t size = 0;
    const char* const text = PyUnicode_AsUTF8AndSize(given, &size);
    if (text == nullptr) { return nullptr; }
    return PyLong_FromLongLong(core::ends({text, static_cast<std::size_t>(size)}));
}

PyObject* ends_of_bytes(PyObject*, PyObject* given) {
    char* data = nullptr;
    Py_ssize_t size = 0;
    if (PyBytes_AsStringAndSize(given, &data, &size) != 0) { return nullptr; }
    return PyLong_FromLongLong(core::ends({data, static_cast<std::size_t>(size)}));
}

PyObject* add_one(PyObject*, PyObject* given) {
    Py_buffer view;
    if (PyObject_GetBuffer(given, &view, PyBUF_WRITABLE) != 0) { return nullptr; }
    core::add_one(static_cast<char*>(view.buf), static_cast<std::size_t>(view.len));
    PyBuffer_Release(&view);
    Py_RETURN_NONE;
}

PyObject* written(PyObject*, PyObject*) {
    try {
        char* const text = core::written();
        PyObject* const made = PyUnicode_FromString(text);
        std::free(text);
        return made;
    } catch (const std::bad_alloc&) { return PyErr_NoMemory(); }
}

PyObject* echo(PyObject*, PyObject* given) {
    Py_ssize_t size = 0;
    const char* const text = PyUnicode_AsUTF8AndSize(given, &size);
    if (text == nullptr) { return nullptr; }
    try {
        const std::string made = core::echo({text, static_cast<std::size_t>(size)});
        return PyUnicode_FromStringAndSize(made.data(), static_cast<Py_ssize_t>(made.size()));
    } catch (const std::bad_alloc&) { return PyErr_NoMemory(); }
}

std::int64_t call_number(std::int64_t number, void* function) {
    PyObject* const argument = PyLong_FromLongLong(number);
    if (argument == nullptr) { return -1; }
    PyObject* const returned = PyObject_CallOneArg(static_cast<PyObject*>(function), argument);
    Py_DECREF(argument);
    if (returned == nullptr) { return -1; }
    std::int64_t result = 0;
    const bool is_number = take(returned, result);
    Py_DECREF(returned);
    if (is_number && result < 0) { PyErr_SetString(PyExc_ValueError, "function was negative"); }
    return is_number && result >= 0 ? result : -1;
}

PyObject* total(PyObject*, PyObject* const* given, Py_ssize_t size) {
    std::int64_t count = 0;
    if (!require_two(size) || !take(given[0], count)) { return nullptr; }
    const std::int64_t sum = core::total(count, call_number, given[1]);
    return sum < 0 ? nullptr : PyLong_FromLongLong(sum);
}

struct counter_object {
    PyObject head;
    core::counter counter;
};

PyObject* counter_new(PyTypeObject* type, PyObject* given, PyObject* named) {
    if (PyTuple_GET_SIZE(given) != 0 || named != nullptr) {
        PyErr_SetString(PyExc_TypeError, "Counter() takes no arguments");
        return nullptr;
    }
    PyObject* const self = type->tp_alloc(type, 0);
    if (self != nullptr) { std::construct_at(&reinterpret_cast<counter_object*>(self)->counter); }
    return self;
}

void counter_dealloc(PyObject* self) {
    std::destroy_at(&reinterpret_cast<counter_object*>(self)->counter);
    Py_TYPE(self)->tp_free(self);
}

PyObject* counter_next(PyObject* self, PyObject*) {
    return PyLong_FromLongLong(reinterpret_cast<counter_object*>(self)->counter.next());
}

PyMethodDef counter_methods[] = {
    {"next", counter_next, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

PyTypeObject counter_type = [] {
    PyTypeObject type{};
    Py_SET_REFCNT(reinterpret_cast<PyObject*>(&type), 1);
    type.tp_name = "contest_extension.Counter";
    type.tp_basicsize = sizeof(counter_object);
    type.tp_flags = Py_TPFLAGS_DEFAULT;
    type.tp_methods = counter_methods;
    type.tp_new = counter_new;
    type.tp_dealloc = counter_dealloc;
    return type;
}();

PyCFunction as_method(PyObject* (*function)(PyObject*, PyObject* const*, Py_ssize_t)) {
    return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function));
}

constexpr char count_name[] = "count";
constexpr char data_name[] = "data";
constexpr char first_name[] = "first";
constexpr char function_name[] = "function";
constexpr char last_name[] = "last";
constexpr char number_name[] = "number";
constexpr char text_name[] = "text";

PyObject* refuse_arguments() {
    PyErr_SetString(PyExc_TypeError, "wrong arguments");
    return nullptr;
}

bool is_name(PyObject* given, const char* name) {
    return PyUnicode_CompareWithASCIIString(given, name) == 0;
}

template <PyObject* (*function)(PyObject*, PyObject*), const char* name>
PyObject* one_by_name(PyObject* self, PyObject* const* given, Py_ssize_t size, PyObject* names) {
    if (names == nullptr && size == 1) { return function(self, given[0]); }
    const bool is_named = names != nullptr && size == 0 && PyTuple_GET_SIZE(names) == 1 &&
                          is_name(PyTuple_GET_ITEM(names, 0), name);
    return is_named ? function(self, given[0]) : refuse_arguments();
}

template <PyObject* (*function)(PyObject*, PyObject* const*, Py_ssize_t), const char* first,
          const char* second>
PyObject* two_by_name(PyObject* self, PyObject* const* given, Py_ssize_t size, PyObject* names) {
    if (names == nullptr) { return function(self, given, size); }
    if (size + PyTuple_GET_SIZE(names) != 2) { return refuse_arguments(); }
    PyObject* items[2] = {size > 0 ? given[0] : nullptr, nullptr};
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); ++i) {
        PyObject* const name = PyTuple_GET_ITEM(names, i);
        PyObject*& item = items[is_name(name, second) ? 1 : 0];
        if (item != nullptr || !(is_name(name, first) || is_name(name, second))) {
            return refuse_arguments();
        }
        item = given[size + i];
    }
    return function(self, items, 2);
}

PyCFunction as_function(PyObject* (*function)(PyObject*, PyObject* const*, Py_ssize_t, PyObject*)) {
    return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function));
}

constexpr int named = METH_FASTCALL | METH_KEYWORDS;

PyMethodDef functions_by_name[] = {
    {"answer", answer, METH_NOARGS, nullptr},
    {"half", as_function(one_by_name<half, number_name>), named, nullptr},
    {"midpoint", as_function(two_by_name<midpoint, first_name, last_name>), named, nullptr},
    {"ends_of_text", as_function(one_by_name<ends_of_text, text_name>), named, nullptr},
    {"ends_of_bytes", as_function(one_by_name<ends_of_bytes, data_name>), named, nullptr},
    {"add_one", as_function(one_by_name<add_one, data_name>), named, nullptr},
    {"written", written, METH_NOARGS, nullptr},
    {"echo", as_function(one_by_name<echo, text_name>), named, nullptr},
    {"total", as_function(two_by_name<total, count_name, function_name>), named, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

PyMethodDef functions[] = {
    {"answer", answer, METH_NOARGS, nullptr},
    {"half", half, METH_O, nullptr},
    {"midpoint", as_method(midpoint), METH_FASTCALL, nullptr},
    {"ends_of_text", ends_of_text, METH_O, nullptr},
    {"ends_of_bytes", ends_of_bytes, METH_O, nullptr},
    {"add_one", add_one, METH_O, nullptr},
    {"written", written, METH_NOARGS, nullptr},
    {"echo", echo, METH_O, nullptr},
    {"total", as_method(total), METH_FASTCALL, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

PyModuleDef definition_of(const char* name, PyMethodDef* methods) {
    PyModuleDef definition{};
    definition.m_base = PyModuleDef_HEAD_INIT;
    definition.m_name = name;
    definition.m_size = -1;
    definition.m_methods = methods;
    return definition;
}

PyModuleDef module = definition_of("contest_extension", functions);
PyModuleDef module_by_name = definition_of("contest_extension.by_name", functions_by_name);

bool add(PyObject* to, const char* name, PyObject* added) {
    Py_XINCREF(added);
    if (added != nullptr && PyModule_AddObject(to, name, added) == 0) { return true; }
    Py_XDECREF(added);
    return false;
}

}  // namespace

PyMODINIT_FUNC PyInit_contest_extension() {
    if (PyType_Ready(&counter_type) != 0) { return nullptr; }
    auto* const counter = reinterpret_cast<PyObject*>(&counter_type);
    PyObject* const made = PyModule_Create(&module);
    PyObject* const by_name = PyModule_Create(&module_by_name);
    const bool is_whole = made != nullptr && by_name != nullptr && add(made, "Counter", counter) &&
                          add(by_name, "Counter", counter) && add(made, "by_name", by_name);
    Py_XDECREF(by_name);
    if (is_whole) { return made; }
    Py_XDECREF(made);
    return nullptr;
}
