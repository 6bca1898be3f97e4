// The core in an extension module written by hand: what all others are measured against, so nothing
// is done here that could be left out. Arguments are taken by position alone, each function has the
// calling convention that is meant for its number of them, and an object holds its counter itself.
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

PyModuleDef module = [] {
    PyModuleDef definition{};
    definition.m_base = PyModuleDef_HEAD_INIT;
    definition.m_name = "contest_extension";
    definition.m_size = -1;
    definition.m_methods = functions;
    return definition;
}();

}  // namespace

PyMODINIT_FUNC PyInit_contest_extension() {
    if (PyType_Ready(&counter_type) != 0) { return nullptr; }
    PyObject* const made = PyModule_Create(&module);
    if (made == nullptr) { return nullptr; }
    Py_INCREF(&counter_type);
    if (PyModule_AddObject(made, "Counter", reinterpret_cast<PyObject*>(&counter_type)) != 0) {
        Py_DECREF(&counter_type);
        Py_DECREF(made);
        return nullptr;
    }
    return made;
}
