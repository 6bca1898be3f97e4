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
from .ccall import c_callback, c_function
from .errors import E_CALLBACK
from .items import Items, item_at, row_at
from .kinds import of
from .kinds.integer import INT64
from .kinds.kind import NoCall
from .layout import CALLED_ONCE, IS_CPYTHON, BORROWED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import FrameType
    from typing import Any, NoReturn

    from .binding import Binding
    from .description import Function, Type, Value


# Of an interpreter with a lock of its own, which C++ does not know how to take.
_is_isolated = not getattr(_thread, "daemon_threads_allowed", lambda: True)()


class Callback:
    """A callable that C++ has. Its number is the context."""

    __slots__ = ("callable", "error", "is_kept", "is_usual")

    def __init__(self, function: Callable[..., object], value: Value) -> None:
        self.callable = function
        self.error: BaseException | None = None  # the first that it raised during the call
        is_once = bool(value.flags & CALLED_ONCE)
        self.is_kept = is_once or getattr(of(value), "is_kept", False)
        self.is_usual = not is_once  # no step but the call is to be taken


callbacks: dict[int, Callback] = {}
new_number = count(1).__next__

_released: list[Callback | None] = []
_releasing: list[bool] = []  # not empty while callables are freed


def _release(context: int, pop: Any = callbacks.pop, released: Any = _released,
             releasing: Any = _releasing, raise_later: Any = raised.raise_later) -> None:
    """Lets go of a kept callable. Freeing one may end in freeing the next: one after the other."""
    try:
        released.append(pop(context, None))
        if not releasing:
            releasing.append(True)
            while released:
                released.pop()
            releasing.clear()
    except BaseException as error:  # of a signal handler, which has nothing to do with this
        pop(context, None)
        released.clear()
        releasing.clear()
        _ = raise_later(error)


# What C++ calls when it will not call a kept callable any more.
release = c_callback(_release, lambda error, context: _release_later(error, context), None,
                     ctypes.c_void_p)


def _release_later(error: BaseException, context: int | None) -> None:
    callbacks.pop(context or 0, None)
    raised.raise_later(error)


def name_of(function: object) -> str:
    """The name of a callable, for what is said of it."""
    name = getattr(function, "__qualname__", None)
    return name if type(name) is str else type(function).__name__


def checked_result(function: Callable[..., object] | None, result: object) -> int:
    """The number for C++ of what a callable has returned. Native callbacks pass what is no usual
    number, and None for the callable if it is gone."""
    if function is None:
        return 0
    name = name_of(function)
    if not hasattr(type(result), "__index__"):
        raise TypeError(f"{name}: the result must be int or None, but it returned "
                        f"{short_repr(result)}")
    number = INT64.checked(result, f"{name}: the result")
    if number < 0:
        raise ValueError(f"{name}: the result is {number}; return 0 or more, or raise an exception")
    return number


def short_repr(value: object) -> str:
    """A text for what cannot be passed, of one short line."""
    try:
        text = repr(value)
    except Exception:
        text = ""
    return text if 0 < len(text) <= 60 and text.isprintable() else \
        f"an object of {type(value).__name__}"


def _forget_exception(number: int, forget: Any = raised.forget) -> None:
    try:
        forget(number)
    except BaseException as error:  # of a signal handler
        forget(number)
        _ = raised.raise_later(error)


_forget = c_callback(_forget_exception, lambda error, _: raised.interrupts.append(error), None,
                     ctypes.c_uint64)


def _signal_check(made: list[Any] = []) -> Any:
    """What interrupted() asks on PyPy, whose compiled code runs handlers in loops only."""
    def check() -> int:
        for _ in range(2):
            pass
        return len(raised.interrupts)

    def on_error(error: BaseException, _: object) -> int:
        raised.interrupts.append(error)
        return 1

    if not made:
        made.append(c_callback(check, on_error, ctypes.c_int))
    return made[0]


class Callbacks:
    """The trampolines of one library."""

    def __init__(self, binding: Binding) -> None:
        table = binding.table
        self._callback_failed: Callable[[int], object] = \
            c_function(table.callback_failed, False, None, ctypes.c_uint64) \
            if table.callback_failed else lambda number: None
        self._tell: Callable[[BaseException, object], int] | None = None
        if table.exception_raised and binding.exceptions:
            from .exceptions import teller
            self._tell = teller(binding)
        if table.raise_later and not raised.raising_later:
            raised.raising_later.append(table.raise_later)
        if table.set_exception_forgetting:
            c_function(table.set_exception_forgetting, False, None, ctypes.c_void_p)(_forget)
            ending.before.append(lambda: c_function(
                table.set_exception_forgetting, False, None, ctypes.c_void_p)(None))
        if table.set_signal_check and not IS_CPYTHON:
            c_function(table.set_signal_check, False, None, *[ctypes.c_void_p] * 7)(
                _signal_check(), *[None] * 6)
        self._classes = binding.classes
        self._trampolines: dict[int, Any] = {}

    def add(self, number: int, function: Callable[..., object], value: Value) -> list[object]:
        """Adds a callable under a new number. Returns: The C arguments for it."""
        if _is_isolated:
            raise RuntimeError("an isolated sub-interpreter can pass no callable to C++; use one that "
                               "shares the lock of the main interpreter")
        ending.stop_others()
        callbacks[number] = Callback(function, value)
        signature: Function | Value = value if value.callback is None else value.callback
        trampoline = self._trampolines.get(id(signature))
        if trampoline is None:
            trampoline = self._trampolines[id(signature)] = \
                self._item_trampoline(value) if value.callback is None else \
                self._trampoline(value.callback)
        arguments = [trampoline, number]
        if len(of(value).c_parameters(value, self._classes)) == 3:
            arguments.append(release)
        return arguments

    def _trampoline(self, signature: Function) -> Any:
        """The C function through which C++ calls all callables with this signature."""
        values = [(of(value), value) for value in signature.parameters]
        c_parameters = [each for kind, value in values
                        for each in kind.callback_parameters(value, self._classes)]
        has_result = of(signature.result).annotation != "None"
        is_plain = all([kind.is_plain for kind, _ in values])
        failed, tell, get = self._callback_failed, self._tell, callbacks.get

        def converted(arguments: tuple[Any, ...]) -> list[object]:
            rest = iter(arguments)
            return [kind.callback_argument(value, rest) for kind, value in values]

        # It is so short that CPython 3.9 needs one instruction to begin with `try`.
        def trampoline(*arguments: Any, callback: Callback | None = None) -> int:
            try:
                try:
                    callback = get(arguments[-1])
                    if callback is None or not callback.is_usual:
                        _begin_unusual(callback, arguments[-1])
                    result = callback.callable(  # type: ignore[union-attr]
                        *(arguments[:-1] if is_plain else converted(arguments)))
                    return checked(callback, result)  # type: ignore[arg-type]
                except BaseException as error:  # it goes on in Python, around C++
                    failed(_keep(error, callback, arguments[-1], tell=tell))
                    return E_CALLBACK
            except BaseException as error:  # a signal came while the first was kept
                failed(_keep(error, callback, arguments[-1], True))
                return E_CALLBACK

        def checked(callback: Callback, result: object) -> int:
            if not has_result or result is None:
                return 0
            if type(result) is int and 0 <= result < 1 << 63:
                return result
            return checked_result(callback.callable, result)

        def on_error(error: BaseException, number: int | None) -> int:
            failed(_keep(error, None, number or 0))
            return E_CALLBACK

        return c_callback(trampoline, on_error, ctypes.c_int64 if has_result else None,
                          *c_parameters, ctypes.c_void_p)

    def _item_trampoline(self, value: Value) -> Any:
        """The same for functions whose arguments and result are items (clib_function_call)."""
        result, *parts = value.parts
        failed, get, classes = self._callback_failed, callbacks.get, self._classes
        tell = self._tell
        values = [(of(part), part) for part in parts]

        def arguments_of(address: int) -> list[object]:
            return [kind.from_item(item, at, part, classes)
                    for (kind, part), (item, at) in zip(values, row_at(item_at(address)))]

        def pass_on(returned: object, function: object, take: int, receiver: int) -> None:
            call = NoCall(classes)
            try:
                memory = _item_of(returned, result, function, call)
                c_function(take, False, None, ctypes.c_void_p, ctypes.c_void_p)(receiver, memory)
            finally:
                call.end()

        lent = [place for place, part in enumerate(parts) if part.flags & BORROWED]

        def call_lending(function: Callable[..., object], address: int, take: int,
                         receiver: int) -> None:
            arguments = arguments_of(address)
            try:
                returned = function(*arguments)
                if result.kind:
                    pass_on(returned, function, take, receiver)
            finally:
                items = [item for item, _ in row_at(item_at(address))]
                for place in lent:
                    if items[place][1]:  # it ends with the call
                        arguments[place]._take()  # type: ignore[attr-defined]

        def trampoline(arguments: int, take: int, receiver: int, number: int,
                       callback: Callback | None = None) -> int:
            try:
                try:
                    callback = get(number)
                    if callback is None or not callback.is_usual:
                        _begin_unusual(callback, number)
                    function = callback.callable  # type: ignore[union-attr]
                    if lent:
                        call_lending(function, arguments, take, receiver)
                        return 0
                    returned = function(*arguments_of(arguments))
                    if result.kind:
                        pass_on(returned, function, take, receiver)
                    return 0
                except BaseException as error:  # it goes on in Python, around C++
                    failed(_keep(error, callback, number, tell=tell))
                    return E_CALLBACK
            except BaseException as error:  # a signal came while the first was kept
                failed(_keep(error, callback, number, True))
                return E_CALLBACK

        def on_error(error: BaseException, number: int | None) -> int:
            failed(_keep(error, None, number or 0))
            return E_CALLBACK

        return c_callback(trampoline, on_error, ctypes.c_int64, *[ctypes.c_void_p] * 4)


def _item_of(returned: object, value: Value, function: object, call: NoCall) -> object:
    """The item for a result of a callable, as ctypes passes it."""
    items = Items()
    return items.argument(of(value).to_item(
        returned, value, f"{name_of(function)}: the result", call, items))


def converted(function: object, returned: object, value: Value,
              classes: Mapping[str, Any]) -> object:
    """What a callable has returned, in the usual type of a kind."""
    memory = _item_of(returned, value, function, NoCall(classes))
    address = ctypes.addressof(memory)  # type: ignore[arg-type]
    kind = of(value)
    # An object is its own usual form.
    return returned if kind.name == "HANDLE" else \
        kind.from_item(item_at(address), address, value, classes)


def keep_native(kind: type[BaseException], error: object, traceback: Any, function: object,
                tell: Callable[[BaseException, object, object], int] | None = None) -> int:
    """Keeps an exception that a callable has raised in a native call back. Returns its number."""
    if not isinstance(error, kind):
        error = kind(*error if isinstance(error, tuple) else () if error is None else (error,))
    if traceback is not None:
        error = error.with_traceback(traceback)
    raised.without_own_frames(error)
    told = tell(error, None, function) if tell is not None else 0
    if told:
        return told
    if _is_bottom(sys._getframe(1)):  # a thread of C++
        raised.report(error, function)
        return raised.new_number()
    return raised.keep(error, function)


def _begin_unusual(callback: Callback | None, number: int) -> None:
    """Raises an exception if a callable is not to be called."""
    if callback is None:
        raise raised.called_too_late()
    if callback.error is not None:
        raise RuntimeError("the callable has raised an exception before, so it was not called again")
    del callbacks[number]  # it is called once


def _keep(error: BaseException, callback: Callback | None, number: int, is_second: bool = False,
          tell: Callable[[BaseException, object], int] | None = None) -> int:
    """Keeps an exception for the Python code that called C++, if there is any. Returns its number."""
    raised.without_own_frames(error)
    if callback is None:  # it may have come before the first line of the trampoline
        callback = callbacks.get(number)
    told = tell(error, callback and callback.callable) if tell is not None else 0
    if told:
        return told
    if callback is not None and not callback.is_kept:
        callback.is_usual = False
        if callback.error is None or is_second:
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
        if callback.is_kept and callback.is_usual:
            callbacks.pop(number, None)


ending.release = ctypes.cast(release, ctypes.c_void_p).value or 0
ending.before.append(_refuse)
ending.after.append(_drop)
