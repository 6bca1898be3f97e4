# SPDX-License-Identifier: MIT
"""The shim exports the functions of clib.h and nothing else, at every optimisation level and with
every compiler, and it stays small."""

import os
import pathlib
import tempfile
import unittest

import clib_header
import toolchain

LEVELS = ("-O0", "-O2")
# The goal is 100; native functions, outcomes, exits and the parts of values took more.
MAX_STRIPPED_SIZE = 152 * 1024


def build_shim(folder, compiler, level):
    """Builds the shim with the flags that shim/meson.build gives it, all symbols resolved."""
    library = pathlib.Path(folder) / f"{'-'.join(compiler)}{level}.so".replace("=", "-")
    smaller = ("-fno-reorder-blocks-and-partition",) if compiler[0] == "g++" else ()
    toolchain.succeed(
        *compiler, *toolchain.CXX20, level, *smaller, "-fno-semantic-interposition", "-fPIC", "-shared",
        "-pthread", "-DCLIB_BUILDING", "-fvisibility=hidden", "-fvisibility-inlines-hidden",
        f"-Wl,--version-script={toolchain.SHIM / 'clib.map'}", "-Wl,-Bsymbolic",
        "-Wl,-z,defs", "-Wl,-z,noseparate-code",
        toolchain.SHIM / "clib.cpp", "-o", library)
    return library


def symbols(library, *arguments):
    """Name and type of the dynamic symbols; a version node, of type A, is no symbol of the code."""
    lines = toolchain.succeed("nm", "-D", "--format=posix", *arguments, library).splitlines()
    found = (line.split()[:2] for line in lines)
    return {name.split("@")[0]: kind for name, kind in found if kind != "A"}


class Exports(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        toolchain.require("nm", "strip")
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.builds = {
            (name, level): toolchain.jobs.submit(build_shim, folder.name, compiler, level)
            for name, compiler in toolchain.CXX.items() for level in LEVELS}

    def check(self, name, level):
        toolchain.require_cxx(toolchain.CXX[name])
        library = self.builds[name, level].result()

        exported = symbols(library, "--defined-only")
        self.assertEqual(set(exported), clib_header.FUNCTIONS)
        self.assertEqual(set(exported.values()), {"T"}, "something exported is no function")

        python = {symbol for symbol in symbols(library, "--undefined-only") if "Py" in symbol}
        self.assertEqual(python, set(), "the shim needs a Python to be loaded")

        if level == "-O2":
            toolchain.succeed("strip", library)
            self.assertLess(os.stat(library).st_size, MAX_STRIPPED_SIZE)


def add_tests():
    for name in toolchain.CXX:
        for level in LEVELS:
            def test(self, arguments=(name, level)):
                self.check(*arguments)

            setattr(Exports, f"test_exports_with_{name}_{level}".replace(" ", "_"), test)


add_tests()
