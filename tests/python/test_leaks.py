# SPDX-License-Identifier: MIT
"""Native calls of every kind, right and wrong, many times each: memory stays flat and, on a debug
build, so does the number of references.

CLIB_CALLS_OF_EACH says how many. CLIB_LIBRARY and KINDS_LIBRARY name the libraries.
"""

import os
import shutil
import subprocess
import sys
import unittest

from binding import IS_DEBIANS, SHIM, only_where

CALLS_OF_EACH = int(os.environ.get("CLIB_CALLS_OF_EACH", 24_000))

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
    lambda: [module.Counter(), module.Counter(), module.Counter()],
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
        self.check(sys.executable, CALLS_OF_EACH)

    @only_where(IS_DEBIANS, "once is enough")
    def test_references(self):
        debug = shutil.which("python3-dbg")
        if debug is None:
            self.skipTest("it needs python3-dbg")
        self.check(debug, CALLS_OF_EACH // 8)  # which is slow


if __name__ == "__main__":
    unittest.main()
