# SPDX-License-Identifier: MIT
"""The path of a file: text in C. Python passes what os.fspath() takes, and gets a pathlib.Path."""

from __future__ import annotations

from ..items import text_of
from .kind import wrong_type
from .text import Text, decoded, is_plain_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from ..description import Value
    from ..items import Item
    from .kind import Call, Source


def path_of(text: object) -> object:
    import pathlib
    return pathlib.Path(text)  # type: ignore[arg-type]


class Path(Text):
    annotation = "pathlib.Path"

    def argument_annotation(self, value: Value) -> str:
        return "str | bytes | os.PathLike[str] | os.PathLike[bytes]"

    def plain(self, argument: Any) -> object:
        """The str or bytes of a path. Raises TypeError."""
        import os
        return os.fspath(argument)

    def to_c(self, argument: Any, value: Value, where: str, call: Call) -> list[object]:
        if not hasattr(type(argument), "__fspath__") and not isinstance(argument, (str, bytes)):
            raise wrong_type(where, "str, bytes or os.PathLike", argument)
        return super().to_c(self.plain(argument), value, where, call)

    def result_source(self, value: Value, source: Source) -> str:
        source.names["_path"] = path_of
        return "_path(outcome.take_text())"

    def callback_argument(self, value: Value, arguments: Iterator[Any]) -> object:
        import ctypes
        text = ctypes.c_char_p(next(arguments)).value
        return None if text is None else path_of(decoded(text))

    def fits(self, argument: Any, value: Value, classes: Mapping[str, Any]) -> bool:
        return is_plain_text(argument) or hasattr(type(argument), "__fspath__")

    def from_item(self, item: Item, address: int, value: Value,
                  classes: Mapping[str, Any]) -> object:
        return path_of(decoded(text_of(item)))

    def from_argument(self, argument: object) -> object:
        return self.plain(argument)

    def to_python(self, value: object) -> object:
        return path_of(value)


KINDS = (Path(32, "PATH"),)
