# SPDX-License-Identifier: MIT
"""Structures of C++: what their classes have natively and through ctypes."""

from __future__ import annotations

from sys import intern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .binding import Binding
    from .description import Type, Value
    from .elements import StructureDtype


class _NumpyDtype:
    """What numpy finds in a class: numpy.zeros(3, Point)."""

    def __get__(self, _: object, owner: type[Structure]) -> object:
        try:
            import numpy
        except ImportError:
            raise AttributeError("dtype is there with numpy alone") from None
        members: Any = owner._dtype_of().for_numpy
        return numpy.dtype(members)


class Structure:
    """Attributes that are checked: an integer out of range is an error, and not cut."""

    __slots__ = ()
    _names: tuple[str, ...]
    _path: str
    _type: Type
    dtype = _NumpyDtype()
    _argument = "{}"  # what a generated function passes to ctypes
    _result = "result"  # and what it makes of what ctypes returns

    def _initialise(self, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
        """Sets the members for which there are arguments."""
        names, own = self._names, type(self).__name__
        if len(arguments) > len(names):
            raise TypeError(f"{own} has {len(names)} members, but {len(arguments)} were given")
        for name in named:
            if name not in names:
                raise TypeError(f"{own} has no member '{name}'; it has {', '.join(names)}")
            if name in names[:len(arguments)]:
                raise TypeError(f"{own} was given {name} twice")
        for name, argument in [*zip(names, arguments), *named.items()]:
            setattr(self, name, argument)

    @classmethod
    def _of_bytes(cls, data: bytes) -> Any:
        """A new one of these bytes."""
        raise NotImplementedError

    @classmethod
    def _dtype_of(cls) -> StructureDtype:
        """As an element of an array."""
        from .kinds.array import structure_dtype
        return structure_dtype(cls._type)

    def _values(self) -> list[Any]:
        return [getattr(self, name) for name in self._names]

    def __repr__(self) -> str:
        """Made when the first one of a class is shown."""
        owner: Any = next(each for each in type(self).__mro__ if "_names" in vars(each))
        values = ", ".join([f"{name}={{self.{name}!r}}" for name in self._names])
        made: dict[str, Any] = {}
        exec(f"def __repr__(self): return f'{{type(self).__name__}}({values})'", made)
        owner.__repr__ = made["__repr__"]
        return f"{made['__repr__'](self)}"

    def __copy__(self) -> Any:
        return self._of_bytes(bytes(self))  # type: ignore[call-overload]

    def __deepcopy__(self, _: object) -> Any:
        return self.__copy__()

    def __reduce_ex__(self, _: object) -> Any:
        from .pickles import reduced
        return reduced(self, self._path, tuple(self._values()), None)


def field_name(member: Value) -> str:
    """The name that ctypes knows a member by, which no Python code can say."""
    return f"{member.name} in C"


def attributes_of(binding: Binding, of_type: Type) -> dict[str, Any]:
    """What the class of a structure says of itself."""
    return {
        "__module__": of_type.module_name(binding.description.name),
        "__qualname__": of_type.qualified_name, "__doc__": of_type.doc or None,
        "_path": binding.path, "_type": of_type,
        "_names": tuple([intern(member.python_name) for member in of_type.members])}
