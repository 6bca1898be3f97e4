# SPDX-License-Identifier: MIT
"""clib.h alone: it compiles in every C and C++, and it is complete as documentation."""

import unittest

import clib_header
import toolchain

PEDANTIC = ("-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only")


class ClibHeader(unittest.TestCase):
    def compile(self, compiler, language, standard):
        toolchain.require(compiler)
        toolchain.succeed(
            compiler, "-x", language, f"-std={standard}", *PEDANTIC, f"-I{toolchain.SHIM}", "-",
            input="#include <clib.h>\n")

    def test_the_declarations_are_found(self):
        declared = clib_header.TEXT.count("CLIB_API ") - clib_header.TEXT.count("#define CLIB_API ")
        self.assertEqual(len(clib_header.FUNCTIONS), declared)
        self.assertGreater(declared, 30)

    def test_every_function_but_a_free_has_a_comment(self):
        bare = {name for comment, name in clib_header.DECLARATIONS if not comment}
        self.assertEqual({name for name in bare if not name.endswith("_free")}, set())


def add_tests():
    for compiler, language, standards in (
            ("gcc", "c", ("c99", "c11", "c17")), ("clang", "c", ("c99", "c11", "c17")),
            ("g++", "c++", ("c++11", "c++20")), ("clang++", "c++", ("c++11", "c++20"))):
        for standard in standards:
            def test(self, arguments=(compiler, language, standard)):
                self.compile(*arguments)

            setattr(ClibHeader, f"test_compiles_as_{standard}_with_{compiler}", test)


add_tests()
