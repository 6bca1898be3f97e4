# SPDX-License-Identifier: MIT
"""Numbers in one dimension or more, in place: what has a buffer, or the array of another library."""

from __future__ import annotations

import sys

from ..description import Damaged, Value
from ..elements import (
    COMPLEX, DTYPES, MAX_RANK, REAL, Dtype, Memory, StructureDtype, address_of_view,
    strides_in_c_order,
)
from ..foreign import Pointer, address_of, addressof, begin_with_try
from ..layout import CONST, CONVERTIBLE, LENT, STRIDED, STRUCT_TYPE, Struct
from ..objects import is_a
from . import of
from .buffer import view_of
from .kind import Kind, class_type_of, is_iterable, wrong_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..description import Type
    from ..items import Item, Items
    from .kind import Call, CType, Source

# By the kind of an element; of a complex number, by that of its parts.
_DTYPES = {**dict(zip(range(1, 12), DTYPES)), 39: DTYPES[13]}
_COMPLEX = {9: DTYPES[11], 10: DTYPES[12]}


_STRUCTURE = 19
_of_structures: dict[Type, StructureDtype] = {}


# What a library needs to read arrays by DLPack.
_DLPACK_FUNCTIONS = "PyCapsule_IsValid", "PyCapsule_GetPointer"
_DLPACK = "__dlpack_device__", "__dlpack__", ("max_version",), (1, 0), TypeError, BufferError, \
    AttributeError


def structure_dtype(of_type: Type) -> StructureDtype:
    """What an element is that is a structure."""
    dtype = _of_structures.get(of_type)
    if dtype is None:
        dtype = _of_structures[of_type] = StructureDtype(
            of_type.name, of_type.byte_size, of_type.alignment,
            [(member.python_name, member.offset, getattr(of(member), "code", "")
              if member.type is None else structure_dtype(member.type))
             for member in of_type.members])
    return dtype


def dtype_of(value: Value) -> Dtype:
    part = value.parts[0]
    if part.kind == _STRUCTURE:
        return structure_dtype(part.class_type)
    return _COMPLEX[part.element] if part.element else _DTYPES[part.kind]


def _dimensions(count: int) -> str:
    return "one dimension" if count == 1 else f"{count or 'no'} dimensions"


def in_a_row(argument: Any, of_type: Type, where: str) -> Memory | None:
    """The memory of structures in a row, of one dimension; None if the argument is no such array."""
    value = Value("", 38, flags=CONST, parts=[Value("", _STRUCTURE, type=of_type)], count=1)
    try:
        memory = _read(argument, value, where)
    except (TypeError, BufferError):
        return None
    return memory if _fault(memory, value, where) is None else None


class Array(Kind):
    failure_hint = "result is None"

    def check(self, value: Value) -> None:
        part = value.parts[0] if len(value.parts) == 1 else None
        if part is not None and part.kind == _STRUCTURE:
            class_type_of(part, STRUCT_TYPE)
        elif part is None or not (part.kind in _DTYPES or part.element in _COMPLEX):
            value.count = MAX_RANK + 1
        if value.count > MAX_RANK:
            raise Damaged(f"'{value.name}' in it is an array of nothing that there is")

    def c_type(self, value: Value) -> str:
        return "clib_array*"

    def c_parameter(self, value: Value, name: str, others: Any = ()) -> str:
        return f"const clib_array* {name}".rstrip()

    def c_result(self, value: Value, classes: Mapping[str, Any]) -> CType:
        import ctypes
        return ctypes.c_void_p

    def argument_annotation(self, value: Value) -> str:
        if not value.flags & CONST:
            return "WriteableBuffer"
        if value.flags & CONVERTIBLE:
            return "ReadableBuffer | Iterable[Any]"
        return "ReadableBuffer"

    def to_c(self, argument: Any, value: Value, where: str, call: Call) -> list[object]:
        array = self._memory(argument, value, where, call.classes).as_argument()
        call.at_end(lambda: setattr(array, "kept", None))  # not before C++ has returned
        return [addressof(array)]

    def to_item(self, argument: Any, value: Value, where: str, call: Call, items: Items) -> Item:
        array = self._memory(argument, value, where, call.classes).as_argument()
        items.keep(array)
        return self.number, 0, addressof(array), 0

    def from_item(self, item: Item, address: int, value: Value,
                  classes: Mapping[str, Any]) -> object:
        from ..arrays import PlainArray
        begin_with_try(PlainArray.__del__)
        return PlainArray.take_item(address, item[2], _element_of(value, classes))

    def fits(self, argument: Any, value: Value, classes: Mapping[str, Any]) -> bool:
        try:
            return _fault(_read(argument, value, ""), value, "") is None
        except (TypeError, ValueError, BufferError):
            return False

    def result_annotation(self, value: Value) -> str:
        return f"clib.Array[{of(value.parts[0]).result_annotation(value.parts[0])}]"

    def result_source(self, value: Value, source: Source) -> str:
        from ..arrays import PlainArray
        begin_with_try(PlainArray.__del__)
        source.names["_take_array"] = PlainArray.take
        source.names["_element"] = _element_of(value, source.classes)
        owner = "self" if value.flags & LENT else "None"
        return f"_take_array(outcome, result, {owner}, _element)"

    def to_python(self, value: Any) -> object:
        """Makes the class for native arrays, by the address of a clib_python_array; fills in what the
        library needs for DLPack, by its address in a tuple; of an array, raises BufferError."""
        from ..arrays import make_native_class, refuse_buffer
        if is_a(value, tuple):
            means = [*map(address_of, _DLPACK_FUNCTIONS), *map(id, _DLPACK)]
            memory: Any = (Pointer * len(means)).from_address(value[0])
            memory[:] = means
        elif is_a(value, int):
            make_native_class(value)
        else:
            refuse_buffer(value)
        return None

    def from_argument(self, argument: Any) -> object:
        """Raises what an argument without a buffer has raised, if no call may drop that."""
        if not issubclass(argument, Exception):
            raise argument
        return None

    def _memory(self, argument: Any, value: Value, where: str, classes: Mapping[str, Any]) -> Memory:
        is_convertible = value.flags & CONVERTIBLE
        try:
            memory = _read(argument, value, where)
        except TypeError:
            if is_convertible and is_iterable(argument) and not is_a(argument, str):
                return _of_list(argument, value, where, classes)
            raise
        fault = _fault(memory, value, where)
        if fault is None:
            return memory
        if is_convertible:
            return _converted(argument, memory, value, where)
        raise fault


def _element_of(value: Value, classes: Mapping[str, Any]) -> Any:
    """The class of the elements, if they are structures."""
    part = value.parts[0]
    return classes[part.class_type.name] if part.kind == _STRUCTURE else None


def _read(argument: Any, value: Value, where: str) -> Memory:
    """The memory of an argument, of any dtype and shape."""
    from ..arrays import PlainArray
    if is_a(argument, PlainArray):
        return Memory.of_array(argument._array, argument, argument._dtype)
    try:
        view = view_of(argument)
    except (TypeError, ValueError, BufferError) as error:
        if hasattr(type(argument), "__dlpack__"):
            from ..dlpack import memory_of
            return memory_of(argument, where)
        if not is_a(error, TypeError) or hasattr(type(argument), "__array_interface__"):
            raise TypeError(f"{where} has no buffer: {error}; pass an array of "
                            f"{dtype_of(value).name}") from None
        name = dtype_of(value).name
        raise wrong_type(where, f"an array of {name}, as numpy.zeros(3, '{name}') makes one"
                         if name.startswith("complex") or name in ("bool", "float16") else
                         f"an array of {name}, as numpy.zeros(3, {name}) makes one"
                         if isinstance(dtype_of(value), StructureDtype) else
                         f"an array of {name}, as array.array('{dtype_of(value).letter}') or numpy "
                         "makes one", argument) from None
    try:
        memory = Memory.of_view(view, not value.flags & CONST)
        dtype = dtype_of(value)
        if isinstance(dtype, StructureDtype) and view.itemsize == dtype.size and (
                dtype.has_format(view.format) or _is_of(dtype, type(argument))):
            memory.dtype = dtype
        return memory
    except BufferError as error:
        raise BufferError(f"{where} {error}") from None


def _is_of(dtype: Dtype, kind: type) -> bool:
    """Whether a class is that of an array of ctypes, of such structures."""
    element: Any = getattr(kind, "_type_", None)
    return hasattr(element, "_dtype_of") and element._dtype_of() is dtype


def _fault(memory: Memory, value: Value, where: str) -> Exception | None:
    """What is wrong with the memory, if it is not what C++ takes."""
    dtype, rank = dtype_of(value), value.count
    is_written = not value.flags & CONST
    if memory.dtype is not dtype:
        return TypeError(f"{where} must be an array of {dtype.name}, not of {memory.what}; pass "
                         + ("one of that" if is_written else
                            f"a copy, as numpy.asarray({value.python_name}, {dtype.spelled}) makes it"))
    if rank and len(memory.shape) != rank:
        return TypeError(f"{where} must have {_dimensions(rank)}, not {len(memory.shape)}; pass it "
                         f"with another shape, as numpy.reshape({value.python_name}, ...) makes it")
    if len(memory.shape) > MAX_RANK:
        return TypeError(f"{where} must have at most {MAX_RANK} dimensions, not {len(memory.shape)}")
    if is_written and memory.is_readonly:
        return TypeError(f"{where} must be writable, and is not; pass a copy, which C++ changes")
    instead = "pass an array that does" if is_written else "pass a copy of it"
    if not memory.is_aligned(dtype.alignment, dtype.size):
        return BufferError(f"{where} lies at an odd address, where no {dtype.name} may be; "
                           + instead.replace("does", "does not"))
    if not value.flags & STRIDED and not memory.is_in_c_order:
        return BufferError(f"{where} must lie in one piece in C order, and has strides of "
                           f"{memory.strides} bytes; " + (instead if is_written else
                           f"pass numpy.ascontiguousarray({value.python_name})"))
    return None


def _converted(argument: Any, memory: Memory, value: Value, where: str) -> Memory:
    """A copy of the memory as C++ takes it."""
    dtype = dtype_of(value)
    if value.count and len(memory.shape) != value.count:
        fault = _fault(memory, value, where) if memory.dtype is dtype else None
        raise fault or TypeError(f"{where} must have {_dimensions(value.count)}, not "
                                 f"{len(memory.shape)}; pass it with another shape")
    if isinstance(dtype, StructureDtype):
        if memory.dtype is dtype:
            return _in_c_order(b"".join(memory.items()), memory.shape, dtype)
        fault = _fault(memory, value, where)
        assert fault is not None
        raise fault
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        found = numpy.asarray(argument)
        if numpy.can_cast(found.dtype, dtype.name, "safe") or \
                (found.dtype.kind in "fc" and dtype.code in (REAL, COMPLEX) and
                 (found.dtype.kind == "f" or dtype.code == COMPLEX)):
            return Memory.of_view(memoryview(numpy.array(found, dtype.name, order="C")))
    if not memory.format:
        raise TypeError(f"{where} cannot be converted from {memory.what} to {dtype.name}; pass an "
                        f"array of {dtype.name}")
    return _packed(list(memory.elements()), memory.shape, value, where)


def _in_c_order(data: bytes | bytearray, shape: tuple[int, ...], dtype: Dtype) -> Memory:
    """Elements in new memory."""
    view = memoryview(bytearray(data))
    return Memory(address_of_view(view), dtype, dtype.name, "", dtype.size, shape,
                  strides_in_c_order(shape, dtype.size), False, view)


def _of_list(argument: Any, value: Value, where: str, classes: Mapping[str, Any]) -> Memory:
    """A copy of a list, or of lists in a list."""
    shape: list[int] = []
    flat: Any = list(argument)
    while True:
        shape.append(len(flat) if not shape else len(flat) // _product(shape) if flat else 0)
        rows = [is_a(each, list, tuple) for each in flat]
        if not any(rows):
            break
        if not all(rows) or len({len(each) for each in flat}) != 1 or len(shape) == MAX_RANK:
            raise ValueError(f"{where} has rows of different lengths; make them alike")
        flat = [each for row in flat for each in row]
    if value.count and len(shape) != value.count and flat:
        raise TypeError(f"{where} must have {_dimensions(value.count)}, not {len(shape)}")
    shape += [0] * (value.count - len(shape))
    element = _element_of(value, classes)
    if element is not None:
        for place, each in enumerate(flat):
            if not is_a(each, element):
                raise wrong_type(f"{where}[{place}]", element, each)
        return _in_c_order(b"".join(map(bytes, flat)), tuple(shape), dtype_of(value))
    return _packed(flat, tuple(shape), value, where)


def _product(shape: list[int]) -> int:
    product = 1
    for each in shape:
        product *= each
    return product


def _packed(flat: list[Any], shape: tuple[int, ...], value: Value, where: str) -> Memory:
    """Numbers in new memory, in C order."""
    from array import array
    dtype, part = dtype_of(value), value.parts[0]
    kind: Any = of(part)
    where += "[]"
    data: array[Any] | bytearray
    if dtype.code == COMPLEX:
        pairs = [kind.to_c(each, part, where, None)[0] for each in flat]
        data = array(dtype.letter, [number for pair in pairs for number in (pair.real, pair.imag)])
    elif dtype.letter in "?e":  # which the module array has not
        data = bytearray(Struct(f"{len(flat)}{dtype.letter}").pack(
            *[kind.checked(each, where) for each in flat]))
    else:
        data = array(dtype.letter, [kind.checked(each, where) for each in flat])
    view = memoryview(data)
    return Memory(address_of_view(view), dtype, dtype.name, "", dtype.size, shape,
                  strides_in_c_order(shape, dtype.size), False, view)


KINDS = (Array(38, "ARRAY"),)
