# SPDX-License-Identifier: MIT
"""Items: values that are part of another one (clib_item in describe.h). An item is a tuple here: its
kind, its alternative, what it is as an unsigned number, and its count."""

from __future__ import annotations

from .foreign import Char, UInt32, UInt64, addressof, bytes_at
from .layout import Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    Item = tuple[int, int, int, int]

_ITEM = Struct("=IIQQ")
_NUMBER, _BITS = Struct("=d"), Struct("=Q")
MASK = (1 << 64) - 1
NOTHING: Item = (0, 0, 0, 0)


def bits_of(number: float) -> int:
    """A floating-point number as an item has it."""
    bits: int = _BITS.unpack(_NUMBER.pack(number))[0]
    return bits


def number_of(bits: int) -> float:
    number: float = _NUMBER.unpack(_BITS.pack(bits))[0]
    return number


class Items:
    """The items of one argument, which live as long as this."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: list[object] = []

    def address_of(self, data: bytes) -> int:
        """The address of a copy of bytes."""
        memory = (Char * (len(data) + 1)).from_buffer_copy(data + b"\0")
        self._kept.append(memory)
        return addressof(memory)

    def keep(self, kept: object) -> None:
        """For what C++ gets by its address."""
        self._kept.append(kept)

    def row(self, kind: int, items: Iterable[Item]) -> Item:
        """An item that holds others."""
        packed = [_ITEM.pack(*each) for each in items]
        return kind, 0, self.address_of(b"".join(packed)) if packed else 0, len(packed)

    def argument(self, item: Item) -> object:
        """What C gets for an item."""
        memory = _Memory.from_buffer_copy(_ITEM.pack(*item))
        memory.kept = self._kept
        return memory


_Memory: Any = type("_Memory", (UInt64 * (_ITEM.size // 8),), {})  # with a __dict__


def item_at(address: int) -> Item:
    kind, alternative, content, count = _ITEM.unpack(bytes_at(address, _ITEM.size))
    return kind, alternative, content, count


def row_at(item: Item) -> Iterator[tuple[Item, int]]:
    """The items that an item holds, each with its address."""
    _, _, address, count = item
    each: Any
    for each in _ITEM.iter_unpack(bytes_at(address, count * _ITEM.size)) if count else ():
        yield each, address
        address += _ITEM.size


def text_of(item: Item) -> bytes:
    """The bytes of a text or structure."""
    _, _, address, count = item
    return bytes_at(address, count) if count else b""


def take(address: int) -> None:
    """Says that an object behind a handle has an owner now, whose item is at the address."""
    UInt32.from_address(address).value = 0
