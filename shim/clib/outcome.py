# SPDX-License-Identifier: MIT
"""The record that a call fills in (clib_outcome in describe.h). Each call takes one of
its own, so nothing that runs between a call and its reading can change what is read."""

from __future__ import annotations

import sys

from .foreign import (
    Char, Int32, Int64, Pointer, Structure, UInt16, UInt64, addressof, bytes_at, function_at,
    is_main_interpreter, sizeof,
)
from .layout import UNLOCKED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# ctypes takes the main interpreter's lock for what C++ calls, which a sub-interpreter must not hold
# then. It has another way since Python 3.12.
ALWAYS_UNLOCKED = sys.version_info < (3, 12) and not is_main_interpreter()


class Outcome(Structure):
    """What one call came to. `release` is an address: whoever has read `data` calls finish()."""

    _fields_ = [
        ("size", UInt16), ("flags", UInt16), ("error_number", Int32), ("status", Int64),
        ("exception", UInt64),
        ("data", Pointer), ("length", UInt64), ("release", Pointer), ("owner", Pointer),
        ("room", Char * 64)]

    size: int
    flags: int
    status: int
    error_number: int
    exception: int
    data: int | None
    length: int
    release: int | None
    owner: int | None
    room: bytes  # up to its first NUL
    address = 0  # of the record

    # While Python ends, the names of this module are gone.
    _function_at = staticmethod(function_at)
    _release_type = False, None, Pointer
    _releases: dict[int, Any] = {}
    _pool: list[Outcome] = []

    def __init__(self, addressof: Any = addressof, sizeof: Any = sizeof,
                 flags: int = UNLOCKED if ALWAYS_UNLOCKED else 0) -> None:
        self.size = sizeof(self)
        self.flags = flags
        self.address = addressof(self)
        self._room_address = self.address + type(self).room.offset  # type: ignore[attr-defined]

    def __del__(self) -> None:
        # An exception came between the call and the reading, or even before the record was made.
        if self.address and self.release:
            self._release()

    def _release(self) -> None:
        address, owner = self.release or 0, self.owner
        release = self._releases.get(address)
        if release is None:
            release = self._releases[address] = self._function_at(
                address, *self._release_type)
        self.release = None  # Python runs nothing else between this line and the next
        release(owner)

    def finish(self) -> None:
        """Lets another call have the record, when all was read."""
        if self.release:
            self._release()
        self._pool.append(self)

    def drop(self) -> None:
        """Drops the result. Finishes."""
        self.finish()

    def take_bytes(self) -> bytes:
        """A result of bytes. Finishes."""
        address, length = self.data, self.length
        if address == self._room_address:  # a short one lies in the record
            data = self.room
            if len(data) != length:  # it has a NUL
                data = bytes_at(self._room_address, length)
            self._pool.append(self)
            return data
        data = bytes_at(address or 0, length) if length else b""
        self.finish()
        return data

    def take_text(self) -> str:
        """A result of text. Finishes. Bytes that are no UTF-8 are kept, as Python keeps those in names
        of files."""
        return self.take_bytes().decode(errors="surrogateescape")

    def take_sentence(self) -> str:
        """The sentence of a failure, and the paths that it is about, each after a NUL. Finishes."""
        return self.take_bytes().decode(errors="surrogateescape")


class ObjectOutcome(Outcome):
    """What a call came to that returns an object. Until an object in Python has the handle, this has
    it, and frees what is behind it if an exception comes in between. Each class has its own class of
    these."""

    _class: Any

    def __del__(self) -> None:
        if not self.address:
            return
        owner = self.owner
        if self.release:
            self._release()
        if owner and self.status >= 0:
            self._class._drop(owner)

    def take_object(self, handle: int | None) -> Any:
        """The object for the handle that the call has returned. Finishes."""
        found = None if handle is None else self._class._adopt(handle)
        if self.release:  # which has kept it until now
            self._release()
        self.owner = None
        self._pool.append(self)
        return found

    def initialise(self, new_object: Any, handle: int) -> None:
        """Gives an object the handle that its constructor has returned. Finishes."""
        self._class._initialise(new_object, handle)
        if self.release:  # as in take_object()
            self._release()
        self.owner = None
        self._pool.append(self)

    def drop(self) -> None:
        """Frees the object that nobody is to have. Finishes."""
        handle, self.owner = self.owner, None
        if handle:
            self._class._drop(handle)
        self.finish()


# Those that no call uses. A call pops one, or makes one if there is none.
outcomes = Outcome._pool


def new_outcome(of: type[Outcome] = Outcome) -> Outcome:
    try:
        return of._pool.pop()
    except IndexError:
        return of()
