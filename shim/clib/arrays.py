# SPDX-License-Identifier: MIT
"""Arrays that functions of C++ return: numbers in one dimension or more."""

from __future__ import annotations

from _operator import index as _index

from .elements import (
    BOOL, COMPLEX, HOST, READONLY, STRUCTURE, CArray, dtype_of_code, is_in_c_order, numbers_at,
    strides_in_c_order,
)
from .foreign import (
    Char, Pointer, PythonObject, UInt64, address_of, addressof, bytes_at, function_at,
)
from .items import take
from .layout import Struct
from .objects import Object, is_a, view_of_memory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Generic, TypeVar

    from .elements import Dtype, Shape
    from .outcome import Outcome

    T = TypeVar("T")
else:
    T = object

    class Generic:
        """Array[float] is a type for type checkers alone."""

        __slots__ = ()

        def __class_getitem__(cls, _):
            return cls


class _ArrayType(type):
    """Finds that native arrays are of the class Array, which they are not derived from."""

    def __instancecheck__(cls, instance: object) -> bool:
        return super().__instancecheck__(instance) or type(instance) in _native_classes


_native_classes: set[type] = set()  # one a library; they live for ever, as their objects may

class Array(Generic[T], metaclass=_ArrayType):
    """Numbers of C++ in one dimension or more, in place. numpy.asarray(x) shares their memory, and so do
    memoryview(x) and x.view()."""

    __slots__ = ()
    _address: int  # of its clib_array
    _element: Any  # the class of its elements, if they are structures, or None

    def __new__(cls, *_: object, **__: object) -> Array[T]:
        raise TypeError("an Array cannot be made by calling it; look for a function that returns one")

    @property
    def _array(self) -> CArray:
        if not getattr(self, "_address", 0):
            raise ValueError("this Array has no elements; look for a function that returns one")
        return CArray.from_address(self._address)

    @property
    def _dtype(self) -> Dtype:
        array = self._array
        dtype: Dtype | None = self._element._dtype_of() if self._element is not None else \
            dtype_of_code(ord(array.code), ord(array.bits))
        assert dtype is not None, "the array is of a type that only a newer clib knows"
        return dtype

    @property
    def dtype(self) -> str:
        """What an element is, by numpy's name."""
        return self._dtype.name

    @property
    def shape(self) -> Shape:
        """How many elements there are in each dimension."""
        array = self._array
        return numbers_at(array.shape, array.rank)

    @property
    def strides(self) -> Shape:
        """How many bytes lie between one element and the next, in each dimension."""
        array, size = self._array, self._dtype.size
        return tuple([each * size for each in numbers_at(array.strides, array.rank)]) \
            if array.strides else strides_in_c_order(self.shape, size)

    @property
    def ndim(self) -> int:
        """How many dimensions there are."""
        return self._array.rank

    @property
    def itemsize(self) -> int:
        """The bytes of an element."""
        return self._dtype.size

    @property
    def nbytes(self) -> int:
        """The bytes of all elements."""
        return _product(self.shape) * self._dtype.size

    @property
    def readonly(self) -> bool:
        """Whether nobody may write to the elements."""
        return bool(self._array.flags & READONLY)

    def __len__(self) -> int:
        shape = self.shape
        if not shape:
            raise TypeError("an Array without dimensions has no length")
        return shape[0]

    def _address_of(self, index: object) -> int:
        """Where the element with an index is, or with one for each dimension."""
        places = index if is_a(index, tuple) else (index,)
        shape, strides = self.shape, self.strides
        assert isinstance(places, tuple)
        if len(places) != len(shape):
            raise TypeError(f"the Array has {len(shape)} dimensions, and the index has {len(places)}; "
                            "pass a number for each, or take numpy.asarray() of it")
        at = self._array.data or 0
        for place, length, stride in zip(places, shape, strides):
            try:
                number = _index(place)
            except TypeError:
                raise TypeError(f"an index of an Array is an int, not {type(place).__name__}; for parts "
                                "of it take numpy.asarray() or memoryview() of it") from None
            if not -length <= number < length:
                raise IndexError(f"the index {number} is outside of a dimension of {length}")
            at += (number + length if number < 0 else number) * stride
        return at

    def __getitem__(self, index: int | Shape) -> T:
        dtype = self._dtype
        data = bytes_at(self._address_of(index), dtype.size)
        element: T = self._element._of_bytes(data) if dtype.code == STRUCTURE else \
            _unpacked(dtype, data)
        return element

    def __setitem__(self, index: int | Shape, value: T) -> None:
        if self.readonly:
            raise TypeError("the Array is read-only; take a copy of it")
        address, dtype = self._address_of(index), self._dtype
        if dtype.code != STRUCTURE:
            data = _packed(dtype, value)
        elif is_a(value, self._element):
            data = bytes(value)  # type: ignore[call-overload]
        else:
            raise TypeError(f"an element must be {dtype.name}, not {type(value).__name__}")
        (Char * dtype.size).from_address(address)[:] = data

    def __iter__(self) -> Iterator[T]:
        if self.ndim != 1:
            raise TypeError(f"the Array has {self.ndim} dimensions; iterate over numpy.asarray() or "
                            "tolist() of it")
        return iter(self.tolist())

    def __contains__(self, value: object) -> bool:
        return value in tuple(self._elements())

    def _elements(self) -> Iterator[T]:
        from itertools import product
        for index in product(*map(range, self.shape)):
            yield self[index]

    def tolist(self) -> Any:
        """The elements as a list, of lists if there are several dimensions."""
        return _nested(self._elements(), self.shape)

    def view(self) -> memoryview:
        """The elements in place, not a copy."""
        own: Any = self  # mypy before 1.10 knows no __buffer__()
        return memoryview(own)

    if TYPE_CHECKING:
        def __buffer__(self, flags: int) -> memoryview: ...

    @property
    def __array_interface__(self) -> dict[str, object]:
        """The same for numpy where the array is no buffer."""
        array, dtype = self._array, self._dtype
        if dtype.code == STRUCTURE:
            raise AttributeError("__array_interface__ of structures would lose where they have gaps")
        return self._interface()

    def _interface(self) -> dict[str, object]:
        array, dtype = self._array, self._dtype
        return {"version": 3, "typestr": dtype.typestr, "shape": self.shape, "strides": self.strides,
                "data": (array.data or addressof(array), self.readonly)}

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        """The same for structures."""
        import numpy
        interface = type("_Interface", (), {"__array_interface__": self._interface(), "array": self})
        found = numpy.asarray(interface())
        if self._element is not None:
            found = found.view(self._element.dtype)
        return found if dtype is None and not copy else numpy.array(found, dtype)

    def __dlpack_device__(self) -> tuple[int, int]:
        return HOST, 0

    def __dlpack__(self, *, stream: object = None, max_version: tuple[int, int] | None = None,
                   dl_device: tuple[int, int] | None = None, copy: bool | None = None) -> object:
        """The elements in place, as other libraries take them."""
        from .dlpack import capsule_of
        return capsule_of(self, stream, max_version, dl_device, copy)

    def __reduce_ex__(self, _: object) -> Any:
        raise TypeError("an Array cannot be pickled or copied, as it shows memory of C++; take "
                        "numpy.array() or tolist() of it")

    def __repr__(self) -> str:
        return f"<clib.Array of {self.dtype}, shape {self.shape}>"


def _product(shape: Shape) -> int:
    product = 1
    for each in shape:
        product *= each
    return product


def _nested(elements: Iterator[Any], shape: Shape) -> Any:
    return [_nested(elements, shape[1:]) for _ in range(shape[0])] if shape else next(elements)


def _struct(dtype: Dtype) -> Any:
    return Struct(dtype.letter * (1 + (dtype.code == COMPLEX)))


def _unpacked(dtype: Dtype, data: bytes) -> Any:
    numbers = _struct(dtype).unpack(data)
    return complex(*numbers) if dtype.code == COMPLEX else numbers[0]


def _packed(dtype: Dtype, value: Any) -> Any:
    from struct import error
    try:
        if dtype.code == COMPLEX:
            number = complex(value)
            return _struct(dtype).pack(number.real, number.imag)
        if dtype.code == BOOL and type(value) is not bool:
            raise TypeError(f"an element must be bool, not {type(value).__name__}")
        return _struct(dtype).pack(value)
    except (error, OverflowError) as reason:
        kind = OverflowError if hasattr(type(value), "__index__") or \
            is_a(reason, OverflowError) else TypeError
        raise kind(f"an element must be a number that {dtype.name} can hold ({reason})") from None


class PlainArray(Array[T]):
    """One through ctypes."""

    __slots__ = ("_address", "_owner", "_element", "__weakref__")
    _owner: object

    @classmethod
    def take(cls, outcome: Outcome, address: int, owner: object,
             element: Any = None) -> PlainArray[T]:
        """Takes over the array that a call has returned. Finishes its outcome."""
        new = object.__new__(cls)
        new._element = element
        new._owner = owner  # first, so that it is there when the array is released
        outcome.release = None  # Python runs nothing else between this line and the next
        new._address = address
        outcome.finish()
        return new

    @classmethod
    def take_item(cls, item_address: int, address: int, element: Any = None) -> PlainArray[T]:
        """Takes over the array of an item."""
        new = object.__new__(cls)
        new._element = element
        new._owner = None
        take(item_address)
        new._address = address
        return new

    def __del__(self) -> None:
        try:
            self._release()
        except BaseException as error:  # mostly of a signal handler, which is to come later then
            self._release()
            from .raised import raise_later
            _ = raise_later(error)

    def _release(self, function_at: Any = function_at, pointer: Any = Pointer,
                 array_type: Any = CArray, free: Any = Object.__del__) -> None:
        address = getattr(self, "_address", 0)
        if address:
            release = function_at(array_type.from_address(address).release, False, None, pointer)
            self._address = 0
            release(address)
        owner: Any = getattr(self, "_owner", None)
        if getattr(owner, "_outlives_a_view", False):
            free(owner)

    def view(self) -> memoryview:
        """The elements in place, not a copy."""
        dtype, shape = self._dtype, self.shape
        if dtype.code in (COMPLEX, STRUCTURE) or dtype.letter == "e" or 0 in shape[1:] or \
                not is_in_c_order(shape, self.strides, dtype.size):
            raise BufferError("memoryview cannot show such an Array in this Python; take "
                              "numpy.asarray() of it")
        view: Any = view_of_memory(self._array.data or 0, self.nbytes, self)
        if self.readonly:
            view = view.toreadonly()
        seen: memoryview = view.cast(dtype.letter) if len(shape) == 1 else \
            view.cast(dtype.letter, shape)
        return seen

    def __buffer__(self, flags: int) -> memoryview:
        if flags & 1 and self.readonly:  # PyBUF_WRITABLE
            raise BufferError("the Array is read-only; take a copy of it")
        return self.view()


# The slots of a native type, and the type of a member (structmember.h).
SLOTS = {"bf_getbuffer": 1, "tp_dealloc": 52, "tp_members": 72}
_T_OBJECT, _T_ULONGLONG, _T_PYSSIZET, _READONLY = 6, 18, 19, 1
_TPFLAGS_DEFAULT = 1 << 18
_kept: list[bytes] = []


def make_native_class(address: int) -> None:
    """Makes the class of a library's arrays, and writes it into its clib_python_array."""
    record: Any = (UInt64 * 4).from_address(address)
    _, get_buffer, dealloc, byte_size = record
    offset = object.__basicsize__
    at = function_at(address_of("PyBytes_AsString"), False, Pointer, PythonObject)

    def keep(data: bytes) -> int:
        _kept.append(data)
        found: int = at(data)
        return found

    member, slot = Struct("PiqiP"), Struct("iP")
    members = b"".join([member.pack(keep(name), kind, offset + place, _READONLY, 0)
                        for name, kind, place in ((b"_address", _T_ULONGLONG, 0),
                                                  (b"__weaklistoffset__", _T_PYSSIZET, 8),
                                                  (b"_element", _T_OBJECT, 24))])
    slots = b"".join([slot.pack(SLOTS[name], function) for name, function in (
        ("bf_getbuffer", get_buffer), ("tp_dealloc", dealloc),
        ("tp_members", keep(members + bytes(member.size))))])
    spec = Struct("PiiIP").pack(keep(b"clib.Array"), offset + byte_size, 0, _TPFLAGS_DEFAULT,
                                keep(slots + bytes(slot.size)))
    new_type = function_at(address_of("PyType_FromSpecWithBases"), False, PythonObject, Pointer,
                           PythonObject)
    # Copied and not inherited: objects of a class that is derived from one in Python are known to the
    # garbage collector.
    built = new_type(keep(spec), (object,))
    for name, attribute in vars(Array).items():
        if name not in ("__slots__", "__dict__", "__weakref__", "__annotations__", "__parameters__",
                        "__static_attributes__", "__firstlineno__"):
            setattr(built, name, attribute)
    _native_classes.add(built)
    if not record[0]:  # else another thread was faster
        record[0] = id(built)


def refuse_buffer(array: Array[Any]) -> None:
    """Says why an array is no such buffer as somebody asks for."""
    raise BufferError(f"the Array does not lie in one piece in C order, and has strides of "
                      f"{array.strides} bytes; ask for strides, as numpy.asarray() does")

