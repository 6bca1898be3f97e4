# SPDX-License-Identifier: MIT
"""What the kinds of numbers have in common."""

from __future__ import annotations

from ..items import MASK
from .kind import Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..description import Value
    from ..items import Item, Items
    from .kind import Call, CType


class Number(Kind):
    """A number, which is itself in C."""

    is_plain = True
    code: str  # in the modules struct and array

    def __init__(self, number: int, name: str, c_name: str, code: str) -> None:
        super().__init__(number, name)
        self.c_name = c_name
        self.code = code

    @property
    def ctype(self) -> CType:
        import ctypes
        return ctypes.c_bool if self.code == "?" else getattr(ctypes, f"c_{self.c_name}".replace(
            "_t", ""))

    def c_parameters(self, value: Value, classes: Mapping[str, Any]) -> list[CType]:
        return [self.ctype]

    def c_result(self, value: Value, classes: Mapping[str, Any]) -> CType:
        return self.ctype

    def c_type(self, value: Value) -> str:
        return self.c_name

    def checked(self, argument: Any, where: str) -> Any:
        """The number, if it is one of this kind."""
        raise NotImplementedError

    def to_c(self, argument: Any, value: Value, where: str, call: Call) -> list[object]:
        return [self.checked(argument, where)]

    def to_member(self, argument: Any, value: Value, where: str, class_type: Any) -> object:
        return self.checked(argument, where)

    def to_item(self, argument: Any, value: Value, where: str, call: Call, items: Items) -> Item:
        return self.number, 0, int(self.checked(argument, where)) & MASK, 0
