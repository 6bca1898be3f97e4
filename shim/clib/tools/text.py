# SPDX-License-Identifier: MIT
"""The description for a person."""

from __future__ import annotations

from ..declaration import c_declaration, c_type
from ..kinds import is_known_function, is_known_type
from ..layout import (
    CONSTANT, CONSTRUCTOR, ENUM_TYPE, FLAGS, FUNCTION, MODULE_TYPE, OVERRIDE, PROPERTY, SETTER, STRUCT_TYPE, SUPPORT,
)
from ..signature import argument_annotation, parameter_list, result_annotation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..description import Description, Function


def printable(text: str) -> str:
    """Text without characters that change how it looks or where it ends, but for line breaks."""
    if text.isprintable():
        return text
    escaped = [each if each == "\n" or each.isprintable() else f"\\u{ord(each):04x}"
               if ord(each) < 0x10000 else f"\\U{ord(each):08x}" for each in text]
    return "".join(escaped)


def description_text(description: Description) -> str:
    """The table for a person."""
    lines = [f"{description.name} {description.version} (clib {description.toolkit})"]
    lines += [description.doc] if description.doc else []

    def show(function: Function, indent: str) -> None:
        if not is_known_function(function):
            lines.append(f"{indent}{function.python_name}, which needs a newer clib than this one")
            return
        result = function.class_type.name if function.role == CONSTRUCTOR else \
            result_annotation(function.result)
        called = function.class_type.name if function.role == CONSTRUCTOR else function.python_name
        signature = "" if function.role in (PROPERTY, CONSTANT) else \
            f"({parameter_list(function, '', argument_annotation)})"
        notes = [note for note, is_so in (
            ("property", function.role == PROPERTY), ("setter", function.role == SETTER),
            ("constant", function.role == CONSTANT), ("override", function.role == OVERRIDE), ("may block", function.may_block),
            ("implicit", function.is_implicit)) if is_so]
        lines.append(f"{indent}{called}{signature} -> {result}"
                     f"{' (' + ', '.join(notes) + ')' if notes else ''}")
        lines.extend([f"{indent}    {line}" for line in function.full_doc.splitlines()])
        lines.append(f"{indent}    {c_declaration(function)}")

    for of_type in filter(is_known_type, description.types):
        kind = {STRUCT_TYPE: "structure", MODULE_TYPE: "module",
                ENUM_TYPE: "flags" if of_type.flags & FLAGS else "enum"}.get(of_type.kind, "class")
        lines += ["", f"{kind} {of_type.name}" + (f": {of_type.doc}" if of_type.doc else "")]
        if of_type.kind == ENUM_TYPE:
            from ..kinds.enumeration import numbers_of
            for member, (name, number) in zip(of_type.members, numbers_of(of_type)):
                lines.append(f"    {name} = {number}" + (f": {member.default}" if member.default
                                                         else ""))
            continue
        for member in of_type.members:
            lines.append(f"    {member.python_name}: {result_annotation(member)}, "
                         f"{c_type(member)} at {member.offset}")
        for function in description.functions_of(of_type):
            show(function, "    ")
    for exception in description.exceptions:
        bases = [each for each in (exception.base.name if exception.base is not None else "",
                                   exception.builtin) if each]
        lines += ["", f"exception {exception.name}({', '.join(bases)}), status {exception.status}" +
                  (f": {exception.doc}" if exception.doc else "")]
        lines += [f"    {member.python_name}: {result_annotation(member)}"
                  for member in exception.members]
    plain = [each for each in description.functions_of(None) if each.role in (FUNCTION, CONSTANT)]
    if plain:
        lines += ["", "functions"]
        for function in plain:
            show(function, "    ")
    support = [each for each in description.functions if each.role == SUPPORT]
    lines += ["", "for callers without a binding",
              *(f"    {c_declaration(function)}" for function in support)]
    return printable("\n".join(lines) + "\n")
