# SPDX-License-Identifier: MIT
"""What bare ctypes does in each trap, what clib does, and that shim/MIGRATING.md says so."""

import os
import pathlib
import platform
import subprocess
import sys
import unittest
from unittest import mock

import child

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "examples/traps"))

import traps  # noqa: E402 - it is found only now

IS_CPYTHON = platform.python_implementation() == "CPython"
PAGE = (ROOT / "shim/MIGRATING.md").read_text(encoding="utf-8").splitlines()

# Memory that a sanitizer holds back after its free is no leak.
ENVIRONMENT = {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"}

NOT_WRITABLE = ("TypeError: add_one: data must be writable, for example a bytearray; bytes cannot "
                "be changed")

OUTCOMES = {
    "ForgottenRestype": (
        "SIGSEGV",
        "16777216 bytes, all of them 0"),
    "LeakedResult": (
        "10,000 calls leak more than 10,000 KiB",
        "10,000 calls leak nothing"),
    "BytesModified": (
        "the constant reads b'Starting string'",
        NOT_WRITABLE),
    "OneByteModified": (
        "bytes([97]) is b'b'",
        NOT_WRITABLE),
    "DoubleFree": (
        "SIGABRT",
        "freed once; 0 strings are alive"),
    "ForeignFree": (
        "SIGABRT",
        "given back to Python"),
    "UseAfterFree": (
        "the text reads b\"somebody else's\"",
        "ValueError: CString.__str__: this CString is closed; make a new one"),
    "NoneAsText": (
        "SIGSEGV",
        "TypeError: CString: data must be str, bytes or a readable buffer, not None"),
    "IntegerCut": (
        "2**64 + 5 arrives as 5",
        "OverflowError: Counter.reserve: count must be from -9223372036854775808 to "
        "9223372036854775807, not 18446744073709551621"),
    "EmbeddedNul": (
        "7 bytes arrive as 3",
        "ValueError: CString: the text holds a NUL, at which C would cut it"),
    "TooManyArguments": (
        "strlen(b'text', 2) is 4",
        "TypeError: add_one() takes 1 positional argument but 2 were given"),
    "WrongDeclaredType": (
        "abs(-2**40) is 0",
        "after 2**40 comes 1099511627777"),
    "CallbackCollected": (
        "another function is called",
        "it is called"),
    "StrWithoutEncode": (
        "15 characters arrive as 1",
        "15 characters arrive as 15"),
    "MovedUnderAView": (
        "the view shows b\"somebody else's\"",
        "BufferError: CharBuffer.resize: a memoryview of its bytes exists; release() it first"),
}


class WithClib(unittest.TestCase):
    """One test a trap, made below."""


@unittest.skipUnless(IS_CPYTHON, "what bare ctypes does here is what CPython's does")
class Bare(unittest.TestCase):
    """One test a trap, made below."""


def test_of(trap, way, expected):
    @mock.patch.dict(os.environ, ENVIRONMENT)
    def test(self):
        self.assertEqual(traps.outcome(trap, way), expected)

    return test


for trap in traps.Trap.__subclasses__():
    bare, with_clib = OUTCOMES[trap.__name__]
    setattr(Bare, f"test_{trap.__name__}", test_of(trap, "bare", bare))
    setattr(WithClib, f"test_{trap.__name__}", test_of(trap, "with_clib", with_clib))


class Table(unittest.TestCase):
    maxDiff = None

    def run_it(self, *arguments, **environment):
        return subprocess.run([sys.executable, traps.__file__, *arguments], text=True,
                              capture_output=True, env={**child.ENVIRONMENT, **environment})

    def test_has_every_trap(self):
        self.assertEqual([trap.__name__ for trap in traps.Trap.__subclasses__()], list(OUTCOMES))

    def test_a_page_shows_it(self):
        ran = self.run_it("--markdown", **ENVIRONMENT)
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        printed = ran.stdout.splitlines()
        self.assertEqual(len(printed), len(OUTCOMES) + 2)
        self.assertEqual(PAGE.count(printed[0]), 1, f"{printed[0]} in shim/MIGRATING.md")
        start = PAGE.index(printed[0])
        shown = PAGE[start:start + len(printed) + 1]
        self.assertEqual(self.columns(shown), self.columns([*printed, ""]))

    @staticmethod
    def columns(lines):
        """The lines as they are; where ctypes is another one, without its column."""
        return lines if IS_CPYTHON else [line.split(" | ")[::2] for line in lines]

    def test_without_the_library(self):
        ran = self.run_it(CLIB_LIBRARY="/nowhere/libclib.so")
        self.assertEqual((ran.returncode, ran.stdout), (1, ""))
        self.assertEqual(ran.stderr, "there is no /nowhere/libclib.so; build it with examples/run, "
                                     "or name it in CLIB_LIBRARY\n")


if __name__ == "__main__":
    unittest.main()
