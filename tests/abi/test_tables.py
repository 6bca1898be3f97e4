# SPDX-License-Identifier: MIT
"""What C++ and the Python package must both know, compared entry by entry: describe.h with the
package's layouts, kinds and numbers, the status codes, the slot numbers of CPython, and the names of
Python's functions."""

import builtins
import ctypes
import keyword
import os
import pathlib
import re
import sys
import sysconfig
import tempfile
import unittest

import clib_header
import toolchain

sys.path.insert(0, str(toolchain.SHIM))

from clib import (  # noqa: E402
    arrays, description, elements, errors, kinds, layout, library, native, native_structures,
    outcome,
)

HEADER_PATH = toolchain.INCLUDE / "clib" / "ffi" / "describe.h"
HEADER = re.sub(r"/\*.*?\*/", "", HEADER_PATH.read_text(encoding="utf-8"), flags=re.DOTALL)

LAYOUTS = {
    "clib_value": layout.VALUE, "clib_default": layout.DEFAULT_VALUE,
    "clib_function": layout.FUNCTION_INFO, "clib_type": layout.TYPE_INFO,
    "clib_module": layout.MODULE, "clib_python": layout.PYTHON,
    "clib_python_members": layout.PYTHON_MEMBERS,
    "clib_python_structure": layout.PYTHON_STRUCTURE,
    "clib_exception": layout.EXCEPTION_INFO}

STRUCTURES = {"clib_outcome": outcome.Outcome, "clib_array": elements.CArray}


def enum(name):
    """The numbers of an enum, by their names without the beginning that they share."""
    body = re.search(rf"enum {name} \{{(.*?)\}}", HEADER, re.DOTALL)[1]
    numbers = {each: int(number) for each, number in re.findall(r"CLIB_(\w+) = (\d+)", body)}
    beginning = os.path.commonprefix(list(numbers)) if len(numbers) > 1 else "FUNCTION_"
    return {each[len(beginning):]: number for each, number in numbers.items()}


def members(struct):
    """The names of a struct's members, in their order."""
    body = re.search(rf"typedef struct {struct} \{{(.*?)\}} {struct};", HEADER, re.DOTALL)[1]
    declarations = [each.strip() for each in body.split(";") if each.strip()]
    return [re.search(r"\(\*(\w+)\)|(\w+)(?:\[\d+\])?$", each).group(1) or
            re.search(r"(\w+)(?:\[\d+\])?$", each).group(1) for each in declarations]


def macro(name):
    return int(re.search(rf"#define {name} (\w+)", HEADER)[1].rstrip("U"), 0)


def offsets_in_c(structs):
    """The size of each struct and the offsets of its members, as a C compiler has them."""
    lines = []
    for struct, names in structs.items():
        lines.append(f'printf("%zu", sizeof({struct}));')
        lines += [f'printf(" %zu", offsetof({struct}, {name}));' for name in names]
        lines.append('printf("\\n");')
    program = ("#include <clib/ffi/describe.h>\n#include <stdio.h>\n"
               f"int main(void) {{ {' '.join(lines)} return 0; }}\n")
    with tempfile.TemporaryDirectory() as folder:
        built = pathlib.Path(folder) / "offsets"
        toolchain.succeed("cc", "-x", "c", f"-I{toolchain.INCLUDE}", "-", "-o", built,
                          input=program)
        printed = toolchain.succeed(built).splitlines()
    return {struct: list(map(int, line.split())) for struct, line in zip(structs, printed)}


class Header(unittest.TestCase):
    def test_kinds(self):
        found = {}
        for module, numbers in kinds.MODULES.items():
            for number in numbers:
                kind = kinds.kind_of(number)
                self.assertEqual(kind.number, number)
                self.assertEqual(type(kind).__module__, f"clib.kinds.{module}")
                found[kind.name] = number
        self.assertEqual(found, enum("clib_kind"))

    def test_no_module_has_a_kind_without_a_line(self):
        folder = pathlib.Path(kinds.__file__).parent
        for path in folder.glob("*.py"):
            if "\nKINDS = " in path.read_text(encoding="utf-8"):
                self.assertIn(path.stem, kinds.MODULES)
                module = __import__(f"clib.kinds.{path.stem}", fromlist=["KINDS"])
                self.assertEqual([kind.number for kind in module.KINDS],
                                 list(kinds.MODULES[path.stem]))

    def test_flags_and_roles(self):
        for name, prefix in (("clib_value_flag", ""), ("clib_role", ""),
                             ("clib_function_flag", "")):
            for each, number in enum(name).items():
                self.assertEqual(getattr(layout, prefix + each), number, each)
        self.assertEqual(sum(enum("clib_value_flag").values()), layout.ALL_VALUE_FLAGS)
        self.assertEqual([each.lower() for each in enum("clib_role")], list(layout.ROLE_NAMES))
        for each, number in enum("clib_array_code").items():
            self.assertEqual(getattr(elements, each), number)
        self.assertIn(f"CLIB_ARRAY_READONLY = {elements.READONLY}", HEADER)
        self.assertIn(f"CLIB_CALL_UNLOCKED = {layout.UNLOCKED}", HEADER)
        self.assertEqual(enum("clib_type_kind"),
                         {"HANDLE": layout.HANDLE_TYPE, "STRUCT": layout.STRUCT_TYPE,
                          "ENUM": layout.ENUM_TYPE, "MODULE": layout.MODULE_TYPE})
        self.assertIn(f"CLIB_TYPE_FLAGS = {layout.FLAGS}", HEADER)
        self.assertIn(f"CLIB_TYPE_DYNAMIC_ATTRIBUTES = {layout.DYNAMIC_ATTRIBUTES}", HEADER)

    def test_magic_and_format(self):
        self.assertEqual(macro("CLIB_DESCRIPTION_MAGIC"), layout.MAGIC)
        self.assertEqual(macro("CLIB_DESCRIPTION_FORMAT"), layout.FORMAT)

    def test_members(self):
        for struct, each in LAYOUTS.items():
            self.assertEqual(members(struct), list(each.names), struct)
        for struct, each in STRUCTURES.items():
            self.assertEqual(members(struct), [name for name, _ in each._fields_])
        self.assertEqual(members("clib_python_array"), ["type", "get_buffer", "dealloc", "byte_size"])

    def test_offsets(self):
        toolchain.require("cc")
        names = {struct: each.names for struct, each in LAYOUTS.items()}
        for struct, each in STRUCTURES.items():
            names[struct] = [name for name, _ in each._fields_]
        found = offsets_in_c(names)
        for struct, each in LAYOUTS.items():
            codes = each.struct.format
            codes = codes if isinstance(codes, str) else codes.decode()
            expected = [each.size]
            for code in re.finditer(r"\d*\w", codes):
                end = layout.Struct(codes[:code.end()]).size
                expected.append(end - layout.Struct(code[0]).size)
            self.assertEqual(found[struct], expected, struct)
        for struct, each in STRUCTURES.items():
            self.assertEqual(found[struct], [ctypes.sizeof(each)] + [
                getattr(each, name).offset for name in names[struct]])

    def test_references_of_a_native_function(self):
        self.assertEqual(members("clib_python_function"), ["fallback", "raise", "names"])
        self.assertEqual(members("clib_python_type"), ["type", "spare", "made"])


class Statuses(unittest.TestCase):
    def test_codes(self):
        source = (toolchain.INCLUDE / "clib/ffi/status.hpp").read_text(encoding="utf-8")
        body = re.search(r"enum class status[^{]*\{(.*?)\};", source, re.DOTALL)[1]
        in_cpp = {f"CLIB_{'' if name == 'ok' else 'E_'}{name.upper()}": int(number)
                  for name, number in re.findall(r"^\s*(\w+) = (-?\d+),", body, re.MULTILINE)}
        names = re.findall(r'^ +"(CLIB_\w+)",$', source, re.MULTILINE)  # of name_of()
        self.assertEqual({name: -place for place, name in enumerate(names)}, in_cpp)
        self.assertEqual(in_cpp, clib_header.STATUSES)
        in_python = {f"CLIB_{name}": number for name, number in vars(errors).items()
                     if name == "OK" or name.startswith("E_")}
        self.assertEqual(in_python, clib_header.STATUSES)

    def test_each_failure_is_an_exception(self):
        self.assertEqual(set(errors.EXCEPTIONS), set(clib_header.STATUSES.values()) - {0})

    def test_a_status_that_is_named_like_an_exception_is_that_exception(self):
        for number, name in self.built_in_names():
            expected = getattr(builtins, name, None) or {
                "EncodingWarning": Warning, "PythonFinalizationError": RuntimeError}[name]
            self.assertIs(errors.EXCEPTIONS[number], expected)

    def test_every_built_in_exception_can_be_raised(self):
        reached = {*errors.EXCEPTIONS.values()}
        for name, each in vars(builtins).items():
            if name.startswith("_") or not isinstance(each, type) or each.__name__ != name:
                continue
            if not issubclass(each, BaseException) or issubclass(each, OSError):
                continue  # the number of an OSError says which it is
            if name.startswith("Unicode") and issubclass(each, UnicodeError):
                each = UnicodeError  # the others are about a text and a place in it
            if name not in ("BaseExceptionGroup", "ExceptionGroup"):  # they hold other exceptions
                self.assertIn(each, reached, name)

    @staticmethod
    def built_in_names():
        """The numbers from CLIB_E_STOP_ITERATION on, with the names in Python's spelling."""
        for name, number in clib_header.STATUSES.items():
            if number <= clib_header.STATUSES["CLIB_E_STOP_ITERATION"]:
                words = name[len("CLIB_E_"):].split("_")
                yield number, "".join(each if each == "EOF" else each.capitalize()
                                      for each in words)


class Python(unittest.TestCase):
    def headers(self, name):
        found = {pathlib.Path(sysconfig.get_paths()["include"]) / name,
                 *pathlib.Path("/usr/include").glob(f"python3.*/{name}"),
                 *pathlib.Path(sys.base_prefix).parent.glob(f"*/include/python3.*/{name}")}
        usable = [path for path in sorted(found) if path.is_file() and
                  not re.search(r"python3\.[0-8]m?/", str(path))]
        if not usable:
            self.skipTest("the headers of no Python are installed")
        return usable

    def test_slots(self):
        for path in self.headers("typeslots.h"):
            numbers = dict(re.findall(r"#define Py_(\w+) (\d+)", path.read_text(encoding="utf-8")))
            for name, number in {**native.SLOTS, **arrays.SLOTS, **native_structures.SLOTS}.items():
                self.assertEqual(int(numbers[name]), number, f"{name} in {path}")

    def test_flags(self):
        for path in self.headers("methodobject.h"):
            text = path.read_text(encoding="utf-8")
            flags = [int(re.search(rf"#\s*define {name}\s+(\w+)", text)[1], 0)
                     for name in ("METH_FASTCALL", "METH_KEYWORDS")]
            self.assertEqual(sum(flags), native.METH_FASTCALL_KEYWORDS, path)

    def test_slots_in_cpp(self):
        """The numbers that the headers name themselves."""
        named = {}
        for path in (toolchain.INCLUDE / "clib/ffi").rglob("*.hpp"):
            named.update(re.findall(r"\bint (tp_\w+) = (\d+);", path.read_text(encoding="utf-8")))
        self.assertIn("tp_free", named)
        for path in self.headers("typeslots.h"):
            numbers = dict(re.findall(r"#define Py_(\w+) (\d+)", path.read_text(encoding="utf-8")))
            for name, number in named.items():
                self.assertEqual(numbers[name], number, f"{name} in {path}")

    def test_what_a_library_needs_is_there(self):
        """Each name stands once in a list of the headers, and this Python has it."""
        reader = library.open_file(os.environ["CLIB_LIBRARY"])
        names = reader.python_table(reader.description.functions).names
        source = (toolchain.INCLUDE / "clib/ffi/python.hpp").read_text(encoding="utf-8")
        listed = re.findall(r"^    X\((?:\w+, (_?Py\w+)\)|(_?Py\w+),)", source, re.MULTILINE)
        self.assertEqual([one or other for one, other in listed], names)
        for name in names:
            self.assertTrue(hasattr(ctypes.pythonapi, name), name)

    def test_keywords(self):
        self.assertEqual(description.KEYWORDS, set(keyword.kwlist) - {"__peg_parser__"})
