# SPDX-License-Identifier: MIT
"""The C header."""

from __future__ import annotations

from ..declaration import c_declaration, c_names, c_type
from ..kinds import is_known_function, is_known_type
from ..kinds.enumeration import integer_of, numbers_of
from ..layout import ENUM_TYPE, HANDLE_TYPE
from .text import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..description import Description, Type


def header_text(description: Description) -> str:
    """The header of a library."""
    guard = f"{description.name.upper()}_H"
    title = _c_comment(f"{description.name} {description.version}"
                       f"{': ' + description.doc if description.doc else ''}")[0]
    lines = [title[:-len(" */")],
             " *",
             f" * NULL or a negative int64_t is a failure: {description.name}_last_error() is its "
             "sentence and",
             f" * {description.name}_last_status() its code. After any other result "
             f"{description.name}_last_status() tells: it is",
             " * negative if the function failed. All of these are about the calling thread's last call. "
             "Text that is",
             " * returned is copied before the thread's next call. */",
             f"#ifndef {guard}", f"#define {guard}", "", "#include <stdbool.h>",
             "#include <stddef.h>", "#include <stdint.h>", "",
             "#ifdef __cplusplus", 'extern "C" {', "#endif", ""]
    for of_type in filter(is_known_type, description.types):
        if of_type.kind == HANDLE_TYPE:
            lines += _c_comment(of_type.doc)
            lines.append(f"typedef struct {of_type.symbol} {of_type.symbol};")
        elif of_type.kind == ENUM_TYPE:
            lines += [*_c_comment(of_type.doc), *_enum_lines(of_type)]
        else:
            lines += [*_c_comment(of_type.doc), f"typedef struct {of_type.symbol} {{",
                      *(f"    {c_type(member)} {name};" for member, name in
                        zip(of_type.members, c_names(of_type.members))),
                      f"}} {of_type.symbol};"]
    lines.append("")
    for function in description.functions:
        if not is_known_function(function):
            lines += _c_comment(f"{function.symbol}() needs a newer clib than this one")
        elif function.is_exported:
            lines += [*_c_comment(function.doc), c_declaration(function)]
        else:
            lines += _c_comment(f"{function.symbol}() has no symbol; call its entry in the table")
    lines += ["", "/* All of this as a table; see clib/ffi/describe.h. */", "struct clib_module;",
              "const struct clib_module* clib_describe(void);", "",
              "#ifdef __cplusplus", "}", "#endif", "", "#endif"]
    return "\n".join(lines) + "\n"


def _enum_lines(of_type: Type) -> list[str]:
    """An enum of C has numbers of int alone: its type is the integer, and its members macros."""
    integer = integer_of(of_type.members[0].kind)
    ending = {"int64_t": "LL", "uint64_t": "ULL"}.get(integer.c_name, "")
    lines = [f"typedef {integer.c_name} {of_type.symbol};"]
    for member, (_, number) in zip(of_type.members, numbers_of(of_type)):
        text = f"(-{-(number + 1)}{ending} - 1)" if number < 0 else f"{number}{ending}"
        lines += _c_comment(member.default if isinstance(member.default, str) else "")
        lines.append(f"#define {of_type.symbol}_{member.name} (({of_type.symbol}){text})")
    return lines


def _c_comment(doc: str) -> list[str]:
    if not doc:
        return []
    first, *more = _in_comment(doc).split("\n")
    return ["\n".join([f"/* {first}", *[f" * {line}" for line in more]]) + " */"]


def _in_comment(doc: str) -> str:
    return printable(doc).replace("*/", "* /").replace("/*", "/ *").replace("??/", "? ?/")
