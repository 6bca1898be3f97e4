# SPDX-License-Identifier: MIT
"""The command python3 -m clib."""

from __future__ import annotations

import io
import sys

from .. import __version__
from ..compare import incompatible_changes
from ..saved import read, saved_form
from .header import header_text
from .places import FOLDERS
from .stub import stub_text
from .text import description_text


def main(arguments: list[str] | None = None) -> int:
    """The command python3 -m clib. Returns its exit status."""
    import argparse
    import json
    parser = argparse.ArgumentParser(prog="python3 -m clib", description=(
        "What a library made with clib says of itself. A LIBRARY may also be a saved description; a "
        "library is loaded, and what its constructors do is done."))
    parser.add_argument("--version", action="version", version=__version__)
    for place, text in (("include", "the headers, for -I"),
                        ("cmake", "the CMake package, for clib_DIR"),
                        ("pkgconfig", "pkg-config's files, for PKG_CONFIG_PATH")):
        parser.add_argument(f"--{place}dir", dest="place", action="store_const", const=place,
                            help=f"print where to find {text}")
    commands = parser.add_subparsers(dest="command")
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
        else:
            command.add_argument("-o", "--output", metavar="FILE", help="write to a file")
    text = "make a package of a library that pip installs"
    command = commands.add_parser("wheel", help=text, description=text.capitalize() + ".")
    command.add_argument("library", metavar="LIBRARY", help="a library, whose constructors run")
    command.add_argument("-o", "--output", metavar="FOLDER", default="dist",
                         help="where to write it; dist, if it is not said")
    command.add_argument("--with-clib", action="store_true",
                         help="with a private copy of clib, and not with a dependency on it")
    command.add_argument("--name", default="", help="of the distribution, for pip install")
    command.add_argument("--module", default="", help="what is imported; a.b is b in a package a")
    command.add_argument("--license", metavar="FILE", default="",
                         help="LICENSE, if there is one in this folder")
    text = "make a folder that builds, tests and packages a library"
    command = commands.add_parser("new", help=text, description=text.capitalize() + ".")
    command.add_argument("name", metavar="NAME", help="of the library, such as words")
    command.add_argument("-o", "--output", metavar="FOLDER", default="",
                         help="the folder; NAME, if it is not said")
    options = parser.parse_args(arguments)
    if not options.command and not options.place:
        parser.error("name a command, or what to print")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # of any encoding
            stream.reconfigure(errors="backslashreplace")
    try:
        if options.place:
            print(FOLDERS[options.place]())
            return 0
        if options.command == "check":
            return _check(options.library, options.against)
        if options.command == "new":
            from .new import make_project
            print(f"{make_project(options.name, options.output)}: its README.md says how to build it")
            return 0
        if options.command == "wheel":
            from .wheel import build_wheel
            path, note = build_wheel(
                options.library, options.output, name=options.name, module=options.module,
                licence=options.license, with_clib=options.with_clib)
            print(path)
            if note:
                print(f"{parser.prog}: {note}", file=sys.stderr)
            return 0
        description = read(options.library)
        if options.command == "describe" and options.json:
            text = json.dumps(saved_form(description), indent=1, allow_nan=False) + "\n"
        else:
            texts = {"describe": description_text, "stub": stub_text, "header": header_text}
            text = texts[options.command](description)
        if options.output:
            with open(options.output, "w", encoding="utf-8") as opened:
                opened.write(text)
        else:
            print(text, end="")
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
