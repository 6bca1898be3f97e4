# SPDX-License-Identifier: MIT
"""Native functions and types: what they look like. test_leaks.py counts what they leave behind, and
test_both_ways.py compares what they do with the same through ctypes.

CLIB_LIBRARY names the library. Where there can be no native functions, all of it is skipped.
"""

import os
import subprocess
import sys
import unittest

from binding import SHIM, clib


class Native(unittest.TestCase):
    def setUp(self):
        module = clib.load(os.environ["CLIB_LIBRARY"])
        if not module.__native__:
            self.skipTest(module.__why_not_native__)

    def test_it_says_which_way_it_goes(self):
        native, other = (clib.load(os.environ["CLIB_LIBRARY"], native=each)
                         for each in (True, False))
        self.assertEqual((native.__native__, native.__why_not_native__), (True, ""))
        self.assertEqual((other.__native__, other.__why_not_native__), (False, "it was not asked for"))
        self.assertEqual(type(native.version).__name__, "builtin_function_or_method")
        self.assertEqual(type(other.version).__name__, "function")

    def test_named_arguments(self):
        clib_native = clib.load(os.environ["CLIB_LIBRARY"])
        buffer = clib_native.CharBuffer(data="text")
        buffer.insert(data="more ", index=0)
        self.assertEqual(bytes(buffer), b"more text")
        self.assertEqual(clib_native.version_at_least(0, patch=0, minor=1), 1)
        with self.assertRaisesRegex(TypeError, "unexpected keyword argument 'size'"):
            buffer.erase(index=0, size=1)

    def test_it_looks_like_python(self):
        import inspect
        module = clib.load(os.environ["CLIB_LIBRARY"])
        self.assertEqual(str(inspect.signature(module.CharBuffer.erase)), "(self, /, index, count)")
        self.assertEqual(str(inspect.signature(module.CharBuffer)), "(data='')")
        self.assertEqual(module.CharBuffer.erase.__doc__, "Removes count bytes from index on.")
        self.assertEqual(module.add_one.__module__, "clib")
        self.assertEqual(module.Counter.__module__, "clib")

    def test_subclasses_and_weak_references(self):
        import weakref
        module = clib.load(os.environ["CLIB_LIBRARY"])
        before = module.Counter.live()

        class Named(module.Counter):
            def __init__(self, name):
                super().__init__()
                self.name = name

        named = Named("one")
        reference = weakref.ref(named)
        self.assertEqual((next(named), named.name, module.Counter.live()), (1, "one", before + 1))
        named.itself = named  # a cycle
        del named
        import gc
        gc.collect()
        self.assertIsNone(reference())
        self.assertEqual(module.Counter.live(), before)
        plain = module.Counter()
        reference = weakref.ref(plain)
        del plain
        self.assertIsNone(reference())

    def test_buffer_protocol(self):
        module = clib.load(os.environ["CLIB_LIBRARY"])
        buffer = module.CharBuffer("starting string")
        with memoryview(buffer) as view:
            self.assertEqual((bytes(view), view.readonly), (b"starting string", False))
            view[0] = ord("S")
            with self.assertRaises(BufferError):
                buffer.append("!")
        buffer.append("!")
        self.assertEqual(bytes(buffer), b"Starting string!")
        with memoryview(module.CString("text")) as view:
            self.assertEqual((bytes(view), view.readonly), (b"text", True))
        buffer.close()
        with self.assertRaises(ValueError):
            memoryview(buffer)

    def test_a_second_binding_goes_through_ctypes(self):
        done = subprocess.run(
            [sys.executable, "-c", "import clib, importlib, os, sys\n"
             "path = os.environ['CLIB_LIBRARY']\n"
             "first = clib.load(path)\n"
             "for name in [name for name in sys.modules if name.split('.')[0] == 'clib']:\n"
             "    del sys.modules[name]\n"
             "import clib as other\n"
             "second = other.load(path)\n"
             "assert first.__native__ and not second.__native__, second.__why_not_native__\n"
             "assert next(first.Counter()) == next(second.Counter()) == 1\n"
             "print(second.__why_not_native__)"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "PYTHONPATH": str(SHIM)})
        self.assertIn("has set the library up", done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout)


if __name__ == "__main__":
    unittest.main()
