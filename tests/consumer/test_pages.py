# SPDX-License-Identifier: MIT
"""Every page: its links lead somewhere, README.md lists it, and each of its blocks of code is tested.

A block is tested in one of three ways.

- A test of this folder asks for it: block("language", "words that it has").
- It is a part of a file that the tests build or run.
- It is run here. A cpp block with CLIB_MODULE is built as a library. A cpp or c block with main() is
  built as a program; the header "NAME.h" is made of a library that is built before. A python block
  runs with the package and the library above it on its page, as sys.argv[1] and as a module to import,
  natively and through ctypes. After "prints", a block of text is what it prints.

A block of text that is not what another prints, and a diagram, need no test.
"""

import ast
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
SHIM = pages.ROOT / "shim"
LIBRARY = os.environ["CLIB_LIBRARY"]
CXX = [*shlex.split(os.environ["CXX"]), "-std=c++20"]
CC = [*shlex.split(os.environ["CC"]), "-std=c99"]
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-pthread"]
MODULE = ["-shared", "-fPIC", "-fvisibility=hidden", "-Wl,-Bsymbolic"]

COOKBOOK = "include/clib/ffi/README.md"
# Pages whose blocks another test runs, all of them.
RUN_ELSEWHERE = {"examples/README.md": "tests/loaders/test_loaders.py"}
SEEN = {"text", "mermaid"}  # what is looked at
SHOWN_IN = ("examples", "shim", "tests/consumer")  # where files are whose parts pages show
MOST_LINES = 250  # of README.md


def blocks_that_tests_ask_for():
    """(page, language, words) of each call block("language", "words") in this folder. Its first
    argument may be a page; without one it means the cookbook."""
    asked = []
    for file in HERE.glob("test_*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        names = {each.targets[0].id: each.value.value for each in tree.body
                 if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(
                    node.func, "attr", getattr(node.func, "id", "")) == "block":
                words = [each.value if isinstance(each, ast.Constant) else
                         names.get(getattr(each, "id", "")) for each in node.args]
                if len(words) in (2, 3) and None not in words:
                    asked.append((COOKBOOK, *words)[-3:])
    return asked


def shown_files():
    return [path.read_text(encoding="utf-8", errors="replace")
            for folder in SHOWN_IN for path in (pages.ROOT / folder).rglob("*")
            if path.is_file() and path.suffix in {
                ".c", ".cpp", ".h", ".hpp", ".py", ".js", ".mjs", ".lua", ".rb", ".rs", ".cs", ".java",
                ".build", ".txt", ".in", ".toml", ".wrap", ".cmake"}]


def is_run_here(block):
    if block.language in ("cpp", "c"):
        return "CLIB_MODULE(" in block.code or "int main(" in block.code
    return block.language == "python"


class Links(unittest.TestCase):
    def test_each_leads_somewhere(self):
        for page in pages.every_page():
            for link in pages.links(page):
                with self.subTest(page=page, link=link):
                    if "://" in link:
                        continue
                    path, _, anchor = link.partition("#")
                    target = os.path.normpath(os.path.join(os.path.dirname(page), path))
                    if not path:
                        target = page
                    self.assertTrue((pages.ROOT / target).exists(), "there is no such file")
                    if anchor:
                        self.assertIn(anchor, pages.anchors(target))

    def test_readme_lists_every_page(self):
        listed = {os.path.normpath(link.partition("#")[0]) for link in pages.links("README.md")
                  if link.partition("#")[0]}
        for page in pages.every_page():
            with self.subTest(page=page):
                self.assertTrue(page == "README.md" or page in listed
                                or os.path.basename(page) == "README.md"
                                and os.path.dirname(page) in listed)

    def test_readme_is_short(self):
        self.assertLessEqual(pages.text_of("README.md").count("\n"), MOST_LINES)

    def test_a_contents_list_has_every_heading(self):
        """Of a page that begins with one, but for the cookbook, to whose end sections are added."""
        for page in pages.every_page():
            if page == COOKBOOK:
                continue
            text = pages.text_of(page)
            contents = re.findall(r"^- \[.*\]\(#(\S+)\)$", text, re.MULTILINE)
            if contents:
                headings = re.findall(r"^## ", re.sub(r"(?ms)^ *```.*?^ *```$", "", text), re.MULTILINE)
                with self.subTest(page=page):
                    self.assertEqual(len(contents), len(headings))


class Pictures(unittest.TestCase):
    def test_each_has_words_for_who_does_not_see_it(self):
        for page in pages.every_page():
            for words, file in re.findall(r"!\[(.*?)\]\(([^)]*)\)", pages.text_of(page)):
                with self.subTest(page=page, file=file):
                    self.assertGreater(len(words.split()), 10)
                    picture = (pages.ROOT / os.path.dirname(page) / file).read_text(encoding="utf-8")
                    self.assertRegex(picture, r"<title[^>]*>\w")

    def test_text_has_contrast(self):
        """4.5 or more, on white."""
        def light(part):
            value = int(part, 16) / 255
            return value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4

        picture = (pages.ROOT / "tests/bench/contest/contest.svg").read_text(encoding="utf-8")
        self.assertRegex(picture, r'id="patch_1">\s*<path [^>]*style="fill: #ffffff"')
        colours = set(re.findall(r'<g style="fill: #(\w{6})"', picture))
        self.assertTrue(colours)
        for colour in colours:
            red, green, blue = (light(colour[i:i + 2]) for i in (0, 2, 4))
            self.assertGreater(1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05), 4.5)


class Blocks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        asked, files = blocks_that_tests_ask_for(), shown_files()
        cls.to_run, cls.untested = [], []
        for page in pages.every_page():
            if (pages.ROOT / RUN_ELSEWHERE.get(page, "nowhere")).is_file():
                continue
            for block in pages.blocks(page):
                is_asked_for = any(each == page and language == block.language and words in block.code
                                   for each, language, words in asked)
                if (block.language in SEEN or is_asked_for
                        or any(block.code in file for file in files)):
                    continue
                (cls.to_run if is_run_here(block) else cls.untested).append(block)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_each_is_tested(self):
        self.assertEqual(
            [f"{block.page}:{block.line}: no test runs this {block.language} block"
             for block in self.untested], [])

    def test_each_prints_what_its_page_says(self):
        library = None
        self.built = {}  # by name, each the first of it
        for number, block in enumerate(self.to_run):
            if library and library[0] != block.page:
                library = None
            with self.subTest(f"{block.page}:{block.line}"):
                if block.language == "python":
                    self.check_python(block, library and library[1])
                elif "CLIB_MODULE(" in block.code:
                    library = block.page, self.build_library(block, number)
                else:
                    self.check_program(block, number)

    def test_what_you_write_is_run(self):
        """Each piece of code in the column "you write" is in the page's blocks."""
        page = "shim/MIGRATING.md"
        code = " ".join("".join(each.code for each in pages.blocks(page)).split())
        rows = re.findall(r"^\| .* \| (.*) \|$", "".join(re.findall(
            r"(?ms)^\| you wrote.*?\n\n", pages.text_of(page))), re.MULTILINE)
        self.assertGreater(len(rows), 50)
        for row in rows:
            for written in re.findall(r"`([^`]+)`", row):
                with self.subTest(row):
                    self.assertIn(written, code)

    def build_library(self, block, number):
        folder = self.folder / str(number)
        folder.mkdir()
        name = re.search(r"CLIB_MODULE\(\s*(\w+)", block.code)[1]
        source, library = folder / f"{name}.cpp", folder / f"lib{name}.so"
        source.write_text(block.code, encoding="utf-8")
        self.run_it(*CXX, *STRICT, *MODULE, f"-I{pages.ROOT}/include", source, "-o", library)
        (folder / f"{name}.py").write_text(
            pages.block(COOKBOOK, "python", "load_package").code, encoding="utf-8")
        self.built.setdefault(name, library)
        return library

    def check_program(self, block, number):
        source, program = self.folder / f"{number}.{block.language}", self.folder / f"{number}"
        source.write_text(block.code, encoding="utf-8")
        if block.language == "cpp":
            self.run_it(*CXX, *STRICT, f"-I{pages.ROOT}/include", source, "-o", program)
        else:
            name = re.search(r'#include "(\w+)\.h"', block.code)
            library = self.built[name[1]] if name else LIBRARY
            folder = os.path.dirname(library)
            if name:
                self.run_it(sys.executable, "-m", "clib", "header", library, "-o",
                            f"{folder}/{name[1]}.h", environment={"PYTHONPATH": str(SHIM)})
            self.run_it(*CC, *STRICT, f"-I{SHIM}", f"-I{pages.ROOT}/include", f"-I{folder}", source,
                        "-o", program, library, f"-Wl,-rpath,{folder}")
        self.check_printed(block, self.run_it(program))

    def check_python(self, block, library):
        script = self.folder / "main.py"
        script.write_text(block.code, encoding="utf-8")
        path = os.pathsep.join(map(str, [SHIM, *([library.parent] if library else [])]))
        for native in "10":
            self.check_printed(block, self.run_it(
                sys.executable, script, *([library] if library else []),
                environment={"PYTHONPATH": path, "CLIB_NATIVE": native}))

    def check_printed(self, block, printed):
        self.assertEqual(printed, block.printed or "")

    def run_it(self, *command, environment=()):
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True,
                              env={**os.environ, **dict(environment)})
        self.assertEqual((done.returncode, done.stderr), (0, ""), command)
        return done.stdout


if __name__ == "__main__":
    unittest.main()
