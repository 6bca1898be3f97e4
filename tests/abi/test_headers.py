# SPDX-License-Identifier: MIT
"""Every public header compiles alone and twice, and all of them in two files of one program, with
no warning. A new header is tested as soon as it exists."""

import pathlib
import subprocess
import tempfile
import unittest

import toolchain

HERE = pathlib.Path(__file__).resolve().parent


def eigen():
    """Where Eigen's headers are, as the compiler is told; nothing if they are nowhere."""
    try:
        found = subprocess.run(["pkg-config", "--cflags-only-I", "eigen3"], text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except FileNotFoundError:
        return []
    return found.stdout.replace("-I", "-isystem").split()


EIGEN = eigen()
HEADERS = sorted(
    path.relative_to(toolchain.INCLUDE).as_posix() for path in toolchain.INCLUDE.rglob("*.hpp")
    if EIGEN or path.name != "eigen.hpp")


def compile_alone_and_twice(compiler, header):
    return toolchain.run(
        *compiler, *toolchain.CXX20, *toolchain.STRICT, *EIGEN, "-fsyntax-only", "-x", "c++", "-",
        input=f"#include <{header}>\n#include <{header}>\n")


def run_two_files(compiler):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "all_headers.hpp").write_text(
            "#pragma once\n" + "".join(f"#include <{header}>\n" for header in HEADERS))
        toolchain.succeed(
            *compiler, *toolchain.CXX20, *toolchain.STRICT, *EIGEN, "-pthread", f"-I{folder}",
            HERE / "two_files" / "main.cpp", HERE / "two_files" / "other.cpp",
            "-o", folder / "program")
        toolchain.succeed(folder / "program")


class Headers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.programs = {
            name: toolchain.jobs.submit(run_two_files, compiler)
            for name, compiler in toolchain.CXX.items()}
        cls.alone = {
            (name, header): toolchain.jobs.submit(compile_alone_and_twice, compiler, header)
            for name, compiler in toolchain.CXX.items() for header in HEADERS}

    def test_there_are_headers(self):
        self.assertIn("clib/clib.hpp", HEADERS)
        self.assertIn("clib/ffi/call.hpp", HEADERS)
        self.assertIn("clib/detail/char_storage.hpp", HEADERS)


def add_tests(name, compiler):
    def alone_and_twice(self):
        toolchain.require_cxx(compiler)
        for header in HEADERS:
            with self.subTest(header):
                done = self.alone[name, header].result()
                self.assertEqual(done.returncode, 0, done.stdout)

    def two_files(self):
        toolchain.require_cxx(compiler)
        self.programs[name].result()

    suffix = name.replace(" ", "_")
    setattr(Headers, f"test_each_header_alone_and_twice_with_{suffix}", alone_and_twice)
    setattr(Headers, f"test_all_headers_in_two_files_with_{suffix}", two_files)


for item in toolchain.CXX.items():
    add_tests(*item)
