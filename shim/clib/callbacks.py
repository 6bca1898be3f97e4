# SPDX-License-Identifier: MIT
"""Callables that C++ calls through ctypes.

    C++ calls a trampoline, one a signature, with a number as the context;
    `callbacks` has the callable with this number.
"""

from __future__ import annotations

import _thread
import ctypes
import sys
from itertools import count

from . import ending, raised
from .ccall import c_function, lasting
from .errors import E_CALLBACK
from .kinds import of
from .kinds.integer import INT64
from .layout import CALLED_ONCE, IS_CPYTHON

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import FrameType
    from typing import Any, NoReturn

    from .description import Function, Value


# Of an interpreter with a lock of its own, which C++ does not know how to take.
_is_isolated = not getattr(_thread, "daemon_threads_allowed", lambda: True)()


class Callback:
    """A callable that C++ has. Its number is the context."""

    __slots__ = ("callable", "error", "is_kept", "is_once")

    def __init__(self, function: Callable[..., object], value: Value) -> None:
        self.callable = function
        self.error: BaseException | None = None  # the first that it raised during the call
        self.is_once = bool(value.flags & CALLED_ONCE)
        self.is_kept = self.is_once or getattr(of(value), "is_kept", False)


callbacks: dict[int, Callback] = {}
_numbers = count(1)

# What C++ calls when it will not call a kept callable any more.
release = lasting(ctypes.CFUNCTYPE(None, ctypes.c_void_p)(
    lambda context, pop=callbacks.pop: pop(context, None) and None))


def checked_result(function: Callable[..., object] | None, result: object) -> int:
    """The number for C++ of what a callable has returned. Native callbacks pass what is no usual
    number, and None for the callable if it is gone."""
    if function is None:
        return 0
    name = getattr(function, "__qualname__", "callback")
    number = INT64.checked(result, f"{name}: the result")
    if number < 0:
        raise ValueError(f"{name}: the result is {number}; return 0 or more, or raise an exception")
    return number


class Callbacks:
    """The trampolines of one library."""

    def __init__(self, callback_failed: int, classes: Mapping[str, Any]) -> None:
        self._callback_failed: Callable[[int], object] = \
            c_function(callback_failed, False, None, ctypes.c_uint64) if callback_failed else \
            lambda number: None
        self._classes = classes
        self._trampolines: dict[int, Any] = {}

    def add(self, function: Callable[..., object], value: Value) -> tuple[int, list[object]]:
        """Returns: The number of a callable, and the C arguments for it."""
        if _is_isolated:
            raise RuntimeError("an isolated sub-interpreter can pass no callable to C++; use one that "
                               "shares the lock of the main interpreter")
        number = next(_numbers)
        callbacks[number] = callback = Callback(function, value)
        signature = value.signature
        trampoline = self._trampolines.get(id(signature))
        if trampoline is None:
            trampoline = self._trampolines[id(signature)] = self._trampoline(signature)
        arguments = [trampoline, number]
        if len(of(value).c_parameters(value, self._classes)) == 3:
            arguments.append(release)
        return number, arguments

    def _trampoline(self, signature: Function) -> Any:
        """The C function through which C++ calls all callables with this signature."""
        values = [(of(value), value) for value in signature.parameters]
        c_parameters = [each for kind, value in values
                        for each in kind.c_parameters(value, self._classes)]
        has_result = of(signature.result).annotation != "None"
        prototype = ctypes.CFUNCTYPE(ctypes.c_int64 if has_result else None, *c_parameters,
                                     ctypes.c_void_p)
        is_plain = all([kind.is_plain for kind, _ in values])
        failed = self._callback_failed

        def trampoline(*arguments: Any) -> int:
            number: int = arguments[-1]
            callback = callbacks.get(number)
            try:
                if callback is None:
                    raise raised.called_too_late()
                if callback.is_once:
                    del callbacks[number]
                if callback.error is not None:  # C++ did not stop at the first
                    failed(raised.new_number())
                    return E_CALLBACK
                if is_plain:
                    result = callback.callable(*arguments[:-1])
                else:
                    rest = iter(arguments)
                    result = callback.callable(*[
                        kind.callback_argument(value, rest) for kind, value in values])
                if not has_result or result is None:
                    return 0
                if type(result) is int and 0 <= result < 1 << 63:
                    return result
                return checked_result(callback.callable, result)
            except BaseException as error:  # it goes on in Python, around C++
                failed(_keep(error, callback))
                return E_CALLBACK

        return lasting(prototype(trampoline))


def _keep(error: BaseException, callback: Callback | None) -> int:
    """Keeps an exception for the Python code that called C++, if there is any. Returns its number."""
    if callback is not None and not callback.is_kept:
        callback.error = error
        return raised.new_number()
    source = callback and callback.callable
    if _is_bottom(sys._getframe(1)):  # a thread of C++
        raised.report(error, source)
        return raised.new_number()
    return raised.keep(error, source)


def _is_bottom(frame: FrameType) -> bool:
    """Whether no code in Python has called the function that ctypes has called."""
    outer = frame.f_back
    if not IS_CPYTHON and outer is not None:  # PyPy's ctypes has a frame of its own
        outer = outer.f_back
    return outer is None


def _refused(*_: object) -> NoReturn:
    raise SystemExit  # of this thread: a daemon that the end of Python does not wait for


def _refuse() -> None:
    """Of the calls that other threads still make, C++ calls no callable."""
    for callback in list(callbacks.values()):
        if not callback.is_kept:
            callback.callable = _refused


def _drop() -> None:
    """C++ calls no kept callable any more."""
    for number, callback in list(callbacks.items()):
        if callback.is_kept and not callback.is_once:
            callbacks.pop(number, None)


ending.release = ctypes.cast(release, ctypes.c_void_p).value or 0
ending.before.append(_refuse)
ending.after.append(_drop)
