# SPDX-License-Identifier: MIT
"""What the suites of the binding share: the package clib itself, the library of kinds.cpp, and a test case
that notices what is left behind. A script of child.run() begins with `from binding import *`."""

import ctypes
import gc
import os
import pathlib
import platform
import re
import sys
import unittest

import child

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHIM = ROOT / "shim"
sys.path.insert(0, str(SHIM))

import clib  # noqa: E402 - it is not installed
import inside  # noqa: E402

IS_CPYTHON = platform.python_implementation() == "CPython"
CLIB_LIBRARY = os.environ["CLIB_LIBRARY"]
KINDS_LIBRARY = os.environ["KINDS_LIBRARY"]

kinds = clib.load(KINDS_LIBRARY)
own = clib.load(CLIB_LIBRARY)

# Whether what lends its bytes is a buffer itself, and not only by its view().
HAS_BUFFERS = own.__native__ or sys.version_info >= (3, 12)
IS_DEBIANS = sys.executable == "/usr/bin/python3"
# It ends a process that reads what a stray pointer points to.
HAS_ADDRESS_SANITIZER = "asan" in os.environ.get("LD_PRELOAD", "")

PRELUDE = "from binding import *\n"


def only_where(there, why):
    """For a test that says nothing elsewhere: it is no test there, and not one that was skipped."""
    assert why
    return lambda test: test if there else None


def collect():
    """Frees what nothing refers to, on PyPy too."""
    for _ in range(3 if IS_CPYTHON else 10):
        gc.collect()


class BindingTest(unittest.TestCase):
    def setUp(self):
        collect()
        self._before = clib.live(), len(inside.callbacks.callbacks)
        self.addCleanup(self._assert_nothing_is_left)

    def _assert_nothing_is_left(self):
        collect()
        self.assertEqual((clib.live(), len(inside.callbacks.callbacks)), self._before,
                         "objects or callbacks are left alive")

    def assert_raises(self, error, words, function, *arguments, **named):
        """It raises exactly this exception, whose sentence has all these words in it."""
        with self.assertRaises(error) as caught:
            function(*arguments, **named)
        self.assertIs(type(caught.exception), error)
        for word in words:
            self.assertIn(word, str(caught.exception))
        return caught.exception

    def in_child(self, script, exit_code=0):
        """What a script printed in a Python of its own, which ended in this way, and silently."""
        ended = child.run(PRELUDE + script)
        self.assertEqual(ended.returncode, exit_code, ended.stderr)
        # AddressSanitizer says so where malloc would only return NULL.
        printed = re.sub(r"==\d+==WARNING: AddressSanitizer failed to allocate .*\n", "",
                         ended.stderr)
        self.assertEqual(printed, "")
        return ended.stdout
