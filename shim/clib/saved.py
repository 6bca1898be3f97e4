# SPDX-License-Identifier: MIT
"""Descriptions in files: describe(), and reading what it saved."""

from __future__ import annotations

from .description import Damaged, Description, Function, Type, Value
from .kinds import check, kind_of
from .layout import FORMAT
from .library import damaged, existing, open_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .description import Default
    from .library import PathLike

    Form = dict[str, Any]  # of JSON


def read(path: PathLike) -> Description:
    """The description in a library or in a saved file."""
    file = existing(path)
    with open(file, "rb") as opened:
        if opened.read(1) == b"{":
            return _read_saved(file, b"{" + opened.read())
    description = open_file(file).description
    try:
        check(description)
    except Damaged as damage:
        raise damaged(file, damage) from None
    return description


def describe(path: PathLike) -> dict[str, Any]:
    """What a library says of itself, in dicts and lists that json can save."""
    return saved_form(read(path))


def saved_form(description: Description) -> Form:
    """The form that describe() returns. A type is in it once, and elsewhere its symbol."""
    return {
        "name": description.name, "version": description.version, "toolkit": description.toolkit,
        "doc": description.doc, "clib_description": FORMAT,
        "types": [_type_form(each) for each in description.types],
        "functions": [_function_form(each) for each in description.functions]}


def _type_form(of_type: Type) -> Form:
    return {
        "symbol": of_type.symbol, "name": of_type.name, "doc": of_type.doc, "kind": of_type.kind,
        "flags": of_type.flags, "hash": of_type.hash, "byte_size": of_type.byte_size,
        "alignment": of_type.alignment,
        "members": [_value_form(each) for each in of_type.members]}


def _function_form(function: Function) -> Form:
    return {
        "symbol": function.symbol, "name": function.name, "doc": function.doc,
        "owner": function.owner.symbol if function.owner else None, "role": function.role,
        "flags": function.flags, "hash": function.hash, "result": _value_form(function.result),
        "parameters": [_value_form(each) for each in function.parameters]}


def _value_form(value: Value) -> Form:
    default = value.default
    if isinstance(default, float) and default - default != 0:
        default = str(default)  # JSON has no numbers that are not finite
    return {
        "name": value.name, "kind": value.kind, "element": value.element, "flags": value.flags,
        "type": value.type.symbol if value.type else None,
        "callback": _function_form(value.callback) if value.callback else None,
        "offset": value.offset, "default": default}


def _read_saved(file: str, data: bytes) -> Description:
    """The description that `describe --json` wrote to a file."""
    import json
    try:
        return _read_form(json.loads(data))
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{file} is no description; save one with python3 -m clib describe --json "
                         "LIBRARY") from None


def _read_form(form: Form) -> Description:
    if form["clib_description"] != FORMAT:
        raise KeyError("clib_description")
    types = {each["symbol"]: Type(
        each["symbol"], each["name"], each["doc"], each["kind"], each["flags"], each["hash"],
        each["byte_size"], each["alignment"], []) for each in form["types"]}

    def read_default(kind: int, default: Default) -> Default:
        known = kind_of(kind)
        return default if known is None else known.saved_default(default)

    def read_value(each: Form) -> Value:
        return Value(
            each["name"], each["kind"], each["element"], each["flags"],
            types[each["type"]] if each["type"] else None,
            read_function(each["callback"]) if each["callback"] else None, each["offset"],
            read_default(each["kind"], each["default"]))

    def read_function(each: Form) -> Function:
        return Function(
            each["symbol"], each["name"], each["doc"],
            types[each["owner"]] if each["owner"] else None, each["role"], each["flags"],
            each["hash"], read_value(each["result"]),
            [read_value(parameter) for parameter in each["parameters"]])

    for each in form["types"]:
        types[each["symbol"]].members += [read_value(member) for member in each["members"]]
    return Description(form["name"], form["version"], form["toolkit"], form["doc"],
                       list(types.values()), [read_function(each) for each in form["functions"]])
