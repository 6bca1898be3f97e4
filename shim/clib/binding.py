# SPDX-License-Identifier: MIT
"""One library: its description, and what was made of it."""

from __future__ import annotations

from . import ending
from .description import by_name
from .foreign import Pointer, address_of, call, function_at
from .kinds import is_known_function
from .layout import IS_CPYTHON

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .calls import Calls
    from .description import Function, Type
    from .reader import Reader


_SIGNAL_FUNCTIONS = ("PyErr_CheckSignals", "PyGILState_Ensure", "PyGILState_Release", "PyErr_Fetch",
                     "PyErr_Restore", "Py_AddPendingCall", "Py_IncRef")


class Binding:
    def __init__(self, path: str, reader: Reader) -> None:
        self.path = path
        self.description = reader.description
        self.table = reader.table
        self.classes: dict[str, Any] = {}
        self.exceptions: dict[int, Any] = {}  # of the library's own, by their status
        if self.description.exceptions:
            from .exceptions import build_exceptions
            self.exceptions = build_exceptions(self)
        self.functions = [each for each in self.description.functions if is_known_function(each)]
        self._calls: Calls | None = None
        self._live: Any = None
        self._symbol_of: Any = None
        if self.table.forget_callbacks:
            ending.libraries.add(self.table.forget_callbacks)
        if IS_CPYTHON and self.table.set_interpreter_lock:
            call(self.table.set_interpreter_lock, None,
                 (Pointer, address_of("PyEval_SaveThread")),
                 (Pointer, address_of("PyEval_RestoreThread")))
        if IS_CPYTHON and self.table.set_signal_check:
            call(self.table.set_signal_check, None,
                 *[(Pointer, address_of(name)) for name in _SIGNAL_FUNCTIONS])

    @property
    def calls(self) -> Calls:
        """The way through ctypes, which native functions use for what they do not do themselves."""
        if self._calls is None:
            from .calls import Calls
            self._calls = Calls(self)
        return self._calls

    def functions_of(self, owner: Type | None) -> list[Function]:
        """Those that this package knows."""
        return [each for each in self.functions if each.owner is owner]

    def class_of(self, handle: int, of_class: Any) -> Any:
        """The class of a live object; `of_class`, or one that is derived from it."""
        if self._symbol_of is None:
            self._symbol_of = function_at(self.table.symbol_of, False, Pointer, Pointer)
        symbol_at = self._symbol_of(handle)
        for each in self.description.types:
            if each.symbol_at == symbol_at:
                return self.classes.get(each.name, of_class)
        return of_class

    def overloads_of(self, owner: Type | None) -> list[list[Function]]:
        """The same, those of one name together."""
        return by_name(self.functions_of(owner))

    def live(self, symbol: str) -> int:
        """How many objects of a type are alive."""
        if self.table.live == 0:
            return 0
        if self._live is None:
            import ctypes

            from .ccall import c_function
            self._live = c_function(self.table.live, False, ctypes.c_int64, ctypes.c_char_p)
        count: int = self._live(symbol.encode())
        return count
