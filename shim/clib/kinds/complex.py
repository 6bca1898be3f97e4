# SPDX-License-Identifier: MIT
"""A complex number: a pair of floating-point numbers in C."""

from __future__ import annotations

from ..items import text_of
from ..layout import Struct
from . import kind_of
from .kind import Kind, Passing, wrong_type
from .real import Real

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from ..description import Default, Value
    from ..items import Item, Items
    from .kind import Call, CType, Source

FLOAT = 9  # the kind of the parts; else DOUBLE


def pair_type(element: int, made: dict[int, Any] = {}) -> Any:
    """The structure of ctypes."""
    if element not in made:
        import ctypes
        part = ctypes.c_float if element == FLOAT else ctypes.c_double
        made[element] = type("Complex", (ctypes.Structure,), {
            "_fields_": [("real", part), ("imag", part)]})
    return made[element]


class Complex(Kind):
    annotation = "complex"
    failure_hint = "True"

    def check(self, value: Value) -> None:
        assert isinstance(kind_of(value.element), Real), "a complex number has parts that are real"

    def default(self, integer: int, number: float) -> Default:
        return number

    def saved_default(self, saved: Default) -> Default:
        return None if saved is None else float(saved)

    def literal(self, default: Default, value: Value) -> str:
        kind = kind_of(value.element)
        assert kind is not None
        return kind.literal(default, value)

    def c_type(self, value: Value) -> str:
        return "clib_complex_float" if value.element == FLOAT else "clib_complex"

    def c_parameters(self, value: Value, classes: Mapping[str, Any]) -> list[CType]:
        return [pair_type(value.element)]

    def c_result(self, value: Value, classes: Mapping[str, Any]) -> CType:
        return pair_type(value.element)

    def fits(self, argument: Any, value: Value, classes: Mapping[str, Any]) -> bool:
        return type(argument) is complex

    def to_c(self, argument: Any, value: Value, where: str, call: Call) -> list[object]:
        kind = type(argument)
        if not any([hasattr(kind, name) for name in ("__complex__", "__float__", "__index__")]) and \
                not isinstance(argument, complex):  # complex() would read text
            raise wrong_type(where, "complex", argument)
        try:
            number = complex(argument)
        except TypeError:
            raise wrong_type(where, "complex", argument) from None
        except OverflowError:
            raise OverflowError(f"{where} is larger than a double can be") from None
        if value.element == FLOAT:
            try:
                Struct("=ff").pack(number.real, number.imag)
            except OverflowError:
                raise OverflowError(f"{where} is {number}, larger than a float can be") from None
        return [pair_type(value.element)(number.real, number.imag)]

    def to_item(self, argument: Any, value: Value, where: str, call: Call, items: Items) -> Item:
        pair: Any
        pair, = self.to_c(argument, value, where, call)
        data = bytes(pair)
        return self.number, 0, items.address_of(data), len(data)

    def from_item(self, item: Item, address: int, value: Value,
                  classes: Mapping[str, Any]) -> object:
        number = pair_type(value.element).from_buffer_copy(text_of(item))
        return complex(number.real, number.imag)

    def passing(self, value: Value, source: Source) -> Passing | None:
        if value.element == FLOAT:
            return None
        name = value.python_name
        source.names["_Complex"] = pair_type(value.element)
        return Passing([f"_Complex({name}.real, {name}.imag)"],
                       f"(type({name}) is complex or type({name}) is float)")

    def result_source(self, value: Value, source: Source) -> str:
        return "complex(result.real, result.imag)"

    def callback_argument(self, value: Value, arguments: Iterator[Any]) -> object:
        number = next(arguments)
        return complex(number.real, number.imag)


KINDS = (Complex(31, "COMPLEX"),)
