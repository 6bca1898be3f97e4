# SPDX-License-Identifier: MIT
"""A structure, by value and by pointer."""

from __future__ import annotations

from ..items import text_of
from ..layout import STRUCT_TYPE
from ..objects import is_a
from .kind import Kind, Passing, class_type_of, wrong_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from ..description import Value
    from ..items import Item, Items
    from .kind import Call, CType, Source


class Structure(Kind):
    failure_hint = "True"  # comparing it with zeros would take longer than reading the status

    def check(self, value: Value) -> None:
        class_type_of(value, STRUCT_TYPE)

    def c_type(self, value: Value) -> str:
        return value.class_type.symbol

    def c_parameters(self, value: Value, classes: Mapping[str, Any]) -> list[CType]:
        return [classes[value.class_type.name]._c_type()]

    def c_result(self, value: Value, classes: Mapping[str, Any]) -> CType:
        return classes[value.class_type.name]._c_type()

    def to_c(self, argument: Any, value: Value, where: str, call: Call) -> list[object]:
        return [self.to_member(argument, value, where, call.classes[value.class_type.name])]

    def to_member(self, argument: Any, value: Value, where: str, class_type: Any) -> object:
        if not is_a(argument, class_type):
            raise wrong_type(where, class_type, argument)
        passed: object = argument._as_c()
        return passed

    def fits(self, argument: Any, value: Value, classes: Mapping[str, Any]) -> bool:
        return is_a(argument, classes[value.class_type.name])

    def to_item(self, argument: Any, value: Value, where: str, call: Call, items: Items) -> Item:
        member: Any = self.to_member(argument, value, where, call.classes[value.class_type.name])
        data = bytes(member)
        return self.number, 0, items.address_of(data), len(data)

    def from_item(self, item: Item, address: int, value: Value,
                  classes: Mapping[str, Any]) -> object:
        return classes[value.class_type.name]._of_bytes(text_of(item))

    def result_source(self, value: Value, source: Source) -> str:
        expression: str = source.classes[value.class_type.name]._result
        return expression

    def to_python(self, value: Any) -> object:
        """Does what a native structure leaves to the package."""
        structure, first, second = value
        return structure._do(first, second)

    def passing(self, value: Value, source: Source) -> Passing:
        name = value.python_name
        own = source.names[f"_class_{name}"] = source.classes[value.class_type.name]
        # For a pointer, None is one too.
        return Passing([own._argument.format(name)], f"type({name}) is _class_{name}")

    def result_annotation(self, value: Value) -> str:
        return value.class_type.name

    def callback_parameters(self, value: Value, classes: Mapping[str, Any]) -> list[CType]:
        return [classes[value.class_type.name]._c_form()]

    def callback_argument(self, value: Value, arguments: Iterator[Any]) -> object:
        return next(arguments).__copy__()


class StructurePointer(Structure):
    def c_type(self, value: Value) -> str:
        return Kind.c_type(self, value).replace("char", value.class_type.symbol)

    def c_parameters(self, value: Value, classes: Mapping[str, Any]) -> list[CType]:
        import ctypes
        return [ctypes.POINTER(classes[value.class_type.name]._c_type())]

    callback_parameters = Kind.callback_parameters

    def callback_argument(self, value: Value, arguments: Iterator[Any]) -> object:
        pointer = next(arguments)
        return pointer.contents.__copy__() if pointer else None


KINDS = (Structure(19, "STRUCT"), StructurePointer(20, "STRUCT_POINTER"))
