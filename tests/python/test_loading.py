# SPDX-License-Identifier: MIT
"""clib.load(): files that are no library, libraries that are damaged, newer or older ones, changes
against what was saved, and where clib's own library is found; and what is alive."""

import contextlib
import ctypes
import functools
import itertools
import json
import mmap
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import unittest
import warnings
from unittest import mock

import inside
from binding import (
    CLIB_LIBRARY, HAS_ADDRESS_SANITIZER, IS_CPYTHON, KINDS_LIBRARY, SHIM, BindingTest, clib, kinds,
    only_where,
)
from tables import Table, fields, from_on, value

HERE = pathlib.Path(__file__).resolve().parent
FIRST, SECOND = (value(inside.INT32, name, offset=4 * place)
                 for place, name in enumerate(("first", "second")))
PAIR = {"kind": inside.STRUCT_TYPE, "byte_size": 8, "alignment": 4}


class LoadingTest(BindingTest):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def copy_of_kinds(self):
        return self.write(f"libkinds{next(_numbers)}.so", _loaded_part(KINDS_LIBRARY))

    def assert_refused(self, error, words, path, **options):
        """load() raises it with one sentence, which names the file and has these words in it."""
        raised = self.assert_raises(error, [str(path), *words], clib.load, path, **options)
        self.assertNotIn("\n", str(raised))
        self.assertIn("; ", str(raised), "it does not say what to do")
        return raised


class TwoBuilds(LoadingTest):
    def test_each_uses_its_own_functions_though_both_are_global(self):
        second = self.folder / "second.so"
        shutil.copyfile(CLIB_LIBRARY, second)
        self.assertEqual(self.in_child(f"""
for path in (CLIB_LIBRARY, {str(second)!r}):
    ctypes.CDLL(path, ctypes.RTLD_GLOBAL)
first, second = own, clib.load({str(second)!r})
for library in (first, second, first):
    with library.Counter() as counter, library.CharBuffer("abc") as text:
        text.add_one()
        print(next(counter), counter.value, bytes(text))
        try:
            text.at(99)
        except IndexError as error:
            print(error)
    print(library.Counter.live(), library.CharBuffer.live())
"""), ("1 1 b'bcd'\nCharBuffer.at: index is 99; pass one from 0 to 2\n0 0\n") * 3)


class Files(LoadingTest):
    def test_no_file(self):
        raised = self.assert_refused(FileNotFoundError, ["there is no file", "build it"],
                                     self.folder / "libnone.so")
        self.assertEqual(raised.filename, str(self.folder / "libnone.so"))
        self.assert_raises(FileNotFoundError, ["there is no file"], clib.describe, raised.filename)

    def test_folder(self):
        self.assert_refused(IsADirectoryError, ["is a folder"], self.folder)

    def test_no_path(self):
        self.assertRaises(TypeError, clib.load, 5)

    def test_text(self):
        for data in (b"", b"words", b"words\n" * 1000, b"{}"):
            path = self.write("words.so", data)
            self.assert_refused(OSError, ["no shared library"], path)

    def test_cut_off(self):
        """The system would load it, and read past its end."""
        whole = _loaded_part(KINDS_LIBRARY)
        for size in (64, 100, 1000, 5000, len(whole) // 2, len(whole) - 1):
            with self.subTest(size):
                path = self.write("libcut.so", whole[:size])
                self.assert_refused(OSError, ["cut off"], path)

    def test_what_is_not_loaded_may_be_missing(self):
        """Debugging information for example, which lies after all else."""
        path = self.write("libshort.so", _loaded_part(KINDS_LIBRARY))
        self.assertEqual(_text_of(clib.describe(path)), _text_of(clib.describe(KINDS_LIBRARY)))

    def test_another_machine(self):
        data = bytearray(_loaded_part(KINDS_LIBRARY))
        data[18:20] = b"\x77\x77"
        self.assert_refused(OSError, [], self.write("libother.so", data))

    def test_library_that_does_not_describe_itself(self):
        with open("/proc/self/maps", encoding="utf-8") as maps:
            libc = next(line.split()[-1] for line in maps if "/libc.so" in line or "/libc-" in line)
        self.assert_refused(ImportError, ["does not describe itself", "CLIB_MODULE"], libc)

        data = _loaded_part(KINDS_LIBRARY).replace(b"\0clib_describe\0", b"\0clib_descrabe\0")
        self.assert_refused(ImportError, ["does not describe itself"],
                            self.write("libnameless.so", data))

    def test_dependency_that_is_not_found(self):
        data = _loaded_part(KINDS_LIBRARY)
        self.assertIn(b"\0libc.so.6\0", data)
        path = self.write("libneedy.so", data.replace(b"\0libc.so.6\0", b"\0libx.so.6\0"))
        self.assert_refused(OSError, ["needs libx.so.6, which is not found", "install it"], path)


class Numbers(LoadingTest):
    """What the table begins with."""

    def test_table_that_is_whole(self):
        made = self.table()
        self.assertEqual(clib.load(made.describe()).twice(21), 42)

    def table(self, **module):
        made = Table(self.folder, **module)
        made.add("twice", value(), [value(name="value")])
        return made

    def test_no_table(self):
        self.assert_refused(ImportError, ["points to 0x0"], Table(self.folder).path)

    def test_magic(self):
        path = self.table(magic=0x12345678).describe()
        self.assert_refused(ImportError, ["does not begin as one", "build it anew"], path)

    def test_format(self):
        path = self.table(format=3).describe()
        self.assert_refused(ImportError, ["format 3", "reads 2"], path)
        self.assert_raises(ImportError, [path, "format 3", "build it anew"], clib.describe, path)

    def test_format_of_clib_0_1(self):
        path = self.table(format=1).describe()
        raised = self.assert_refused(ImportError, [], path)
        self.assertEqual(str(raised), f"{path} was built with clib 0.1; build it anew with this clib")
        self.assert_raises(ImportError, [path, "built with clib 0.1"], clib.describe, path)

    def test_checksums(self):
        self.assert_refused(ImportError, ["its list", "checksum"],
                            self.table(checksum=1).describe())
        made = Table(self.folder)
        made.add("twice", value(), [value(name="value")], checksum=1)
        self.assert_refused(ImportError, ["twice", "checksum"], made.describe())
        made = Table(self.folder)
        made.add_type("Thing", checksum=1)
        self.assert_refused(ImportError, ["Thing", "checksum"], made.describe())
        made = Table(self.folder)
        signature = made.function("", value(), [value()], checksum=1)
        made.add("call", value(), [self.callback(made, signature), value(name="value")])
        self.assert_refused(ImportError, ["callback", "checksum"], made.describe())

    @staticmethod
    def callback(made, signature):
        callback = made.rows(inside.layout.FUNCTION_INFO, [signature])
        return value(inside.CALLBACK, "function", callback=callback)

    def test_callback_of_an_older_clib_has_no_checksum(self):
        made = Table(self.folder)
        signature = made.function("", value(), [value()], checksum=0)
        made.add("call", value(), [self.callback(made, signature), value(name="value")])
        self.assertEqual(clib.load(made.describe()).call(lambda number: number + 1, 41), 42)


@contextlib.contextmanager
def unreadable():
    """An address that nobody may read. The page stays ours, so that nothing else comes to lie there."""
    with mmap.mmap(-1, mmap.PAGESIZE) as memory:
        address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        no_right = 0
        if ctypes.CDLL(None).mprotect(ctypes.c_void_p(address), mmap.PAGESIZE, no_right) != 0:
            raise OSError("mprotect() failed")
        yield address


class Pointers(LoadingTest):
    """None is followed that leads nowhere, or in a circle."""

    def refuse(self, words, made):
        self.assert_refused(ImportError, [*words, "build it anew"], made.describe())

    def test_that_lead_nowhere(self):
        with unreadable() as forbidden:
            for name in ("name", "version", "toolkit", "doc", "functions"):
                for address in (0, 1, forbidden, (1 << 64) - 1):
                    with self.subTest(name, address=address):
                        made = Table(self.folder)
                        made.add("twice", value(), [value(name="value")])
                        made.module[name] = address
                        self.refuse([f"{address:#x}"], made)

    def test_function_that_is_none(self):
        read_only = ctypes.create_string_buffer(64)
        for address in (0, ctypes.addressof(read_only)):
            made = Table(self.folder)
            made.add("twice", value(), [value(name="value")], entry=address)
            self.refuse(["where there is no function"], made)
        for name in inside.layout.MODULE_FUNCTIONS:
            made = Table(self.folder, **{name: ctypes.addressof(read_only)})
            self.refuse(["where there is no function"], made)

    def test_count_that_is_too_large(self):
        for count in (65537, 1 << 63):
            made = Table(self.folder, function_count=count)
            self.refuse([f"it counts {count} of something"], made)

    def test_sizes(self):
        for size in (0, 7, 4097, 0xFFFFFFFF):
            made = Table(self.folder)
            made.add("twice", value(), [value(name="value", size=size)])
            self.refuse([f"size of {size} bytes"], made)

    def test_callback_that_takes_itself(self):
        made = Table(self.folder)
        circle = made.rows(inside.layout.FUNCTION_INFO, [{}])
        signature = made.function("", value(), [value(inside.CALLBACK, callback=circle)] * 2)
        made._write(inside.layout.FUNCTION_INFO, circle, signature)
        made.add("call", value(), [value(inside.CALLBACK, "function", callback=circle)])
        self.refuse(["no end"], made)

    def test_callback_without_signature(self):
        made = Table(self.folder)
        made.add("call", value(), [value(inside.CALLBACK, "function")])
        self.refuse(["'function'", "without a signature"], made)

    def test_structure_that_is_a_member_of_itself(self):
        made = Table(self.folder)
        made.add_type("Pair", members=[value(inside.STRUCT, "inner", type=made.next_type())], **PAIR)
        self.refuse(["does not list"], made)

    def test_value_of_another_type(self):
        made = Table(self.folder)
        thing = made.add_type("Thing")
        pair = made.add_type("Pair", members=[FIRST, SECOND], **PAIR)
        for kind, described in ((inside.STRUCT, thing), (inside.STRUCT_POINTER, 0),
                                (inside.HANDLE, pair), (inside.HANDLE, 0),
                                (inside.HANDLE, thing + 8)):
            with self.subTest(kind):
                made._functions, made._checksums = [], made._checksums[:2]
                made.add("sum", value(), [value(kind, "values", type=described)])
                self.refuse(["type"], made)

    def test_function_of_another_type(self):
        made = Table(self.folder)
        thing, other = made.add_type("Thing"), made.add_type("Other")
        self_value = value(inside.HANDLE, "self", type=thing)
        for owner in (0, other):
            made._functions, made._checksums = [], made._checksums[:2]
            made.add("thing_free", value(), [self_value], role=inside.DESTRUCTOR, owner=owner)
            self.refuse(["thing_free", "another type"], made)

    def test_text_without_end(self):
        endless = ctypes.create_string_buffer(b"a" * (1 << 21))
        self.refuse(["no end"], Table(self.folder, doc=ctypes.addressof(endless)))

    def test_long_text(self):
        for size in (4095, 4096, 100_000, (1 << 20) - 1):
            made = Table(self.folder, doc="x" * size)
            self.assertEqual(clib.load(made.describe()).__doc__, "x" * size)

    @only_where(sys.platform == "linux" and not HAS_ADDRESS_SANITIZER, "elsewhere nothing can be asked")
    def test_memory_that_ends_the_process(self):
        """Pages that may be read, it is said, but whose reading is a signal: those of the kernel, and
        those of a file that was cut off."""
        places = []
        with open("/proc/self/maps", encoding="utf-8") as maps:
            for line in maps:
                if "[vvar" in line:
                    start, end = (int(each, 16) for each in line.split()[0].split("-"))
                    places += range(start, end, mmap.PAGESIZE)
        path = self.write("cut", bytes(2 * mmap.PAGESIZE))
        with open(path, "r+b") as opened, mmap.mmap(opened.fileno(), 0) as memory:
            address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
            opened.truncate(0)
            places.append(address + mmap.PAGESIZE)
            for place in places:
                for name in ("name", "doc", "types", "functions"):
                    made = Table(self.folder, **{name: place}, type_count=1)
                    with self.subTest(name, place=hex(place)), \
                            contextlib.suppress(ImportError):  # some can be read
                        clib.load(made.describe())
            made = Table(self.folder)
            ctypes.c_void_p.in_dll(made.library, "described").value = places[-1]
            self.assert_refused(ImportError, ["where nothing can be read", "build it anew"],
                                made.path)

    def test_text_that_is_not_utf_8(self):
        wrong = ctypes.create_string_buffer(b"\xff\xfe")
        self.refuse(["not UTF-8"], Table(self.folder, doc=ctypes.addressof(wrong)))


class NewerAndOlder(LoadingTest):
    def fill(self, made):
        """Puts something of each that is known into a table, and what a newer clib may know."""
        thing = made.add_type("Thing")
        pair = made.add_type("Pair", members=[FIRST, SECOND], **PAIR)
        new_type = made.add_type("NewType", kind=99)
        new_flag = made.add_type("NewFlag", flags=1 << 20)
        new_member = made.add_type("NewMember", members=[value(77, "inner")], **PAIR)
        made.add("thing_new", value(inside.HANDLE, type=thing), role=inside.CONSTRUCTOR, owner=thing)
        made.add("thing_free", value(), [value(inside.HANDLE, "self", type=thing)],
                 role=inside.DESTRUCTOR, owner=thing, name="close")
        made.add("twice", value(), [value(name="value")])
        made.add("sum", value(), [value(inside.STRUCT, "values", type=pair)])
        signature = made.rows(inside.layout.FUNCTION_INFO, [made.function("", value(), [value()])])
        made.add("call", value(),
                 [value(inside.CALLBACK, "function", callback=signature), value(name="value")])
        new_signature = made.rows(inside.layout.FUNCTION_INFO, [made.function("", value(99), [value()])])
        unknown = {
            "new_kind": (value(), [value(200, "value")]),
            "new_result": (value(0xFFFFFFFF), []),
            "new_element": (value(), [value(inside.SEQUENCE, "value", element=200)]),
            "new_value_flag": (value(), [value(name="value", flags=1 << 20)]),
            "new_function_flag": (value(), [], {"flags": 1 << 20}),
            "new_role": (value(), [], {"role": 99}),
            "new_callback": (value(), [value(inside.CALLBACK, "f", callback=new_signature)]),
            "takes_new_type": (value(), [value(200, "value", type=new_type)]),
            "takes_new_flag": (value(), [value(inside.HANDLE, "value", type=new_flag)]),
            "takes_new_member": (value(), [value(inside.STRUCT, "value", type=new_member)])}
        for name, (result, parameters, *more) in unknown.items():
            made.add("twice", result, parameters, name=name, **(more[0] if more else {}))
        made.add("twice", value(), [value(inside.HANDLE, "self", type=thing), value(200, "value")],
                 role=inside.METHOD, owner=thing, name="new_method")
        return [*unknown, "NewType", "NewFlag", "NewMember"]

    def assert_known_is_bound(self, module):
        self.assertEqual(module.twice(21), 42)
        self.assertEqual(module.sum(module.Pair(40, 2)), 42)
        self.assertEqual(module.call(lambda number: number + 1, 41), 42)
        with module.Thing() as thing:
            self.assertFalse(hasattr(thing, "new_method"))

    def assert_unknown_is_left_out(self, module, unknown):
        for name in unknown:
            self.assert_raises(AttributeError, [name, "needs a newer clib than"],
                               getattr, module, name)
            self.assertNotIn(name, dir(module))
        self.assert_raises(AttributeError, ["has no 'absent'"], getattr, module, "absent")

    def test_newer(self):
        for longer in (0, 8, 1000):
            with self.subTest(longer):
                made = Table(self.folder, longer)
                unknown = self.fill(made)
                module = clib.load(made.describe())
                self.assert_known_is_bound(module)
                self.assert_unknown_is_left_out(module, unknown)
                self.assertEqual(clib.describe(made.path)["functions"][3]["name"], "sum")

    def test_newer_native_functions(self):
        read = inside.reader.Reader._read

        def read_newer(reader, address):
            description, table = read(reader, address)
            of_module = {each.name: each for each in description.functions_of(None)}
            of_module["fail"].flags |= 1 << 20
            of_module["fail_text"].result.kind = 99
            box = next(each for each in description.types if each.name == "Box")
            for function in description.functions_of(box):
                if function.name == "add":
                    function.parameters[1].flags |= 1 << 20
                if function.name == "__len__":
                    function.role = 99
            token = next(each for each in description.types if each.name == "Token")
            token.flags = 1 << 20
            return description, table

        with mock.patch.object(inside.reader.Reader, "_read", read_newer):
            newer = clib.load(self.copy_of_kinds())
        self.assertEqual(newer.__native__, kinds.__native__)
        self.assert_unknown_is_left_out(newer, ["fail", "fail_text", "Token", "token_of"])
        with newer.Box("abc") as box:
            self.assertFalse(hasattr(box, "add") or hasattr(box, "__len__"))
            self.assertEqual((str(box), box.name, box[0]), ("abc", "abc", "a"))
        self.assertRaises(ValueError, newer.fail_status, "invalid_argument")

    def test_older(self):
        """Without the last members, down to those that no table can be without."""
        shorter = {inside.layout.MODULE: from_on(inside.layout.MODULE, "set_interpreter_lock"),
                   inside.layout.FUNCTION_INFO: from_on(inside.layout.FUNCTION_INFO, "python_call"),
                   inside.layout.TYPE_INFO: 8, inside.layout.VALUE: 8}
        made = Table(self.folder, shorter=shorter)
        made.add_type("Pair", members=[FIRST, SECOND], **PAIR)
        pair = made._types
        made.add("twice", value(), [value(name="value")])
        made.add("sum", value(), [value(inside.STRUCT, "values", type=pair)])
        made.add("fail", value(inside.TEXT))
        module = clib.load(made.describe())
        self.assertFalse(module.__native__)
        self.assertEqual(module.twice(21), 42)
        self.assertEqual(module.sum(module.Pair(40, 2)), 42)
        raised = self.assert_raises(ValueError, [], module.twice, -1)
        self.assertEqual(str(raised), "twice: value is negative; pass 0 or more")
        self.assertRaises(ValueError, module.fail)
        self.assertNotIn("made.Thing", clib.live())

    def test_oldest(self):
        """A table that ends after its functions."""
        made = Table(self.folder, shorter={
            inside.layout.MODULE: from_on(inside.layout.MODULE, "live")})
        made.add("twice", value(), [value(name="value")])
        made.add("fail", value(inside.TEXT))
        module = clib.load(made.describe())
        self.assertEqual(module.twice(21), 42)
        self.assert_raises(ValueError, ["value is negative"], module.twice, -1)
        self.assert_raises(ValueError, ["fail has failed"], module.fail)
        self.assertNotIn("made.Thing", clib.live())

    def test_all_that_there_is_in_longer_structs(self):
        for longer in (0, 8, 256):
            other = self.write(f"libother{longer}.so", _loaded_part(KINDS_LIBRARY))
            path = Table(self.folder, longer).describe_as(other)
            module = clib.load(path)
            self.assertEqual(module.__native__, kinds.__native__, module.__why_not_native__)
            described = clib.describe(path)  # which says that it exports none of them
            for each, original in zip(described["functions"],
                                      clib.describe(KINDS_LIBRARY)["functions"]):
                self.assertEqual(each["flags"], original["flags"] | inside.NOT_EXPORTED)
                each["flags"] = original["flags"]
            self.assertEqual(_text_of(described), _text_of(clib.describe(KINDS_LIBRARY)))
            self.assertEqual(module.constant(), kinds.constant())
            self.assertEqual(module.defaults(), kinds.defaults())
            with module.Box("name") as box:
                self.assertEqual((box.name, len(box)), ("name", 4))

    def test_functions_without_their_native_forms(self):
        """A table that says that it has them, and has not."""
        other = self.write("libother.so", _loaded_part(KINDS_LIBRARY))
        for layout, first_missing in ((inside.layout.FUNCTION_INFO, "python_call"),
                                      (inside.layout.FUNCTION_INFO, "python"), (inside.layout.TYPE_INFO, "python")):
            path = Table(self.folder, shorter={
                layout: from_on(layout, first_missing)}).describe_as(other)
            if kinds.__native__:
                self.assert_refused(ImportError, ["points to 0x0"], path)
            self.assertEqual(clib.load(path, native=False).constant(), kinds.constant())

    def test_native_functions_of_an_older_clib(self):
        """Those that it had before they were finished are not used."""
        path = Table(self.folder, shorter={
            inside.layout.PYTHON: from_on(inside.layout.PYTHON, "check_results")}).describe_as(self.copy_of_kinds())
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            module, _ = clib.load(path), clib.load(path)
            self.assertIs(clib.load(path, native=False).__native__, False)
        self.assertFalse(module.__native__)
        if kinds.__native__:
            self.assertIn("older clib", module.__why_not_native__)
            warning, = caught
            self.assertEqual((warning.category, warning.filename), (RuntimeWarning, __file__))
            self.assertEqual(str(warning.message), f"{path} is used through ctypes, which takes "
                             f"longer: {module.__why_not_native__}; pass native=False if that is "
                             "right")
        else:
            self.assertEqual(caught, [])
        self.assertEqual(module.constant(), kinds.constant())

    def test_no_warning_of_what_nobody_can_change(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            made = Table(self.folder)
            made.add("twice", value(), [value(name="value")])
            self.assertEqual(clib.load(made.describe()).twice(1), 2)

    @only_where(kinds.__native__, "ctypes does not look at that table")
    def test_table_of_native_functions_that_is_damaged(self):
        data = ctypes.create_string_buffer(64)
        for changed, words in (({"bind": ctypes.addressof(data)}, "no function"),
                               ({"trace": 0}, "points to 0x0, where there is no function"),
                               ({"check_results": ctypes.addressof(data)}, "no function"),
                               ({"names": 0}, "points to 0x0"),
                               ({"name_count": 0xFFFFFFFF}, "it counts 4294967295")):
            with self.subTest(changed):
                path = Table(self.folder).describe_as(self.copy_of_kinds(), python=changed)
                self.assert_refused(ImportError, [words, "build it anew"], path)


def _text_of(description):
    """For comparisons: in a dict, no default that is not a number is like another."""
    return json.dumps(description)


_numbers = itertools.count()


@functools.lru_cache(maxsize=None)
def _loaded_part(path):
    """The bytes of a library that are loaded; the rest, much of which is for debuggers, is not."""
    data = pathlib.Path(path).read_bytes()
    start, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    segments = [struct.unpack_from("<IIQQQQ", data, start + i * size) for i in range(count)]
    return data[:max(offset + length for kind, _, offset, _, _, length in segments if kind == 1)]


# --- Damage ---------------------------------------------------------------------------------------

# Members that only someone who calls them can know to be wrong.
CODE = {"address", "entry", "python_call", "python_slot", "python", *inside.layout.MODULE_FUNCTIONS}


class _Watched(inside.reader.Memory):
    """Notes what is read: the address and size of each text, number and pointer."""

    def __init__(self):
        super().__init__()
        self.noted = {}

    def record(self, layout, address):
        made = super().record(layout, address)
        for name, (offset, size) in fields(layout).items():
            self.noted[address + offset] = name, size
        return made

    def text(self, address):
        made = super().text(address)
        self.noted[address] = "text", len(made) + 1
        return made


def _addresses_of(address):
    """The addresses of the bytes of a description, by the names of their members."""
    watched = _Watched()
    reader = inside.reader.Reader(address, watched)
    if reader.table.python:
        watched.record(inside.layout.PYTHON, reader.table.python)
    found = {}
    for address, (name, size) in watched.noted.items():
        found.setdefault(name, []).extend(range(address, address + size))
    return found


def _described_by(library):
    library.clib_describe.restype = ctypes.c_void_p
    return library.clib_describe()


def _offset_in_file(address):
    with open("/proc/self/maps", encoding="utf-8") as maps:
        for line in maps:
            addresses, _, offset, *_ = line.split()
            start, end = (int(part, 16) for part in addresses.split("-"))
            if start <= address < end:
                return address - start + int(offset, 16)
    raise AssertionError(f"{address:#x} is not mapped")


class Damage(LoadingTest):
    """One bit is wrong. Each attempt is made in a child, for those that crash it."""

    AT_ONCE = 25
    ATTEMPTS = 300 if IS_CPYTHON else 60  # PyPy reads with the same code, and slowly

    def outcomes(self, attempts, make):
        """What `make` returned for each attempt. A child that a signal ends fails the test."""
        found = []
        while len(found) < len(attempts):
            batch = attempts[len(found):][:self.AT_ONCE]
            read_end, write_end = os.pipe()
            child = os.fork()
            if child == 0:
                with contextlib.suppress(BaseException), open(write_end, "w") as pipe:
                    for attempt in batch:
                        print(json.dumps(make(attempt)), file=pipe, flush=True)
                    os._exit(0)
                os._exit(1)
            os.close(write_end)
            with open(read_end, encoding="utf-8") as pipe:
                done = [json.loads(line) for line in pipe]
            _, status = os.waitpid(child, 0)
            self.assertEqual(status, 0, f"attempt {batch[len(done):][:1]} after {done[-1:]}")
            found += done
        return found

    def test_of_the_file(self):
        """It is refused, or it is where it changes nothing."""
        whole = _loaded_part(KINDS_LIBRARY)
        places = sorted(address for addresses in
                        _addresses_of(_described_by(ctypes.CDLL(KINDS_LIBRARY))).values()
                        for address in addresses)
        expected = _text_of({**clib.describe(KINDS_LIBRARY), "toolkit": ""})
        chosen = random.Random(1)
        attempts = [(number, _offset_in_file(chosen.choice(places)), 1 << chosen.randrange(8))
                    for number in range(self.ATTEMPTS)]

        def load_damaged(attempt):
            number, offset, bit = attempt
            data = bytearray(whole)
            data[offset] ^= bit
            path = self.write(f"lib{number}.so", data)
            try:
                module = clib.load(path)
                now = inside.saved.saved_form(module._binding.description)
                return "the same" if _text_of({**now, "toolkit": ""}) == expected else "another"
            except ImportError as error:
                return "refused" if _is_sentence(error, path) else f"badly refused: {error}"
            finally:
                path.unlink()

        outcomes = self.outcomes(attempts, load_damaged)
        self.assertLessEqual(set(outcomes), {"refused", "the same"})
        self.assertGreater(outcomes.count("refused"), self.ATTEMPTS // 4)

    @only_where(not HAS_ADDRESS_SANITIZER, "it reads what stray pointers point to")
    def test_of_the_memory(self):
        """Pointers have their values there."""
        libc = ctypes.CDLL(None)
        path = self.write("libkinds.so", _loaded_part(KINDS_LIBRARY))
        library = ctypes.CDLL(str(path))
        at = _described_by(library)
        places = sorted(address for name, addresses in _addresses_of(at).items()
                        for address in addresses if name not in CODE)
        page = os.sysconf("SC_PAGE_SIZE")
        chosen = random.Random(2)
        attempts = [(chosen.choice(places), 1 << chosen.randrange(8)) for _ in range(self.ATTEMPTS)]

        def bind_damaged(attempt):
            address, bit = attempt
            start = ctypes.c_void_p(address & -page)
            if libc.mprotect(start, ctypes.c_size_t(page), 3) != 0:
                return "not writable"
            byte = ctypes.c_uint8.from_address(address)
            byte.value ^= bit
            try:
                module = inside.loading.bind(str(path), inside.reader.Reader(at), False)
                return "bound" if module.constant() == "always the same" else "wrong"
            except inside.description.Damaged as error:
                return "refused" if "\n" not in str(error) else f"badly refused: {error}"
            finally:
                byte.value ^= bit

        outcomes = self.outcomes(attempts, bind_damaged)
        self.assertLessEqual(set(outcomes), {"refused", "bound"})
        self.assertGreater(outcomes.count("refused"), self.ATTEMPTS // 4)


def _is_sentence(error, path):
    return str(path) in str(error) and "\n" not in str(error) and "; build it anew" in str(error)


# --- What has changed ---------------------------------------------------------------------------

class Against(LoadingTest):
    def saved(self, change=None, library=KINDS_LIBRARY):
        saved = clib.describe(library)
        if change is not None:
            change({each["name"]: each for each in saved["types"] + saved["functions"]}, saved)
        return self.write("saved.json", json.dumps(saved).encode())

    def assert_changed(self, words, change):
        against = self.saved(change)
        raised = self.assert_refused(ImportError, [str(against), *words], KINDS_LIBRARY,
                                     against=against)
        for name in ("opposite", "Box"):  # which have not changed
            self.assertNotIn(name, str(raised))

    def test_the_same(self):
        self.assertIs(clib.load(KINDS_LIBRARY, against=self.saved()), kinds)
        self.assertIs(clib.load(KINDS_LIBRARY, against=KINDS_LIBRARY), kinds)

    def test_additions(self):
        def remove(named, saved):
            saved["functions"].remove(named["constant"])
            saved["functions"].remove(named["ring"])
            saved["functions"] = [each for each in saved["functions"] if each["owner"] !=
                                  "kinds_token" and each["name"] != "token_of"]
            saved["types"].remove(named["Token"])

        self.assertIs(clib.load(KINDS_LIBRARY, against=self.saved(remove)), kinds)

    def test_function_that_is_gone(self):
        def add(named, saved):
            saved["functions"].append(
                {**named["constant"], "name": "variable", "symbol": "kinds_variable"})

        self.assert_changed(["variable is gone"], add)

    def test_function_that_has_changed(self):
        def change(named, _):
            named["half"]["hash"] += 1
            named["half"]["parameters"][0]["kind"] = inside.INT32

        self.assert_changed(["half has changed from double kinds_half(int32_t value)",
                             "to double kinds_half(double value)"], change)

    def test_method_that_has_changed(self):
        def change(named, _):
            named["ring"]["hash"] += 1

        self.assert_changed(["Bell.ring has changed"], change)

    def test_function_of_a_newer_clib_that_has_changed(self):
        def change(named, _):
            named["half"]["hash"] += 1
            named["half"]["parameters"][0].update(kind=inside.SEQUENCE, element=77)

        self.assert_changed(["half has changed from something of a newer clib to double"], change)

    def test_structure_that_has_changed(self):
        def change(named, _):
            named["Line"]["hash"] += 1

        self.assert_changed(["the structure Line has another layout"], change)

    def test_type_that_is_gone(self):
        def add(named, saved):
            saved["types"].append({**named["Seal"], "name": "Walrus", "symbol": "kinds_walrus"})

        self.assert_changed(["Walrus is gone"], add)

    def test_what_only_python_sees(self):
        def rename(named, _):
            named["half"]["parameters"][0]["name"] = "number"

        def default(named, _):
            named["defaults"]["parameters"][0]["default"] = 5

        def method(named, _):
            named["ring"]["role"] = inside.PROPERTY

        self.assert_changed(["half: the parameter number is now named value"], rename)
        self.assert_changed(["defaults: the parameter small has another default, -1 and not 5"],
                            default)
        self.assert_changed(["Bell.ring, a property, is now Bell.ring, a method"], method)

    def test_all_changes_are_named(self):
        def change(named, saved):
            named["half"]["hash"] += 1
            saved["functions"].append({**named["half"], "name": "third", "symbol": "kinds_third"})

        self.assert_changed(["half has changed", "third is gone"], change)

    def test_no_description(self):
        for data in (b"{}", b"{", b'{"clib_description": 1}', b'{"clib_description": 2}',
                     b'{"clib_description": 2, "types": 5}', b"{\xff}"):
            path = self.write("saved.json", data)
            raised = self.assert_raises(ValueError, [str(path), "is no description; save one"],
                                        clib.load, KINDS_LIBRARY, against=path)
            self.assertNotIn("\n", str(raised))
        path = self.folder / "absent.json"
        self.assert_raises(FileNotFoundError, [str(path), "there is no file"],
                           clib.load, KINDS_LIBRARY, against=path)
        self.assert_raises(IsADirectoryError, [str(self.folder), "is a folder"],
                           clib.load, KINDS_LIBRARY, against=self.folder)


def copy_package(folder):
    shutil.copytree(SHIM / "clib", folder / "clib", ignore=shutil.ignore_patterns("__pycache__"))


# --- Which file it is ---------------------------------------------------------------------------

class Finding(LoadingTest):
    def run_python(self, script, cwd=None, fails=False, option="-B", **environment):
        """What a script printed in a Python of its own, with this environment and folder. A
        variable that is None is not set. The last line of one that fails is its exception."""
        variables = {**os.environ, "PYTHONPATH": f"{SHIM}:{HERE}", **environment}
        done = subprocess.run(
            [sys.executable, option, "-c", script], cwd=cwd or self.folder, text=True, timeout=100,
            env={name: given for name, given in variables.items() if given is not None},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if fails:
            self.assertEqual(done.returncode, 1, done.stderr)
            return done.stdout + done.stderr.splitlines()[-1] + "\n"
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_same_file_is_the_same_module(self):
        link = self.folder / "link.so"
        link.symlink_to(KINDS_LIBRARY)
        twin = self.folder / "twin.so"
        with contextlib.suppress(OSError):  # another file system
            os.link(os.path.realpath(KINDS_LIBRARY), twin)
            self.assertIs(clib.load(twin), kinds)
        relative = os.path.relpath(KINDS_LIBRARY)
        with mock.patch.object(inside.loading, "open_file", side_effect=AssertionError("opened again")):
            for path in (KINDS_LIBRARY, pathlib.Path(KINDS_LIBRARY), link, relative):
                self.assertIs(clib.load(path), kinds, path)
        self.assertEqual(kinds.__file__, os.path.abspath(KINDS_LIBRARY))

    def test_built_anew(self):
        """The system goes on with what it has loaded: of that the user is told."""
        for replace in (shutil.copyfile, os.replace):
            path = self.copy_of_kinds()
            module = clib.load(path)
            self.assertIs(clib.load(path), module)
            new = self.folder / "new.so"
            shutil.copyfile(CLIB_LIBRARY, new)
            if replace is os.replace:
                replace(new, path)
            else:
                os.utime(path, ns=(0, 0))
            for use in (clib.load, clib.describe, lambda path: clib.load(path, native=False)):
                self.assert_raises(
                    ImportError, [f"{path} has changed since this process loaded it; start Python "
                                  "anew, or load a copy of it that has another name"], use, path)
            copy = shutil.copyfile(path, self.folder / f"{replace.__name__}.so")
            self.assertEqual(clib.load(copy).__name__,
                             "clib" if replace is os.replace else "kinds")

    def test_a_copy_is_another_module(self):
        copy = clib.load(self.write("libcopy.so", _loaded_part(KINDS_LIBRARY)))
        self.assertIsNot(copy, kinds)
        with copy.Box("copied") as box:
            self.assertNotIsInstance(box, kinds.Box)
            self.assert_raises(
                TypeError, ["from_ must be Box of kinds, not Box of another library kinds"],
                kinds.Box.copy, box)

    def test_a_class_of_the_same_name(self):
        """Of another library, or one of Python's: the sentence names both."""
        class Module:
            pass

        class size:
            pass

        other = clib.load(shutil.copyfile(os.environ["NAMES_LIBRARY"], self.folder / "other.so"))
        names = clib.load(os.environ["NAMES_LIBRARY"])
        with names.Module("a") as module, other.Module("a") as of_other:
            for wrong, words in ((of_other, "Module of names, not Module of another library names"),
                                 (Module(), f"Module of names, not Module of {__name__}"),
                                 (None, "Module, not None"), (5, "Module, not int")):
                self.assert_raises(TypeError, [f"module must be {words}"], module.same, wrong)
        for wrong, words in ((other.size(1), "size of names, not size of another library names"),
                             (size(), f"size of names, not size of {__name__}")):
            self.assert_raises(TypeError, [f"size must be {words}"], names.class_, wrong)

    @only_where(kinds.__native__, "ctypes makes all at once")
    def test_a_native_library_makes_a_function_when_it_needs_it_and_once(self):
        class Five:
            def __index__(self):
                return 5

        made = []

        def bind(binder, function, really_bind=inside.calls.Calls.bind):
            made.append(function.name)
            return really_bind(binder, function)

        with mock.patch.object(inside.calls.Calls, "bind", bind):
            module = clib.load(self.copy_of_kinds())
            self.assertEqual(module.defaults(5), "5 7 0.500000 true none empty")
            self.assertEqual(made, [])
            self.assertEqual(module.defaults(small=5), "5 7 0.500000 true none empty")
            self.assertEqual(made, [])
            for _ in range(2):
                self.assertEqual(module.defaults(Five()), "5 7 0.500000 true none empty")
            self.assertEqual(made, ["defaults"])

    def test_threads_that_load_it_at_once(self):
        path = self.write("libkinds.so", _loaded_part(KINDS_LIBRARY))
        loaded = []
        threads = [threading.Thread(target=lambda: loaded.append(clib.load(path)))
                   for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(loaded), 8)
        self.assertEqual(len(set(map(id, loaded))), 1)

    def test_current_folder_does_not_matter(self):
        """Neither for what is found nor, with a library of that name in it, for what is not."""
        shutil.copyfile(CLIB_LIBRARY, self.folder / "libclib.so")
        alone = self.folder / "alone"
        alone.mkdir()
        copy_package(alone)
        printed = self.run_python(
            "import clib, os\n"
            "print(clib.__file__)\n"
            "try: clib.Counter\n"
            "except AttributeError as error: print(error)", CLIB_LIBRARY=None,
            PYTHONPATH=str(alone))
        self.assertIn(str(alone / "clib" / "__init__.py"), printed)
        self.assertIn("there is no libclib.so", printed)
        moved = self.run_python(
            f"import clib, os\nos.chdir({str(self.folder)!r})\nprint(next(clib.Counter()))",
            cwd="/", CLIB_LIBRARY=os.path.abspath(CLIB_LIBRARY))
        self.assertEqual(moved, "1\n")

    def test_environment_names_it(self):
        named = self.folder / "libnamed.so"
        shutil.copyfile(CLIB_LIBRARY, named)
        printed = self.run_python(
            "import clib, inside, sys\n"
            "print(next(clib.Counter()), clib.CharBuffer('ab')[0], clib.CString('text'))\n"
            "print(*(module.__file__ for module in inside.loading.loaded.values()))",
            CLIB_LIBRARY=str(named))
        self.assertEqual(printed, f"1 97 text\n{named}\n")

    def test_environment_names_nothing(self):
        for name in ("Counter", "CharBuffer", "CString"):
            printed = self.run_python(
                f"import clib\ntry: clib.{name}\n"
                "except AttributeError as error: print(error)",
                CLIB_LIBRARY=str(self.folder / "none.so"))
            self.assertEqual(printed, f"clib.{name} is not here: CLIB_LIBRARY names {self.folder}/none.so, where there is "
                             "no file; name the path of libclib.so\n")

    def test_beside_clib(self):
        for name in ("libclib.so", "libclib.so.0"):
            folder = self.folder / name.replace(".", "_")
            folder.mkdir()
            copy_package(folder)
            shutil.copyfile(CLIB_LIBRARY, folder / name)
            printed = self.run_python(
                "import clib\nprint(next(clib.Counter()), clib.load(clib.library.find_own()).__file__)",
                CLIB_LIBRARY=None, PYTHONPATH=str(folder))
            self.assertEqual(printed, f"1 {folder / name}\n")

    def test_installed(self):
        for library_folder in ("lib", "lib/x86_64-linux-gnu", "lib64"):
            prefix = self.folder / library_folder.replace("/", "_")
            packages = prefix / "lib" / "python3" / "dist-packages"
            packages.mkdir(parents=True)
            (prefix / library_folder).mkdir(exist_ok=True)
            copy_package(packages)
            shutil.copyfile(CLIB_LIBRARY, prefix / library_folder / "libclib.so")
            printed = self.run_python(
                "import clib\nprint(next(clib.Counter()), clib.load(clib.library.find_own()).__file__)",
                CLIB_LIBRARY=None, PYTHONPATH=str(packages))
            self.assertEqual(printed, f"1 {prefix / library_folder / 'libclib.so'}\n")

    def test_nowhere(self):
        copy_package(self.folder)
        printed = self.run_python(
            "import clib, pydoc\n"
            "try: from clib import Counter\n"
            "except ImportError as error: print(error)\n"
            "print(clib.live(), hasattr(clib, 'nothing_of_that_name'), hasattr(clib, 'Counter'))\n"
            "from clib import *\n"
            "print(load is clib.load, describe is clib.describe, 'Counter' in dir(clib))\n"
            "print('no_leaks' in pydoc.render_doc(clib))",
            CLIB_LIBRARY=None, PYTHONPATH=str(self.folder))
        self.assertEqual(printed.splitlines(), [
            "clib.Counter is not here: there is no libclib.so beside "
            f"{self.folder}/clib nor where it is installed; put it there, or name its path in "
            "CLIB_LIBRARY", "{} False False", "True True False", "True"])

    def test_all_names_are_there(self):
        printed = self.run_python(
            "import clib\nprint('Counter' in dir(clib), hasattr(clib, 'Counter'))\n"
            "from clib import *\nprint(Counter, Counter is clib.Counter, clib.__all__)\n"
            "from clib import CString\nprint(CString)",
            CLIB_LIBRARY=os.path.abspath(CLIB_LIBRARY))
        self.assertEqual(printed.splitlines(), [
            "True True",
            "<class 'clib.Counter'> True ['Array', 'Error', 'LeakError', 'describe', 'live', 'load', "
            "'load_package', 'no_leaks', 'CString', 'CharBuffer', 'Counter']",
            "<class 'clib.CString'>"])

    def test_library_that_cannot_be_loaded(self):
        (self.folder / "libtext.so").write_text("text")
        printed = self.run_python("import clib\nprint(hasattr(clib, 'Counter'))\nclib.Counter",
                                  CLIB_LIBRARY=str(self.folder / "libtext.so"), fails=True)
        self.assertEqual(printed, "False\nAttributeError: clib.Counter is not here: "
                         f"{self.folder}/libtext.so is no shared library for this machine; pass "
                         "one that is\n")

    def test_in_an_archive(self):
        """The library lies beside the archive; without one, the sentence names the archive."""
        copy_package(self.folder)
        shutil.make_archive(str(self.folder / "app"), "zip", self.folder, "clib")
        shutil.rmtree(self.folder / "clib")
        archive = self.folder / "app.zip"
        script = f"import clib\nprint(clib.load({KINDS_LIBRARY!r}).__name__)\n" \
                 "print(next(clib.Counter()))"
        printed = self.run_python(script, CLIB_LIBRARY=None, PYTHONPATH=str(archive), fails=True)
        self.assertEqual(printed, "kinds\nAttributeError: clib.Counter is not here: there is no "
                         f"libclib.so beside {archive} nor where it is installed; put it there, or "
                         "name its path in CLIB_LIBRARY\n")
        shutil.copyfile(CLIB_LIBRARY, self.folder / "libclib.so")
        self.assertEqual(self.run_python(script, CLIB_LIBRARY=None, PYTHONPATH=str(archive)),
                         "kinds\n1\n")

    def test_frozen(self):
        """A program that was frozen into one file: its modules have no __file__."""
        script = f"""if True:
            import importlib.abc, importlib.util, os, sys

            class Frozen(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
                def path_of(self, name):
                    path = os.path.join({str(SHIM)!r}, *name.split("."))
                    return path + "/__init__.py" if os.path.isdir(path) else path + ".py"

                def find_spec(self, name, path, target=None):
                    if name.split(".")[0] == "clib":
                        return importlib.util.spec_from_loader(name, self)

                def is_package(self, name):
                    return self.path_of(name).endswith("__init__.py")

                def get_source(self, name):
                    with open(self.path_of(name), encoding="utf-8") as opened:
                        return opened.read()

                def get_code(self, name):
                    return compile(self.get_source(name), f"frozen/{{name}}.py", "exec")

            sys.meta_path.insert(0, Frozen())
            import clib
            assert not hasattr(clib, "__file__")
            kinds = clib.load({KINDS_LIBRARY!r})
            try:
                with clib.no_leaks():
                    box = kinds.Box("a")
            except clib.LeakError as error:
                print(kinds.__name__, len(error.leaks))
            box.close()
            clib.Counter
            """
        self.assertEqual(
            self.run_python(script, CLIB_LIBRARY=None, fails=True),
            "kinds 1\nAttributeError: clib.Counter is not here: this clib has no folder, beside "
            "which libclib.so could be; name its path in CLIB_LIBRARY\n")

    def test_folders_of_others(self):
        """What anyone may put somewhere is not loaded."""
        inner = self.folder / "inner"
        inner.mkdir()
        (self.folder / "lib").mkdir()
        copy_package(inner)
        shutil.copyfile(CLIB_LIBRARY, self.folder / "lib" / "libclib.so")
        script = "import clib\nclib.Counter"
        printed = self.run_python(script, CLIB_LIBRARY=None, PYTHONPATH=str(inner), fails=True)
        self.assertIn(f"there is no libclib.so beside {inner}/clib", printed)

        shutil.copyfile(CLIB_LIBRARY, inner / "libclib.so")
        self.run_python(script, CLIB_LIBRARY=None, PYTHONPATH=str(inner))
        inner.chmod(0o1777)
        printed = self.run_python(script, CLIB_LIBRARY=None, PYTHONPATH=str(inner), fails=True)
        self.assertEqual(printed, f"AttributeError: clib.Counter is not here: {inner}/libclib.so "
                         "may be anyone's, because everybody may write to that folder; move it, "
                         "or name its path in CLIB_LIBRARY\n")

    def test_isolated(self):
        """Python -I obeys no environment."""
        script = (f"import sys\nsys.path.insert(0, {str(SHIM)!r})\nimport clib\n"
                  "print(hasattr(clib, 'Counter'))")
        for option, found in (("-I", "False"), ("-E", "False"), ("-s", "True")):
            printed = self.run_python(script, option=option, CLIB_LIBRARY=str(CLIB_LIBRARY))
            self.assertEqual(printed, found + "\n", option)


# --- What is alive ------------------------------------------------------------------------------

class Alive(LoadingTest):
    def test_each_library_counts(self):
        with kinds.Box("a"):
            other = clib.load(KINDS_LIBRARY, native=False)
            with other.Box("b"):
                self.assertEqual(clib.live()["kinds.Box"], 2)
            copy = clib.load(self.copy_of_kinds())
            with copy.Box("c"):
                self.assertEqual(clib.live()["kinds.Box"], 2)
        self.assertNotIn("kinds.Box", clib.live())

    def test_the_name_of_a_table_is_not_that_of_its_type(self):
        with kinds.make_seal():
            self.assertEqual(clib.live()["kinds.Seal"], 1)

    def test_a_leak_is_named_with_its_line(self):
        made = []
        with self.assertRaises(clib.LeakError) as raised, clib.no_leaks():
            kinds.Box("a").close()
            made.append(kinds.Box("b"))
        (name, file, _), = raised.exception.leaks
        self.assertEqual((name, os.path.basename(file)), ("kinds.Box", "test_loading.py"))
        made.pop().close()

    def test_a_leak_of_a_library_that_was_loaded_inside(self):
        made = []
        with self.assertRaises(clib.LeakError) as raised, clib.no_leaks():
            copy = clib.load(self.copy_of_kinds())
            made += [copy.Box("a"), copy.token_of(1)]
        self.assertEqual([leak[0] for leak in raised.exception.leaks], ["kinds.Box", "kinds.Token"])
        for each in made:
            each.close()


if __name__ == "__main__":
    unittest.main()
