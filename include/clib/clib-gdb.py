# SPDX-License-Identifier: MIT
"""Shows clib's types in gdb: the text of a char_buffer or c_string, what a counter has come to, and
what a handle is made of.

    (gdb) source /usr/include/clib/clib-gdb.py
    (gdb) print words
    $1 = "so it goes"
    (gdb) print counter
    $2 = clib_counter* handle {slot = 0, generation = 38261, owner = 93}

Put the first line into ~/.gdbinit to have it always.
"""

import gdb
import gdb.printing


class Text:
    """A char_buffer or a c_string."""

    def __init__(self, text, size):
        self._text = text
        self._size = size

    def to_string(self):
        if not self._text:
            return "NULL" if self._size is None else '""'
        return self._text.lazy_string() if self._size is None else \
            self._text.lazy_string(length=self._size)

    def display_hint(self):
        return "string" if self._text else None


def char_buffer(value):
    storage = value["storage_"]
    return Text(storage["data_"], int(storage["size_"]))


def c_string(value):
    return Text(value["text_"], None)


class Counter:
    def __init__(self, value):
        self._last = value["last_"]

    def to_string(self):
        last = self._last
        while last.type.strip_typedefs().code == gdb.TYPE_CODE_STRUCT:  # std::atomic, of any library
            first, = [each for each in last.type.strip_typedefs().fields() if hasattr(each, "bitpos")]
            last = last[first]
        return f"counter at {int(last)}"


class Handle:
    """A pointer that is none: clib/ffi/detail/handle/handle.hpp says what its bits are."""

    def __init__(self, value):
        self._type = value.type
        self._bits = int(value) & (1 << 64) - 1

    def to_string(self):
        return f"{self._type} handle"

    def children(self):
        bits = self._bits
        yield "slot", (bits & (1 << 30) - 1) - 1
        yield "generation", bits >> 30 & (1 << 26) - 1
        yield "owner", bits >> 56


def is_handle(value):
    """Whether it points to an object of C++, where no address can be."""
    pointer = value.type.strip_typedefs()
    return pointer.code == gdb.TYPE_CODE_PTR and \
        pointer.target().strip_typedefs().code == gdb.TYPE_CODE_STRUCT and \
        int(value) >> 56 & 0xFF not in (0, 0xFF)


class Printers(gdb.printing.RegexpCollectionPrettyPrinter):
    def __call__(self, value):
        return Handle(value) if is_handle(value) else super().__call__(value)


printers = Printers("clib")
printers.add_printer("char_buffer", r"^clib::(v\d+::)?char_buffer$", char_buffer)
printers.add_printer("c_string", r"^clib::(v\d+::)?basic_c_string<.*>$", c_string)
printers.add_printer("counter", r"^clib::(v\d+::)?basic_counter<[^<>]*>$", Counter)
gdb.printing.register_pretty_printer(gdb.current_objfile(), printers, replace=True)
