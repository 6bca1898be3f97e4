# SPDX-License-Identifier: MIT
"""The core opened with cffi, in both of its modes.

    with_cffi.py <file>      writes the source of the module for API mode
"""

import pathlib
import sys

import cffi

DECLARATIONS = pathlib.Path(__file__).with_name("plain.h").read_text()
CALLED = "int64_t call_number(int64_t number, void* function)"


class Contestant:
    def __init__(self, ffi, library, call_number):
        self.ffi, self.call_number = ffi, call_number
        self.answer, self.half, self.midpoint = (
            library.plain_answer, library.plain_half, library.plain_midpoint)
        ends, add, free = library.plain_ends, library.plain_add_one, library.plain_free
        new, following, delete = (library.plain_counter_new, library.plain_counter_next,
                                  library.plain_counter_free)
        from_buffer, string, gc = ffi.from_buffer, ffi.string, ffi.gc

        def ends_of_text(text):
            data = text.encode()
            return ends(data, len(data))

        def ends_of_bytes(data):
            return ends(data, len(data))

        def add_one(data):
            add(from_buffer("char[]", data, True), len(data))

        def owned(text):
            try:
                return string(text).decode()
            finally:
                free(text)

        def written():
            return owned(library.plain_written())

        def echo(text):
            data = text.encode()
            return owned(library.plain_echo(data, len(data)))

        def total(count, function):
            return library.plain_total(count, call_number, ffi.new_handle(function))

        class Counter:
            def __init__(self):
                self.pointer = gc(new(), delete)

            def next(self):
                return following(self.pointer)

        self.ends_of_text, self.ends_of_bytes, self.add_one = ends_of_text, ends_of_bytes, add_one
        self.written, self.echo, self.total, self.Counter = written, echo, total, Counter


def calling(ffi):
    def call_number(number, function):
        return ffi.from_handle(function)(number)
    return call_number


def abi_mode(path):
    ffi = cffi.FFI()
    ffi.cdef(DECLARATIONS)
    library = ffi.dlopen(str(path))
    return Contestant(ffi, library,
                      ffi.callback("int64_t(int64_t, void*)", calling(ffi), error=-1))


def api_mode(module):
    """`module` is what was made of the written source."""
    module.ffi.def_extern(name="call_number", error=-1)(calling(module.ffi))
    return Contestant(module.ffi, module.lib, module.lib.call_number)


def write_source(file):
    ffi = cffi.FFI()
    ffi.cdef(f'{DECLARATIONS}\nextern "Python" {CALLED};')
    ffi.set_source("contest_cffi", 'extern "C" {\n#include "plain.h"\n}', source_extension=".cpp")
    ffi.emit_c_code(file)


if __name__ == "__main__":
    write_source(sys.argv[1])
