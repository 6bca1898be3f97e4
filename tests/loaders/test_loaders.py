# SPDX-License-Identifier: MIT
"""The loaders of examples/ for other languages: what each must do (checks.*), what its example
prints, which is the same in all of them, and the guide to writing one, examples/README.md."""

import glob
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLES = HERE.parents[1] / "examples"
SAMPLER = os.environ["SAMPLER_LIBRARY"]
# Without RE2, that part is left out.
LIBRARIES = [SAMPLER, *filter(None, [os.environ.get("REGEX_LIBRARY")])]

PRINTED = """\
a callback:   so came for the third time
an object:    3 words, and so is the most frequent
iteration:    goes 2, it 2, so 3
containers:   so is at 0, 3, 6
an enum:      c, b, a
numbers:      30, in place, from which the mean is 20
refused:      WordCount.add: word is empty; pass at least one letter
refused:      next: number is 128, outside the range of int8_t
refused:      there is no digit at 2
refused:      WordCount.add: self is a closed WordCount; pass a live one
"""


def run(*command):
    ran = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=100)
    if ran.returncode != 0:
        raise AssertionError(f"{command[0]} ended with {ran.returncode}:\n{ran.stdout}{ran.stderr}")
    return ran.stdout


def newest_jdk():
    """The folder with the programs of a JDK that has java.lang.foreign, or None."""
    found = []
    for home in [os.environ.get("JAVA_HOME", ""), *glob.glob("/usr/lib/jvm/*")]:
        release = pathlib.Path(home) / "release"
        if home and release.exists() and (pathlib.Path(home) / "bin/javac").exists():
            version = re.search(r'^JAVA_VERSION="(\d+)', release.read_text(), re.MULTILINE)
            found.append((int(version[1]) if version else 0, pathlib.Path(home) / "bin"))
    return max(found, default=(0, None))[1] if max(found, default=(0, None))[0] >= 22 else None


class LanguageTest(unittest.TestCase):
    maxDiff = None

    def program(self, name):
        found = shutil.which(name)
        if found is None:
            self.skipTest(f"{name} is not installed")
        return found

    def node(self):
        node = self.program("node")
        if not (pathlib.Path(os.environ.get("NODE_PATH", "")) / "koffi").exists():
            self.skipTest("koffi is not in build-node: npm could not install it")
        return node

    def jdk(self):
        jdk = newest_jdk()
        if jdk is None:
            self.skipTest("there is no JDK 22 or later")
        return jdk


JAVA_FLAGS = ["-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"]


class Loaders(LanguageTest):
    def check(self, checks, example):
        """Runs the checks with all libraries, and the example."""
        self.assertRegex(run(*checks, *LIBRARIES), r"^\d\d+ checks\n\Z")
        self.assertEqual(run(*example, SAMPLER), PRINTED)

    def test_luajit(self):
        luajit = self.program("luajit")
        folder = EXAMPLES / "luajit"
        self.check([luajit, HERE / "checks.lua", folder], [luajit, folder / "words.lua"])

    def test_node(self):
        node = self.node()
        folder = EXAMPLES / "node"
        self.check([node, "--expose-gc", HERE / "checks.cjs", folder / "clib.cjs"],
                   [node, folder / "words.cjs"])

    def test_ruby(self):
        ruby = self.program("ruby")
        folder = EXAMPLES / "ruby"
        self.check([ruby, "-w", HERE / "checks.rb", folder / "clib.rb"],
                   [ruby, folder / "words.rb"])

    def test_java(self):
        jdk = self.jdk()
        with tempfile.TemporaryDirectory() as folder:
            run(jdk / "javac", "-Xlint:all,-restricted", "-Werror", "-d", folder,
                *(EXAMPLES / "java").glob("*.java"), HERE / "Checks.java")
            java = [jdk / "java", *JAVA_FLAGS, "-cp", folder]
            self.check([*java, "Checks"], [*java, "Words"])


class Numbers(unittest.TestCase):
    """The loaders have the numbers and the structures of describe.h."""

    HEADER = (EXAMPLES.parent / "include/clib/ffi/describe.h").read_text(encoding="utf-8")
    KINDS = dict(re.findall(r"CLIB_KIND_(\w+) = (\d+)", HEADER))
    ROLES = dict(re.findall(r"CLIB_ROLE_(\w+) = (\d+)", HEADER))

    def members(self, name):
        body = re.search(rf"^typedef struct {name} {{(.*?)^}} {name};", self.HEADER,
                         re.MULTILINE | re.DOTALL)[1]
        found = re.findall(r"\(\*(\w+)\)\([^;]*;|(\w+)(?:\[\d+\])?;",
                           re.sub(r"/\*.*?\*/", "", body, flags=re.DOTALL))
        return [pointer or plain for pointer, plain in found]

    def assert_are_members(self, structure, names):
        self.assertEqual(names, self.members(structure)[:len(names)])

    def test_node(self):
        code = (EXAMPLES / "node/clib.cjs").read_text(encoding="utf-8")
        for name, expected in (("KIND", self.KINDS), ("ROLE", self.ROLES)):
            found = dict(re.findall(r"(\w+): (\d+)", re.search(
                rf"^const {name} = {{(.*?)}};", code, re.MULTILINE | re.DOTALL)[1]))
            self.assertEqual(found, {each: expected[each] for each in found})
        records = re.findall(r"^const (\w+) = record\([`'](.*?)[`']\)", code, re.MULTILINE | re.DOTALL)
        self.assertEqual(len(records), 6)
        for name, text in records:
            self.assert_are_members(f"clib_{name.lower()}",
                                    [each.partition(":")[0] for each in text.split()])

    def test_ruby(self):
        code = (EXAMPLES / "ruby/clib.rb").read_text(encoding="utf-8")
        for name, expected in (("KINDS", self.KINDS), ("ROLES", self.ROLES)):
            found = re.search(rf"{name} = %i\[(.*?)\]", code, re.DOTALL)[1].upper().split()
            self.assertEqual([(each, str(number)) for number, each in enumerate(found)],
                             [*expected.items()][:len(found)])
        others = {"default_at": "default_value", "parts_at": "parts", "hash_number": "hash"}
        records = re.findall(r'^    (\w+) = of\("\w+", (.*?)\)', code, re.MULTILINE | re.DOTALL)
        self.assertEqual(len(records), 6)
        for name, names in records:
            self.assert_are_members(f"clib_{name.lower()}", [
                others.get(each, each) for each in re.findall(r":(\w+)", names)])

    def test_java(self):
        code = (EXAMPLES / "java/Clib.java").read_text(encoding="utf-8")
        for first, last, expected in (("NONE", "FUNCTION", self.KINDS),
                                      ("CONSTRUCTOR", "CONSTANT", self.ROLES)):
            found = dict(re.findall(r"([A-Z_0-9]+) = (\d+)", re.search(
                rf"\b{first} = .*?\b{last} = \d+;", code, re.DOTALL)[0]))
            self.assertEqual(found, {each: expected[each] for each in found})


class Guide(LanguageTest):
    """Each block of code in examples/README.md."""

    BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```\n", (EXAMPLES / "README.md").read_text(encoding="utf-8"),
                        re.MULTILINE | re.DOTALL)
    EMPTY = "WordCount.add: word is empty; pass at least one letter"

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def written(self, language, name, *needed):
        """The blocks in this language as one file, beside copies of the files that it needs."""
        path = self.folder / name
        path.write_text("".join(code for of, code in self.BLOCKS if of == language), encoding="utf-8")
        for each in needed:
            shutil.copy(EXAMPLES / each, self.folder)
        return path

    def check(self, printed, *command):
        ran = subprocess.run([*map(str, command), SAMPLER], cwd=self.folder, capture_output=True,
                             text=True, timeout=100)
        self.assertEqual((ran.stdout.replace("\t", " "), ran.stderr, ran.returncode), (printed, "", 0))

    def test_each_block_is_run(self):
        self.assertEqual({each for each, _ in self.BLOCKS},
                         {"lua", "js", "ruby", "java", "python", "text"})

    def test_steps(self):
        self.check(self.BLOCKS[-1][1], sys.executable, self.written("python", "steps.py"))

    def test_luajit(self):
        self.check(f"1 10 b\n{self.EMPTY} -3\n", self.program("luajit"), self.written(
            "lua", "main.lua", "luajit/clib.lua", "../include/clib/ffi/describe.h"))

    def test_node(self):
        self.check(f"1 10 b\n{self.EMPTY} -3\n", self.node(),
                   self.written("js", "main.cjs", "node/clib.cjs"))

    def test_ruby(self):
        self.check(f"1 10 b\n{self.EMPTY}\n", self.program("ruby"),
                   self.written("ruby", "main.rb", "ruby/clib.rb"))

    def test_java(self):
        main = self.written("java", "Main.java", "java/Clib.java")
        jdk = self.jdk()
        run(jdk / "javac", "-d", self.folder, main, main.parent / "Clib.java")
        self.check(f"1 10 [b, a]\n{self.EMPTY}\n", jdk / "java", *JAVA_FLAGS, "-cp", self.folder, "Main")
