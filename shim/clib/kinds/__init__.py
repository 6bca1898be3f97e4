# SPDX-License-Identifier: MIT
"""The kinds of values that cross the border, by their numbers (enum clib_kind in describe.h). Each
line names a module of this folder, which says all about its kinds; it is imported when a value of
one is met."""

from __future__ import annotations

from ..description import Damaged
from ..layout import (
    ALL_FUNCTION_FLAGS, ALL_TYPE_FLAGS, ALL_VALUE_FLAGS, MODULE_TYPE, TRAVERSE,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..description import Description, Function, Type, Value
    from .kind import Kind

MODULES: dict[str, Iterable[int]] = {
    "nothing": (0,),
    "integer": range(1, 9),
    "real": (9, 10, 39),
    "boolean": (11,),
    "status": (12,),
    "text": (13,),
    "bytes": (14,),
    "memory": (15,),
    "sequence": (16, 17),
    "object": (18,),
    "structure": (19, 20),
    "callback": (21, 22),
    "address": (23,),
    "composite": range(24, 30),
    "enumeration": (30,),
    "complex": (31,),
    "path": (32,),
    "time": (33, 34),
    "passed_object": (35,),
    "function": (36,),
    "slice": (37,),
    "array": (38,),
}

_module_of = {number: module for module, numbers in MODULES.items() for number in numbers}
_kinds: dict[int, Kind] = {}


def kind_of(number: int) -> Kind | None:
    """The kind with this number, or None if only a newer clib knows it."""
    if number not in _kinds and number in _module_of:
        module = __import__(f"{__name__}.{_module_of[number]}", fromlist=["KINDS"])
        _kinds.update({kind.number: kind for kind in module.KINDS})
    return _kinds.get(number)


def of(value: Value) -> Kind:
    """The kind of a value that is known."""
    kind = kind_of(value.kind)
    assert kind is not None, f"{value.name} is of the unknown kind {value.kind}"
    return kind


def is_known_function(function: Function) -> bool:
    """Whether this package knows all that the function needs; a newer one may know more."""
    if function.role > TRAVERSE or function.flags & ~ALL_FUNCTION_FLAGS or \
            not is_known_value(function.result):
        return False
    for value in function.parameters:
        if not is_known_value(value):
            return False
    return True


def is_known_value(value: Value) -> bool:
    return value.kind in _module_of and value.element in _module_of and \
        value.flags <= ALL_VALUE_FLAGS and all(map(is_known_value, value.parts)) and \
        (value.type is None or is_known_type(value.type)) and \
        (value.callback is None or is_known_function(value.callback))


def is_known_type(of_type: Type) -> bool:
    if of_type.kind > MODULE_TYPE or of_type.flags & ~ALL_TYPE_FLAGS or \
            not all(map(is_known_type, of_type.bases)):
        return False
    for member in of_type.members:
        if not is_known_value(member):
            return False
    return True


def check(description: Description) -> None:
    """Raises Damaged if a value is not what its kind says, or a name cannot be one."""
    _check_name(description.name)
    for function in description.functions:
        _check_name(function.symbol)
        _check_name(function.name)
        _check_function(function)
        for value in function.parameters:
            _check_name(value.name)
    for of_type in description.types:
        if of_type.kind != MODULE_TYPE:
            _check_name(of_type.symbol)
        _check_name(of_type.own_name)
        for member in of_type.members:
            _check_name(member.name)
            _check_value(member)


def _check_name(name: str) -> None:
    if not (name.isascii() and name.isidentifier()):
        raise Damaged(f"{name[:99]!a} in it is no name")


def _check_function(function: Function) -> None:
    _check_value(function.result)
    for value in function.parameters:
        _check_value(value)


def _check_value(value: Value) -> None:
    kind = kind_of(value.kind)
    if kind is not None:
        kind.check(value)
    if value.callback is not None:
        _check_function(value.callback)
    for part in value.parts:
        _check_value(part)
