# SPDX-License-Identifier: MIT
"""libclib.so through bare ctypes, as a Python programmer meets it: what works, each mistake that
ctypes makes easy, threads, forks, and the end of the interpreter."""

import ctypes
import os
import pathlib
import random
import re
import shutil
import sys
import tempfile
import threading
import unittest

import child
from signatures import SIGNATURES, Deleter, Library

# The first ones; after them, one for each built-in exception of Python.
NAMES = ["CLIB_OK", "CLIB_E_UNKNOWN", "CLIB_E_NO_MEMORY", "CLIB_E_INVALID", "CLIB_E_HANDLE",
         "CLIB_E_OUT_OF_RANGE", "CLIB_E_OVERFLOW", "CLIB_E_LENGTH", "CLIB_E_BUSY",
         "CLIB_E_SYSTEM", "CLIB_E_CALLBACK", "CLIB_E_STOP_ITERATION"]
(NO_MEMORY, INVALID, HANDLE, OUT_OF_RANGE, OVERFLOW, LENGTH, BUSY) = range(-2, -9, -1)
INT64_MAX = 2**63 - 1
HEADER = pathlib.Path(__file__).resolve().parents[2] / "shim" / "clib.h"
LOAD = "from signatures import *; clib = Library()\n"

clib = Library()
libc = ctypes.CDLL(None)


def run_in_threads(count, work):
    """Calls work(0) ... work(count - 1) at the same time. Raises what one of them raised."""
    raised = []

    def guarded(index):
        try:
            work(index)
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=guarded, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]


class ClibTest(unittest.TestCase):
    def setUp(self):
        live = self.live()
        self.addCleanup(lambda: self.assertEqual(self.live(), live, "objects are left alive"))

    def live(self):
        return clib.counter_live(), clib.char_buffer_live(), clib.c_string_live()

    def counter(self):
        return self.freed_later(clib.counter_new(), clib.counter_free)

    def buffer(self, data=b""):
        return self.freed_later(clib.char_buffer_new(data, len(data)), clib.char_buffer_free)

    def string(self, data=b"text"):
        return self.freed_later(clib.c_string_new(data, len(data)), clib.c_string_free)

    def freed_later(self, handle, free):
        self.assertIsNotNone(handle)
        self.addCleanup(lambda: self.assertEqual(free(handle), 0))
        return handle

    def content(self, buffer):
        memory = ctypes.create_string_buffer(clib.char_buffer_size(buffer))
        self.assertEqual(clib.char_buffer_read(buffer, 0, memory, len(memory)), len(memory))
        return memory.raw

    def assert_fails(self, status, result, *words):
        """`result` stands for the failure `status`, which is this thread's last one."""
        self.assertEqual(result, None if result is None else status)
        self.assertEqual(clib.last_status(), status, clib.message())
        for word in words:
            self.assertIn(word, clib.message())


def declared_codes():
    """The names of the codes in the header, which are 0, -1, -2 and so on."""
    codes = re.findall(r"^#define (CLIB_OK|CLIB_E_\w+) \(?(-?\d+)\)?", HEADER.read_text(),
                       re.MULTILINE)
    assert [int(number) for _, number in codes] == [-n for n in range(len(codes))], codes
    return [name for name, _ in codes]


class TheLibrary(ClibTest):
    def test_version(self):
        header = re.search(r'CLIB_VERSION_STRING "(.*)"', HEADER.read_text()).group(1)
        self.assertEqual(clib.version().decode(), header)

    def test_description(self):
        self.assertEqual(ctypes.string_at(clib.describe() + 4, 4), b"CLIB")

    def test_version_at_least(self):
        major, minor, patch = map(int, clib.version().split(b"."))
        self.assertEqual(clib.version_at_least(major, minor, patch), 1)
        self.assertEqual(clib.version_at_least(major, minor, patch + 1), 0)
        self.assertEqual(clib.version_at_least(major, minor + 1, 0), 0)
        self.assertEqual(clib.version_at_least(major + 1, 0, 0), 0)
        self.assertEqual(clib.version_at_least(-1, 0, 0), 0)

    def test_names_of_codes(self):
        names = declared_codes()
        self.assertEqual([clib.status_name(-n).decode() for n in range(len(names))], names)
        for code in (1, -len(names), -1000, INT64_MAX, -INT64_MAX - 1):
            self.assertEqual(clib.status_name(code), b"CLIB_E_UNKNOWN")

    def test_a_thread_starts_without_a_failure(self):
        def work(_):
            self.assertEqual((clib.last_status(), clib.message()), (0, ""))

        clib.counter_next(None)
        run_in_threads(1, work)

    def test_failures_are_each_threads_own(self):
        all_have_failed = threading.Barrier(4)

        def work(index):
            clib.add_one(None, index + 1)
            all_have_failed.wait()
            self.assert_fails(INVALID, INVALID, f"a size of {index + 1};")

        clib.counter_next(None)
        run_in_threads(4, work)
        self.assert_fails(HANDLE, HANDLE, "clib_counter_next: ")

    def test_a_success_keeps_the_last_failure(self):
        clib.counter_next(None)
        self.assertGreaterEqual(clib.char_buffer_live(), 0)
        self.assert_fails(HANDLE, HANDLE, "clib_counter_next: ")


class MemoryOfTheCallers(ClibTest):
    def test_add_one(self):
        memory = ctypes.create_string_buffer(bytes(range(256)))
        self.assertEqual(clib.add_one(memory, 256), 256)
        self.assertEqual(memory.raw, bytes(range(1, 256)) + b"\0\0")

    def test_add_one_to_a_bytearray(self):
        data = bytearray(b"abc")
        lent = (ctypes.c_char * 3).from_buffer(data)
        self.assertEqual(clib.add_one(lent, 3), 3)
        self.assertEqual(data, b"bcd")

    def test_add_one_to_nothing(self):
        self.assertEqual(clib.add_one(None, 0), 0)

    def test_size_without_data(self):
        self.assert_fails(INVALID, clib.add_one(None, 1), "clib_add_one: ", "data")

    def test_size_beyond_memory(self):
        memory = ctypes.create_string_buffer(b"abc")
        self.assert_fails(LENGTH, clib.add_one(memory, 2**64 - 1), "clib_add_one: ", "data")
        self.assertEqual(memory.raw, b"abc\0")


class Counter(ClibTest):
    def test_counts(self):
        counter = self.counter()
        self.assertEqual(clib.counter_value(counter), 0)
        self.assertEqual([clib.counter_next(counter) for _ in range(3)], [1, 2, 3])
        self.assertEqual(clib.counter_reserve(counter, 10), 4)
        self.assertEqual(clib.counter_value(counter), 13)
        self.assertEqual(clib.counter_next(counter), 14)
        self.assertEqual(clib.counter_reset(counter), 0)
        self.assertEqual(clib.counter_next(counter), 1)

    def test_counters_are_independent(self):
        first, second = self.counter(), self.counter()
        clib.counter_reserve(first, 100)
        self.assertEqual(clib.counter_next(second), 1)

    def test_live(self):
        before = clib.counter_live()
        handles = [clib.counter_new() for _ in range(200)]
        self.assertEqual(len(set(handles)), 200)
        self.assertEqual(clib.counter_live(), before + 200)
        for handle in handles:
            self.assertEqual(clib.counter_free(handle), 0)
        self.assertEqual(clib.counter_live(), before)

    def test_end_of_the_range(self):
        counter = self.counter()
        self.assertEqual(clib.counter_reserve(counter, INT64_MAX - 1), 1)
        self.assert_fails(OVERFLOW, clib.counter_reserve(counter, 2), "clib_counter_reserve: ")
        self.assertEqual(clib.counter_next(counter), INT64_MAX)
        for _ in range(3):
            self.assert_fails(OVERFLOW, clib.counter_next(counter), "clib_counter_next: ")
        self.assertEqual(clib.counter_value(counter), INT64_MAX)
        self.assertEqual(clib.counter_reset(counter), 0)
        self.assertEqual(clib.counter_next(counter), 1)

    def test_reserving_less_than_one(self):
        counter = self.counter()
        for count in (0, -1, -INT64_MAX - 1):
            self.assert_fails(INVALID, clib.counter_reserve(counter, count))
        self.assertEqual(clib.counter_next(counter), 1)

    def test_many_threads_draw_different_numbers(self):
        counter = self.counter()
        drawn = [[] for _ in range(4)]
        run_in_threads(4, lambda index: drawn[index].extend(
            clib.counter_next(counter) for _ in range(5000)))
        self.assertEqual(sorted(sum(drawn, [])), list(range(1, 20001)))


class CharBuffer(ClibTest):
    def test_keeps_every_byte(self):
        data = bytes(range(256)) * 2
        buffer = self.buffer(data)
        self.assertEqual(clib.char_buffer_size(buffer), 512)
        self.assertEqual(self.content(buffer), data)
        self.assertEqual([clib.char_buffer_at(buffer, i) for i in range(512)], list(data))

    def test_from_nothing(self):
        self.assertEqual(self.content(self.freed_later(
            clib.char_buffer_new(None, 0), clib.char_buffer_free)), b"")

    def test_changes_in_place(self):
        buffer = self.buffer(b"abc\xff")
        self.assertEqual(clib.char_buffer_add_one(buffer), 4)
        self.assertEqual(self.content(buffer), b"bcd\0")
        self.assertEqual(clib.char_buffer_set(buffer, 3, 255), 0)
        self.assertEqual(clib.char_buffer_write(buffer, 1, b"XY", 2), 0)
        self.assertEqual(clib.char_buffer_write(buffer, 4, b"", 0), 0)
        self.assertEqual(self.content(buffer), b"bXY\xff")

    def test_changes_of_size(self):
        buffer = self.buffer()
        for result in (clib.char_buffer_assign(buffer, b"one two", 7),
                       clib.char_buffer_append(buffer, b"!", 1),
                       clib.char_buffer_insert(buffer, 3, b", or", 4),
                       clib.char_buffer_insert(buffer, 12, b"?", 1),
                       clib.char_buffer_erase(buffer, 0, 4)):
            self.assertEqual(result, 0, clib.message())
        self.assertEqual(self.content(buffer), b" or two!?")
        self.assertEqual(clib.char_buffer_resize(buffer, 11), 0)
        self.assertEqual(self.content(buffer), b" or two!?\0\0")
        self.assertEqual(clib.char_buffer_resize(buffer, 3), 0)
        self.assertEqual(self.content(buffer), b" or")
        self.assertEqual(clib.char_buffer_clear(buffer), 0)
        self.assertEqual(self.content(buffer), b"")

    def test_reading_a_part(self):
        buffer = self.buffer(b"starting string")
        memory = ctypes.create_string_buffer(b"........")
        self.assertEqual(clib.char_buffer_read(buffer, 9, memory, 4), 4)
        self.assertEqual(memory.raw, b"stri....\0")
        self.assertEqual(clib.char_buffer_read(buffer, 13, memory, 8), 2)
        self.assertEqual(memory.raw, b"ngri....\0")
        self.assertEqual(clib.char_buffer_read(buffer, 15, memory, 8), 0)

    def test_places_that_are_not_there(self):
        buffer = self.buffer(b"abc")
        memory = ctypes.create_string_buffer(8)
        for index in (3, -1, INT64_MAX, -INT64_MAX - 1):
            self.assert_fails(OUT_OF_RANGE, clib.char_buffer_at(buffer, index), str(index))
            self.assert_fails(OUT_OF_RANGE, clib.char_buffer_set(buffer, index, 65), str(index))
        for index in (4, -1, INT64_MAX):
            for result in (clib.char_buffer_read(buffer, index, memory, 8),
                           clib.char_buffer_write(buffer, index, b"x", 1),
                           clib.char_buffer_insert(buffer, index, b"x", 1),
                           clib.char_buffer_erase(buffer, index, 1)):
                self.assert_fails(OUT_OF_RANGE, result, str(index))
        self.assert_fails(OUT_OF_RANGE, clib.char_buffer_write(buffer, 2, b"xy", 2))
        self.assert_fails(OUT_OF_RANGE, clib.char_buffer_erase(buffer, 1, 3))
        self.assert_fails(OUT_OF_RANGE, clib.char_buffer_erase(buffer, 0, INT64_MAX))
        self.assertEqual(self.content(buffer), b"abc")

    def test_values_that_cannot_be(self):
        buffer = self.buffer(b"abc")
        for byte in (256, -1, INT64_MAX):
            self.assert_fails(INVALID, clib.char_buffer_set(buffer, 0, byte), "byte")
        self.assert_fails(INVALID, clib.char_buffer_erase(buffer, 0, -1), "count")
        self.assert_fails(INVALID, clib.char_buffer_resize(buffer, -1), "size")
        self.assertEqual(self.content(buffer), b"abc")

    def test_size_without_data(self):
        buffer = self.buffer(b"abc")
        for result in (clib.char_buffer_new(None, 1),
                       clib.char_buffer_assign(buffer, None, 1),
                       clib.char_buffer_append(buffer, None, 1),
                       clib.char_buffer_insert(buffer, 0, None, 1),
                       clib.char_buffer_write(buffer, 0, None, 1)):
            self.assert_fails(INVALID, result, "data is NULL")
        self.assert_fails(INVALID, clib.char_buffer_read(buffer, 0, None, 1), "out is NULL")
        self.assertEqual(self.content(buffer), b"abc")

    def test_size_beyond_memory(self):
        buffer = self.buffer(b"abc")
        for result in (clib.char_buffer_new(b"x", 2**64 - 1),
                       clib.char_buffer_append(buffer, b"x", 2**63),
                       clib.char_buffer_resize(buffer, INT64_MAX)):
            self.assert_fails(LENGTH, result)
        self.assert_fails(NO_MEMORY, clib.char_buffer_resize(buffer, 2**62), "memory")
        self.assertEqual(self.content(buffer), b"abc")

    def test_many_threads_on_one_buffer(self):
        buffer = self.buffer()

        def work(index):
            for _ in range(1000):
                self.assertEqual(clib.char_buffer_append(buffer, bytes([index] * 8), 8), 0)

        run_in_threads(4, work)
        content = self.content(buffer)
        self.assertEqual([content.count(index) for index in range(4)], [8000] * 4)
        self.assertEqual({content[i:i + 8] for i in range(0, len(content), 8)},
                         {bytes([index] * 8) for index in range(4)})


class LentMemory(ClibTest):
    def test_written_through_its_address(self):
        buffer = self.buffer(b"starting string")
        address = clib.char_buffer_pin(buffer)
        ctypes.memmove(address, b"STARTING", 8)
        (ctypes.c_char * 15).from_address(address)[9] = b"S"
        self.assertEqual(clib.char_buffer_add_one(buffer), 15)
        self.assertEqual(ctypes.string_at(address), b"TUBSUJOH!Tusjoh")
        self.assertEqual(clib.char_buffer_unpin(buffer), 0)
        self.assertEqual(self.content(buffer), b"TUBSUJOH!Tusjoh")

    def test_is_neither_moved_nor_freed(self):
        buffer = self.buffer(b"abc")
        address = clib.char_buffer_pin(buffer)
        self.assertEqual(clib.char_buffer_pin(buffer), address)
        for _ in range(2):
            for result in (clib.char_buffer_assign(buffer, b"x", 1),
                           clib.char_buffer_append(buffer, b"x", 1),
                           clib.char_buffer_insert(buffer, 0, b"x", 1),
                           clib.char_buffer_erase(buffer, 0, 1),
                           clib.char_buffer_resize(buffer, 100),
                           clib.char_buffer_clear(buffer),
                           clib.char_buffer_free(buffer)):
                self.assert_fails(BUSY, result, "unpin")
            self.assertEqual(ctypes.string_at(address, 4), b"abc\0")
            self.assertEqual(clib.char_buffer_unpin(buffer), 0)
        self.assert_fails(INVALID, clib.char_buffer_unpin(buffer), "pinned")
        self.assertEqual(clib.char_buffer_append(buffer, b"d", 1), 0)

    def test_of_an_empty_buffer(self):
        buffer = self.buffer()
        address = clib.char_buffer_pin(buffer)
        self.assertEqual(ctypes.string_at(address), b"")
        self.assertEqual(clib.char_buffer_unpin(buffer), 0)

    def test_of_a_string(self):
        string = self.string(b"text")
        address = clib.c_string_pin(string)
        self.assertEqual(ctypes.string_at(address), b"text")
        self.assert_fails(BUSY, clib.c_string_free(string), "unpin")
        self.assertEqual(ctypes.string_at(address), b"text")
        self.assertEqual(clib.c_string_unpin(string), 0)
        self.assert_fails(INVALID, clib.c_string_unpin(string), "pinned")


class CString(ClibTest):
    def test_copied(self):
        string = self.string(b"starting string")
        self.assertEqual(clib.c_string_size(string), 15)
        memory = ctypes.create_string_buffer(b"." * 20)
        self.assertEqual(clib.c_string_read(string, memory, 8), 8)
        self.assertEqual(memory.raw, b"starting" + b"." * 12 + b"\0")
        self.assertEqual(clib.c_string_read(string, memory, 20), 15)
        self.assertEqual(memory.raw, b"starting string.....\0")
        self.assertEqual(clib.c_string_read(string, None, 0), 0)

    def test_as_text(self):
        string = self.string(b"starting string")
        self.assertEqual(clib.c_string_text(string), b"starting string")
        self.assertEqual(clib.last_size(), 15)
        self.assertEqual(clib.c_string_text(self.string(b"")), b"")
        self.assertEqual(clib.last_size(), 0)

    def test_empty(self):
        string = self.string(b"")
        self.assertEqual(clib.c_string_size(string), 0)
        self.assertEqual(ctypes.string_at(clib.c_string_pin(string)), b"")
        self.assertEqual(clib.c_string_unpin(string), 0)

    def test_text(self):
        string = self.string("caf\u00e9".encode())
        self.assertEqual(clib.c_string_text(string).decode(), "caf\u00e9")
        self.assertEqual(clib.last_size(), 5)

    def test_impossible_text(self):
        self.assert_fails(INVALID, clib.c_string_new(b"a\0b", 3), "clib_c_string_new: ", "NUL")
        self.assert_fails(INVALID, clib.c_string_new(None, 1), "data is NULL")
        self.assert_fails(LENGTH, clib.c_string_new(b"", 2**64 - 1), "data")
        self.assert_fails(INVALID, clib.c_string_read(self.string(), None, 1), "out is NULL")

    def test_adopted_without_text_or_deleter(self):
        text = ctypes.create_string_buffer(b"mine")
        self.assert_fails(INVALID, clib.c_string_adopt(text, Deleter(0), None), "deleter is NULL")
        called = []
        deleter = Deleter(lambda *arguments: called.append(arguments))
        self.assert_fails(INVALID, clib.c_string_adopt(None, deleter, None), "text is NULL")
        self.assertEqual(called, [])

    def test_adopted_with_a_function_of_c(self):
        libc.strdup.restype, libc.strdup.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
        # free() takes one argument and ignores the context in the second.
        deleter = ctypes.cast(libc.free, Deleter)
        string = self.freed_later(
            clib.c_string_adopt(libc.strdup(b"from C"), deleter, None), clib.c_string_free)
        self.assertEqual(clib.c_string_size(string), 6)

    def test_adopted_with_a_python_deleter(self):
        text = ctypes.create_string_buffer(b"mine")
        called = []
        deleter = Deleter(lambda *arguments: called.append(arguments))
        string = clib.c_string_adopt(text, deleter, 12345)
        self.assertEqual(ctypes.string_at(clib.c_string_pin(string)), b"mine")
        self.assertEqual(clib.c_string_unpin(string), 0)
        self.assertEqual(called, [])
        self.assertEqual(clib.c_string_free(string), 0)
        self.assertEqual(called, [(ctypes.addressof(text), 12345)])
        self.assert_fails(HANDLE, clib.c_string_free(string), "freed already")
        self.assertEqual(len(called), 1)

    def test_a_python_deleter_that_raises(self):
        text = ctypes.create_string_buffer(b"mine")
        called, raised = [], []

        def deleter(*arguments):
            called.append(arguments)
            raise KeyError("in the deleter")

        callback = Deleter(deleter)
        old_hook, sys.unraisablehook = sys.unraisablehook, lambda e: raised.append(e.exc_type)
        try:
            self.assertEqual(clib.c_string_free(clib.c_string_adopt(text, callback, None)), 0)
        finally:
            sys.unraisablehook = old_hook
        self.assertEqual(called, [(ctypes.addressof(text), None)])
        self.assertEqual(raised, [KeyError])

    def test_a_python_deleter_that_uses_the_library(self):
        text = ctypes.create_string_buffer(b"mine")
        counter = self.counter()
        results = []

        def deleter(_text, _context):
            results.extend([clib.c_string_free(string), clib.c_string_size(string),
                            clib.counter_next(counter)])

        callback = Deleter(deleter)
        string = clib.c_string_adopt(text, callback, None)
        self.assertEqual(clib.c_string_free(string), 0)
        self.assertEqual(results, [HANDLE, HANDLE, 1])

    def test_many_threads_on_one_string(self):
        string = self.string(b"text")

        def work(_):
            for _ in range(1000):
                self.assertEqual(ctypes.string_at(clib.c_string_pin(string)), b"text")
                self.assertEqual(clib.c_string_unpin(string), 0)

        run_in_threads(4, work)

    def test_freed_by_many_threads_at_once(self):
        for _ in range(50):
            called, results = [], []
            text = ctypes.create_string_buffer(b"mine")
            deleter = Deleter(lambda *arguments: called.append(arguments))
            string = clib.c_string_adopt(text, deleter, None)
            run_in_threads(4, lambda _: results.append(clib.c_string_free(string)))
            self.assertEqual(sorted(results), [HANDLE] * 3 + [0])
            self.assertEqual(len(called), 1)


def functions_of_handles():
    """(function, type, the other arguments) of each function of clib.h that takes a handle."""
    for name, (_result, *parameters) in SIGNATURES.items():
        taken = re.match("clib_((counter|char_buffer|c_string)_(?!new|adopt|live).*)", name)
        if taken:
            others = [0 if kind in (ctypes.c_int64, ctypes.c_size_t) else None
                      for kind in parameters[1:]]
            yield taken.group(1), taken.group(2), others


class WrongHandles(ClibTest):
    def check(self, handle, *words, but=()):
        """Every function refuses `handle`, except those of the types in `but`."""
        for function, type_name, others in functions_of_handles():
            if type_name not in but:
                with self.subTest(function=function, handle=handle):
                    result = getattr(clib, function)(handle, *others)
                    self.assert_fails(HANDLE, result, f"clib_{function}: self ", *words)

    def test_all_types_are_covered(self):
        takers = [type_name for _, type_name, _ in functions_of_handles()]
        self.assertEqual([takers.count(type_name)
                          for type_name in ("counter", "char_buffer", "c_string")], [5, 15, 6])

    def test_null(self):
        for function, type_name, others in functions_of_handles():
            with self.subTest(function=function):
                result = getattr(clib, function)(None, *others)
                if function.endswith("_free"):
                    self.assertEqual(result, 0)
                else:
                    self.assert_fails(HANDLE, result, f"clib_{function}: self is NULL",
                                      f"pass a live clib_{type_name}")

    def test_freed(self):
        for make, free in ((clib.counter_new, clib.counter_free),
                           (lambda: clib.char_buffer_new(b"", 0), clib.char_buffer_free),
                           (lambda: clib.c_string_new(b"", 0), clib.c_string_free)):
            freed = make()
            self.assertEqual(free(freed), 0)
            self.check(freed)
            self.freed_later(make(), free)  # very likely in the same place
            self.check(freed)

    def test_freed_is_said(self):
        counter = clib.counter_new()
        self.assertEqual(clib.counter_free(counter), 0)
        self.assert_fails(HANDLE, clib.counter_free(counter),
                          "clib_counter_free: self is no live clib_counter: it was freed already")

    def test_of_another_kind(self):
        counter, buffer, string = self.counter(), self.buffer(b"abc"), self.string()
        self.check(counter, "self is a clib_counter, not a clib_", but=["counter"])
        self.check(buffer, "self is a clib_char_buffer, not a clib_", but=["char_buffer"])
        self.check(string, "self is a clib_c_string, not a clib_", but=["c_string"])
        self.assertEqual(clib.counter_value(counter), 0)
        self.assertEqual(self.content(buffer), b"abc")

    def test_cut_to_32_bits(self):
        for handle in (self.counter(), self.buffer(), self.string()):
            self.check(handle & 0xFFFFFFFF, "cut short")
            self.check(ctypes.c_int32(handle).value, "cut short")

    def test_addresses(self):
        memory = ctypes.create_string_buffer(256)
        self.check(ctypes.addressof(memory))
        self.check(id(memory))
        self.assertEqual(memory.raw, bytes(256))

    def test_with_a_wrong_bit(self):
        handles = {self.counter(), self.buffer(), self.string()}
        for handle in handles:
            for bit in range(64):
                changed = handle ^ 1 << bit
                if changed not in handles:
                    self.check(changed)

    def test_made_up(self):
        self.counter(), self.buffer(), self.string()
        choose = random.Random(3)
        for _ in range(500):
            self.check(choose.getrandbits(64))

    def test_from_another_copy_of_the_library(self):
        with tempfile.TemporaryDirectory() as folder:
            copied = Library(shutil.copy(os.environ["CLIB_LIBRARY"], folder))
        theirs = copied.counter_new()
        self.counter()
        self.check(theirs)
        self.assertEqual(copied.counter_next(theirs), 1)
        self.assertEqual(copied.counter_free(theirs), 0)


class ForgottenSignatures(ClibTest):
    """In a process of their own, because the objects whose handles are cut cannot be freed."""

    def check(self, script, stdout):
        ran = child.run(LOAD + "bare = ctypes.CDLL(os.environ['CLIB_LIBRARY'])\n" + script)
        self.assertEqual((ran.returncode, ran.stdout, ran.stderr), (0, stdout, ""))

    def test_no_restype(self):
        self.check("""
cut_short = bare.clib_counter_new()
print(clib.counter_next(cut_short), clib.counter_free(cut_short), clib.counter_live())
""", "-4 -4 1\n")

    def test_no_argtypes(self):
        self.check("""
counter = clib.counter_new()
print(bare.clib_counter_next(counter), bare.clib_counter_next(ctypes.c_void_p(counter)))
print("declare pointer types" in clib.message())
""", "-4 1\nTrue\n")

    def test_no_signature_at_all(self):
        self.check("""
string = bare.clib_c_string_new(b"text", 4)
print(bare.clib_c_string_size(string), bare.clib_c_string_free(string))
""", "-4 -4\n")

    def test_no_restype_for_a_message(self):
        self.check("""
clib.counter_next(None)
bare.clib_last_error()
print(clib.message().partition(":")[0])
""", "clib_counter_next\n")


class Races(ClibTest):
    def test_used_while_it_is_freed(self):
        for make, use, free in (
                (clib.counter_new, clib.counter_next, clib.counter_free),
                (lambda: clib.char_buffer_new(b"abc", 3), clib.char_buffer_add_one,
                 clib.char_buffer_free),
                (lambda: clib.c_string_new(b"abc", 3), clib.c_string_size, clib.c_string_free)):
            for _ in range(20):
                handle = make()
                used = threading.Barrier(4)

                def work(index):
                    self.assertGreater(use(handle), 0)
                    used.wait()
                    if index == 0:
                        self.assertEqual(free(handle), 0)
                    else:
                        while use(handle) > 0:
                            pass
                        self.assert_fails(HANDLE, use(handle), "freed already")

                run_in_threads(4, work)


class Processes(ClibTest):
    def check(self, script, stdout=""):
        ran = child.run(LOAD + script)
        self.assertEqual((ran.returncode, ran.stdout, ran.stderr), (0, stdout, ""))

    def test_a_forked_child_uses_and_frees(self):
        self.check("""
counter, buffer = clib.counter_new(), clib.char_buffer_new(b"abc", 3)
string = clib.c_string_new(b"text", 4)
clib.counter_next(counter)
forked = os.fork()
assert clib.counter_next(counter) == 2
assert clib.char_buffer_add_one(buffer) == 3
assert clib.c_string_size(string) == 4
assert clib.counter_new() is not None
for free, handle in ((clib.counter_free, counter), (clib.char_buffer_free, buffer),
                     (clib.c_string_free, string)):
    assert free(handle) == 0
    assert free(handle) == -4
if forked == 0:
    os._exit(7)
assert os.waitpid(forked, 0)[1] == 7 << 8
print("both went well")
""", "both went well\n")

    def test_a_child_forked_while_other_threads_work(self):
        self.check("""
import signal, threading, warnings
warnings.simplefilter("ignore")  # Python 3.12 warns of what is tried here: fork with threads
buffer, counter = clib.char_buffer_new(b"a" * 100000, 100000), clib.counter_new()
stop = threading.Event()

def work():
    while not stop.is_set():
        clib.char_buffer_add_one(buffer)
        clib.counter_next(counter)

threads = [threading.Thread(target=work, daemon=True) for _ in range(2)]
for thread in threads: thread.start()
for _ in range(20):
    forked = os.fork()
    if forked == 0:
        # The buffer may have been in use by a thread that is not here: an error, but no deadlock.
        signal.alarm(30)
        used = clib.char_buffer_add_one(buffer)
        fine = used == 100000 or (used == -8 and "forked" in clib.message())
        fresh = clib.char_buffer_new(b"abc", 3)
        fine = fine and clib.char_buffer_add_one(fresh) == 3 and clib.char_buffer_free(fresh) == 0
        fine = fine and clib.counter_next(counter) > 0
        os._exit(0 if fine else 1)
    assert os.waitpid(forked, 0)[1] == 0, "the child failed"
stop.set()
for thread in threads: thread.join()
assert clib.char_buffer_free(buffer) == 0
""")

    def test_freeing_at_exit(self):
        self.check("""
import atexit
string = clib.c_string_new(b"text", 4)
atexit.register(lambda: print(clib.c_string_free(string), clib.c_string_free(string)))
""", "0 -4\n")

    def test_freeing_in_finalizers_at_exit(self):
        self.check("""
class Owner:
    def __init__(self, handle, free):
        self.handle, self.free = handle, free
    def __del__(self):
        print(self.free(self.handle))
owners = [Owner(clib.counter_new(), clib.counter_free),
          Owner(clib.char_buffer_new(b"abc", 3), clib.char_buffer_free),
          Owner(clib.c_string_new(b"text", 4), clib.c_string_free)]
""", "0\n" * 3)

    def test_a_deleter_at_exit(self):
        self.check("""
import atexit
text = ctypes.create_string_buffer(b"mine")
deleter = Deleter(lambda text, context: print(ctypes.string_at(text), context))
string = clib.c_string_adopt(text, deleter, 5)
atexit.register(clib.c_string_free, string)
""", "b'mine' 5\n")

    def test_objects_and_daemon_threads_left_at_exit(self):
        self.check("""
import threading
counter, buffer = clib.counter_new(), clib.char_buffer_new(b"abc", 3)
clib.char_buffer_pin(buffer)

def work():
    while True:
        clib.counter_next(counter)

threading.Thread(target=work, daemon=True).start()
""")


class Header(unittest.TestCase):
    """Runs last: see load_tests()."""

    def test_each_function_is_declared(self):
        declared = re.findall(r"^CLIB_API .*?(\w+)\((.*?)\) CLIB_NOEXCEPT;", HEADER.read_text(),
                              re.MULTILINE | re.DOTALL)
        self.assertEqual(
            {name: 0 if parameters == "void" else parameters.count(",") + 1
             for name, parameters in declared},
            {name: len(parameters) for name, (_result, *parameters) in SIGNATURES.items()})

    def test_each_code_is_named(self):
        self.assertEqual(declared_codes()[:len(NAMES)], NAMES)
        self.assertIn("CLIB_E_KEY_ERROR", declared_codes())

    def test_each_function_was_called(self):
        self.assertEqual(set(SIGNATURES) - clib.used - {"clib_describe"}, set())


def load_tests(loader, tests, pattern):
    """Header comes after all others, because it looks at what they have called."""
    others = [case for case in (TheLibrary, MemoryOfTheCallers, Counter, CharBuffer, LentMemory,
                                CString, WrongHandles, ForgottenSignatures, Races, Processes)]
    return unittest.TestSuite(map(loader.loadTestsFromTestCase, [*others, Header]))


if __name__ == "__main__":
    unittest.main()
