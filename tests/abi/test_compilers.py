# SPDX-License-Identifier: MIT
"""Every compiler makes the same description of libclib.so, and makes it when it compiles."""

import ctypes
import os
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

import toolchain
from test_description import read_module

LIBRARY = os.environ["CLIB_LIBRARY"]


class Compilers(unittest.TestCase):
    def test_every_compiler_makes_the_same_description(self):
        """All but the addresses: a checksum is of everything else."""
        usable = {name: cxx for name, cxx in toolchain.CXX.items() if toolchain.is_usable(cxx)}
        if len(usable) < 2:
            self.skipTest("there is one compiler only")
        with tempfile.TemporaryDirectory() as folder:
            sums = {}
            for number, (name, compiler) in enumerate(usable.items()):
                library = pathlib.Path(folder) / f"libclib{number}.so"
                toolchain.succeed(
                    *compiler, *toolchain.CXX20, "-O0", "-fPIC", "-shared", "-pthread",
                    "-DCLIB_BUILDING", "-fvisibility=hidden", toolchain.SHIM / "clib.cpp",
                    "-o", library)
                program = ("import sys, ctypes; sys.path[:0] = sys.argv[2:]; "
                           "import test_description as test; "
                           "print(test.read_module(ctypes.CDLL(sys.argv[1])).checksum)")
                here = pathlib.Path(__file__).resolve().parent
                sums[name] = toolchain.succeed(
                    sys.executable, "-c", program, library, here, here.parent)
            sums["the build"] = f"{read_module(ctypes.CDLL(LIBRARY)).checksum}\n"
            self.assertEqual(len(set(sums.values())), 1, sums)

    def test_an_exception_of_another_library_keeps_its_code(self):
        """Though each library hides its symbols, and libc++ compares types by address then."""
        here = pathlib.Path(__file__).resolve().parent / "two_libraries"
        for name, compiler in toolchain.CXX.items():
            if not toolchain.is_usable(compiler):
                continue
            with self.subTest(compiler=name), tempfile.TemporaryDirectory() as folder:
                library, program = (pathlib.Path(folder) / each for each in ("lib.so", "program"))
                flags = (*compiler, *toolchain.CXX20, "-O1", "-fPIC", "-fvisibility=hidden")
                (pathlib.Path(folder) / "map").write_text(
                    "{ global: throw_one; local: *; };\n", encoding="utf-8")
                toolchain.succeed(*flags, "-shared", f"-Wl,--version-script={folder}/map",
                                  here / "thrower.cpp", "-o", library)
                toolchain.succeed(*flags, here / "catcher.cpp", library, "-o", program)
                self.assertEqual(toolchain.succeed(program).splitlines(), [
                    "-1001 0 caught: mine", "-8 0 caught: it is lent 2 times",
                    "-1002 0 caught: derived", "-11 0 caught: there is nothing more",
                    "-12 0 caught: no such key", "-10 77 caught: the callable failed",
                    "-5 0 caught: a standard one"])

    def test_no_initialiser_makes_the_table(self):
        """It lies where constants lie, and nothing has to run to put it there."""
        source = ("#include <clib/ffi/module.hpp>\n"
                  "struct point { int32_t x; };\n"
                  "extern \"C\" int64_t f(point, void (*)(point, void*), void*) noexcept;\n"
                  "CLIB_MODULE(m, \"1\", structure<point>(\"Point\").member<&point::x>(\"x\"),\n"
                  "            function<&f>(\"f\", \"point\", \"hook\"));\n")
        toolchain.require("objdump")
        for name, compiler in toolchain.CXX.items():
            if not toolchain.is_usable(compiler):
                continue
            for level in ("-O0", "-O2"):
                with self.subTest(compiler=name, level=level), \
                        tempfile.TemporaryDirectory() as folder:
                    built = pathlib.Path(folder) / "module.o"
                    toolchain.succeed(
                        *compiler, *toolchain.CXX20, level, "-fPIC", "-c", "-x", "c++", "-", "-o",
                        built, input=source)
                    symbols = toolchain.succeed("objdump", "--syms", built)
                    for part in ("function_table", "type_table", "module_info"):
                        sections = re.findall(rf" O (\S+)\s.*detail\d+{part}I", symbols)
                        self.assertGreater(len(sections), 0, part)
                        for section in sections:
                            self.assertRegex(section, r"^\.(data\.rel\.ro|rodata)")

    def test_the_types_are_imported_as_a_module(self):
        """The compilers that have modules which work: clang 19 and newer."""
        compiler = next((each for each in ("clang++-19", "clang++-20") if shutil.which(each)), None)
        if compiler is None:
            self.skipTest("there is no clang 19")
        main = pathlib.Path(__file__).resolve().parent / "imports" / "main.cpp"
        with tempfile.TemporaryDirectory() as folder:
            module, program = pathlib.Path(folder) / "clib.pcm", pathlib.Path(folder) / "program"
            flags = (compiler, *toolchain.CXX20, "-pthread")
            toolchain.succeed(*flags, "-x", "c++-module", "--precompile",
                              toolchain.INCLUDE / "clib" / "clib.cppm", "-o", module)
            toolchain.succeed(*flags, f"-fmodule-file=clib={module}", main, module, "-o", program)
            self.assertEqual(toolchain.succeed(program), "42 tubsujoh!tusjoh 1 1\n")
