# SPDX-License-Identifier: MIT
"""Formats of buffers whose items are structures, T{i:x:d:y:} (PEP 3118)."""

from __future__ import annotations

import re
import sys

from .layout import Struct

_ORDER = "<" if sys.byteorder == "little" else ">"
_TOKEN = re.compile(r"([@=<>!^]?)(\d*)([a-zA-Z?]\{?|\})")


def fields_of(text: str) -> list[tuple[str, int, str]] | None:
    """The numbers in it: their names, their places, and their codes, of integers those of one size a
    letter. None if there is anything else."""
    fields: list[tuple[str, int, str]] = []
    open_at: list[tuple[int, int]] = []  # of each T{: the number of fields before it, and its place
    order, offset, at = "@", 0, 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            return None
        order = token[1] or order
        count, what, at = int(token[2] or 1), token[3], token.end()
        if what == "T{" and count == 1:
            open_at.append((len(fields), offset))
            continue
        if what == "x":
            offset += count
            continue
        if what == "}":
            if not open_at:
                return None
            first, _ = open_at.pop()
            if at == len(text):
                return None if open_at else fields
        else:
            if count != 1 or what not in "bhilqBHILQfd?" or order in "<>!" and \
                    order.replace("!", ">") != _ORDER and what not in "bB?":
                return None
            size = Struct(what if order in "@^" else f"={what}").size
            if order == "@":
                offset += -offset % size
            first = len(fields)
            code = {4: "i", 8: "q"}[size] if what in "lLiIqQ" else what
            fields.append(("", offset, code.upper() if what in "LIQ" else code))
            offset += size
        end = text.find(":", at + 1)
        if text[at:at + 1] != ":" or end < 0:
            return None
        name = text[at + 1:end]
        fields[first:] = [(f"{name}.{inner}" if inner else name, place, code)
                          for inner, place, code in fields[first:]]
        at = end + 1
    return None
