# SPDX-License-Identifier: MIT
"""clib from Python with ctypes alone: copy load(), and every failure is an exception.

    python3 words.py [path of libclib.so]
"""

import ctypes
import pathlib
import sys


class Counter(ctypes.Structure):
    """Only declared, as in clib.h. ctypes then takes no other pointer for a POINTER(Counter)."""


class CharBuffer(ctypes.Structure):
    pass


class ClibError(Exception):
    pass


def load(path):
    library = ctypes.CDLL(str(pathlib.Path(path).resolve()))
    library.clib_last_error.restype = ctypes.c_char_p

    def raise_failures(result, function, arguments):
        """clib's one rule: NULL or a negative number is a failure."""
        failed = result < 0 if isinstance(result, int) else not result
        if failed:
            raise ClibError(library.clib_last_error().decode())
        return result

    counter, char_buffer = ctypes.POINTER(Counter), ctypes.POINTER(CharBuffer)
    text, size, number = ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int64
    writable = ctypes.POINTER(ctypes.c_ubyte)  # refuses bytes, which c_char_p would let C change
    for name, result, *arguments in [
        ("clib_counter_new", counter),
        ("clib_counter_next", number, counter),
        ("clib_counter_free", number, counter),
        ("clib_char_buffer_new", char_buffer, text, size),
        ("clib_char_buffer_append", number, char_buffer, text, size),
        ("clib_char_buffer_size", number, char_buffer),
        ("clib_char_buffer_at", number, char_buffer, number),
        ("clib_char_buffer_read", number, char_buffer, number, writable, size),
        ("clib_char_buffer_free", number, char_buffer),
    ]:
        function = getattr(library, name)
        function.restype, function.argtypes, function.errcheck = result, arguments, raise_failures
    return library


def main(path):
    clib = load(path)

    numbers = clib.clib_counter_new()
    line = clib.clib_char_buffer_new(b"", 0)
    for word in "I was written in Python".split():
        item = f"{clib.clib_counter_next(numbers)}:{word} ".encode()
        clib.clib_char_buffer_append(line, item, len(item))

    copy = (ctypes.c_ubyte * clib.clib_char_buffer_size(line))()
    clib.clib_char_buffer_read(line, 0, copy, len(copy))
    print("buffer: ", bytes(copy).decode().rstrip())

    try:
        clib.clib_char_buffer_at(line, 1000)
    except ClibError as error:
        print("refused:", error)

    clib.clib_char_buffer_free(line)
    clib.clib_counter_free(numbers)
    try:
        clib.clib_counter_next(numbers)
    except ClibError as error:
        print("refused:", error)


if __name__ == "__main__":
    root = pathlib.Path(__file__).resolve().parents[2]
    main(sys.argv[1] if len(sys.argv) > 1 else root / "build/shim/libclib.so")
