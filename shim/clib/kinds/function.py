# SPDX-License-Identifier: MIT
"""A callable with any kinds of arguments and any result, which C++ may keep."""

from __future__ import annotations

from ..description import Damaged
from . import of
from .buffer import part_name
from .kind import Kind, wrong_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Any

    from ..description import Value
    from .kind import Call, CType


class FunctionKind(Kind):
    """Its first part is the result, the others are the arguments."""

    is_kept = True

    def check(self, value: Value) -> None:
        if not value.parts:
            raise Damaged(f"'{value.name}' in it is a function without a result")

    def c_parameters(self, value: Value, classes: Mapping[str, Any]) -> list[CType]:
        import ctypes
        return [ctypes.c_void_p] * 3

    def c_names(self, value: Value, name: str, others: Collection[str]) -> list[str]:
        suffixes = ["context", "release"]
        return [name, *[part_name(name, each, others) for each in suffixes]]

    def c_parameter(self, value: Value, name: str, others: Collection[str] = ()) -> str:
        context = f"void* {part_name(name, 'context', others)}".rstrip()
        return (f"clib_function_call {name}, {context}, "
                f"void (*{part_name(name, 'release', others)})(void* context)")

    def argument_annotation(self, value: Value) -> str:
        result, *arguments = value.parts
        parameters = ", ".join([of(each).result_annotation(each) for each in arguments])
        returned = of(result).argument_annotation(result) if result.kind else "object"
        return f"Callable[[{parameters}], {returned}]"

    def fits(self, argument: Any, value: Value, classes: Mapping[str, Any]) -> bool:
        return callable(argument)

    def to_c(self, argument: Any, value: Value, where: str, call: Call) -> list[object]:
        if not callable(argument):
            raise wrong_type(where, "callable", argument)
        return call.callback(argument, value)


KINDS = (FunctionKind(36, "FUNCTION"),)
