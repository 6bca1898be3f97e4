# SPDX-License-Identifier: MIT
"""What stands in shim/clib.h."""

import re

import toolchain

PATH = toolchain.SHIM / "clib.h"
TEXT = PATH.read_text(encoding="utf-8")

# Of each function its comment, "" if it has none, and its name.
DECLARATIONS = re.findall(
    r"(/\*(?:(?!\*/).)*\*/\n|)CLIB_API\s[^;(]*?(\w+)\([^;]*\) CLIB_NOEXCEPT;", TEXT, re.DOTALL)
FUNCTIONS = {name for _, name in DECLARATIONS}

# Of each status its name and number.
STATUSES = {
    name: int(number) for name, number in
    re.findall(r"#define (CLIB_OK|CLIB_E_\w+) \(?(-?\d+)\)?", TEXT)}


def macro(name):
    return re.search(rf'#define {name} "?([\w.]+)"?\n', TEXT)[1]
