# SPDX-License-Identifier: MIT
"""Numbers or structures in a row, to read or to write."""

from __future__ import annotations

import sys

from ..foreign import bytes_at
from ..layout import STRUCT_TYPE
from ..objects import is_a
from . import kind_of
from .buffer import Buffer, memory_of, view_of
from .kind import class_type_of, is_iterable, wrong_type
from .number import Number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from ..description import Value
    from .kind import Call


def number_of(value: Value) -> Number | None:
    """The kind of the elements, or None if they are structures."""
    kind = kind_of(value.element)
    return kind if isinstance(kind, Number) else None


def _has_format(view: memoryview, number: Number, size: int) -> bool:
    """Whether a view shows numbers of this kind."""
    found = view.format.lstrip("@=<" if sys.byteorder == "little" else "@=>!")
    if view.itemsize != size or len(found) != 1:
        return False
    return (found in "bhilqn") if number.code in "bhiq" else \
        (found in "BHILQNc") if number.code in "BHIQ" else found == number.code


class Sequence(Buffer):
    def __init__(self, number: int, name: str, is_written: bool) -> None:
        super().__init__(number, name)
        self.is_written = is_written

    def check(self, value: Value) -> None:
        if number_of(value) is None and kind_of(value.element) is not None:
            class_type_of(value, STRUCT_TYPE)

    def element_name(self, value: Value) -> str:
        number = number_of(value)
        return value.class_type.symbol if number is None else number.c_name

    def argument_annotation(self, value: Value) -> str:
        number = number_of(value)
        if self.is_written:
            return "WriteableBuffer"
        if number is None:
            return f"Iterable[{value.class_type.name}]"
        return f"ReadableBuffer | Iterable[{number.annotation}]"

    def to_c(self, argument: Any, value: Value, where: str, call: Call) -> list[object]:
        import ctypes
        number = number_of(value)
        if number is None:
            return self._structures(argument, value, call.classes[value.class_type.name], where)
        what = f"buffer of {number.c_name}, for example array.array('{number.code}')"
        try:
            view = view_of(argument)
        except TypeError:
            if self.is_written or is_a(argument, str):
                raise wrong_type(where, f"a {'writable ' if self.is_written else ''}{what}",
                                 argument) from None
            return self._list(argument, number, where)
        if self.is_written and view.readonly:
            raise TypeError(f"{where} must be writable; {type(argument).__name__} cannot be changed")
        if not _has_format(view, number, ctypes.sizeof(number.ctype)):
            raise TypeError(f"{where} must be a {what}, not one of format '{view.format}'")
        if view.ndim != 1:
            raise TypeError(f"{where} must have one dimension, not {view.ndim}; pass the numbers in "
                            "a row, as ravel() has them")
        return memory_of(view, where, number.ctype, self.is_written)

    def fits(self, argument: Any, value: Value, classes: Mapping[str, Any]) -> bool:
        return (number_of(value) is None or not is_a(argument, list, tuple)) and \
            super().fits(argument, value, classes)

    @staticmethod
    def _list(argument: Any, number: Number, where: str) -> list[object]:
        from array import array
        if not is_iterable(argument):
            raise wrong_type(where, f"a buffer or list of {number.c_name}", argument)
        numbers = array(number.code, [number.checked(each, f"{where}[]") for each in argument])
        if not numbers:
            return [None, 0]
        return [(number.ctype * len(numbers)).from_buffer(numbers), len(numbers)]

    @staticmethod
    def _structures(argument: Any, value: Value, expected: Any, where: str) -> list[object]:
        import ctypes

        from .array import in_a_row
        c_type = expected._c_type()
        if is_a(argument, ctypes.Array) and argument._type_ is c_type:
            return [argument, argument._length_]
        if is_a(argument, str, bytes) or not is_iterable(argument):
            raise wrong_type(where, f"a list of {expected.__name__}", argument)
        memory = None if is_a(argument, list, tuple) else in_a_row(argument, value.class_type, where)
        if memory is not None:
            passed = ctypes.c_void_p(memory.address)
            passed.kept = memory  # type: ignore[attr-defined]
            return [passed, memory.shape[0]]
        items = list(argument)
        for place, item in enumerate(items):
            if not is_a(item, expected):
                raise wrong_type(f"{where}[{place}]", expected, item)
        row = [item._as_c() for item in items]
        return [(c_type * len(row))(*row) if row else None, len(row)]

    def callback_annotation(self, value: Value) -> str:
        number = number_of(value)
        if number is None or number.code == "B":
            return "bytes"
        return f"array[{number.annotation}]"

    def callback_argument(self, value: Value, arguments: Iterator[Any]) -> object:
        import ctypes
        from array import array
        number = number_of(value)
        assert number is not None  # structures in a row are passed to no callback
        address, size = next(arguments), next(arguments)
        data = bytes_at(address, size * ctypes.sizeof(number.ctype)) if size else b""
        return data if number.code == "B" else array(number.code, data)


KINDS = (Sequence(16, "SEQUENCE", False), Sequence(17, "WRITABLE_SEQUENCE", True))
