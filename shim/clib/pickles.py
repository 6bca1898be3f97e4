# SPDX-License-Identifier: MIT
"""How pickles name what a library has. One that Python can import is named by its module; any other
by its file, which the process that reads the pickle loads."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def reference(thing: Any, path: str) -> tuple[str, str, str] | None:
    """Where find() finds a class or function; None if pickle does so by itself."""
    module, name = thing.__module__, thing.__qualname__
    if _found(sys.modules.get(module), name) is thing:
        return None
    return module, path, name


def _found(module: Any, name: str) -> Any:
    found = module
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def find(module: str, path: str, name: str) -> Any:
    """What reference() named."""
    package: Any = sys.modules[__package__]
    found = _found(package.load(path), name)
    if found is None:
        raise AttributeError(f"{path} has no '{name}' any more, which a pickle needs")
    return found


def make(module: str, path: str, name: str, arguments: tuple[object, ...]) -> Any:
    """What a class that reference() named makes of these arguments."""
    return find(module, path, name)(*arguments)


def reduced(thing: Any, path: str, arguments: tuple[object, ...], state: Any) -> tuple[Any, ...]:
    """For __reduce__(): the class of the thing is called with the arguments."""
    name = reference(type(thing), path)
    called = (type(thing), arguments) if name is None else (make, (*name, arguments))
    return *called, state or None


# --- Objects --------------------------------------------------------------------------------------


def reduced_object(thing: Any, attributes: dict[str, object]) -> tuple[Any, ...]:
    """For an object of C++ whose class is listed with pickle(). `attributes` are those of a derived
    class."""
    name = reference(type(thing), thing._path)
    state = thing._state()
    if name is None:
        return from_state, (type(thing), state), attributes or None
    return _find_and_make, (*name, state), attributes or None


def _find_and_make(module: str, path: str, name: str, state: object) -> Any:
    return from_state(find(module, path, name), state)


def from_state(cls: Any, state: object) -> Any:
    """The object of a class that was pickled."""
    return as_object_of(cls, cls._from_state(state))


def as_object_of(cls: Any, made: Any) -> Any:
    """An object of a derived class, with what C++ has made."""
    if type(made) is cls:
        return made
    new = cls.__new__(cls)
    new._put(made._take())
    return new
