# SPDX-License-Identifier: MIT
"""bool: true or false, and no number."""

from __future__ import annotations

from .kind import Passing, wrong_type
from .number import Number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..description import Default, Value
    from ..items import Item
    from .kind import Source


class Boolean(Number):
    annotation = "bool"
    failure_hint = "not result"

    def default(self, integer: int, number: float) -> Default:
        return bool(integer)

    def fits(self, argument: Any, value: Value, classes: Mapping[str, Any]) -> bool:
        return type(argument) is bool

    def checked(self, argument: object, where: str) -> bool:
        if argument is True or argument is False:
            return argument is True
        raise wrong_type(where, "bool", argument)

    def passing(self, value: Value, source: Source) -> Passing:
        name = value.python_name
        return Passing([name], f"({name} is True or {name} is False)")

    def from_item(self, item: Item, address: int, value: Value,
                  classes: Mapping[str, Any]) -> object:
        return item[2] != 0


KINDS = (Boolean(11, "BOOL", "bool", "?"),)
