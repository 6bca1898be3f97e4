# SPDX-License-Identifier: MIT
"""Classes of C++ whose virtual functions Python overrides (overridable.hpp).

    when loaded:         table = _add_overrides(tell), bit = _override_sound(table, call)
    Animal.__init__():   C++ makes the object, _set_overrides(self, table, bits of type(self))
    C++, animal.sound(): call(self) --> self.sound()
"""

from __future__ import annotations

from .layout import OVERRIDE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .description import Function

GONE, RETURNED = 1, 2  # half_event in overridable.hpp


def _tell(self: Any, event: int) -> object:
    """Tells an object's half what has become of the other one. Returns it, for C++ to keep."""
    if event == GONE:
        self._take()
    elif event == RETURNED:
        # Nobody has it until the call has returned it. The garbage collector frees it later.
        self.__dict__["_returned"] = self
    return self


def _call_of(owner: Any, name: str) -> Callable[..., object]:
    """What C++ calls for a virtual function. Natively it calls the method of this name itself; of a
    property, one that reads it."""
    def call(self: Any, *arguments: object) -> object:
        return getattr(self, name)(*arguments)

    def read(self: Any) -> object:
        return getattr(self, name)

    if callable(getattr(owner, name)):
        call.__name__, call.__qualname__ = name, f"{owner.__qualname__}.{name}"
        return call
    read.__name__, read.__qualname__ = f"_read_{name}", f"{owner.__qualname__}.{name}"
    setattr(owner, read.__name__, read)
    return read


def connect(built: Any, functions: list[Function]) -> None:
    """Has a class tell each object of a class that is derived from it in Python which virtual
    functions are overridden."""
    table = built._add_overrides(_tell)
    bits = [(each.name, getattr(built, each.name),
             getattr(built, each.def_name)(table, _call_of(built, each.name)))
            for each in functions if each.role == OVERRIDE]
    make, set_overrides = built.__init__, built._set_overrides

    def overridden_in(own: Any) -> int:
        """Is asked once for each class."""
        found: int = sum([bit for name, method, bit in bits
                          if getattr(own, name, None) is not method])
        own._overridden = found
        return found

    def __init__(self: Any, *arguments: Any, **named: Any) -> None:
        if named:
            make(self, *arguments, **named)
        else:  # as every native caller passes them
            make(self, *arguments)
        own = type(self)
        if own is not built:
            overridden = own.__dict__.get("_overridden")
            set_overrides(self, table, overridden_in(own) if overridden is None else overridden)

    __init__.__doc__, __init__.__module__ = make.__doc__, built.__module__
    __init__.__qualname__ = f"{built.__qualname__}.__init__"
    __init__.__wrapped__ = make  # type: ignore[attr-defined]
    built.__init__ = __init__
