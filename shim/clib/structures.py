# SPDX-License-Identifier: MIT
"""Structures of C as classes."""

from __future__ import annotations

import ctypes

from .kinds import of
from .layout import IS_CPYTHON

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .binding import Binding
    from .description import Type, Value


class Structure(ctypes.Structure):
    """Attributes that are checked: an integer out of range is an error, and not cut."""

    _names: tuple[str, ...]
    _plain: Any

    def __init__(self, /, *arguments: Any, **named: Any) -> None:
        super().__init__()
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
    def _c_form(cls) -> Any:
        """The same structure for ctypes, which makes one without a constructor in Python. A copy of one
        is of this class."""
        if not IS_CPYTHON:  # pypy.py makes a copy, without a constructor
            return cls
        if "_plain" not in vars(cls):
            cls._plain = type(cls.__name__, (cls,), {
                "__init__": ctypes.Structure.__init__, "__copy__": lambda self: cls.from_buffer_copy(self)})
        return cls._plain

    _path: str

    def _values(self) -> list[Any]:
        return [getattr(self, name) for name in self._names]

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in zip(self._names, self._values()))
        return f"{type(self).__name__}({values})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Structure) or type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    __hash__ = None  # type: ignore[assignment]

    def __copy__(self) -> Structure:
        return type(self).from_buffer_copy(self)

    def __deepcopy__(self, _: object) -> Structure:
        return type(self).from_buffer_copy(self)

    def __reduce_ex__(self, _: object) -> Any:
        from .pickles import reduced
        return reduced(self, self._path, tuple(self._values()), None)


def _field(member: Value) -> str:
    """The name that ctypes knows a member by, which no Python code can say."""
    return f"{member.name} in C"


def _member_property(owner: Type, member: Value, class_type: Any) -> property:
    field, kind = _field(member), of(member)
    where = f"{owner.name}: {member.python_name}"

    def get(self: Structure) -> object:
        return getattr(self, field)

    def put(self: Structure, argument: object) -> None:
        setattr(self, field, kind.to_member(argument, member, where, class_type))

    return property(get, put)


def build_structure(binding: Binding, of_type: Type) -> type[Structure]:
    """The class of a structure. Its layout has to come out as the library says it is."""
    fields = []
    attributes: dict[str, object] = {}
    for member in of_type.members:
        nested = None
        if member.type is not None:
            nested = binding.classes.get(member.type.name)
            if nested is None:
                nested = binding.classes[member.type.name] = build_structure(binding, member.type)
        fields.append((_field(member), of(member).c_parameters(member, binding.classes)[0]))
        attributes[member.python_name] = _member_property(of_type, member, nested)
    attributes.update({
        "__module__": of_type.module_name(binding.description.name),
        "__qualname__": of_type.qualified_name, "__doc__": of_type.doc or None,
        "_path": binding.path,
        "_names": tuple([member.python_name for member in of_type.members]), "_fields_": fields})
    built: type[Structure] = type(of_type.own_name, (Structure,), attributes)
    offsets = [getattr(built, name).offset for name, _ in fields]
    if ctypes.sizeof(built) != of_type.byte_size or \
            offsets != [member.offset for member in of_type.members]:
        raise ImportError(f"{binding.path}: the structure {of_type.name} is laid out in a way that "
                          "ctypes does not know; give its members their natural alignment")
    return built
