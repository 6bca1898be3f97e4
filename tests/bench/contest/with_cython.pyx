# SPDX-License-Identifier: MIT
# distutils: language = c++
# cython: language_level=3
"""The core opened with Cython."""

from libc.stddef cimport size_t
from libc.stdint cimport int64_t
from libc.stdlib cimport free
from libcpp.string cimport string

cdef extern from "<string_view>" namespace "std" nogil:
    cdef cppclass string_view:
        string_view(const char*, size_t)

cdef extern from *:
    const int CYTHON_HEX_VERSION  # of the compiler, in the code that it writes

cdef extern from "Python.h":
    const char* PyUnicode_AsUTF8AndSize(object, Py_ssize_t*) except NULL

ctypedef int64_t (*number_function)(int64_t, void*) except -1

cdef extern from "core.hpp" namespace "core":
    int64_t core_answer "core::answer"()
    int64_t core_half "core::half"(int64_t)
    int64_t core_midpoint "core::midpoint"(int64_t, int64_t)
    int64_t core_ends "core::ends"(string_view)
    void core_add_one "core::add_one"(char*, size_t)
    char* core_written "core::written"() except +
    string core_echo "core::echo"(string_view) except +
    int64_t core_total "core::total"(int64_t, number_function, void*) except -1
    cdef cppclass counter:
        int64_t next()

version = f"{CYTHON_HEX_VERSION >> 24}.{CYTHON_HEX_VERSION >> 16 & 0xff}.{CYTHON_HEX_VERSION >> 8 & 0xff}"


def answer():
    return core_answer()


def half(int64_t number):
    return core_half(number)


def midpoint(int64_t first, int64_t last):
    return core_midpoint(first, last)


def ends_of_text(str text not None):
    cdef Py_ssize_t size = 0
    cdef const char* data = PyUnicode_AsUTF8AndSize(text, &size)
    return core_ends(string_view(data, <size_t>size))


def ends_of_bytes(bytes data not None):
    return core_ends(string_view(data, <size_t>len(data)))


def add_one(char[::1] data not None):
    if data.shape[0] > 0:
        core_add_one(&data[0], <size_t>data.shape[0])


def written():
    cdef char* text = core_written()
    try:
        return text.decode()
    finally:
        free(text)


def echo(str text not None):
    cdef Py_ssize_t size = 0
    cdef const char* data = PyUnicode_AsUTF8AndSize(text, &size)
    return core_echo(string_view(data, <size_t>size)).decode()


cdef int64_t call_number(int64_t number, void* function) except -1:
    cdef int64_t result = (<object>function)(number)
    if result < 0:
        raise ValueError("function was negative")
    return result


def total(int64_t count, function):
    return core_total(count, call_number, <void*>function)


cdef class Counter:
    cdef counter core_counter

    def next(self):
        return self.core_counter.next()
