# SPDX-License-Identifier: MIT
"""One version number everywhere; what follows the major number follows it."""

import ctypes
import os
import pathlib
import re
import unittest

import clib_header
import toolchain

VERSION = os.environ["CLIB_VERSION"]  # the build's
MAJOR, MINOR, PATCH = map(int, VERSION.split("."))
LIBRARY = pathlib.Path(os.environ["CLIB_LIBRARY"])


class Version(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.library = ctypes.CDLL(str(LIBRARY))

    def test_macros_of_the_c_header(self):
        self.assertEqual(clib_header.macro("CLIB_VERSION_STRING"), VERSION)
        parts = [clib_header.macro(f"CLIB_VERSION_{part}") for part in ("MAJOR", "MINOR", "PATCH")]
        self.assertEqual(".".join(parts), VERSION)

    def test_macros_of_the_cpp_headers(self):
        toolchain.require("g++")
        # The two headers define the same macros. Not in the same words, and this does not compile.
        toolchain.succeed(
            "g++", *toolchain.CXX20, f"-I{toolchain.SHIM}", "-Werror", "-fsyntax-only", "-x", "c++",
            "-", input="#include <clib/version.hpp>\n#include <clib.h>\n")

    def test_at_run_time(self):
        self.library.clib_version.restype = ctypes.c_char_p
        self.assertEqual(self.library.clib_version().decode(), VERSION)

    def test_at_least(self):
        at_least = self.library.clib_version_at_least
        at_least.argtypes = [ctypes.c_int64] * 3
        at_least.restype = ctypes.c_int64
        for version, expected in (
                ((MAJOR, MINOR, PATCH), 1),
                ((MAJOR, 0, 0), 1),
                ((MAJOR, MINOR - 1, PATCH + 99), 1),
                ((MAJOR, MINOR, PATCH + 1), 0),
                ((MAJOR, MINOR + 1, 0), 0),
                ((MAJOR + 1, 0, 0), 0),
                ((MAJOR - 1, MINOR, PATCH), 0)):
            self.assertEqual(at_least(*version), expected, version)

    def test_file_and_soname(self):
        toolchain.require("readelf")
        self.assertEqual(LIBRARY.name, f"libclib.so.{VERSION}")
        dynamic = toolchain.succeed("readelf", "--dynamic", "--wide", LIBRARY)
        self.assertEqual(re.findall(r"soname: \[(.*)\]", dynamic), [f"libclib.so.{MAJOR}"])

    def test_the_last_change_written_down_is_of_this_version(self):
        page = (toolchain.SHIM / "VERSIONS.md").read_text(encoding="utf-8")
        self.assertEqual(re.findall(r"(?m)^### (\d+\.\d+\.\d+)", page)[0], VERSION)

    def test_packages(self):
        packaging = toolchain.ROOT / "examples/packaging"
        changelog = (packaging / "debian/changelog").read_text(encoding="utf-8")
        self.assertEqual(re.findall(r"^clib \((.*)-\d+\)", changelog)[0], VERSION)
        wrap = (packaging / "clib.wrap").read_text(encoding="utf-8")
        self.assertEqual(re.findall(r"clib-(\d+\.\d+\.\d+)", wrap), [VERSION] * 2)
        self.assertTrue((packaging / f"debian/libclib{MAJOR}.symbols").exists())

    def test_headers_without_exceptions(self):
        """Those of shim/VERSIONS.md build; the first error of any other says what to do."""
        for compiler in filter(toolchain.is_usable, [("g++",), ("clang++",)]):
            for header, builds in (("add_one", True), ("text", True), ("deleter", True),
                                   ("fill", False), ("counter", False), ("c_string", False),
                                   ("char_buffer", False), ("ffi", False)):
                done = toolchain.run(
                    *compiler, *toolchain.CXX20, "-fno-exceptions", "-Wfatal-errors",
                    "-fsyntax-only", "-x", "c++", "-", input=f"#include <clib/{header}.hpp>\n")
                self.assertEqual(done.returncode == 0, builds, f"{header} {compiler}\n{done.stdout}")
                if not builds:
                    self.assertIn("compile without -fno-exceptions, or use its C ABI", done.stdout)

    def test_version_node_follows_the_major_number(self):
        toolchain.require("nm")
        symbols = toolchain.succeed("nm", "-D", "--defined-only", LIBRARY)
        self.assertEqual(set(re.findall(r"@@(\w+)", symbols)), {f"CLIB_{MAJOR}"})

    def test_namespace_follows_the_major_number(self):
        for header in toolchain.INCLUDE.rglob("*.hpp"):
            text = header.read_text(encoding="utf-8")
            opened = set(re.findall(r"^namespace (clib\S*(?: v\w+)?)", text, re.MULTILINE))
            for namespace in opened:
                self.assertRegex(namespace, rf"^clib::inline v{MAJOR}\b", header)
