# SPDX-License-Identifier: MIT
"""Memory of Python that C reads or writes, with its length."""

from __future__ import annotations

from ..layout import CONST
from ..objects import Pinned, is_a
from .kind import Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Any

    from ..description import Value
    from .kind import CType


def view_of(argument: Any) -> memoryview:
    """A view of any buffer. Before Python 3.12 only this makes one of an object of C++."""
    if is_a(argument, Pinned):
        return Pinned.view(argument)
    try:
        return memoryview(argument)
    except TypeError:
        from ..arrays import PlainArray
        if is_a(argument, PlainArray):
            return PlainArray.view(argument)
        raise


def memory_of(view: memoryview, where: str, element: CType,
              is_written: bool = False) -> list[object]:
    """What C gets of a view: the memory itself if it can be written to, else a copy. Elements that
    are not aligned, as in a part of a file, are copied, or refused if C writes to them."""
    import ctypes
    if not view.c_contiguous:
        raise BufferError(f"{where} does not lie in one piece; pass a copy of it")
    count = view.nbytes // ctypes.sizeof(element)
    if count == 0:
        return [None, 0]
    array = element * count
    if view.readonly:
        return [array.from_buffer_copy(view), count]
    memory = array.from_buffer(view)
    if ctypes.addressof(memory) % ctypes.alignment(element):
        if is_written:
            raise BufferError(f"{where} lies at an odd address, where no such number may be; pass a "
                              "copy of it")
        memory = array.from_buffer_copy(view)
    return [memory, count]


class Buffer(Kind):
    """A pointer and a length."""

    def c_parameters(self, value: Value, classes: Mapping[str, Any]) -> list[CType]:
        import ctypes
        return [ctypes.c_void_p, ctypes.c_size_t]

    def null(self, value: Value, classes: Mapping[str, Any]) -> list[object]:
        return [None, 0]

    def element_name(self, value: Value) -> str:
        """The C type of an element."""
        return "char"

    def c_names(self, value: Value, name: str, others: Collection[str]) -> list[str]:
        return [name, part_name(name, "size", others)]

    def c_parameter(self, value: Value, name: str, others: Collection[str] = ()) -> str:
        constant = "const " if value.flags & CONST else ""
        pointer = f"{constant}{self.element_name(value)}* {name}".rstrip()
        return f"{pointer}, size_t {part_name(name, 'size', others)}".rstrip()


def part_name(name: str, suffix: str, others: Collection[str]) -> str:
    """The name of a further C parameter of one value, which is none of the others'."""
    if not name:
        return ""
    full = f"{name}_{suffix}"
    while full in others:
        full += "_"
    return full
