# SPDX-License-Identifier: MIT
"""Memory and functions of C, in the few forms that loading a library needs. On CPython this uses
_ctypes, the module in C below ctypes: importing ctypes itself takes longer than loading a library."""

from __future__ import annotations

import sys

from .layout import IS_CPYTHON

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["Char", "Int", "Int32", "Int64", "Pointer", "PythonObject", "Size", "Structure", "UInt32",
           "UInt16", "UInt64", "address_in", "address_of", "addressof", "base_of", "begin_with_try",
           "bytes_at", "call", "function_at", "is_main_interpreter", "object_at", "open_library",
           "set_pair", "set_pointer", "sizeof"]

if TYPE_CHECKING or not IS_CPYTHON:
    import ctypes
    from ctypes import (
        Structure, addressof, c_int as Int, c_int32 as Int32, c_int64 as Int64,
        c_size_t as Size, c_char as Char, c_uint16 as UInt16, c_uint32 as UInt32,
        c_uint64 as UInt64, c_void_p as Pointer, py_object as PythonObject, sizeof,
    )

    def open_library(file: str) -> Any:
        """Loads a library, for ever. Returns: What address_in() takes. Raises OSError."""
        library = ctypes.CDLL(file)
        _libraries.append(library)  # PyPy would unload it
        return library

    _libraries: list[Any] = []

    def address_in(library: Any, name: str) -> int:
        """The address of a symbol of a library, or 0."""
        try:
            return ctypes.cast(getattr(library, name), Pointer).value or 0
        except AttributeError:
            return 0

    def _new_function_type(may_block: bool, result: Any, *parameters: Any) -> Any:
        return ctypes.CFUNCTYPE(result, *parameters)

    _python: Any = None
    _ctypes: Any = None
else:
    import _ctypes
    from _ctypes import Structure, addressof, sizeof

    def _simple(code):
        return type(_ctypes._SimpleCData)("Simple", (_ctypes._SimpleCData,), {"_type_": code})

    Char, Int, UInt16, UInt32, Int64, UInt64, Pointer, PythonObject = map(_simple, "ciHIqQPO")
    Int32 = Int
    Size = UInt64 if sys.maxsize > 1 << 32 else UInt32

    def open_library(file):
        return _ctypes.dlopen(file, 0)

    def address_in(library, name):
        try:
            return _ctypes.dlsym(library, name)
        except OSError:
            return 0

    def _new_function_type(may_block, result, *parameters):
        flags = _ctypes.FUNCFLAG_CDECL | (0 if may_block else _ctypes.FUNCFLAG_PYTHONAPI)
        return type(_ctypes.CFuncPtr)("Function", (_ctypes.CFuncPtr,), {
            "_flags_": flags, "_restype_": result, "_argtypes_": parameters})

    _python = _ctypes.dlopen(None, 0)

_function_types: dict[tuple[Any, ...], Any] = {}  # each is a class, and takes long to make


def function_at(address: int, may_block: bool, result: Any, *parameters: Any) -> Any:
    """The C function at an address. While one runs that may not block, the interpreter is locked."""
    key = may_block, result, *parameters
    function_type = _function_types.get(key)
    if function_type is None:
        function_type = _function_types[key] = _new_function_type(*key)
    return function_type(address)


def call(address: int, result: Any, *arguments: tuple[Any, Any]) -> Any:
    """Calls a C function once; each argument is its type and its value."""
    function = function_at(address, False, result, *[kind for kind, _ in arguments])
    return function(*[value for _, value in arguments])


def address_of(name: str) -> int:
    """The address of a function or variable of CPython itself, or 0."""
    return address_in(_python, name)


def is_main_interpreter() -> bool:
    """Whether this is the first interpreter of the process, and no sub-interpreter."""
    return not IS_CPYTHON or bool(call(address_of("PyInterpreterState_Get"), Pointer) ==
                                  call(address_of("PyInterpreterState_Main"), Pointer))


bytes_at: Callable[[int, int], bytes]
if IS_CPYTHON:  # ctypes.string_at() would cut a length of more than 31 bits
    bytes_at = function_at(address_of("PyBytes_FromStringAndSize"), False, PythonObject, Pointer,
                           Size)
else:
    def bytes_at(address: int, size: int) -> bytes:
        """A copy of memory."""
        # PyPy's string_at() is a callback in Python: it drops what a signal handler raises there.
        return (ctypes.c_char * size).from_address(address).raw


def base_of(address: int) -> int:
    """Where the library begins in memory that has this address, or 0."""
    dladdr = address_of("dladdr") if IS_CPYTHON else 0
    if dladdr == 0:
        return 0
    info = _Pointers()  # a Dl_info: the file, its base, a symbol, its address
    found = call(dladdr, Int, (Pointer, address), (Pointer, addressof(info)))
    return info[1] or 0 if found else 0


_Pointers: Any = Pointer * 4  # enough for all uses here


def object_at(address: int) -> object:
    """The object of CPython at an address."""
    return _ctypes.PyObj_FromPtr(address)


def set_pointer(address: int, pointer: int) -> None:
    """Writes a pointer."""
    Pointer.from_address(address).value = pointer


def set_pair(address: int, first: int, second: int) -> None:
    """Writes two pointers."""
    pointers = _Pointers.from_address(address)
    pointers[0], pointers[1] = first, second


def begin_with_try(function: Any) -> None:
    """Has the first `try` of a function begin with the function. CPython 3.11 and later run signal
    handlers at a function's very first step, which is before any `try`; nobody would get
    what they raise there. Others have no such step before a `try` that is the first statement."""
    table: bytes = getattr(function.__code__, "co_exceptiontable", b"")
    if not table:
        return
    # The table begins with the first `try`: its start and its length, in groups of 6 bits.
    numbers: list[int] = []
    at = 0
    for _ in range(2):
        number = table[at] & 63
        while table[at] & 64:
            at += 1
            number = number << 6 | table[at] & 63
        at += 1
        numbers.append(number)
    length = sum(numbers)
    groups: list[int] = []
    while length or not groups:
        groups.insert(0, length & 63 | (64 if groups else 0))
        length >>= 6
    function.__code__ = function.__code__.replace(
        co_exceptiontable=bytes([128, *groups]) + table[at:])  # 128 begins an entry
