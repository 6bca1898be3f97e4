# SPDX-License-Identifier: MIT
"""Does what the pages say where that takes more than running a block (test_pages.py): the words library
with its build and its commands, somebody else's library, installs, and what C and ctypes alone do.

The environment says where things are: CLIB_ROOT the source, CLIB_LIBRARY libclib.so, and CXX and CC
the compilers.
"""

import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

import pages

HERE = pathlib.Path(__file__).resolve().parent
ROOT = pathlib.Path(os.environ["CLIB_ROOT"])
SHIM = ROOT / "shim"
LIBRARY = pathlib.Path(os.environ["CLIB_LIBRARY"])
CXX = [*shlex.split(os.environ["CXX"]), "-std=c++20"]
CC = [*shlex.split(os.environ["CC"]), "-std=c99"]
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-pthread"]

COOKBOOK = "include/clib/ffi/README.md"
C_PAGE = "shim/C.md"
INSTALL = "shim/INSTALL.md"


def run(*command, **environment):
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


class Readme(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def block(self, page, language, words):
        """The code of a block, and the text printed after it."""
        found = pages.block(page, language, words)
        return found.code, found.printed

    def test_ctypes_alone(self):
        code, expected = self.block(C_PAGE, "python", "CLIB_LIBRARY")
        self.assertEqual(run(sys.executable, self.write("main.py", code)), expected)

    def run_python(self, code, **environment):
        return run(sys.executable, self.write("main.py", code), PYTHONPATH=str(SHIM), **environment)

    def own_library(self, code, functions):
        """The path of libwords.so, which does what the cookbook says."""
        library = str(self.folder / "libwords.so")
        run(*CXX, *STRICT, "-shared", "-fPIC", "-fvisibility=hidden",
            "-fno-semantic-interposition", f"-I{ROOT}/include", "-Wl,-Bsymbolic",
            "-Wl,-z,nodelete", f"-Wl,--version-script={SHIM}/module.map",
            self.write("words.cpp", code), "-o", library)
        symbols = run("nm", "-D", "--defined-only", "--format=just-symbols", library).split()
        self.assertEqual(sorted(symbols), sorted([
            "clib_describe", "words_last_error", "words_last_size", "words_last_status",
            *functions]))
        code, expected = self.block(COOKBOOK, "python", "WORDS_LIBRARY")
        self.assertEqual(self.run_python(code, WORDS_LIBRARY=library), expected)
        return library

    def test_own_library(self):
        library = self.own_library(self.block(COOKBOOK, "cpp", "class word_count")[0], [])
        self.write("saved.json", run(sys.executable, "-m", "clib", "describe", "--json", library,
                                     PYTHONPATH=str(SHIM)))
        commands, _ = self.block(COOKBOOK, "sh", "clib describe")
        commands = commands.replace("python3", sys.executable)
        subprocess.run(commands, shell=True, check=True, cwd=self.folder, stdout=subprocess.PIPE,
                       env={**os.environ, "PYTHONPATH": str(SHIM)})
        self.assertIn("class WordCount:", (self.folder / "words.pyi").read_text())

        commands, _ = self.block(COOKBOOK, "sh", "clib wheel")
        subprocess.run(commands.replace("python3", sys.executable), shell=True, check=True,
                       cwd=self.folder, stdout=subprocess.PIPE,
                       env={**os.environ, "PYTHONPATH": str(SHIM)})
        wheel, = (self.folder / "dist").iterdir()
        self.assertRegex(wheel.name, r"words-1\.0-py3-none-\w+\.whl")
        (self.folder / "words").mkdir()
        module, _ = self.block(COOKBOOK, "python", "load_package")
        (self.folder / "words/__init__.py").write_text(module, encoding="utf-8")
        os.rename(library, self.folder / "words/libwords.so")
        printed = run(sys.executable, "-c", "import words; print(words.WordCount)",
                      PYTHONPATH=f"{SHIM}:{self.folder}")
        self.assertEqual(printed, "<class 'words.WordCount'>\n")

    def test_functions_for_c(self):
        of_class, _ = self.block(COOKBOOK, "cpp", "class word_count")
        self.write("word_count.hpp", "#pragma once\n" + of_class[:of_class.index("CLIB_MODULE")])
        code, _ = self.block(COOKBOOK, "cpp", "word_count.hpp")
        library = self.own_library(code, ["words_add", "words_free", "words_most_frequent",
                                          "words_new"])
        header = run(sys.executable, "-m", "clib", "header", library, PYTHONPATH=str(SHIM))
        self.assertIn("words* words_new(void);", header)

    def test_somebody_elses_library(self):
        code, _ = self.block(COOKBOOK, "cpp", "re2/re2.h")
        self.assertEqual(code, (ROOT / "examples/regex/regex.cpp").read_text(encoding="utf-8"))
        if "REGEX_LIBRARY" not in os.environ:
            self.skipTest("RE2 is not installed, or made for another C++ library")
        code, expected = self.block(COOKBOOK, "python", "REGEX_LIBRARY")
        self.assertEqual(self.run_python(code), expected)

    def test_what_it_says_of_build_systems_is_what_the_consumers_do(self):
        wrap, _ = self.block(INSTALL, "ini", "clib")
        for consumer in ("headers", "shim"):
            self.assertEqual((HERE / consumer / "subprojects/clib.wrap").read_text(), wrap)
        of_module = HERE / "module"
        self.assertEqual(self.block(COOKBOOK, "cmake", "clib_add_module")[0],
                         (of_module / "CMakeLists.txt").read_text())
        self.assertEqual(self.block(COOKBOOK, "meson", "clib")[0],
                         (of_module / "meson.build").read_text())
        cmake, _ = self.block(INSTALL, "cmake", "clib::shim")
        used = "".join((HERE / each / "CMakeLists.txt").read_text() for each in ("headers", "shim"))
        for line in cmake.splitlines():
            self.assertIn(line, used.splitlines())

    def test_what_is_compiled_by_hand(self):
        command = re.findall(r"`(g\+\+ [^`]*module\.map)`", pages.text_of(COOKBOOK).replace("\n", " "))
        self.assertEqual(len(command), 1)
        code, _ = self.block(COOKBOOK, "cpp", "class word_count")
        self.write("words.cpp", code)
        (self.folder / "include").symlink_to(ROOT / "include")
        (self.folder / "shim").symlink_to(SHIM)
        subprocess.run([*CXX, *command[0].split()[1:]], check=True, cwd=self.folder)
        script, expected = self.block(COOKBOOK, "python", "WORDS_LIBRARY")
        self.assertEqual(
            self.run_python(script, WORDS_LIBRARY=str(self.folder / "libwords.so")), expected)

    def test_c_writes_into_no_bytes(self):
        code, _ = self.block(C_PAGE, "python", "CLIB_LIBRARY")
        code += "clib.clib_char_buffer_read(buffer, 0, b'immutable', 9)\n"
        with self.assertRaisesRegex(AssertionError, "ctypes.ArgumentError"):
            run(sys.executable, self.write("main.py", code))

    def test_the_commands_to_begin_with_are_there(self):
        for commands, _ in (self.block("README.md", "sh", "examples/run"),
                            self.block(INSTALL, "sh", "examples/run")):
            for line in commands.splitlines():
                self.assertTrue(os.access(ROOT / line.split()[0], os.X_OK), line)

    def test_the_commands_of_the_tests(self):
        """The options, suites and tests that they name are there."""
        commands, _ = self.block("tests/README.md", "sh", "meson test")
        build_files = "".join(path.read_text(encoding="utf-8") for path in
                              [ROOT / "meson_options.txt", *ROOT.glob("tests/**/meson.build")])
        named = re.findall(r"--suite (\w+)|-D(\w+)=|'(\w+) (?:native|ctypes)'", commands)
        self.assertGreater(len(named), 3)
        for words in named:
            self.assertIn(f"'{''.join(words)}'", build_files)

    def test_the_figures_are_those_of_the_measurements(self):
        def rows(page):
            table = "| work |" + pages.text_of(page).partition("| work |")[2].partition("\n\n")[0]
            header, _, *lines = [line.strip("| ").split(" | ") for line in table.splitlines()]
            places = [next(i for i, name in enumerate(header) if name.startswith(each))
                      for each in ("clib", "nanobind", "pybind11", "ctypes")]
            return [[line[i] for i in places] for line in lines]

        shown, measured = rows("README.md"), rows("tests/bench/README.md")
        self.assertGreaterEqual(len(shown), 10)
        for row in shown:
            self.assertIn(row, measured)

    def test_codes_are_those_of_the_header(self):
        header = (ROOT / "shim/clib.h").read_text(encoding="utf-8")
        page = pages.text_of(C_PAGE)
        declared = re.findall(r"^#define (CLIB_(?:OK|E_\w+)) \(?(-?\d+)\)?", header, re.MULTILINE)
        listed = re.findall(r"^\| `(CLIB_\w+)` \| (-?\d+) \|", page, re.MULTILINE)
        self.assertEqual(listed, declared[:len(listed)])
        exceptions = page.partition("These are `throw stop_iteration{}`")[2].partition("##")[0]
        names = [f"CLIB_E_{name.upper()}" for name in re.findall(r"`([a-z_]+)`", exceptions)]
        self.assertEqual([names.index(name) for name, _ in declared[len(listed):]],
                         list(range(len(declared) - len(listed))))


if __name__ == "__main__":
    unittest.main()
