# SPDX-License-Identifier: MIT
"""gdb shows clib's types as clib-gdb.py has it."""

import os
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(os.environ["CLIB_ROOT"])
LIBRARY = pathlib.Path(os.environ["CLIB_LIBRARY"])
PRINTERS = ROOT / "include/clib/clib-gdb.py"


class Gdb(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        gdb = shutil.which("gdb")
        if gdb is None:
            raise unittest.SkipTest("gdb is not installed")
        with tempfile.TemporaryDirectory() as folder:
            program = pathlib.Path(folder) / "main"
            subprocess.run(
                [*shlex.split(os.environ["CXX"]), "-std=c++20", "-g", "-pthread", f"-I{ROOT}/include",
                 f"-I{ROOT}/shim", pathlib.Path(__file__).parent / "gdb/main.cpp", "-o", program,
                 f"-L{LIBRARY.parent}", "-lclib", f"-Wl,-rpath,{LIBRARY.parent}"], check=True)
            names = ["words", "none", "with_nul", "text", "nothing", "counter", "handle", "greatest", "address",
                     "file", "bits"]
            ran = subprocess.run(
                [gdb, "-nx", "-batch", "-ex", f"source {PRINTERS}", "-ex", "set debuginfod enabled off",
                 "-ex", "break stop", "-ex", "run", "-ex", "up",
                 *[part for name in names for part in ("-ex", f"echo {name} is \\ ",
                                                        "-ex", f"output {name}", "-ex", "echo \\n")],
                 program], capture_output=True, text=True, timeout=60, env={**os.environ, "LD_PRELOAD": ""})
        if "ptrace" in ran.stderr or "Couldn't get registers" in ran.stderr:
            raise unittest.SkipTest("gdb may not look into programs here")
        cls.shown = dict(re.findall(r"^(\w+) is +(.*)$", ran.stdout, re.MULTILINE))
        cls.output = ran.stdout + ran.stderr

    def check(self, name, expected):
        self.assertRegex(self.shown.get(name, self.output), rf"^{expected}$")

    def test_text(self):
        self.check("words", '"so it goes"')
        self.check("none", '""')
        self.check("with_nul", r'"a\\000b"')
        self.check("text", '"text of C"')
        self.check("nothing", "NULL")

    def test_a_counter(self):
        self.check("counter", "counter at 7")

    def test_a_handle(self):
        shown = self.shown.get("bits", self.output)  # as the header takes the handle apart
        bits = re.search(r"slot = \d+, generation = \d+, owner = \d+(?=\}$)", shown)
        self.assertIsNotNone(bits, shown)
        self.check("greatest", r"clib_counter \* const handle = \{" + bits[0] + r"\}")
        self.check("handle", r"clib_counter \* const handle = "
                             r"\{slot = 0, generation = \d+, owner = \d+\}")

    def test_an_address_is_no_handle(self):
        self.check("address", r"\(clib_counter \* const\) 0x[0-9a-f]+")
        self.check("file", r"\(FILE \* const\) 0x[0-9a-f]+ .*|\(FILE \* const\) 0x[0-9a-f]+")
