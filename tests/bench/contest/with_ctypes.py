# SPDX-License-Identifier: MIT
"""The core opened with ctypes, each function declared by hand as the ctypes tutorial does it."""

import ctypes


class Contestant:
    def __init__(self, path):
        library = ctypes.CDLL(str(path))

        def declared(name, result, *arguments):
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
            return function

        number, size, data = ctypes.c_int64, ctypes.c_size_t, ctypes.c_char_p
        characters = ctypes.POINTER(ctypes.c_char)
        number_function = ctypes.CFUNCTYPE(number, number, ctypes.c_void_p)

        self.answer = declared("plain_answer", number)
        self.half = declared("plain_half", number, number)
        self.midpoint = declared("plain_midpoint", number, number, number)
        ends = declared("plain_ends", number, data, size)
        add = declared("plain_add_one", None, characters, size)
        make_written = declared("plain_written", characters)
        make_echo = declared("plain_echo", characters, data, size)
        free = declared("plain_free", None, characters)
        new = declared("plain_counter_new", ctypes.c_void_p)
        following = declared("plain_counter_next", number, ctypes.c_void_p)
        delete = declared("plain_counter_free", None, ctypes.c_void_p)
        sum_of = declared("plain_total", number, number, number_function, ctypes.c_void_p)

        def ends_of_text(text):
            data = text.encode()
            return ends(data, len(data))

        def ends_of_bytes(data):
            return ends(data, len(data))

        def add_one(buffer):
            add(buffer, len(buffer))

        def owned(address):
            phrase = ctypes.c_char_p.from_buffer(address)
            text = phrase.value.decode()
            free(address)
            return text

        def written():
            return owned(make_written())

        def echo(text):
            data = text.encode()
            return owned(make_echo(data, len(data)))

        def total(count, function):
            return sum_of(count, number_function(lambda i, _: function(i)), None)

        class Counter:
            def __init__(self):
                self.pointer = new()

            def __del__(self):
                delete(self.pointer)

            def next(self):
                return following(self.pointer)

        self.ends_of_text, self.ends_of_bytes, self.add_one = ends_of_text, ends_of_bytes, add_one
        self.written, self.echo, self.total, self.Counter = written, echo, total, Counter
