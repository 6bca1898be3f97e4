# SPDX-License-Identifier: MIT
"""void: the result of a function that has none. Its entry returns the status."""

from __future__ import annotations

from ..items import NOTHING
from .kind import Kind, wrong_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..description import Value
    from ..items import Item, Items
    from .kind import Call, Source


class Nothing(Kind):
    c_name = "void"
    annotation = "None"

    def fits(self, argument: Any, value: Value, classes: Mapping[str, Any]) -> bool:
        return argument is None

    def to_item(self, argument: Any, value: Value, where: str, call: Call, items: Items) -> Item:
        if argument is not None:
            raise wrong_type(where, "None", argument)
        return NOTHING

    def from_item(self, item: Item, address: int, value: Value,
                  classes: Mapping[str, Any]) -> object:
        return None

    def result_source(self, value: Value, source: Source) -> str:
        return "None"


KINDS = (Nothing(0, "NONE"),)
