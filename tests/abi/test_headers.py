# SPDX-License-Identifier: MIT
"""Every public header compiles alone and twice, and all of them in two files of one program, with
no warning. A new header is tested as soon as it exists."""

import pathlib
import subprocess
import tempfile
import unittest

import toolchain

HERE = pathlib.Path(__file__).resolve().parent


def flags_of(library):
    """Where a library's headers are, as the compiler is told; None if they are nowhere."""
    try:
        found = subprocess.run(["pkg-config", "--cflags-only-I", library], text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except FileNotFoundError:
        return None
    return found.stdout.replace("-I", "-isystem").split() if found.returncode == 0 else None


# The headers that need another library.
LIBRARIES = {"eigen.hpp": flags_of("eigen3"), "fmt.hpp": flags_of("fmt")}
FOREIGN = [flag for flags in LIBRARIES.values() for flag in flags or ()]
HEADERS = sorted(
    path.relative_to(toolchain.INCLUDE).as_posix() for path in toolchain.INCLUDE.rglob("*.hpp")
    if LIBRARIES.get(path.name, ()) is not None)


# What a header needs that not every compiler has. Without that it says so, in one sentence.
NEEDS = {
    "clib/ffi/kinds/float16.hpp": "defined __FLT16_MAX__",
    "clib/ffi/kinds/mdspan.hpp": "defined __cpp_lib_mdspan",
}


def has_what_it_needs(compiler, header):
    return header not in NEEDS or toolchain.run(
        *compiler, *toolchain.CXX20, "-E", "-x", "c++", "-",
        input=f"#include <version>\n#if !({NEEDS[header]})\n#error\n#endif\n").returncode == 0


def compile_alone_and_twice(compiler, header):
    return toolchain.run(
        *compiler, *toolchain.CXX20, *toolchain.STRICT, *FOREIGN, "-fsyntax-only", "-x", "c++", "-",
        input=f"#include <{header}>\n#include <{header}>\n")


def run_two_files(compiler):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "all_headers.hpp").write_text(
            "#pragma once\n" + "".join(f"#include <{header}>\n" for header in HEADERS
                                     if has_what_it_needs(compiler, header)))
        toolchain.succeed(
            *compiler, *toolchain.CXX20, *toolchain.STRICT, *FOREIGN, "-pthread", f"-I{folder}",
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
                if has_what_it_needs(compiler, header):
                    self.assertEqual(done.returncode, 0, done.stdout)
                else:
                    self.assertEqual(done.stdout.count(" error: "), 1, done.stdout)
                    self.assertRegex(done.stdout, "error: .*this (compiler|standard library) has no ")

    def two_files(self):
        toolchain.require_cxx(compiler)
        self.programs[name].result()

    suffix = name.replace(" ", "_")
    setattr(Headers, f"test_each_header_alone_and_twice_with_{suffix}", alone_and_twice)
    setattr(Headers, f"test_all_headers_in_two_files_with_{suffix}", two_files)


for item in toolchain.CXX.items():
    add_tests(*item)
