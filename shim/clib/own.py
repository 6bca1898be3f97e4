# SPDX-License-Identifier: MIT
"""clib's own types: what a Python programmer looks for besides their functions."""

from __future__ import annotations

from .objects import OWN_NAMES, is_a

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed import ReadableBuffer
    from collections.abc import Callable, Iterator
    from typing import Any


class CounterExtras:
    _full_name: Any
    closed: bool
    value: int

    def __repr__(self) -> str:
        return f"<{self._full_name()}{', closed' if self.closed else f' value={self.value}'}>"


def _bytes_of(other: Any) -> bytes | None:
    """What can be compared with bytes, as them."""
    from array import array
    comparable = (bytes, bytearray, memoryview, array)
    return bytes(other) if is_a(other, *comparable) or _is_own(other, "CharBuffer") else None


def _comparisons(qualified: str, plain: Callable[[Any], Any],
                 comparable: Callable[[object], Any]) -> Iterator[Callable[[Any, object], Any]]:
    """__eq__, __lt__, __le__, __gt__ and __ge__ of what `plain` makes of the object, with what
    `comparable` makes of the other one; None is nothing that can be compared."""
    def comparison(name: str) -> Callable[[Any, object], Any]:
        def compare(self: Any, other: object) -> Any:
            operand = comparable(other)
            return NotImplemented if operand is None else getattr(plain(self), name)(operand)

        compare.__name__, compare.__qualname__ = name, f"{qualified}.{name}"
        compare.__annotations__.pop("self")
        return compare

    return map(comparison, ("__eq__", "__lt__", "__le__", "__gt__", "__ge__"))


def _is_own(other: object, name: str) -> bool:
    """Whether something is an object of this class of libclib.so, however that was loaded."""
    return any(getattr(each, "_own_name", "") == name for each in type(other).__mro__)


def _copy_of_own(buffer: Any, data: Any) -> Any:
    """`data`, or a copy if it is the buffer itself, which must not move while it is read."""
    return bytes(data) if data is buffer else data


class CharBufferExtras:
    """What bytearray has and the C ABI need not have."""

    _own_name = "CharBuffer"

    _full_name: Any
    closed: bool
    read: Any
    write: Any
    assign: Any
    erase: Any
    resize: Any
    at: Any
    set: Any
    _plain_append: Any
    _plain_insert: Any
    __len__: Any

    def _index(self, index: Any) -> int:
        size = len(self)
        try:
            number = index_of(index)
        except TypeError:
            raise TypeError("CharBuffer: an index must be int or a slice, not "
                            f"{type(index).__name__}") from None
        if not -size <= number < size:
            raise IndexError(f"CharBuffer: index is {number}; pass one from {-size} to {size - 1}"
                             if size else
                             f"CharBuffer: index is {number}, but the buffer is empty")
        return number + size if number < 0 else number

    def __getitem__(self, index: Any) -> Any:
        """A byte as int, or the bytes of a slice, copied."""
        if is_a(index, slice):
            start, stop, step = index.indices(len(self))
            if step == 1:
                part = bytearray(max(stop - start, 0))
                return bytes(part[:self.read(start, part)]) if part else b""
            return bytes(self)[index]
        try:
            if index >= 0:
                return self.at(index)
        except (TypeError, OverflowError):  # it is no int, or far out
            pass
        return self.at(self._index(index))

    def __setitem__(self, index: Any, value: Any) -> None:
        """A byte, from int, or the bytes of a slice, which may be more or fewer than before."""
        if not is_a(index, slice):
            try:
                self.set(self._index(index), value)
            except OverflowError:
                raise ValueError("CharBuffer: a byte must be from 0 to 255") from None
            return
        data = _slice_bytes(value)
        start, stop, step = index.indices(len(self))
        if step == 1 and len(data) == max(stop - start, 0):
            self.write(start, data)
            return
        whole = bytearray(bytes(self))
        whole[index] = data
        self._replace(whole)

    def __delitem__(self, index: Any) -> None:
        if not is_a(index, slice):
            self.erase(self._index(index), 1)
            return
        start, stop, step = index.indices(len(self))
        if step == 1 and start < stop:
            self.erase(start, stop - start)
            return
        whole = bytearray(bytes(self))
        del whole[index]
        self._replace(whole)

    def _replace(self, whole: bytearray) -> None:
        """As many bytes as before stay where they are, also while they are lent."""
        if len(whole) == len(self):
            self.write(0, whole)
        else:
            self.assign(whole)

    def __iter__(self) -> Iterator[int]:
        return iter(bytes(self))

    def __contains__(self, part: object) -> bool:
        data = _bytes_of(part)
        return (part if data is None else data) in bytes(self)  # type: ignore[operator]

    def __bytes__(self) -> bytes:
        while True:
            data = bytearray(len(self))
            if self.read(0, data) == len(data) == len(self):  # else another thread changed it
                return bytes(data)

    def __repr__(self) -> str:
        if self.closed:
            return f"<{self._full_name()}, closed>"
        return f"CharBuffer({bytes(self)!r})"

    __eq__, __lt__, __le__, __gt__, __ge__ = _comparisons(
        "CharBufferExtras", bytes, _bytes_of)
    __hash__ = None  # type: ignore[assignment]

    def append(self, data: str | ReadableBuffer) -> None:
        """Adds bytes at the end; its own, too."""
        self._plain_append(_copy_of_own(self, data))

    extend = append

    def insert(self, index: int, data: str | ReadableBuffer) -> None:
        """Puts bytes before the one at index; its own, too."""
        if hasattr(type(index), "__index__") and index_of(index) < 0:
            index = max(index_of(index) + len(self), 0)
        self._plain_insert(index, _copy_of_own(self, data))

    def __iadd__(self, data: str | ReadableBuffer) -> Any:
        self.append(data)
        return self

    def __copy__(self) -> Any:
        return _copied(self, lambda value: value)

    def __deepcopy__(self, memo: Any) -> Any:
        from copy import deepcopy
        return _copied(self, lambda value: deepcopy(value, memo))

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """The bytes as text."""
        return bytes(self).decode(encoding, errors)


def index_of(index: Any) -> int:
    from operator import index as index_function
    return index_function(index)


def _slice_bytes(value: Any) -> Any:
    """What may be assigned to a slice, as bytes."""
    if is_a(value, str):
        raise TypeError("CharBuffer: a slice is assigned bytes, not str; encode() it")
    if hasattr(type(value), "__index__"):  # of which bytes() would make so many zeros
        raise TypeError(f"CharBuffer: a slice is assigned bytes, not {type(value).__name__}")
    return bytes(value)


def _text_of(other: object) -> str | None:
    """What can be compared with text, as it."""
    return str(other) if is_a(other, str) or _is_own(other, "CString") else None


def _copied(own: Any, copy_attribute: Callable[[Any], Any]) -> Any:
    """A copy, of a class derived in Python too: with its attributes, without its constructor."""
    derived: Any = type(own)
    made_by: Any = next(each for each in type(own).__mro__ if "_entries" in vars(each))
    made = derived.__new__(derived)
    made_by.__init__(made, bytes(own))
    for name, value in getattr(own, "__dict__", {}).items():
        if name not in OWN_NAMES:
            setattr(made, name, copy_attribute(value))
    return made


class CStringExtras:
    _own_name = "CString"

    _full_name: Any
    closed: bool
    read: Any
    __len__: Any

    def __bytes__(self) -> bytes:
        data = bytearray(len(self))
        return bytes(data[:self.read(data)]) if data else b""

    def __repr__(self) -> str:
        if self.closed:
            return f"<{self._full_name()}, closed>"
        return f"CString({str(self)!r})"

    __eq__, __lt__, __le__, __gt__, __ge__ = _comparisons(
        "CStringExtras", str, _text_of)

    def __hash__(self) -> int:
        return hash(str(self))

    def __copy__(self) -> Any:
        return _copied(self, lambda value: value)

    def __deepcopy__(self, memo: Any) -> Any:
        from copy import deepcopy
        return _copied(self, lambda value: deepcopy(value, memo))


EXTRAS = {"clib_counter": CounterExtras, "clib_char_buffer": CharBufferExtras,
           "clib_c_string": CStringExtras}


for _extras in EXTRAS.values():
    for _member in vars(_extras).values():
        if isinstance(_member, type(_bytes_of)):  # Python's own sentences have it
            _member.__qualname__ = _member.__qualname__.replace("Extras.", ".")
