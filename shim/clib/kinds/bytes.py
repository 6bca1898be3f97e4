# SPDX-License-Identifier: MIT
"""Bytes to read, with their length. Python passes str, bytes or any readable buffer, and gets bytes;
a callable gets them as str."""

from __future__ import annotations

from ..foreign import bytes_at
from ..items import text_of
from ..objects import is_a
from .buffer import Buffer, memory_of, view_of
from .kind import Passing, wrong_type
from .text import decoded, encoded, encoding_lines, is_plain_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from ..description import Value
    from ..items import Item, Items
    from .kind import Call, Source


class Bytes(Buffer):
    annotation = "bytes"

    def c_type(self, value: Value) -> str:
        return "const uint8_t*"

    def argument_annotation(self, value: Value) -> str:
        return "str | ReadableBuffer"

    def to_c(self, argument: Any, value: Value, where: str, call: Call) -> list[object]:
        import ctypes
        if is_a(argument, str):
            argument = encoded(argument, where)
        if type(argument) is bytes:  # a class derived from it may say anything of its length
            return [argument, len(argument)]
        try:
            view = view_of(argument)
        except TypeError:
            raise wrong_type(where, "str, bytes or a readable buffer", argument) from None
        return memory_of(view, where, ctypes.c_char)

    def fits(self, argument: Any, value: Value, classes: Mapping[str, Any]) -> bool:
        return is_plain_text(argument)

    def passing(self, value: Value, source: Source) -> Passing:
        name = value.python_name
        return Passing([name, f"len({name})"], lines=encoding_lines(name))

    def result_source(self, value: Value, source: Source) -> str:
        return "outcome.take_bytes()"

    def callback_annotation(self, value: Value) -> str:
        return "str"

    def callback_argument(self, value: Value, arguments: Iterator[Any]) -> object:
        address, size = next(arguments), next(arguments)
        return decoded(bytes_at(address, size)) if size else ""

    def to_item(self, argument: Any, value: Value, where: str, call: Call, items: Items) -> Item:
        if is_a(argument, str):
            data = encoded(argument, where)
        else:
            try:
                data = view_of(argument).tobytes()
            except TypeError:
                raise wrong_type(where, "str, bytes or a readable buffer", argument) from None
        return self.number, 0, items.address_of(data), len(data)

    def from_item(self, item: Item, address: int, value: Value,
                  classes: Mapping[str, Any]) -> object:
        return text_of(item)


KINDS = (Bytes(14, "BYTES"),)
