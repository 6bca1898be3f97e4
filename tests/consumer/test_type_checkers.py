# SPDX-License-Identifier: MIT
"""What a user's editor says: the stub of libclib.so, and a program beside it, under each type checker
that is here. mypy always is; pyright is where tests/python-packages has it from the package index.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import pages
import toolchain

LIBRARY = os.environ["CLIB_LIBRARY"]

# The same of the package itself, whose classes come from libclib.so, and of a package of an author's.
CLIB_GOOD = """\
import clib

counter: clib.Counter = clib.Counter()
number: int = next(counter)
with clib.CharBuffer("starting string") as buffer:
    first: int = buffer[0]
    part: bytes = buffer[1:]
    buffer += b"!"


class Own(clib.Counter):
    def twice(self) -> int:
        with self as same:
            return same.once() + same.once()

    def once(self) -> int:
        return next(self)


text: str = str(clib.CString("text"))
"""

CLIB_WRONG = """\
import clib

clib.Counter("text", 5, 7)
clib.CString(5)
text: str = next(clib.Counter())
number: int = clib.CharBuffer("text")[1:]
clib.Counterfeit()
"""

# The lines of a page that say so are errors.
PAGE = pages.block("shim/PYTHON.md", "python", "# an error:").code

GOOD = """\
import own

counter: own.Counter = own.Counter()
number: int = next(counter)
buffer = own.CharBuffer("starting string")
text: str = str(own.CString("text"))
own.add_one(bytearray(b"text"))
"""

WRONG = """\
import own

own.Counter("text", 5, 7)
own.CString(5)
text: str = next(own.Counter())
own.add_one("text")
own.nothing_of_this_name()
"""


def mypy(folder, program):
    """The lines in which it finds an error."""
    done = toolchain.run("mypy", "--strict", "--cache-dir", folder / "cache", program, cwd=folder,
                         environment={"MYPYPATH": str(toolchain.SHIM)})
    if done.returncode > 1:
        raise AssertionError(done.stdout)
    return {int(line) for line in re.findall(r"(?m)^\S+?:(\d+): error:", done.stdout)}, done.stdout


def pyright(folder, program):
    done = subprocess.run(
        ["pyright", "--outputjson", "--pythonpath", sys.executable, program], cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(toolchain.SHIM)})
    if done.returncode > 1 or not done.stdout:
        raise AssertionError(f"exit status {done.returncode}\n{done.stdout}\n{done.stderr}")
    found = json.loads(done.stdout)["generalDiagnostics"]
    return {each["range"]["start"]["line"] + 1 for each in found
            if each["severity"] == "error"}, done.stdout


class TypeCheckers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        stub = subprocess.run(
            [sys.executable, "-m", "clib", "stub", LIBRARY], text=True, check=True,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(toolchain.SHIM)}).stdout
        (cls.folder / "own.pyi").write_text(stub, encoding="utf-8")
        for name, text in (("good", GOOD), ("wrong", WRONG), ("clib_good", CLIB_GOOD),
                           ("clib_wrong", CLIB_WRONG), ("page", PAGE)):
            (cls.folder / f"{name}.py").write_text(text, encoding="utf-8")
        cls.stub = stub

    def test_the_stub_of_clibs_own_classes_is_in_the_package(self):
        """To make it anew: python3 -m clib stub libclib.so -o shim/clib/own_classes.pyi"""
        self.assertEqual((toolchain.SHIM / "clib/own_classes.pyi").read_text(encoding="utf-8"),
                         self.stub)

    def test_editors_know_that_the_package_has_types(self):
        self.assertTrue((toolchain.SHIM / "clib/py.typed").is_file())

    def test_what_a_native_function_tells(self):
        """As shim/PYTHON.md says: names, defaults and a doc; through ctypes, types too."""
        for native, expected in (("1", ["(self, /, index)", "False"]),
                                 ("0", ["(self, index: 'int') -> 'int'", "True"])):
            text = subprocess.run(
                [sys.executable, "-c", "import clib, inspect; f = clib.CharBuffer.at;"
                 "print(inspect.signature(f), hasattr(f, '__annotations__'), f.__doc__, sep='\\n')"],
                text=True, check=True, stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": str(toolchain.SHIM), "CLIB_NATIVE": native}).stdout
            self.assertEqual(text.splitlines(), [*expected, "The byte at index, 0 to 255."])

    def test_help_has_the_classes(self):
        text = subprocess.run(
            [sys.executable, "-c", "import clib; help(clib)"], text=True, check=True,
            stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(toolchain.SHIM)}).stdout
        for name, doc in (("Counter", "Hands out 1, 2, 3"), ("CharBuffer", "Mutable, growable bytes."),
                          ("CString", "def __bytes__|__bytes__")):
            self.assertRegex(text, rf"(?s)class {name}\(.*{doc}")


def add_tests(checker):
    def right(self):
        toolchain.require(checker.__name__)
        lines, output = checker(self.folder, "good.py")
        self.assertEqual(lines, set(), output)

    def stub(self):
        toolchain.require(checker.__name__)
        lines, output = checker(self.folder, "own.pyi")
        self.assertEqual(lines, set(), output)

    def wrong(self):
        toolchain.require(checker.__name__)
        lines, output = checker(self.folder, "wrong.py")
        self.assertEqual(lines, {3, 4, 5, 6, 7}, output)

    def clib_right(self):
        toolchain.require(checker.__name__)
        lines, output = checker(self.folder, "clib_good.py")
        self.assertEqual(lines, set(), output)

    def clib_wrong(self):
        toolchain.require(checker.__name__)
        lines, output = checker(self.folder, "clib_wrong.py")
        self.assertEqual(lines, {3, 4, 5, 6, 7}, output)

    def page(self):
        toolchain.require(checker.__name__)
        lines, output = checker(self.folder, "page.py")
        self.assertEqual(lines, {number for number, line in enumerate(PAGE.splitlines(), 1)
                                 if "# an error:" in line}, output)

    for test in (right, stub, wrong, clib_right, clib_wrong, page):
        setattr(TypeCheckers, f"test_{test.__name__}_with_{checker.__name__}", test)


add_tests(mypy)
if shutil.which("pyright"):
    add_tests(pyright)
else:
    print("# pyright is not here: mypy alone checks the stub")
