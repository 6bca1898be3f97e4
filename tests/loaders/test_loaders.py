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
