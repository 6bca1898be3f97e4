# SPDX-License-Identifier: MIT
"""The library of names.cpp: names and docs that clash with what Python, C, the generated sources and
clib's own words need are right everywhere."""

import ast
import inspect
import os
import subprocess
import sys
import tempfile
import pathlib
import unittest

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

import toolchain  # noqa: E402 - it is in the folder above
from binding import SHIM, BindingTest, clib  # noqa: E402

NAMES_LIBRARY = os.environ["NAMES_LIBRARY"]
names = clib.load(NAMES_LIBRARY)

SUMS = {"call": ["_call", "_slow", "outcome"], "result": ["result", "self", "math"],
        "words": ["class_", "None_", "__debug___"], "types": ["int64_t", "int", "bool"],
        "errors": ["TypeError", "IndexError", "_failure"], "c": ["int", "int_", "restrict"],
        "arguments": ["argument_1", "argument_0", "_handle"]}


class Parameters(BindingTest):
    def test_numbers(self):
        for name, parameters in SUMS.items():
            with self.subTest(name):
                function = getattr(names, name)
                self.assertEqual(list(inspect.signature(function).parameters), parameters)
                self.assertEqual(function(1, 2, 3), 6)
                for order in (parameters, parameters[::-1]):
                    self.assertEqual(function(**dict(zip(order, (1, 2, 3)))), 6)
                for wrong in ("x", 2.5, None, 1 << 64):
                    for place, parameter in enumerate(parameters):
                        arguments = [1, 2, 3]
                        arguments[place] = wrong
                        self.assert_raises(OverflowError if wrong == 1 << 64 else TypeError,
                                           [f"{name}: {parameter} "], function, *arguments)
        self.assertEqual(names.types(1), 6)
        self.assertEqual(names.types(1, bool=1), 4)

    def test_text(self):
        for function, first, second in ((names.length, "type", "bytes"), (names.len, "len", "str")):
            for data in ("abc", b"abc", bytearray(b"abc"), memoryview(b"abc")):
                self.assertEqual(function(data, "de"), 5)
                self.assertEqual(function(**{second: b"de", first: data}), 5)
            self.assert_raises(TypeError, [f": {first} must be str"], function, 5, "")
            self.assert_raises(TypeError, [f": {second} must be str"], function, "", 5)

    def test_memory_and_structures(self):
        data = bytearray(b"abc")
        volume = names.class_(size=names.size(inner=4), lambda_=2, self=3)
        self.assertEqual((volume.lambda_, volume.self, volume.size.inner), (2, 3, 4))
        self.assertEqual(names.zeros(data, volume), 7)
        self.assertEqual(names.zeros(_memory_a=volume, bytearray=data), 7)
        self.assertEqual(data, bytes(3))
        self.assert_raises(TypeError, ["zeros: _memory_a must be class_"], names.zeros, data, None)

    def test_objects(self):
        with names.Module("a") as one, names.Module(self="a") as other:
            self.assertEqual((one.same(other), one.same(module=one)), (1, 1))
            self.assert_raises(TypeError, ["Module.same: module must be Module"], one.same, "a")
        self.assert_raises(TypeError, ["Module: self must be str"], names.Module, 5)

    def test_error_h(self):
        """An author's own error, beside the function of that name of <error.h>."""
        self.assertEqual(self.assert_raises(clib.Error, ["fail: mine"], names.fail).code, -1001)

    def test_classes(self):
        for name in ("None_", "Any", "Callable", "Iterator", "Iterable", "array"):
            self.assertEqual(getattr(names, name).__name__, name)
        self.assertEqual(names.FIVE, 5)


class Docs(BindingTest):
    def test_long(self):
        self.assertEqual(names.Module.__doc__, "doc " * 10000)
        self.assertEqual(names.call.__doc__, "doc " * 10000)

    def test_others(self):
        self.assertEqual(names.__doc__, 'A doc with */ and /* in it, """, a \\ at its end \\')
        self.assertEqual(names.size.__doc__, 'a line\n\n    and a second "line"')
        self.assertEqual(names.zeros.__doc__, '*/ """ \' \\u \\\n\t end\\')
        self.assertEqual(names.__version__, '1.0 */ "\\')


    def test_an_attribute_with_the_name_of_a_type(self):
        label = names.Label()
        label.Module = 5
        self.assertEqual(label.Module, 5)


class Tools(unittest.TestCase):
    def run_tool(self, command):
        return subprocess.run(
            [sys.executable, "-m", "clib", command, NAMES_LIBRARY], text=True, check=True,
            env={**os.environ, "PYTHONPATH": str(SHIM)}, stdout=subprocess.PIPE).stdout

    def test_stub(self):
        stub = self.run_tool("stub")
        tree = ast.parse(stub)
        functions = {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef)}
        for name, parameters in SUMS.items():
            self.assertEqual([each.arg for each in functions[name].args.args], parameters)
            if name == "call":
                self.assertEqual(ast.get_docstring(functions[name], clean=False), "doc " * 10000)
        self.assertEqual(ast.get_docstring(functions["zeros"], clean=False), names.zeros.__doc__)
        self.assertEqual(ast.get_docstring(tree, clean=False), names.__doc__)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "names.pyi")
            path.write_text(stub, encoding="utf-8")
            toolchain.require("mypy")
            toolchain.succeed("mypy", "--strict", "--cache-dir", folder, path)

    def test_header(self):
        header = self.run_tool("header")
        self.assertIn("doc " * 10000, header)
        for compiler, *language in (("gcc", "-std=c11", "-xc"), ("g++", "-std=c++20", "-xc++"),
                                    ("gcc", "-std=gnu11", "-xc")):
            toolchain.require(compiler)
            toolchain.succeed(compiler, "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only",
                              f"-I{toolchain.INCLUDE}", *language, "-", input=header, environment={"LD_PRELOAD": ""})

    def test_description(self):
        self.assertIn("call(_call: int, _slow: int, outcome: int) -> int",
                      self.run_tool("describe"))


if __name__ == "__main__":
    unittest.main()
