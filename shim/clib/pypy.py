# SPDX-License-Identifier: MIT
"""Functions in Python that C calls, on PyPy: those of its ctypes lose what a signal handler raises in
them, and those of its cffi say what it was."""

from __future__ import annotations

import ctypes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_cffi: Any = __import__("_cffi_backend")
_void = _cffi.new_void_type()
_pointer = _cffi.new_pointer_type(_void)
_address = _cffi.new_primitive_type("uintptr_t")

_NAMES = {"b": "int8_t", "h": "int16_t", "i": "int32_t", "l": "int64_t", "q": "int64_t",
          "B": "uint8_t", "H": "uint16_t", "I": "uint32_t", "L": "uint64_t", "Q": "uint64_t",
          "f": "float", "d": "double", "?": "_Bool"}

_structures: dict[type, Any] = {}
_lasting: list[object] = []  # C++ may call one at any time


def _type_of(ctype: Any) -> Any:
    """The type of cffi for one of ctypes."""
    if issubclass(ctype, ctypes.Structure):
        if ctype not in _structures:
            _structures[ctype] = structure = _cffi.new_struct_type(f"struct {ctype.__name__}")
            fields = [(f"f{i}", _type_of(field[1]), -1)
                      for i, field in enumerate(_fields_of(ctype))]
            _cffi.complete_struct_or_union(structure, fields, None, ctypes.sizeof(ctype),
                                           ctypes.alignment(ctype))
        return _structures[ctype]
    name = _NAMES.get(getattr(ctype, "_type_", "")) if issubclass(ctype, ctypes._SimpleCData) else ""
    return _cffi.new_primitive_type(name) if name else _pointer


def _fields_of(ctype: Any) -> Any:
    return next(vars(each)["_fields_"] for each in ctype.__mro__ if "_fields_" in vars(each))


def _converter_of(ctype: Any) -> Callable[[Any], object]:
    """What makes of an argument of cffi the one that ctypes would pass."""
    type_of = _type_of(ctype)
    if type_of is _pointer:
        if hasattr(ctype, "contents"):
            return lambda value: ctypes.cast(int(_cffi.cast(_address, value)), ctype)
        return lambda value: int(_cffi.cast(_address, value)) or None
    if issubclass(ctype, ctypes.Structure):
        pointer, size = _cffi.new_pointer_type(type_of), ctypes.sizeof(ctype)
        return lambda value: ctype.from_buffer_copy(
            _cffi.buffer(_cffi.rawaddressof(pointer, value, 0), size)[:])
    return lambda value: value


def c_callback(function: Callable[..., Any], on_error: Callable[[BaseException, Any], Any],
               result: Any, *parameters: Any) -> int:
    """The address of a C function that calls a Python function. What the function raises, or a signal
    handler at any of its steps, is passed to on_error(), with the last argument; the C function
    returns what on_error() returns."""
    converters = [_converter_of(each) for each in parameters]

    def called(*arguments: Any) -> Any:
        returned = function(*[convert(each) for convert, each in zip(converters, arguments)])
        return None if result is None else returned

    def failed(_: object, error: BaseException, traceback: Any) -> Any:
        arguments = traceback.tb_frame.f_locals.get("arguments", ()) if traceback else ()
        returned = on_error(error, converters[-1](arguments[-1]) if arguments else None)
        return None if result is None else returned

    result_type = _void if result is None else _type_of(result)
    function_type = _cffi.new_function_type(tuple([_type_of(each) for each in parameters]),
                                            result_type, False)
    made = _cffi.callback(function_type, called, None if result is None else 0, failed)
    _lasting.append(made)
    return int(_cffi.cast(_address, made))
