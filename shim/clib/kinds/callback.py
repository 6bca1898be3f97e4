# SPDX-License-Identifier: MIT
"""A callable that C++ calls: during the call, or as long as it keeps it."""

from __future__ import annotations

from . import of
from .buffer import part_name
from .kind import Kind, wrong_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Any

    from ..description import Value
    from .kind import Call, CType


class Callback(Kind):
    def __init__(self, number: int, name: str, is_kept: bool) -> None:
        super().__init__(number, name)
        self.is_kept = is_kept

    def check(self, value: Value) -> None:
        assert value.signature

    def c_parameters(self, value: Value, classes: Mapping[str, Any]) -> list[CType]:
        import ctypes
        return [ctypes.c_void_p] * (3 if self.is_kept else 2)

    def c_names(self, value: Value, name: str, others: Collection[str]) -> list[str]:
        suffixes = ["context", "release"][:2 if self.is_kept else 1]
        return [name, *[part_name(name, each, others) for each in suffixes]]

    def c_parameter(self, value: Value, name: str, others: Collection[str] = ()) -> str:
        signature = value.signature
        parameters = ", ".join([of(each).c_parameter(each, "") for each in signature.parameters] +
                               ["void* context"])
        result = of(signature.result).c_type(signature.result)
        pointer = f"{result} (*{name})({parameters})"
        context = f"void* {part_name(name, 'context', others)}".rstrip()
        release = f", void (*{part_name(name, 'release', others)})(void* context)"
        return f"{pointer}, {context}{release if self.is_kept else ''}"

    def argument_annotation(self, value: Value) -> str:
        signature = value.signature
        parameters = [of(each).callback_annotation(each) for each in signature.parameters]
        result = "object" if of(signature.result).annotation == "None" else "int | None"
        return f"Callable[[{', '.join(parameters)}], {result}]"

    def to_c(self, argument: Any, value: Value, where: str, call: Call) -> list[object]:
        if not callable(argument):
            raise wrong_type(where, "callable", argument)
        return call.callback(argument, value)

    def fits(self, argument: Any, value: Value, classes: Mapping[str, Any]) -> bool:
        return callable(argument)


KINDS = (Callback(21, "CALLBACK", False), Callback(22, "KEPT_CALLBACK", True))
