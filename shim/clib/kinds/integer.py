# SPDX-License-Identifier: MIT
"""Integers of every width."""

from __future__ import annotations

from _operator import index

from .kind import Passing, wrong_type
from .number import Number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..description import Value
    from ..items import Item
    from .kind import Source


class Integer(Number):
    def __init__(self, number: int, name: str, c_name: str, code: str) -> None:
        super().__init__(number, name, c_name, code)
        width = 8 << "bhiq".index(code.lower())
        self.least, self.greatest = (0, (1 << width) - 1) if code.isupper() else \
            (-(1 << width - 1), (1 << width - 1) - 1)
        self.failure_hint = f"result == {self.greatest}" if code.isupper() else "result < 0"

    def checked(self, argument: object, where: str) -> int:
        try:
            number = index(argument)  # type: ignore[arg-type]
        except TypeError:
            raise wrong_type(where, "int", argument) from None
        if not self.least <= number <= self.greatest:
            raise OverflowError(f"{where} must be from {self.least} to {self.greatest}, not "
                                f"{number if abs(number) < 1 << 128 else 'that large'}")
        return number

    def fits(self, argument: Any, value: Value, classes: Mapping[str, Any]) -> bool:
        return type(argument) is int and self.least <= argument <= self.greatest

    def passing(self, value: Value, source: Source) -> Passing:
        name = value.python_name
        # ctypes asks what is no int for an attribute, and calls __int__(), which cuts fractions off.
        condition = f"type({name}) is int and {self.least} <= {name} <= {self.greatest}"
        if source.is_index(value):
            return Passing([f"{name} if {name} >= 0 else _from_end(self, {name})"], condition)
        return Passing([name], condition)

    def from_bits(self, number: int) -> int:
        """The number that an item has as an unsigned one."""
        return number if self.least == 0 or number < 1 << 63 else number - (1 << 64)

    def from_item(self, item: Item, address: int, value: Value,
                  classes: Mapping[str, Any]) -> object:
        return self.from_bits(item[2])


KINDS = (
    Integer(1, "INT8", "int8_t", "b"),
    Integer(2, "INT16", "int16_t", "h"),
    Integer(3, "INT32", "int32_t", "i"),
    Integer(4, "INT64", "int64_t", "q"),
    Integer(5, "UINT8", "uint8_t", "B"),
    Integer(6, "UINT16", "uint16_t", "H"),
    Integer(7, "UINT32", "uint32_t", "I"),
    Integer(8, "UINT64", "uint64_t", "Q"),
)
INT64 = KINDS[3]
UINT64 = KINDS[7]
