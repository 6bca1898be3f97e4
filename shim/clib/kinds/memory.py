# SPDX-License-Identifier: MIT
"""Bytes to write, with their length: any writable buffer."""

from __future__ import annotations

from .buffer import Buffer, memory_of, view_of
from .kind import Passing, wrong_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..description import Value
    from .kind import Call, Source


class Memory(Buffer):
    def argument_annotation(self, value: Value) -> str:
        return "WriteableBuffer"

    def to_c(self, argument: Any, value: Value, where: str, call: Call) -> list[object]:
        import ctypes
        try:
            view = view_of(argument)
        except TypeError:
            raise wrong_type(where, "a writable buffer, for example a bytearray",
                             argument) from None
        if view.readonly:
            raise TypeError(f"{where} must be writable, for example a bytearray; "
                            f"{type(argument).__name__} cannot be changed")
        return memory_of(view, where, ctypes.c_char)

    def passing(self, value: Value, source: Source) -> Passing:
        import ctypes
        name = value.python_name
        source.names.update(_byref=ctypes.byref, _c_char=ctypes.c_char)
        return Passing([f"_byref(_memory_{name})", f"len({name})"], lines=[
            f"if type({name}) is not bytearray or not {name}: raise TypeError",
            f"_memory_{name} = _c_char.from_buffer({name})"])


KINDS = (Memory(15, "WRITABLE"),)
