# SPDX-License-Identifier: MIT
"""What arrays are made of: dtypes, clib_array of describe.h, and the memory of an argument."""

from __future__ import annotations

import sys

from .foreign import (
    Char, Int, Int32, Int64, Pointer, PythonObject, Size, Structure, UInt16, UInt64, address_of,
    addressof, bytes_at, function_at,
)
from .layout import IS_CPYTHON, Struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Shape = tuple[int, ...]

INTEGER, NATURAL, REAL, STRUCTURE, COMPLEX, BOOL = 0, 1, 2, 3, 5, 6  # enum clib_array_code
READONLY = 1  # enum clib_array_flag
HOST = 1  # the memory of this process
MAX_RANK = 16
_NATIVE = "<" if sys.byteorder == "little" else ">"
_LONG = "l" if Struct("l").size == 8 else "q"  # as numpy has it


class Dtype:
    """What an element is. `name` is numpy's; `letter` is that of the modules struct and array, of a
    complex number that of its parts."""

    __slots__ = ("name", "c_name", "code", "bits", "letter")

    def __init__(self, name: str, c_name: str, code: int, bits: int, letter: str) -> None:
        self.name = name
        self.c_name = c_name
        self.code = code
        self.bits = bits
        self.letter = letter

    lanes = 1

    @property
    def size(self) -> int:
        return self.bits // 8

    @property
    def alignment(self) -> int:
        return Struct(f"c{self.letter}").size - Struct(self.letter).size

    @property
    def spelled(self) -> str:
        """As numpy takes it."""
        return f"'{self.name}'"

    @property
    def format(self) -> str:
        """As a buffer has it."""
        return f"Z{self.letter}" if self.code == COMPLEX else self.letter

    @property
    def typestr(self) -> str:
        """As __array_interface__ has it."""
        return f"{_NATIVE if self.bits > 8 else '|'}{'iuf  cb'[self.code]}{self.size}"


class StructureDtype(Dtype):
    """A structure. `fields` are its members: name, offset, and a letter or another one."""

    __slots__ = ("fields", "lanes", "own_alignment")

    def __init__(self, name: str, size: int, alignment: int,
                 fields: list[tuple[str, int, str | StructureDtype]]) -> None:
        super().__init__(name, name, STRUCTURE, 8, "")
        self.lanes = size
        self.own_alignment = alignment
        self.fields = fields

    @property
    def size(self) -> int:
        return self.lanes

    @property
    def alignment(self) -> int:
        return self.own_alignment

    @property
    def spelled(self) -> str:
        return self.name

    @property
    def format(self) -> str:
        text, end = "T{", 0
        for name, offset, member in self.fields:
            text += "x" * (offset - end)
            if isinstance(member, str):
                member = _LONGS.get(member, member)
                text, end = f"{text}{member}", offset + Struct(member).size
            else:
                text, end = f"{text}{member.format}", offset + member.size
            text += f":{name}:"
        return text + "}"

    @property
    def typestr(self) -> str:
        return f"|V{self.size}"

    def has_format(self, text: str) -> bool:
        """Whether a format is that of such structures, with these members at these places."""
        if text == self.format:
            return True
        from .formats import fields_of  # imports re, which loading does not
        return fields_of(text) == self.all_fields(0)

    def all_fields(self, start: int) -> list[tuple[str, int, str]]:
        """The numbers in it: their names, their places, and their codes of one size a letter."""
        found: list[tuple[str, int, str]] = []
        for name, offset, member in self.fields:
            if isinstance(member, str):
                found.append((name, start + offset, member))
            else:
                found += [(f"{name}.{inner}", at, code)
                          for inner, at, code in member.all_fields(start + offset)]
        return found

    @property
    def for_numpy(self) -> dict[str, object]:
        """What numpy.dtype() takes."""
        return {"names": [name for name, _, _ in self.fields],
                "formats": [member if isinstance(member, str) else member.for_numpy
                            for _, _, member in self.fields],
                "offsets": [offset for _, offset, _ in self.fields], "itemsize": self.size}


_LONGS = {"q": "l", "Q": "L"} if _LONG == "l" else {}
DTYPES = (
    Dtype("int8", "int8_t", INTEGER, 8, "b"), Dtype("int16", "int16_t", INTEGER, 16, "h"),
    Dtype("int32", "int32_t", INTEGER, 32, "i"), Dtype("int64", "int64_t", INTEGER, 64, _LONG),
    Dtype("uint8", "uint8_t", NATURAL, 8, "B"), Dtype("uint16", "uint16_t", NATURAL, 16, "H"),
    Dtype("uint32", "uint32_t", NATURAL, 32, "I"), Dtype("uint64", "uint64_t", NATURAL, 64, _LONG.upper()),
    Dtype("float32", "float", REAL, 32, "f"), Dtype("float64", "double", REAL, 64, "d"),
    Dtype("bool", "bool", BOOL, 8, "?"),
    Dtype("complex64", "complex of float", COMPLEX, 64, "f"),
    Dtype("complex128", "complex of double", COMPLEX, 128, "d"),
    Dtype("float16", "float16", REAL, 16, "e"))
_OF_CODE = {(each.code, each.bits): each for each in DTYPES}
_CODES = {**dict.fromkeys("bhilqn", INTEGER), **dict.fromkeys("BHILQNc", NATURAL),
          **dict.fromkeys("fde", REAL), "?": BOOL, "Zd": COMPLEX, "Zf": COMPLEX}


def dtype_of_code(code: int, bits: int) -> Dtype | None:
    return _OF_CODE.get((code, bits))


class CArray(Structure):
    """clib_array."""

    _fields_ = [
        ("data", Pointer), ("device_type", Int32), ("device_id", Int32), ("rank", Int32),
        ("code", Char), ("bits", Char), ("lanes", UInt16), ("shape", Pointer), ("strides", Pointer),
        ("byte_offset", UInt64), ("flags", UInt64), ("owner", Pointer), ("release", Pointer)]

    data: int | None
    device_type: int
    rank: int
    code: bytes
    bits: bytes
    lanes: int
    shape: int | None
    strides: int | None
    byte_offset: int
    flags: int
    release: int | None
    kept: object  # what has the memory of an argument


def numbers_at(address: int | None, count: int) -> Shape:
    return tuple((Int64 * count).from_address(address)) if address and count else ()


def strides_in_c_order(shape: Shape, size: int) -> Shape:
    strides = []
    for each in reversed(shape):
        strides.append(size)
        size *= each
    return tuple(reversed(strides))


def is_in_c_order(shape: Shape, strides: Shape, size: int) -> bool:
    """Whether the elements lie in a row."""
    return 0 in shape or all([length == 1 or stride == expected for length, stride, expected in
                              zip(shape, strides, strides_in_c_order(shape, size))])


class _Buffer(Structure):
    """Py_buffer."""

    _fields_ = [
        ("data", Pointer), ("owner", Pointer), ("size", Size), ("item_size", Size),
        ("is_readonly", Int), ("rank", Int), ("format", Pointer), ("shape", Pointer),
        ("strides", Pointer), ("suboffsets", Pointer), ("internal", Pointer)]

    data: int | None


_FULL_RO = 0x11C  # PyBUF_FULL_RO


def address_of_view(view: memoryview) -> int:
    """Where the first element is."""
    if IS_CPYTHON:
        buffer = _Buffer()
        get = function_at(address_of("PyObject_GetBuffer"), False, Int, PythonObject, Pointer, Int)
        get(view, addressof(buffer), _FULL_RO)
        address = buffer.data
        function_at(address_of("PyBuffer_Release"), False, None, Pointer)(addressof(buffer))
        return address or 0
    cffi: Any = __import__("_cffi_backend")
    char = cffi.new_primitive_type("char")
    pointer = cffi.new_pointer_type(char)
    memory = cffi.from_buffer(cffi.new_array_type(pointer, None), view)
    address = int(cffi.cast(cffi.new_primitive_type("uintptr_t"), memory))
    return address


class Memory:
    """An array of the caller's: where it is, and how it lies. Strides are in bytes."""

    __slots__ = ("address", "dtype", "what", "format", "item_size", "shape", "strides", "is_readonly",
                 "kept")

    def __init__(self, address: int, dtype: Dtype | None, what: str, format: str, item_size: int,
                 shape: Shape, strides: Shape, is_readonly: bool, kept: object) -> None:
        self.address = address
        self.dtype = dtype  # None if it is none that C++ can have
        self.what = what  # the elements, for a sentence
        self.format = format  # of one, for the module struct; "" if it knows none
        self.item_size = item_size
        self.shape = shape
        self.strides = strides
        self.is_readonly = is_readonly
        self.kept = kept

    @classmethod
    def of_view(cls, view: memoryview, is_written: bool = False) -> Memory:
        text, size = view.format, view.itemsize
        order = text[0] if text[0] in "@=<>!" else "@"
        letter = text.lstrip("@=<>!")
        if size == 0 and letter in _CODES and len(letter) == 1:  # of an empty array of ctypes, in 3.9
            size = Struct(letter).size
        dtype = dtype_of_code(_CODES.get(letter, -1), size * 8)
        what = dtype.name if dtype is not None else f"format '{text}'"
        if dtype is not None and size > 1 and order in "<>!" and order.replace("!", ">") != _NATIVE:
            what, dtype = f"{what} with its bytes swapped", None
        format = order + letter[1:] * 2 if letter[:1] == "Z" else order + letter
        shape: Shape = tuple(view.shape or ())
        strides: Shape = tuple(view.strides or ()) or strides_in_c_order(shape, size)
        if not IS_CPYTHON and not view.c_contiguous:  # PyPy tells no address of such a view
            if is_written:
                raise BufferError("does not lie in one piece; pass what does")
            strides = strides_in_c_order(shape, size)
            view = memoryview(view.tobytes())
        return cls(address_of_view(view), dtype, what, format if letter in _CODES else "", size, shape,
                   strides, view.readonly, view)

    @classmethod
    def of_array(cls, array: CArray, kept: object, dtype: Dtype | None) -> Memory:
        """Of what C++ has made, which `kept` has."""
        size = dtype.size if dtype is not None else 1
        shape = numbers_at(array.shape, array.rank)
        strides = tuple([each * size for each in numbers_at(array.strides, array.rank)]) \
            if array.strides else strides_in_c_order(shape, size)
        return cls(array.data or 0, dtype, dtype.name if dtype is not None else "numbers unknown here",
                   "" if dtype is None else dtype.letter * (1 + (dtype.code == COMPLEX)), size, shape,
                   strides, bool(array.flags & READONLY), kept)

    @property
    def is_empty(self) -> bool:
        return 0 in self.shape

    def elements(self) -> Any:
        """All elements in C order. Requires: Their format is known."""
        from itertools import product
        unpack, size = Struct(self.format).unpack, self.item_size
        for index in product(*map(range, self.shape)):
            at = sum([place * stride for place, stride in zip(index, self.strides)])
            numbers = unpack(bytes_at(self.address + at, size))
            yield complex(*numbers) if len(numbers) > 1 else numbers[0]

    def items(self) -> Any:
        """The bytes of all elements in C order."""
        from itertools import product
        for index in product(*map(range, self.shape)):
            at = sum([place * stride for place, stride in zip(index, self.strides)])
            yield bytes_at(self.address + at, self.item_size)

    @property
    def is_in_c_order(self) -> bool:
        return is_in_c_order(self.shape, self.strides, self.item_size)

    def is_aligned(self, alignment: int, size: int) -> bool:
        """Whether each element lies where one of this size may be."""
        return self.is_empty or self.address % alignment == 0 and \
            all([stride % size == 0 for stride, length in zip(self.strides, self.shape)
                 if length > 1])

    def as_argument(self) -> CArray:
        """What C gets. Requires: Its dtype is known, and its elements are aligned."""
        assert self.dtype is not None
        rank, size = len(self.shape), self.dtype.size
        array = CArray(self.address, HOST, 0, rank, bytes([self.dtype.code]),
                       bytes([self.dtype.bits]), self.dtype.lanes, flags=READONLY if self.is_readonly else 0)
        numbers = (Int64 * (2 * rank))(*self.shape, *[each // size for each in self.strides])
        array.shape = addressof(numbers)
        array.strides = addressof(numbers) + 8 * rank
        array.kept = numbers, self.kept
        return array
