# SPDX-License-Identifier: MIT
"""The description of libclib.so says what clib.h and the exports say, and the table it is in has the
layout that describe.h promises. The table is read here as any other language would."""

import ctypes
import os
import pathlib
import re
import tempfile
import unittest

import clib_header
import toolchain

FROZEN = pathlib.Path(__file__).resolve().parent / "frozen_description.cpp"
HEADER = toolchain.INCLUDE / "clib" / "ffi" / "describe.h"
LIBRARY = os.environ["CLIB_LIBRARY"]

text, address = ctypes.c_char_p, ctypes.c_void_p
u32, u64 = ctypes.c_uint32, ctypes.c_uint64


class Type(ctypes.Structure):
    _fields_ = [
        ("size", u32), ("kind", u32), ("flags", u32), ("checksum", u32), ("hash", u64),
        ("symbol", text), ("name", text)]


class Value(ctypes.Structure):
    _fields_ = [
        ("size", u32), ("kind", u32), ("element", u32), ("flags", u32), ("name", text),
        ("type", ctypes.POINTER(Type))]


class Function(ctypes.Structure):
    _fields_ = [
        ("size", u32), ("role", u32), ("flags", u32), ("checksum", u32), ("hash", u64),
        ("symbol", text), ("name", text), ("doc", text), ("owner", ctypes.POINTER(Type)),
        ("result", ctypes.POINTER(Value)), ("parameters", address), ("parameter_count", u64),
        ("address", address), ("entry", address)]


class Module(ctypes.Structure):
    _fields_ = [
        ("size", u32), ("magic", u32), ("format", u32), ("checksum", u32), ("name", text),
        ("version", text), ("toolkit", text), ("doc", text), ("types", address),
        ("type_count", u64), ("functions", address), ("function_count", u64)]


def walk(type_, first, count):
    """An array in steps of the size that its elements begin with."""
    for _ in range(count):
        element = type_.from_address(first)
        yield element
        first += element.size


def read_module(library):
    library.clib_describe.restype = ctypes.POINTER(Module)
    return library.clib_describe().contents


def c_types(value):
    """The types in C of what is one value in the table."""
    handle = f"{value.type.contents.symbol.decode()}*" if value.type else ""
    return {
        4: ["int64_t"],
        12: ["clib_status"],
        13: ["const char*"],
        14: ["const char*", "size_t"],
        15: ["char*", "size_t"],
        18: [handle],
        21: ["clib_deleter", "void*"],
        23: ["const char*" if value.flags & 1 else "char*"],
    }[value.kind]


def declared_in_header():
    """Of each function its type, and for each parameter type and name."""
    found = re.findall(
        r"^CLIB_API ([^;(]*?)(\w+)\(([^;]*)\) CLIB_NOEXCEPT;", clib_header.TEXT, re.MULTILINE)
    declared = {}
    for result, name, parameters in found:
        pairs = [re.fullmatch(r"\s*(.*?)\s*(\w+)", parameter, re.DOTALL).groups()
                 for parameter in parameters.split(",") if parameter != "void"]
        declared[name] = result.strip(), pairs
    return declared


class Description(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.library = ctypes.CDLL(LIBRARY)
        cls.module = read_module(cls.library)
        cls.functions = {
            function.symbol.decode(): function
            for function in walk(Function, cls.module.functions, cls.module.function_count)}

    def test_header_exports_and_description_have_the_same_functions(self):
        toolchain.require("nm")
        lines = toolchain.succeed("nm", "-D", "--defined-only", "--format=posix", LIBRARY)
        exported = set(re.findall(r"^(\w+)\S* T ", lines, re.MULTILINE))
        described = set(self.functions) | {"clib_describe"}
        self.assertEqual(described, clib_header.FUNCTIONS)
        self.assertEqual(described, exported)
        self.assertEqual(self.module.function_count, len(self.functions))

    def test_header_and_description_have_the_same_parameters_and_results(self):
        declared = declared_in_header()
        self.assertGreater(len(declared), 30)
        for symbol, function in self.functions.items():
            with self.subTest(symbol):
                result, pairs = declared[symbol]
                parameters = list(walk(Value, function.parameters, function.parameter_count))
                self.assertEqual(c_types(function.result.contents), [result])
                self.assertEqual(
                    [type_ for value in parameters for type_ in c_types(value)],
                    [type_ for type_, _ in pairs])
                self.assertEqual(
                    [value.name.decode() for value in parameters],
                    [name for type_, name in pairs if type_ not in ("size_t", "void*")])

    def test_addresses_are_those_of_the_symbols(self):
        for symbol, function in self.functions.items():
            exported = ctypes.cast(getattr(self.library, symbol), address).value
            self.assertEqual(function.address, exported, symbol)
            self.assertNotIn(function.entry, (None, exported), symbol)

    def test_every_function_of_an_object_belongs_to_its_type(self):
        for symbol, function in self.functions.items():
            owner = function.owner.contents.symbol.decode() if function.owner else ""
            prefixes = [name for name in ("clib_counter", "clib_char_buffer", "clib_c_string")
                        if symbol.startswith(f"{name}_")]
            self.assertEqual([owner], prefixes or [""], symbol)

    def test_every_function_but_those_of_no_surprise_has_a_doc(self):
        without = {function.name.decode() for function in self.functions.values()
                   if not function.doc}
        self.assertEqual(
            without, {"__init__", "close", "pin", "unpin", "last_error", "last_status",
                      "last_size"})

    def test_docs_and_names_are_one_line(self):
        for function in self.functions.values():
            self.assertNotIn(b"\n", function.doc)
        for type_ in walk(Type, self.module.types, self.module.type_count):
            self.assertRegex(type_.name.decode(), r"^[A-Z]\w*$")

    def test_versions(self):
        self.assertEqual(self.module.name, b"clib")
        self.assertEqual(self.module.version.decode(), clib_header.macro("CLIB_VERSION_STRING"))
        self.assertEqual(self.module.toolkit, self.module.version)


class Table(unittest.TestCase):
    def test_every_number_and_member_is_frozen(self):
        header = HEADER.read_text(encoding="utf-8")
        header = re.sub(r"/\*.*?\*/", "", header, flags=re.DOTALL)
        frozen = FROZEN.read_text(encoding="utf-8")
        numbers = re.findall(r"^\s+(CLIB_\w+) = \d+|#define (CLIB_DESCRIPTION_\w+) ", header,
                             re.MULTILINE)
        numbers += re.findall(r"[{,] (CLIB_\w+) = \d+", header)
        self.assertEqual(
            {name for names in numbers for name in ([names] if isinstance(names, str) else names)
             if name}, set(re.findall(r"^NUMBER\(\w+, (\w+)\)", frozen, re.MULTILINE)))
        for name, body in re.findall(r"typedef struct (\w+) \{(.*?)\n\} \1;", header, re.DOTALL):
            body = re.sub(r"\} \w+;", "}", body)  # a union has its members
            members = re.findall(r"\(\*(\w+)\)\([^;]*;|(\w+)(?:\[\d+\])?;", body)
            self.assertEqual(
                [pointer or plain for pointer, plain in members],
                re.findall(rf"^MEMBER\(\d+, .*, {name}, (?:value\.)?(\w+)\)", frozen, re.MULTILINE))

    def test_luajit_reads_it(self):
        """As clib_describe's users do there: the header without its # lines is a cdef."""
        toolchain.require("luajit")
        header = re.sub(r"#ifdef __cplusplus.*?#endif", "", HEADER.read_text(encoding="utf-8"),
                        flags=re.DOTALL)
        cdef = "".join(f"{line}\n" for line in header.splitlines() if not line.startswith("#"))
        program = f"""
            local ffi = require("ffi")
            ffi.cdef[[{cdef} const clib_module* clib_describe(void);]]
            local module = ffi.load(arg[1]).clib_describe()
            local found = {{}}
            local function step(pointer, type)
                return ffi.cast(type, ffi.cast("const char*", pointer) + pointer.size)
            end
            local at = module.functions
            for _ = 1, tonumber(module.function_count) do
                found[ffi.string(at.symbol)] = at
                at = step(at, "const clib_function*")
            end
            local function entry(symbol, type) return ffi.cast(type, found[symbol].entry) end
            assert(found.clib_counter_new.role == ffi.C.CLIB_ROLE_CONSTRUCTOR)
            local outcome = ffi.new("clib_outcome", {{size = ffi.sizeof("clib_outcome")}})
            local counter = entry("clib_counter_new", "void* (*)(clib_outcome*)")(outcome)
            local take = entry("clib_counter_next", "int64_t (*)(clib_outcome*, void*)")
            take(outcome, counter)
            print(tonumber(take(outcome, counter)))
            print(tonumber(entry("clib_counter_free", "int64_t (*)(clib_outcome*, void*)")(
                outcome, counter)))
            take(outcome, counter)
            print(tonumber(outcome.status))
            print(ffi.string(outcome.data, outcome.length))
        """
        with tempfile.TemporaryDirectory() as folder:
            script = pathlib.Path(folder) / "reader.lua"
            script.write_text(program, encoding="utf-8")
            printed = toolchain.succeed("luajit", script, LIBRARY).splitlines()
        self.assertEqual(printed[:3], ["2", "0", "-4"])
        self.assertIn("clib_counter_next: self is no live clib_counter", printed[3])


def add_tests():
    for compiler, language, standards in (
            ("gcc", "c", ("c99", "c17")), ("clang", "c", ("c99", "c17")),
            ("g++", "c++", ("c++11", "c++20")), ("clang++", "c++", ("c++11", "c++20"))):
        for standard in standards:
            def test(self, compiler=compiler, language=language, standard=standard):
                toolchain.require(compiler)
                toolchain.succeed(
                    compiler, "-x", language, f"-std={standard}", "-Wall", "-Wextra", "-pedantic",
                    "-Werror", "-fsyntax-only", f"-I{toolchain.INCLUDE}", "-",
                    input="#include <clib/ffi/describe.h>\n#include <clib/ffi/describe.h>\n"
                          "extern clib_describe_function describe;\n")

            setattr(Table, f"test_compiles_as_{standard}_with_{compiler}", test)

    for name, compiler in toolchain.CXX.items():
        def frozen(self, compiler=compiler):
            toolchain.require_cxx(compiler)
            toolchain.succeed(
                *compiler, *toolchain.CXX20, *toolchain.STRICT, "-fsyntax-only", FROZEN)

        setattr(Table, f"test_nothing_has_changed_with_{name}".replace(" ", "_"), frozen)


add_tests()
