# SPDX-License-Identifier: MIT
"""Arrays from and for other libraries by DLPack (version 1, and what was before)."""

from __future__ import annotations

from .elements import COMPLEX, HOST, Memory, dtype_of_code, numbers_at, strides_in_c_order
from .foreign import (
    Char, Int, Int32, Pointer, PythonObject, Structure, UInt16, UInt32, UInt64, address_of, addressof,
    function_at,
)
from .layout import IS_CPYTHON

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DEVICES = {2: "CUDA", 3: "CUDA (pinned)", 4: "OpenCL", 7: "Vulkan", 8: "Metal", 10: "ROCm",
           14: "oneAPI", 15: "WebGPU", 16: "Hexagon", 17: "MAIA"}
READONLY = 1  # DLPACK_FLAG_BITMASK_READ_ONLY


class Tensor(Structure):
    """DLTensor."""

    _fields_ = [
        ("data", Pointer), ("device_type", Int32), ("device_id", Int32), ("rank", Int32),
        ("code", Char), ("bits", Char), ("lanes", UInt16), ("shape", Pointer), ("strides", Pointer),
        ("byte_offset", UInt64)]


class Managed(Structure):
    """DLManagedTensor."""

    _fields_ = [("tensor", Tensor), ("owner", Pointer), ("deleter", Pointer)]


class Versioned(Structure):
    """DLManagedTensorVersioned."""

    _fields_ = [("major", UInt32), ("minor", UInt32), ("owner", Pointer), ("deleter", Pointer),
                ("flags", UInt64), ("tensor", Tensor)]


OLD, NEW = b"dltensor", b"dltensor_versioned"  # the names of capsules that nobody has used


def device_name(device: Any) -> str:
    return DEVICES.get(int(device), f"device type {int(device)}")


def memory_of(argument: Any, where: str) -> Memory:
    """The memory of an array, which lives as long as the result."""
    if not IS_CPYTHON:
        raise TypeError(f"{where} has no buffer, and this Python has no capsules for __dlpack__(); pass "
                        "an object that has one")
    device, _ = argument.__dlpack_device__()
    if device != HOST:
        raise BufferError(f"{where} is in the memory of a device, {device_name(device)}; pass a copy of "
                          "it in the memory of the processor")
    try:
        try:
            capsule = argument.__dlpack__(max_version=(1, 0))
        except TypeError:  # it is older than that
            capsule = argument.__dlpack__()
    except BufferError as error:
        raise BufferError(f"{where} cannot be passed ({error}); pass an array of numbers") from None
    is_valid = function_at(address_of("PyCapsule_IsValid"), False, Int, PythonObject, Pointer)
    pointer_in = function_at(address_of("PyCapsule_GetPointer"), False, Pointer, PythonObject, Pointer)
    is_new = is_valid(capsule, _address(NEW))
    if not is_new and not is_valid(capsule, _address(OLD)):
        raise TypeError(f"{where}: {type(argument).__name__}.__dlpack__() returned something else than an "
                        "unused capsule; pass an array that follows DLPack")
    address = pointer_in(capsule, _address(NEW if is_new else OLD))
    versioned: Any = Versioned.from_address(address) if is_new else None
    if is_new and versioned.major != 1:
        raise TypeError(f"{where} is of DLPack {versioned.major}; pass one of version 1")
    managed: Any = versioned if is_new else Managed.from_address(address)
    tensor = managed.tensor
    code, bits, rank = ord(tensor.code), ord(tensor.bits), tensor.rank
    dtype = dtype_of_code(code, bits) if tensor.lanes == 1 else None
    size = max(bits // 8 * tensor.lanes, 1)
    shape = numbers_at(tensor.shape, rank)
    strides = tuple([each * size for each in numbers_at(tensor.strides, rank)]) \
        if tensor.strides else strides_in_c_order(shape, size)
    is_readonly = bool(is_new and versioned.flags & READONLY)
    what = dtype.name if dtype is not None else f"DLPack's type {code} of {bits} bits"
    # Its destructor frees the array, since the capsule stays unused.
    format = "" if dtype is None else dtype.letter * (1 + (dtype.code == COMPLEX))
    return Memory((tensor.data or 0) + tensor.byte_offset, dtype, what, format, size, shape, strides,
                  is_readonly, (capsule, argument))


class _Exported:
    """What a capsule shows, and keeps until its user has called the deleter."""

    def __init__(self, array: Any, managed: Any) -> None:
        self.array = array
        self.managed = managed


_exported: dict[int, _Exported] = {}


def _on_delete(address: int) -> None:
    try:
        _exported.pop(address, None)
    except BaseException as error:  # of a signal handler
        _exported.pop(address, None)
        from .raised import raise_later
        _ = raise_later(error)


def _on_capsule_end(capsule: int) -> None:
    """Of one that nobody has used. It gets no reference to the capsule, which is being freed."""
    try:
        _end(capsule)
    except BaseException as error:  # of a signal handler
        _end(capsule)
        from .raised import raise_later
        _ = raise_later(error)


def _end(capsule: int) -> None:
    is_valid = function_at(address_of("PyCapsule_IsValid"), False, Int, Pointer, Pointer)
    pointer_in = function_at(address_of("PyCapsule_GetPointer"), False, Pointer, Pointer, Pointer)
    for name in (OLD, NEW):
        if is_valid(capsule, _address(name)):
            _exported.pop(pointer_in(capsule, _address(name)), None)


def _callbacks(made: list[int] = []) -> list[int]:
    """The addresses of the deleter and of the destructor of capsules."""
    if not made:
        import ctypes

        from .ccall import c_callback

        def on_error(error: BaseException, _: object) -> None:
            from .raised import raise_later
            raise_later(error)

        for function in (_on_delete, _on_capsule_end):
            callback = c_callback(function, on_error, None, ctypes.c_void_p)
            made.append(ctypes.cast(callback, ctypes.c_void_p).value or 0)
    return made


def capsule_of(array: Any, stream: object, max_version: tuple[int, int] | None,
               dl_device: tuple[int, int] | None, copy: bool | None) -> object:
    """What __dlpack__() of an Array returns."""
    if not IS_CPYTHON:
        raise BufferError("this Python has no capsules; take memoryview() of the Array")
    if stream is not None:
        raise BufferError("an Array is in the memory of the processor, which has no streams; pass none")
    if dl_device is not None and tuple(dl_device) != (HOST, 0):
        raise BufferError(f"an Array is in the memory of the processor, and not of {dl_device}; copy it "
                          "there")
    if copy:
        raise BufferError("an Array shows memory of C++ in place; take a copy of what this makes")
    if array._element is not None:
        raise BufferError("DLPack knows no structures; take numpy.asarray() of the Array")
    is_new = max_version is not None and max_version[0] >= 1
    if array.readonly and not is_new:
        raise BufferError("the Array is read-only, and DLPack before version 1 cannot say so; take a copy "
                          "of it")
    deleter, destructor = _callbacks()
    managed: Any = Versioned() if is_new else Managed()
    if is_new:
        managed.major, managed.minor = 1, 0
        managed.flags = READONLY if array.readonly else 0
    managed.deleter = deleter
    managed.tensor = Tensor.from_buffer_copy(array._array)
    address = addressof(managed)
    _exported[address] = _Exported(array, managed)
    new = function_at(address_of("PyCapsule_New"), False, PythonObject, Pointer, Pointer, Pointer)
    try:
        return new(address, _address(NEW if is_new else OLD), destructor)
    except BaseException:
        _exported.pop(address, None)
        raise


def _address(name: bytes, known: dict[bytes, int] = {}) -> int:
    """Of a text that lives for ever."""
    if name not in known:
        memory = (Char * (len(name) + 1)).from_buffer_copy(name + b"\0")
        _kept.append(memory)
        known[name] = addressof(memory)
    return known[name]


_kept: list[object] = []
