# SPDX-License-Identifier: MIT
"""Text that ends with a NUL. Python passes str, or bytes of UTF-8, and gets str."""

from __future__ import annotations

from ..items import text_of
from ..objects import is_a
from .kind import Kind, Passing, wrong_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from ..description import Value
    from ..items import Item, Items
    from .kind import Call, Source


def decoded(text: bytes) -> str:
    """Text of C++. Bytes that are no UTF-8 are kept, as Python keeps those in names of files."""
    return text.decode(errors="surrogateescape")


def encoded(text: str, where: str) -> bytes:
    """Text for C++. What decoded() kept becomes the bytes again."""
    try:
        return str.encode(text, "utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        error.reason = f"{where} has a lone surrogate there, which is no character; remove it"
        raise error from None


def encoding_lines(name: str) -> list[str]:
    """Makes bytes of an argument of a generated function."""
    return [f"if type({name}) is str: "
            f"{name} = {name}.encode('utf-8', 'surrogateescape')",
            f"elif type({name}) is not bytes: raise TypeError"]


def is_plain_text(argument: object) -> bool:
    """Whether it is bytes, or a str without a lone surrogate."""
    if type(argument) is str:
        try:
            argument.encode()
        except UnicodeEncodeError:
            return False
        return True
    return type(argument) is bytes


class Text(Kind):
    annotation = "str"

    def argument_annotation(self, value: Value) -> str:
        return "str | bytes"

    def to_c(self, argument: Any, value: Value, where: str, call: Call) -> list[object]:
        if not is_a(argument, str, bytes):
            raise wrong_type(where, "str or bytes", argument)
        data = encoded(argument, where) if is_a(argument, str) else \
            memoryview(argument).tobytes()
        if b"\0" in data:
            raise ValueError(f"{where} has a NUL in it, at which C would cut it; remove it")
        return [data]

    def fits(self, argument: Any, value: Value, classes: Mapping[str, Any]) -> bool:
        return is_plain_text(argument) and \
            ("\0" if type(argument) is str else b"\0") not in argument

    def passing(self, value: Value, source: Source) -> Passing:
        name = value.python_name
        return Passing([name], lines=[
            *encoding_lines(name), f"if b'\\0' in {name}: raise TypeError"])

    def result_source(self, value: Value, source: Source) -> str:
        return "outcome.take_text()"

    def callback_argument(self, value: Value, arguments: Iterator[Any]) -> object:
        import ctypes
        text = ctypes.c_char_p(next(arguments)).value
        return None if text is None else decoded(text)

    def to_item(self, argument: Any, value: Value, where: str, call: Call, items: Items) -> Item:
        data, = self.to_c(argument, value, where, call)
        assert isinstance(data, bytes)
        return self.number, 0, items.address_of(data), len(data)

    def from_item(self, item: Item, address: int, value: Value,
                  classes: Mapping[str, Any]) -> object:
        return decoded(text_of(item))


KINDS = (Text(13, "TEXT"),)
