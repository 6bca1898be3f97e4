# SPDX-License-Identifier: MIT
"""The command python3 -m clib."""

from __future__ import annotations

import io
import sys

from ..compare import incompatible_changes
from ..saved import read, saved_form
from .header import header_text
from .stub import stub_text
from .text import description_text


def main(arguments: list[str] | None = None) -> int:
    """The command python3 -m clib. Returns its exit status."""
    import argparse
    import json
    parser = argparse.ArgumentParser(prog="python3 -m clib", description=(
        "What a library made with clib says of itself. A LIBRARY may also be a saved description; a "
        "library is loaded, and what its constructors do is done."))
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (("describe", "print everything that it offers"),
                       ("stub", "print the .pyi for editors and type checkers"),
                       ("header", "print the C header"),
                       ("check", "fail if C does not find what it lists, or if it does not offer "
                        "what it offered before")):
        command = commands.add_parser(name, help=text, description=text.capitalize() + ".")
        command.add_argument("library", metavar="LIBRARY",
                             help="a library, whose constructors run, or a saved description")
        if name == "describe":
            command.add_argument("--json", action="store_true",
                                 help="in a form that can be saved and checked against")
        if name == "check":
            command.add_argument("--against", metavar="SAVED",
                                 help="what describe --json wrote, or an older library")
    options = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # of any encoding
            stream.reconfigure(errors="backslashreplace")
    try:
        if options.command == "check":
            return _check(options.library, options.against)
        description = read(options.library)
        if options.command == "describe" and options.json:
            print(json.dumps(saved_form(description), indent=1, allow_nan=False))
        else:
            texts = {"describe": description_text, "stub": stub_text, "header": header_text}
            print(texts[options.command](description), end="")
        return 0
    except (OSError, ImportError, ValueError) as error:
        print(f"{parser.prog}: {getattr(error, 'strerror', None) or error}", file=sys.stderr)
        return 2


def _check(library: str, against: str | None) -> int:
    description = read(library)
    if against is None:
        found = [f"{each.symbol}() is listed, but C finds no symbol of that name in the library; "
                 "make it an extern \"C\" function with CLIB_EXPORT, and name it in the version "
                 "script" for each in description.functions if each.is_hidden]
        right = f"C finds all that {library} lists"
    else:
        found = incompatible_changes(read(against), description)
        right = f"{library} offers all that {against} does"
    print("\n".join(found) if found else right)
    return 1 if found else 0
