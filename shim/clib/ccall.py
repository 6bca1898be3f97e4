# SPDX-License-Identifier: MIT
"""Functions of C through ctypes."""

from __future__ import annotations

import ctypes

from .layout import IS_CPYTHON

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_prototypes: dict[tuple[Any, ...], Any] = {}  # each is a class, and takes long to make


def c_function(address: int, may_block: bool, result: Any, *parameters: Any) -> Any:
    """The C function at an address. While one runs that may not block, the interpreter is locked."""
    key = may_block, result, *parameters
    if key not in _prototypes:
        make: Any = ctypes.PYFUNCTYPE if IS_CPYTHON and not may_block else ctypes.CFUNCTYPE
        _prototypes[key] = make(result, *parameters)
    function = _prototypes[key](address)
    if not IS_CPYTHON:  # PyPy is slow unless both are set on the function itself
        function.argtypes, function.restype = list(parameters), result
    return function


def c_callback(function: Callable[..., Any], result: Any, *parameters: Any) -> Any:
    """The C function that calls a Python function, which catches everything that is raised inside its
    first `try`."""
    _begin_with_try(function)
    return ctypes.CFUNCTYPE(result, *parameters)(function)


def _begin_with_try(function: Any) -> None:
    """Has the first `try` of a function begin with the function. CPython 3.11 and later run signal
    handlers at a function's very first step, which is before any `try`; ctypes would drop what they
    raise there. Others have no such step before a `try` that is the first statement."""
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


def lasting(function: Any) -> Any:
    """A C function that is never freed: C++ may call it while Python frees its last objects."""
    if IS_CPYTHON:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(function))
    return function
