# SPDX-License-Identifier: MIT
"""The targets that can be counted, with each compiler: a counter is fetch_add with a compare and a
branch, an owned copy is strdup and free, or strndup and free where its length is given."""

import unittest

import callgrind
import toolchain

# The first of a thousand rounds may cost more: malloc sets itself up.
ROUNDING = 0.9


class Instructions:
    @classmethod
    def setUpClass(cls):
        toolchain.require("valgrind")
        toolchain.require_cxx(cls.compiler)
        cls.counted = callgrind.instructions(cls.compiler)

    def assert_at_most(self, counted, limit):
        self.assertLess(counted, limit + ROUNDING)

    def test_counter_next_is_fetch_add_with_a_compare_and_a_branch(self):
        self.assertGreater(self.counted["fetch_add", 0], self.counted["nothing", 0])
        self.assert_at_most(self.counted["next", 0], self.counted["fetch_add", 0] + 2)

    def test_an_owned_copy_is_strdup_and_free(self):
        lengths = [length for operation, length in self.counted if operation == "strdup"]
        self.assertGreater(self.counted["strdup", max(lengths)], max(lengths) / 100)
        for length in lengths:
            for copy, libc in (("copy_text", "strdup"), ("copy_view", "strndup")):
                with self.subTest(copy, length=length):
                    self.assert_at_most(self.counted[copy, length], self.counted[libc, length])


class WithGcc(Instructions, unittest.TestCase):
    compiler = toolchain.CXX["g++"]


class WithClang(Instructions, unittest.TestCase):
    compiler = toolchain.CXX["clang++"]
