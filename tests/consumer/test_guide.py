# SPDX-License-Identifier: MIT
"""Does what include/clib/ffi/README.md says: shows the examples as they are, and adds a kind by the
guide alone, in a copy of the tree."""

import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

import pages

ROOT = pathlib.Path(os.environ["CLIB_ROOT"])
CXX = [*shlex.split(os.environ["CXX"]), "-std=c++20"]
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]

GUIDE = "include/clib/ffi/README.md"

SCRIPT = """
import sys, clib
letters = clib.load(sys.argv[1])
print(letters.__native__, letters.after("a"))
for wrong in ("ab", 5, "\\u00e9"):
    try:
        print(letters.after(wrong))
    except TypeError as error:
        print(error)
"""


def block(language, words):
    """The one block in this language that has these words."""
    return pages.block(GUIDE, language, words).code


def insert(path, before, line):
    """Adds a line before the last one that has these words."""
    head, found, rest = path.read_text(encoding="utf-8").rpartition(before)
    if not found:
        raise AssertionError(f"{path} has no {before!r}")
    path.write_text(f"{head}{line.rstrip()}\n{before}{rest}", encoding="utf-8")


class Guide(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_the_examples_are_those_of_the_tree(self):
        for language, name in (("cpp", "weather.cpp"), ("python", "weather.py")):
            code = (ROOT / "examples/kind" / name).read_text(encoding="utf-8")
            self.assertEqual(block(language, "weather"), code)

    def test_a_kind_is_added_by_the_guide_alone(self):
        tree = self.folder / "tree"
        shutil.copytree(ROOT / "include", tree / "include")
        shutil.copytree(ROOT / "shim/clib", tree / "shim/clib")
        ffi, package = tree / "include/clib/ffi", tree / "shim/clib"
        last = "    CLIB_KIND_ADDRESS = 23"
        header = (ffi / "describe.h").read_text(encoding="utf-8")
        self.assertIn(last, header)
        (ffi / "describe.h").write_text(
            header.replace(last, f"    {block('c', 'CHARACTER').split('/*')[0].strip()},\n{last}"),
            encoding="utf-8")
        (ffi / "kinds/character.hpp").write_text(block("cpp", "struct kind<T>"), encoding="utf-8")
        insert(ffi / "kinds.hpp", "#include <clib/ffi/kinds/memory.hpp>",
               block("cpp", "kinds/character.hpp>"))
        (package / "kinds/character.py").write_text(block("python", "class Character"),
                                                    encoding="utf-8")
        insert(package / "kinds/__init__.py", '    "address": (23,),',
               f"    {block('python', '(99,)')}")
        self.assertEqual(self.printed_both_ways(tree, block("cpp", "letters_after"), SCRIPT), [
            [f"{is_native} b",
             "after: letter must be a str of one ASCII character, not str",
             "after: letter must be a str of one ASCII character, not int",
             "after: letter must be a str of one ASCII character, not str"]
            for is_native in (True, False)])

    def test_who_owns_an_object(self):
        printed = self.printed_both_ways(ROOT, block("cpp", "CLIB_MODULE(drawings"),
                                         block("python", "drawings.Square"))
        self.assertEqual(printed, [["True True 4.0", "5.0", "True 3.0"]] * 2)

    def test_ctrl_c_ends_a_long_call(self):
        printed = self.printed_both_ways(ROOT, block("cpp", "primes_below"),
                                         block("python", "KeyboardInterrupt"))
        self.assertEqual(printed, [["25", "stopped"]] * 2)

    def test_enums(self):
        printed = self.printed_both_ways(ROOT, block("cpp", "enumeration<"),
                                         block("python", "shelves.Order"))
        self.assertEqual(printed, [
            ["down up [<Order.up: 0>, <Order.down: 1>]", "True", "True",
             "name_of: one must be a member of Order, not int; pass Order(1)"]] * 2)

    def test_complex_numbers_paths_and_times(self):
        printed = self.printed_both_ways(ROOT, block("cpp", "turned"),
                                         block("python", "sundry.turned"))
        self.assertEqual(printed, [
            ["(-1+1j) /etc/passwd",
             "0:00:03 0:02:00 0:00:00.500000", "1970-01-01 00:00:00+00:00",
             "twice: time is 1000 nanoseconds, and no whole number of the unit that its type has in "
             "C++"]] * 2)

    def test_arrays(self):
        printed = self.printed_both_ways(ROOT, block("cpp", "CLIB_MODULE(grids"),
                                         block("python", "grids.table"))
        self.assertEqual(printed, [block("text", "strides of (16,) bytes").splitlines()] * 2)

    def test_arrays_of_structures(self):
        printed = self.printed_both_ways(ROOT, block("cpp", "CLIB_MODULE(space"),
                                         block("python", "space.dust"))
        self.assertEqual(printed, [block("text", "Particle(mass").splitlines()] * 2)

    def test_objects_of_python(self):
        printed = self.printed_both_ways(ROOT, block("cpp", "class history"),
                                         block("python", "past.History"))
        self.assertEqual(printed, [["None", "True"]] * 2)

    def test_exceptions_of_the_librarys_own(self):
        printed = self.printed_both_ways(ROOT, block("cpp", "struct config_error"),
                                         block("python", "config.ConfigError"))
        self.assertEqual(printed, [["ParseError a = is missing 3 True", "'parse: colour'", "4"]] * 2)

    def test_what_a_listing_may_say(self):
        printed = self.printed_both_ways(ROOT, block("cpp", "CLIB_MODULE(bag"),
                                         block("python", "bag.after"))
        self.assertEqual(printed, [block("text", "after takes").splitlines()] * 2)

    def printed_both_ways(self, tree, code, script):
        """What a script prints that gets the path of a library, natively and through ctypes."""
        source = self.folder / "library.cpp"
        source.write_text(code, encoding="utf-8")
        library = str(self.folder / "library.so")
        subprocess.run([*CXX, *STRICT, "-shared", "-fPIC", "-fvisibility=hidden", "-Wl,-Bsymbolic",
                        f"-I{tree}/include", str(source), "-o", library], check=True)
        return [subprocess.run(
            [sys.executable, "-c", script, library], check=True, text=True, stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(tree / "shim"), "CLIB_NATIVE": native}
        ).stdout.splitlines() for native in ("1", "0")]


if __name__ == "__main__":
    unittest.main()
