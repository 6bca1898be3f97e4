# SPDX-License-Identifier: MIT
"""An address as it is, of memory that is somebody else's."""

from __future__ import annotations

from .integer import UINT64
from .kind import Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..description import Value
    from .kind import Call, CType


class Address(Kind):
    failure_hint = "result is None"

    def c_result(self, value: Value, classes: Mapping[str, Any]) -> CType:
        import ctypes
        return ctypes.c_void_p

    def to_c(self, argument: Any, value: Value, where: str, call: Call) -> list[object]:
        address = UINT64.checked(argument, where)
        if address == 0:
            raise ValueError(f"{where} is 0, which is no address")
        return [address]


KINDS = (Address(23, "ADDRESS"),)
