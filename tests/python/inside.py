# SPDX-License-Identifier: MIT
"""What tests use of the package's inside: its modules, and the numbers of describe.h, read from the
header, by their names without the beginning: INT64 is CLIB_KIND_INT64, NULLABLE CLIB_VALUE_NULLABLE,
HANDLE_TYPE CLIB_TYPE_HANDLE."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "shim"))

import clib.kinds.integer  # noqa: E402
from clib import (  # noqa: E402, F401
    calls, callbacks, description, errors, kinds, layout, ledger, library, loading, objects, own, raised,
    reader, saved, structures,
)

_HEADER = (ROOT / "include/clib/ffi/describe.h").read_text(encoding="utf-8")
for _enum, _name, _number in re.findall(
        r"\bCLIB_(KIND|VALUE|ROLE|FUNCTION|TYPE)_(\w+) = (\d+)", _HEADER):
    globals()[f"{_name}_TYPE" if _enum == "TYPE" else _name] = int(_number)

INTEGERS = range(kinds.integer.KINDS[0].number, kinds.integer.KINDS[-1].number + 1)


def kind(number):
    """What the package knows of a kind."""
    return kinds.kind_of(number)


def range_of(number):
    """The least and the greatest of a kind of integers."""
    return kind(number).least, kind(number).greatest
