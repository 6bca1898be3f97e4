# SPDX-License-Identifier: MIT
"""A slice, as its start, stop and step."""

from __future__ import annotations

from _operator import index

from .buffer import part_name
from .integer import INT64
from .kind import Kind, wrong_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Any

    from ..description import Value
    from .kind import Call, CType


def _bound(bound: Any, default: int) -> int:
    return default if bound is None else min(max(index(bound), INT64.least), INT64.greatest)


class Slice(Kind):
    annotation = "slice"

    def c_parameters(self, value: Value, classes: Mapping[str, Any]) -> list[CType]:
        import ctypes
        return [ctypes.c_int64] * 3

    def c_names(self, value: Value, name: str, others: Collection[str]) -> list[str]:
        return [part_name(name, part, others) for part in ("start", "stop", "step")]

    def c_parameter(self, value: Value, name: str, others: Collection[str] = ()) -> str:
        return ", ".join([f"int64_t {part}".rstrip() for part in self.c_names(value, name, others)])

    def fits(self, argument: Any, value: Value, classes: Mapping[str, Any]) -> bool:
        return type(argument) is slice

    def to_c(self, argument: Any, value: Value, where: str, call: Call) -> list[object]:
        if type(argument) is not slice:
            raise wrong_type(where, "slice", argument)
        step = _bound(argument.step, 1)
        if step == 0:
            raise ValueError(f"{where} has the step 0; pass another one")
        first, last = (INT64.greatest, INT64.least) if step < 0 else (0, INT64.greatest)
        return [_bound(argument.start, first), _bound(argument.stop, last), step]


KINDS = (Slice(37, "SLICE"),)
