# SPDX-License-Identifier: MIT
"""Floating-point numbers."""

from __future__ import annotations

from ..items import bits_of, number_of
from ..layout import Struct
from .kind import Passing, wrong_type
from .number import Number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..description import Default, Value
    from ..items import Item, Items
    from .kind import Call, Source


class Real(Number):
    annotation = "float"
    failure_hint = "result != result"

    def default(self, integer: int, number: float) -> Default:
        return number

    def saved_default(self, saved: Default) -> Default:
        return None if saved is None else float(saved)

    def literal(self, default: Default, value: Value) -> str:
        """repr() of what is not finite is no name of Python's."""
        text = repr(default)
        return {"inf": "math.inf", "-inf": "-math.inf", "nan": "math.nan"}.get(text, text)

    def checked(self, argument: object, where: str) -> float:
        kind = type(argument)
        if not (hasattr(kind, "__float__") or hasattr(kind, "__index__")):
            raise wrong_type(where, "float", argument)  # float() would read text, in any buffer
        try:
            number = float(argument)  # type: ignore[arg-type]
        except TypeError:
            raise wrong_type(where, "float", argument) from None
        except OverflowError:
            raise OverflowError(f"{where} is larger than a double can be") from None
        return number

    def fits(self, argument: Any, value: Value, classes: Mapping[str, Any]) -> bool:
        return type(argument) is float

    def passing(self, value: Value, source: Source) -> Passing | None:
        name = value.python_name  # ctypes asks what is no number for an attribute
        return Passing([name], f"(type({name}) is float or type({name}) is int)")

    def to_item(self, argument: Any, value: Value, where: str, call: Call, items: Items) -> Item:
        return self.number, 0, bits_of(self.checked(argument, where)), 0

    def from_item(self, item: Item, address: int, value: Value,
                  classes: Mapping[str, Any]) -> object:
        return number_of(item[2])


class Single(Real):
    """A float or float16, which cannot hold what is larger than it can be."""

    def checked(self, argument: object, where: str) -> float:
        number = super().checked(argument, where)
        try:
            Struct(f"={self.code}").pack(number)
        except OverflowError:
            raise OverflowError(f"{where} is {number}, larger than a {self.c_name} can be") from None
        return number

    def passing(self, value: Value, source: Source) -> Passing | None:
        return None


KINDS = (
    Single(9, "FLOAT", "float", "f"),
    Real(10, "DOUBLE", "double", "d"),
    Single(39, "FLOAT16", "float16", "e"),  # of an array only
)
