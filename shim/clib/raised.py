# SPDX-License-Identifier: MIT
"""What callables have raised, on its way through C++ to the Python code that called C++. A call that
fails because of it brings its number back."""

from __future__ import annotations

from itertools import count

from . import ending
from .layout import IS_CPYTHON

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

# The number that native functions use for exceptions that they keep themselves. Such an exception
# comes here only when the callable was not there any more.
NATIVE = (1 << 64) - 1

LIMIT = 256  # of exceptions that no call has brought back yet

_numbers = count(1)
_exceptions: dict[int, tuple[BaseException, object]] = {}


def new_number() -> int:
    return next(_numbers)


def keep(error: BaseException, source: object) -> int:
    """The number of an exception that take() will ask for. `source` is the callable that raised it.
    If too many are kept, C++ has dropped the oldest one, and it is reported."""
    number = next(_numbers)
    _exceptions[number] = error, source
    while len(_exceptions) > LIMIT:
        try:
            oldest = _exceptions.pop(next(iter(_exceptions)), None)
        except (StopIteration, RuntimeError):  # another thread changes them
            continue
        if oldest is not None:
            report(*oldest)
    return number


def take(number: int) -> BaseException | None:
    """The exception with this number; from then on, the caller's."""
    if number == NATIVE:
        return SystemExit() if ending.has_begun else called_too_late()  # as in callbacks.py
    return _exceptions.pop(number, (None, None))[0]


def without_own_frames(error: BaseException) -> BaseException:
    """The exception without the part of its traceback in which this package called something."""
    traceback = error.__traceback__
    while traceback is not None and \
            str(traceback.tb_frame.f_globals.get("__package__")).partition(".")[0] == _PACKAGE:
        traceback = traceback.tb_next
    return error.with_traceback(traceback)


_PACKAGE = __name__.partition(".")[0]


def forget(number: int) -> None:
    """Forgets an exception that no call will bring back."""
    _exceptions.pop(number, None)


def called_too_late() -> RuntimeError:
    return RuntimeError("a callback was called after the call that it was given for; the library can "
                        "keep it only with a release function")


# Of signal handlers, on PyPy: exceptions that a call in the main thread raises at its end.
interrupts: list[BaseException] = []


def raise_interrupt() -> None:
    """Raises one, in the main thread."""
    import threading
    if threading.current_thread() is threading.main_thread():
        raise interrupts.pop()


# The function raise_later() of a library, any one, for CPython: an address.
raising_later: list[int] = []


def raise_later(error: BaseException) -> object:
    """Has the main thread raise an exception of a signal handler that came in a finalizer, where no
    call can bring it. The caller keeps what this returns until it returns itself: when that is freed,
    Python runs in its caller next, and raises it there."""
    import ctypes
    import threading
    if threading.current_thread() is not threading.main_thread():
        report(error, "a finalizer")
    elif not IS_CPYTHON:
        interrupts.append(error)
    elif raising_later:
        from functools import partial
        function = ctypes.PYFUNCTYPE(ctypes.c_int, *[ctypes.py_object] * 3)(raising_later[0])
        # They would keep the frame of the caller, and what that keeps.
        error.__traceback__ = error.__context__ = None
        finalize = partial(function, type(error), error, None)
        return type("Later", (), {"__del__": staticmethod(finalize)})()
    return None


class _Unraisable:
    """Raises an error where nobody can catch it, in the name of the callable that raised it."""

    def __init__(self, error: BaseException, source: object) -> None:
        self._error = error
        self._source = source

    def __call__(self) -> NoReturn:
        raise self._error

    def __repr__(self) -> str:
        return repr(self._source)


def report(error: BaseException, source: object) -> None:
    """Passes an error that has no caller to sys.unraisablehook: ctypes does so for what it calls."""
    import ctypes
    raising: Callable[[], None] = ctypes.CFUNCTYPE(None)(_Unraisable(error, source))
    raising()
