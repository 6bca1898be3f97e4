# SPDX-License-Identifier: MIT
"""The command python3 -m clib."""

from __future__ import annotations

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
        "What a library made with clib says of itself. A LIBRARY may also be a saved description."))
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (("describe", "print everything that it offers"),
                       ("stub", "print the .pyi for editors and type checkers"),
                       ("header", "print the C header"),
                       ("check", "fail if it does not offer what it offered before")):
        command = commands.add_parser(name, help=text, description=text.capitalize() + ".")
        command.add_argument("library", metavar="LIBRARY")
        if name == "describe":
            command.add_argument("--json", action="store_true",
                                 help="in a form that can be saved and checked against")
        if name == "check":
            command.add_argument("--against", metavar="SAVED", required=True,
                                 help="what describe --json wrote, or an older library")
    options = parser.parse_args(arguments)
    try:
        description = read(options.library)
        if options.command == "check":
            changes = incompatible_changes(read(options.against), description)
            print("\n".join(changes) if changes else
                  f"{options.library} offers all that {options.against} does")
            return 1 if changes else 0
        if options.command == "describe" and options.json:
            print(json.dumps(saved_form(description), indent=1, allow_nan=False))
        else:
            texts = {"describe": description_text, "stub": stub_text, "header": header_text}
            print(texts[options.command](description), end="")
        return 0
    except (OSError, ImportError, ValueError) as error:
        print(f"{parser.prog}: {getattr(error, 'strerror', None) or error}", file=sys.stderr)
        return 2
