# SPDX-License-Identifier: MIT
"""An object of C++, by its handle."""

from __future__ import annotations

from ..items import NOTHING, take
from ..layout import CONST, GIVEN, HANDLE_TYPE, BORROWED
from ..objects import is_a, why_without_handle
from . import of
from .kind import Kind, Passing, class_type_of, wrong_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..description import Value
    from ..items import Item, Items
    from ..outcome import Outcome
    from .kind import Call, CType, Source


def _is_read(value: Value) -> bool:
    """Whether C++ only reads the object, so that one may be made for the call."""
    return bool(value.flags & CONST) and bool(value.class_type.conversions)


class Handle(Kind):
    failure_hint = "result is None"

    def check(self, value: Value) -> None:
        class_type_of(value, HANDLE_TYPE)

    def c_type(self, value: Value) -> str:
        return super().c_type(value).replace("char", value.class_type.symbol)

    def c_result(self, value: Value, classes: Mapping[str, Any]) -> CType:
        import ctypes
        return ctypes.c_void_p

    def to_c(self, argument: Any, value: Value, where: str, call: Call) -> list[object]:
        expected = call.classes[value.class_type.name]
        if not is_a(argument, expected):
            made = call.converted(argument, value.class_type) if _is_read(value) else None
            if made is None:
                raise wrong_type(where, expected, argument)
            argument = made
        handle: int = argument._handle
        if not handle:
            raise ValueError(f"{where} {why_without_handle(argument, expected)}" if
                             not argument._was_made() else
                             f"{where} is a closed {expected.__name__}; pass a live one")
        return [handle]

    def to_item(self, argument: Any, value: Value, where: str, call: Call, items: Items) -> Item:
        if argument is None and value.is_nullable:
            return NOTHING
        handle, = self.to_c(argument, value, where, call)
        assert isinstance(handle, int)
        return self.number, 0, handle, 0

    def from_item(self, item: Item, address: int, value: Value,
                  classes: Mapping[str, Any]) -> object:
        if not item[0]:
            return None
        of_class = classes[value.class_type.name]
        if value.flags & BORROWED:
            return of_class._adopt_new(item[2]) if item[1] else of_class._adopt(item[2])
        found = of_class._adopt(item[2])
        take(address)
        return found

    passes_none = True

    def passing(self, value: Value, source: Source) -> Passing | None:
        if value.flags & GIVEN:  # its handle is taken away after the call
            return None
        name = value.python_name
        source.names[f"_class_{name}"] = source.classes[value.class_type.name]
        condition = f"issubclass(type({name}), _class_{name}) and {name}._handle"
        if value.is_nullable:
            return Passing([f"None if {name} is None else {name}._handle"],
                           f"({name} is None or {condition})")
        return Passing([f"{name}._handle"], condition)

    def fits(self, argument: Any, value: Value, classes: Mapping[str, Any]) -> bool:
        return (argument is None and value.is_nullable) or \
            (is_a(argument, classes[value.class_type.name]) and bool(argument._handle))

    def argument_annotation(self, value: Value) -> str:
        """The class, and what its implicit constructors take."""
        own = value.class_type.name
        words = [own]
        for each in value.class_type.conversions if _is_read(value) else ():
            of_parameter = each.parameters[0]
            words += of_parameter.class_type.name if of_parameter.kind == self.number else \
                of(of_parameter).argument_annotation(of_parameter),
        return " | ".join(dict.fromkeys(words))

    def result_annotation(self, value: Value) -> str:
        return value.class_type.name + " | None" * value.is_nullable

    def result_source(self, value: Value, source: Source) -> str:
        return "outcome.take_object(result)"

    def outcome_class(self, value: Value, classes: Mapping[str, Any]) -> type[Outcome]:
        of_class: type[Outcome] = classes[value.class_type.name]._outcome_class()
        return of_class


KINDS = (Handle(18, "HANDLE"),)
