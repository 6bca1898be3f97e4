# SPDX-License-Identifier: MIT
"""bool: true or false, and no number."""

from __future__ import annotations

from .kind import Passing, wrong_type
from .number import Number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..description import Default, Value
    from .kind import Source


class Boolean(Number):
    annotation = "bool"
    failure_hint = "not result"

    def default(self, integer: int, number: float) -> Default:
        return bool(integer)

    def checked(self, argument: object, where: str) -> bool:
        if argument is True or argument is False:
            return argument is True
        raise wrong_type(where, "bool", argument)

    def passing(self, value: Value, source: Source) -> Passing:
        name = value.python_name
        return Passing([name], f"({name} is True or {name} is False)")


KINDS = (Boolean(11, "BOOL", "bool", "?"),)
