# SPDX-License-Identifier: MIT
"""Functions of C through ctypes."""

from __future__ import annotations

import ctypes

from .foreign import begin_with_try
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


def c_callback(function: Callable[..., Any], on_error: Callable[[BaseException, Any], Any],
               result: Any, *parameters: Any) -> Any:
    """The C function that calls a Python function. That one catches all that is raised inside its first
    `try`; on PyPy, on_error() gets what was raised before, with the last argument."""
    if not IS_CPYTHON:
        from .pypy import c_callback as pypy_callback
        return pypy_callback(function, on_error, result, *parameters)
    begin_with_try(function)
    return lasting(ctypes.CFUNCTYPE(result, *parameters)(function))


def lasting(function: Any) -> Any:
    """A C function that is never freed: C++ may call it while Python frees its last objects."""
    if IS_CPYTHON:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(function))
    return function
