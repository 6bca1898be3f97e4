# SPDX-License-Identifier: MIT
"""Every function of the shim runs in the boundary call(), which handle_table::free() does too, or
cannot fail and is named here, or is made by CLIB_MODULE.

That each is noexcept is a part of its type, which frozen.cpp holds.
"""

import re
import unittest

import clib_header
import toolchain

CANNOT_FAIL = {"clib_version", "clib_version_at_least", "clib_status_name"}

# What CLIB_MODULE defines.
BY_THE_TOOLKIT = {"clib_describe", "clib_last_error", "clib_last_size", "clib_last_status"}

# Of each function its name and how its body begins.
DEFINITIONS = re.findall(
    r"^[\w* ]+?\b(clib_\w+)\([^)]*\) noexcept \{\s*(.*)$",
    (toolchain.SHIM / "clib.cpp").read_text(encoding="utf-8"), re.MULTILINE)


class Boundary(unittest.TestCase):
    def test_every_function_is_found(self):
        self.assertEqual({name for name, _ in DEFINITIONS} | BY_THE_TOOLKIT, clib_header.FUNCTIONS)

    def test_every_function_goes_through_the_boundary(self):
        inside = re.compile(r"return (call\(\[|\w+\.free\(self\);)")
        outside = {name for name, body in DEFINITIONS if not inside.match(body)}
        self.assertEqual(outside, CANNOT_FAIL)
