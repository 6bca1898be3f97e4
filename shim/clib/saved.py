# SPDX-License-Identifier: MIT
"""Descriptions in files: describe(), and reading what it saved."""

from __future__ import annotations

from .description import (
    Damaged, Description, ExceptionInfo, Function, Type, Value, put_into_scopes,
)
from .kinds import check, is_known_type, kind_of
from .layout import FORMAT, NOT_EXPORTED
from .library import damaged, existing, exported, open_file

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
    found = exported(file, [each.symbol for each in description.functions])
    for each in description.functions:
        if each.symbol not in found:
            each.is_hidden = each.is_exported
            each.flags |= NOT_EXPORTED
    return description


def describe(path: PathLike) -> dict[str, Any]:
    """What a library says of itself, in dicts and lists that json can save. The library is loaded, so
    its constructors run; reading a saved description runs nothing."""
    return saved_form(read(path))


def saved_form(description: Description) -> Form:
    """The form that describe() returns. A type is in it once, and elsewhere its symbol."""
    return {
        "name": description.name, "version": description.version, "toolkit": description.toolkit,
        "doc": description.doc, "clib_description": FORMAT,
        "types": [_type_form(each) for each in description.types],
        "functions": [_function_form(each) for each in description.functions],
        "exceptions": [_exception_form(each) for each in description.exceptions]}


def _type_form(of_type: Type) -> Form:
    return {
        "symbol": of_type.symbol, "name": of_type.own_name, "doc": of_type.doc,
        "kind": of_type.kind, "scope": of_type.scope.symbol if of_type.scope else None,
        "flags": of_type.flags, "hash": of_type.hash, "byte_size": of_type.byte_size,
        "alignment": of_type.alignment,
        "members": [_value_form(each) for each in of_type.members],
        "bases": [each.symbol for each in of_type.bases]}


def _function_form(function: Function) -> Form:
    return {
        "symbol": function.symbol, "name": function.name, "doc": function.doc,
        "owner": function.owner.symbol if function.owner else None, "role": function.role,
        "flags": function.flags, "hash": function.hash, "result": _value_form(function.result),
        "parameters": [_value_form(each) for each in function.parameters]}


def _exception_form(exception: ExceptionInfo) -> Form:
    return {
        "status": exception.status, "name": exception.name, "doc": exception.doc,
        "base": exception.base.name if exception.base else None, "builtin": exception.builtin,
        "members": [_value_form(each) for each in exception.members]}


def _value_form(value: Value) -> Form:
    default = value.default
    if isinstance(default, float) and default - default != 0:
        default = str(default)  # JSON has no numbers that are not finite
    form: Form = {
        "name": value.name, "kind": value.kind, "element": value.element, "flags": value.flags,
        "type": value.type.symbol if value.type else None,
        "callback": _function_form(value.callback) if value.callback else None,
        "offset": value.offset, "default": default, "doc": value.doc}
    if value.parts:
        form.update(parts=[_value_form(each) for each in value.parts], count=value.count)
    return form


def _read_saved(file: str, data: bytes) -> Description:
    """The description that `describe --json` wrote to a file."""
    import json
    try:
        description = _read_form(json.loads(data))
        for each in description.types:
            is_known_type(each)  # which never ends if one is a member of itself
        check(description)
        return description
    except (ValueError, KeyError, TypeError, AttributeError, Damaged, RecursionError):
        raise ValueError(f"{file} is no description; save one with python3 -m clib describe --json "
                         "LIBRARY") from None


class _Reading:
    """Reads a form. Raises TypeError or ValueError for what a member cannot be."""

    def __init__(self, form: Form) -> None:
        self._form = form

    def text(self, name: str) -> str:
        text = self._form[name]
        if not isinstance(text, str):
            raise TypeError(name)
        return text

    def number(self, name: str) -> int:
        number = self._form[name]
        if type(number) is not int or not 0 <= number < 1 << 64:
            raise TypeError(name)
        return number

    def numbers(self, *names: str) -> list[int]:
        return [self.number(name) for name in names]

    def default(self) -> Default:
        default: Default = self._form["default"]
        if not isinstance(default, (int, float, str, type(None))):
            raise TypeError("default")
        known = kind_of(self.number("kind"))
        return default if known is None else known.saved_default(default)


def _read_form(form: Form) -> Description:
    if form["clib_description"] != FORMAT:
        raise KeyError("clib_description")
    types: dict[str, Type] = {}
    for each in form["types"]:
        reading = _Reading(each)
        kind, flags, hash_, byte_size, alignment = reading.numbers(
            "kind", "flags", "hash", "byte_size", "alignment")
        types[reading.text("symbol")] = Type(
            reading.text("symbol"), reading.text("name"), reading.text("doc"), kind, flags, hash_,
            byte_size, alignment, [],
            bases=[types[base] for base in each.get("bases") or ()])

    def read_value(each: Form) -> Value:
        reading = _Reading(each)
        kind, element, flags, offset = reading.numbers("kind", "element", "flags", "offset")
        return Value(
            reading.text("name"), kind, element, flags,
            types[each["type"]] if each["type"] else None,
            read_function(each["callback"]) if each["callback"] else None, offset,
            reading.default(), [read_value(part) for part in each.get("parts", [])],
            reading.number("count") if "count" in each else 0,
            reading.text("doc") if "doc" in each else "")

    def read_function(each: Form) -> Function:
        reading = _Reading(each)
        role, flags, hash_ = reading.numbers("role", "flags", "hash")
        return Function(
            reading.text("symbol"), reading.text("name"), reading.text("doc"),
            types[each["owner"]] if each["owner"] else None, role, flags, hash_,
            read_value(each["result"]), [read_value(value) for value in each["parameters"]])

    exceptions: dict[str, ExceptionInfo] = {}

    def read_exception(each: Form) -> ExceptionInfo:
        reading = _Reading(each)
        status = each["status"]
        if type(status) is not int or status >= 0:
            raise TypeError("status")
        return ExceptionInfo(
            status, reading.text("name"), reading.text("doc"),
            exceptions[each["base"]] if each["base"] is not None else None,
            reading.text("builtin"), [read_value(member) for member in each["members"]])

    for each in form.get("exceptions", []):
        exceptions[each["name"]] = read_exception(each)
    for each in form["types"]:
        types[each["symbol"]].members += [read_value(member) for member in each["members"]]
    put_into_scopes({types[each["symbol"]]: types[each["scope"]] if each.get("scope") else None
                     for each in form["types"]})
    reading = _Reading(form)
    return Description(
        reading.text("name"), reading.text("version"), reading.text("toolkit"), reading.text("doc"),
        list(types.values()), [read_function(each) for each in form["functions"]],
        list(exceptions.values()))
