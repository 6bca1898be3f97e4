# SPDX-License-Identifier: MIT
"""What programs made for an older clib rely on: frozen.cpp says what it is."""

import ctypes
import os
import pathlib
import re
import unittest

import clib_header
import toolchain

FROZEN = pathlib.Path(__file__).resolve().parent / "frozen.cpp"


class Frozen(unittest.TestCase):
    def test_every_status_and_function_of_the_header_is_frozen(self):
        text = FROZEN.read_text(encoding="utf-8")
        statuses = re.findall(r"^STATUS\((-?\d+), (\w+),", text, re.MULTILINE)
        self.assertEqual({name: int(number) for number, name in statuses}, clib_header.STATUSES)
        functions = re.findall(r"^FUNCTION\([^,]*, (\w+)", text, re.MULTILINE)
        self.assertEqual(set(functions), clib_header.FUNCTIONS)

    def test_the_library_knows_the_same_names(self):
        status_name = ctypes.CDLL(os.environ["CLIB_LIBRARY"]).clib_status_name
        status_name.argtypes = [ctypes.c_int64]
        status_name.restype = ctypes.c_char_p
        for number in range(-200, 100):
            names = [name for name, known in clib_header.STATUSES.items() if known == number]
            expected = names or ["CLIB_E_UNKNOWN"]
            self.assertEqual([status_name(number).decode()], expected, number)


def add_test(name, compiler):
    def test(self):
        toolchain.require_cxx(compiler)
        toolchain.succeed(
            *compiler, *toolchain.CXX20, f"-I{toolchain.SHIM}", *toolchain.STRICT, "-fsyntax-only",
            FROZEN)

    setattr(Frozen, f"test_nothing_has_changed_with_{name}".replace(" ", "_"), test)


for item in toolchain.CXX.items():
    add_test(*item)
