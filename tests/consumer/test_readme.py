# SPDX-License-Identifier: MIT
"""Compiles and runs every example of README.md, and compares what it prints with what the README
says it prints: the block of text that follows it.

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

HERE = pathlib.Path(__file__).resolve().parent
ROOT = pathlib.Path(os.environ["CLIB_ROOT"])
SHIM = ROOT / "shim"
LIBRARY = pathlib.Path(os.environ["CLIB_LIBRARY"])
CXX = [*shlex.split(os.environ["CXX"]), "-std=c++20"]
CC = [*shlex.split(os.environ["CC"]), "-std=c99"]
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-pthread"]

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


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

    def block(self, language, containing):
        """The one block in this language that contains these words, and the text printed after it."""
        blocks = list(BLOCK.finditer(README))
        found = [i for i, b in enumerate(blocks) if b[1] == language and containing in b[2]]
        self.assertEqual(len(found), 1, f"one {language} block with {containing!r}")
        after = blocks[found[0] + 1]
        return blocks[found[0]][2], after[2] if after[1] == "text" else None

    def test_cpp(self):
        code, expected = self.block("cpp", "clib/clib.hpp")
        program = str(self.folder / "program")
        run(*CXX, *STRICT, f"-I{ROOT}/include", self.write("main.cpp", code), "-o", program)
        self.assertEqual(run(program), expected)

    def test_c(self):
        code, expected = self.block("c", "clib.h")
        program = str(self.folder / "program")
        run(*CC, *STRICT, f"-I{ROOT}/shim", self.write("main.c", code), "-o", program,
            f"-L{LIBRARY.parent}", "-lclib", f"-Wl,-rpath,{LIBRARY.parent}")
        self.assertEqual(run(program), expected)

    def test_python(self):
        code, expected = self.block("python", "clib.Counter()")
        self.assertEqual(self.run_python(code), expected)

    def test_ctypes_alone(self):
        code, expected = self.block("python", "CLIB_LIBRARY")
        self.assertEqual(run(sys.executable, self.write("main.py", code)), expected)

    def run_python(self, code, **environment):
        return run(sys.executable, self.write("main.py", code), PYTHONPATH=str(SHIM), **environment)

    def own_library(self, code, functions):
        """The path of libwords.so, which does what the README says."""
        library = str(self.folder / "libwords.so")
        run(*CXX, *STRICT, "-shared", "-fPIC", "-fvisibility=hidden",
            "-fno-semantic-interposition", f"-I{ROOT}/include", "-Wl,-Bsymbolic",
            "-Wl,-z,nodelete", f"-Wl,--version-script={SHIM}/module.map",
            self.write("words.cpp", code), "-o", library)
        symbols = run("nm", "-D", "--defined-only", "--format=just-symbols", library).split()
        self.assertEqual(sorted(symbols), sorted([
            "clib_describe", "words_last_error", "words_last_size", "words_last_status",
            *functions]))
        code, expected = self.block("python", "WORDS_LIBRARY")
        self.assertEqual(self.run_python(code, WORDS_LIBRARY=library), expected)
        return library

    def test_own_library(self):
        library = self.own_library(self.block("cpp", "class word_count")[0], [])
        self.write("saved.json", run(sys.executable, "-m", "clib", "describe", "--json", library,
                                     PYTHONPATH=str(SHIM)))
        commands, _ = self.block("sh", "clib describe")
        commands = commands.replace("python3", sys.executable)
        subprocess.run(commands, shell=True, check=True, cwd=self.folder, stdout=subprocess.PIPE,
                       env={**os.environ, "PYTHONPATH": str(SHIM)})
        self.assertIn("class WordCount:", (self.folder / "words.pyi").read_text())

        commands, _ = self.block("sh", "clib wheel")
        subprocess.run(commands.replace("python3", sys.executable), shell=True, check=True,
                       cwd=self.folder, stdout=subprocess.PIPE,
                       env={**os.environ, "PYTHONPATH": str(SHIM)})
        wheel, = (self.folder / "dist").iterdir()
        self.assertRegex(wheel.name, r"words-1\.0-py3-none-\w+\.whl")
        (self.folder / "words").mkdir()
        module, _ = self.block("python", "load_package")
        (self.folder / "words/__init__.py").write_text(module, encoding="utf-8")
        os.rename(library, self.folder / "words/libwords.so")
        printed = run(sys.executable, "-c", "import words; print(words.WordCount)",
                      PYTHONPATH=f"{SHIM}:{self.folder}")
        self.assertEqual(printed, "<class 'words.WordCount'>\n")

    def test_functions_for_c(self):
        of_class, _ = self.block("cpp", "class word_count")
        self.write("word_count.hpp", "#pragma once\n" + of_class[:of_class.index("CLIB_MODULE")])
        code, _ = self.block("cpp", "word_count.hpp")
        library = self.own_library(code, ["words_add", "words_free", "words_most_frequent",
                                          "words_new"])
        header = run(sys.executable, "-m", "clib", "header", library, PYTHONPATH=str(SHIM))
        self.assertIn("words* words_new(void);", header)

    def test_somebody_elses_library(self):
        code, _ = self.block("cpp", "re2/re2.h")
        self.assertEqual(code, (ROOT / "examples/regex/regex.cpp").read_text(encoding="utf-8"))
        if "REGEX_LIBRARY" not in os.environ:
            self.skipTest("RE2 is not installed, or made for another C++ library")
        code, expected = self.block("python", "REGEX_LIBRARY")
        self.assertEqual(self.run_python(code), expected)

    def test_what_it_says_of_build_systems_is_what_the_consumers_do(self):
        wrap, _ = self.block("ini", "clib")
        for consumer in ("headers", "shim"):
            self.assertEqual((HERE / consumer / "subprojects/clib.wrap").read_text(), wrap)
        of_module = HERE / "module"
        self.assertEqual(self.block("cmake", "clib_add_module")[0],
                         (of_module / "CMakeLists.txt").read_text())
        self.assertEqual(self.block("meson", "clib")[0], (of_module / "meson.build").read_text())
        cmake, _ = self.block("cmake", "clib::shim")
        used = "".join((HERE / each / "CMakeLists.txt").read_text() for each in ("headers", "shim"))
        for line in cmake.splitlines():
            self.assertIn(line, used.splitlines())

    def test_what_is_compiled_by_hand(self):
        command = re.findall(r"`(g\+\+ [^`]*module\.map)`", README)
        self.assertEqual(len(command), 1)
        code, _ = self.block("cpp", "class word_count")
        self.write("words.cpp", code)
        (self.folder / "include").symlink_to(ROOT / "include")
        (self.folder / "shim").symlink_to(SHIM)
        subprocess.run([*CXX, *command[0].split()[1:]], check=True, cwd=self.folder)
        script, expected = self.block("python", "WORDS_LIBRARY")
        self.assertEqual(
            self.run_python(script, WORDS_LIBRARY=str(self.folder / "libwords.so")), expected)

    def test_c_writes_into_no_bytes(self):
        code, _ = self.block("python", "CLIB_LIBRARY")
        code += "clib.clib_char_buffer_read(buffer, 0, b'immutable', 9)\n"
        with self.assertRaisesRegex(AssertionError, "ctypes.ArgumentError"):
            run(sys.executable, self.write("main.py", code))

    def test_no_example_is_left_out(self):
        languages = [block[1] for block in BLOCK.finditer(README)]
        tested = {"cpp": 4, "c": 1, "python": 5, "ini": 1, "cmake": 2, "meson": 1, "text": 6, "sh": 3}
        self.assertEqual({each: languages.count(each) for each in set(languages)}, tested)

    def test_codes_are_those_of_the_header(self):
        header = (ROOT / "shim/clib.h").read_text(encoding="utf-8")
        declared = re.findall(r"^#define (CLIB_(?:OK|E_\w+)) \(?(-?\d+)\)?", header, re.MULTILINE)
        listed = re.findall(r"^\| `(CLIB_\w+)` \| (-?\d+) \|", README, re.MULTILINE)
        self.assertEqual(listed, declared[:len(listed)])
        exceptions = README.partition("These are `throw stop_iteration{}`")[2].partition("##")[0]
        names = [f"CLIB_E_{name.upper()}" for name in re.findall(r"`([a-z_]+)`", exceptions)]
        self.assertEqual([names.index(name) for name, _ in declared[len(listed):]],
                         list(range(len(declared) - len(listed))))


if __name__ == "__main__":
    unittest.main()
