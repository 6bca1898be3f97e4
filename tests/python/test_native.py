"""Native functions and types: what they look like, and that a million calls leave nothing behind.
test_both_ways.py compares what they do with the same through ctypes.

CLIB_LIBRARY names the library. Where there can be no native functions, all of it is skipped.
"""

import os
import shutil
import subprocess
import sys
import unittest

from binding import IS_DEBIANS, SHIM, clib, only_where


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
             "first = clib.load(path); del sys.modules['clib']\n"
             "import clib as other\n"
             "second = other.load(path)\n"
             "assert first.__native__ and not second.__native__, second.__why_not_native__\n"
             "assert next(first.Counter()) == next(second.Counter()) == 1\n"
             "print(second.__why_not_native__)"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "PYTHONPATH": str(SHIM)})
        self.assertIn("has set the library up", done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout)


LEAKS = r'''
import clib, gc, os, resource, sys
module = clib.load(os.environ["CLIB_LIBRARY"])
assert module.__native__, module.__why_not_native__
counter, buffer, string = module.Counter(), module.CharBuffer("text"), module.CString("text")
writable = bytearray(64)

def attempt(call, *given, **named):
    try:
        call(*given, **named)
    except Exception:
        pass

def view():
    with memoryview(buffer):
        attempt(buffer.clear)

calls = [
    lambda: next(counter), lambda: counter.value, lambda: counter.reserve(2), lambda: len(buffer),
    lambda: buffer.assign("text"), lambda: buffer.assign(b"text"), lambda: buffer.assign(writable),
    lambda: buffer.read(0, writable), lambda: str(string), lambda: module.Counter(),
    lambda: module.CString("text"), lambda: module.CharBuffer(data="text"), lambda: buffer.at(0),
    lambda: module.add_one(writable), lambda: module.version(), lambda: buffer.erase(count=0, index=0),
    lambda: attempt(counter.reserve, "no"), lambda: attempt(counter.reserve, 2**70),
    lambda: attempt(counter.reserve, -1), lambda: attempt(counter.reserve),
    lambda: attempt(buffer.at, 99), lambda: attempt(buffer.assign, 5),
    lambda: attempt(module.CString, "a\0b"), lambda: attempt(module.CString, "\ud800"),
    lambda: attempt(module.CString), lambda: attempt(module.add_one, b"no"), view,
    lambda: attempt(module.Counter.reserve, buffer, 1), lambda: attempt(buffer.erase, size=1)]

kinds = clib.load(os.environ["KINDS_LIBRARY"])

def raising(*_):
    raise KeyError("no")

for function in (lambda *_: 3, raising, lambda *_: -1, lambda *_: "no"):
    calls += [
        lambda function=function: attempt(kinds.call, function, 5),
        lambda function=function: attempt(kinds.call_numbers, function),
        lambda function=function: attempt(kinds.call_texts, function, b"text")]
calls.append(lambda: attempt(kinds.call, 5, 5))

count = int(sys.argv[1])
def run(times):
    for call in calls:
        for _ in range(times):
            call()
    gc.collect()

def state():
    references = sys.gettotalrefcount() if hasattr(sys, "gettotalrefcount") else 0
    return references, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

run(200)
first = state()
run(count)
second = state()
assert clib.live() == {"clib.Counter": 1, "clib.CharBuffer": 1, "clib.CString": 1}, clib.live()
print(second[0] - first[0], second[1] - first[1], len(calls) * count)
'''


class Leaks(unittest.TestCase):
    """A million calls, right and wrong, leave memory and, on a debug build, references as they
    were."""

    def check(self, python, count):
        # AddressSanitizer would keep what is freed.
        sanitizer = os.environ.get("ASAN_OPTIONS", "") + \
            ":quarantine_size_mb=0:thread_local_quarantine_size_kb=0"
        done = subprocess.run([python, "-c", LEAKS, str(count)], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True,
                              env={**os.environ, "PYTHONPATH": str(SHIM),
                                   "ASAN_OPTIONS": sanitizer})
        if "assert module.__native__" in done.stderr:
            self.skipTest(done.stderr.splitlines()[-1])
        self.assertEqual(done.returncode, 0, done.stderr)
        references, kib, calls = map(int, done.stdout.split())
        self.assertLess(abs(references), 100, f"references of {calls} calls")
        self.assertLess(kib, 2048, f"KiB of {calls} calls")

    def test_memory(self):
        self.check(sys.executable, 1000000 // 42)

    @only_where(IS_DEBIANS, "once is enough")
    def test_references(self):
        debug = shutil.which("python3-dbg")
        if debug is None:
            self.skipTest("it needs python3-dbg")
        self.check(debug, 3000)


if __name__ == "__main__":
    unittest.main()
