# SPDX-License-Identifier: MIT
"""Structures through ctypes, and what ctypes passes of native ones."""

from __future__ import annotations

import ctypes

from .kinds import of
from .layout import IS_CPYTHON
from .structures import Structure, attributes_of, field_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .binding import Binding
    from .description import Type, Value


class PlainStructure(Structure, ctypes.Structure):
    """One of ctypes."""

    _plain: Any

    def __init__(self, /, *arguments: Any, **named: Any) -> None:
        super().__init__()
        self._initialise(arguments, named)

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith("_") and "_names" in vars(type(self)) and \
                not hasattr(getattr(type(self), name, None), "__set__"):
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        ctypes.Structure.__setattr__(self, name, value)

    @classmethod
    def _c_type(cls) -> Any:
        return cls

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

    def _as_c(self) -> Any:
        return self

    @classmethod
    def _of_bytes(cls, data: bytes) -> PlainStructure:
        return cls.from_buffer_copy(data)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Structure) or type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    __hash__ = None  # type: ignore[assignment]


def _member_property(owner: Type, member: Value, class_type: Any) -> property:
    field, kind = field_name(member), of(member)
    where = f"{owner.name}: {member.python_name}"
    put_field = ctypes.Structure.__setattr__

    def get(self: PlainStructure) -> object:
        return getattr(self, field)

    def put(self: PlainStructure, argument: object) -> None:
        put_field(self, field, kind.to_member(argument, member, where, class_type))

    def delete(_: PlainStructure) -> None:
        raise AttributeError(f"{where} cannot be deleted; assign a value")

    return property(get, put, delete)


def build_structure(binding: Binding, of_type: Type) -> type[PlainStructure]:
    """The class of a structure."""
    attributes: dict[str, object] = {}
    for member in of_type.members:
        nested = None
        if member.type is not None:
            nested = binding.classes.get(member.type.name)
            if nested is None:
                nested = binding.classes[member.type.name] = build_structure(binding, member.type)
        attributes[member.python_name] = _member_property(of_type, member, nested)
    attributes.update(attributes_of(binding, of_type))
    built: type[PlainStructure] = _laid_out(binding, of_type, PlainStructure, attributes)
    return built


def c_type_of(binding: Binding, of_type: Type) -> Any:
    """What ctypes passes of a native structure. Its copies are native."""
    def copied(self: Any) -> Any:
        return binding.classes[of_type.name]._of_bytes(bytes(self))

    return _laid_out(binding, of_type, ctypes.Structure, {"__copy__": copied})


def _laid_out(binding: Binding, of_type: Type, base: Any, attributes: dict[str, object]) -> Any:
    """A class whose layout has to come out as the library says it is."""
    fields = [(field_name(member), of(member).c_parameters(member, binding.classes)[0])
              for member in of_type.members]
    named: dict[str, Any] = {**attributes, "_fields_": fields}
    built: Any = type(of_type.own_name, (base,), named)
    offsets = [getattr(built, name).offset for name, _ in fields]
    if ctypes.sizeof(built) != of_type.byte_size or \
            offsets != [member.offset for member in of_type.members]:
        raise ImportError(f"{binding.path}: the structure {of_type.name} is laid out in a way that "
                          "ctypes does not know; give its members their natural alignment")
    return built
