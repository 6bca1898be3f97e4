# SPDX-License-Identifier: MIT
"""An enum: a class that is derived from enum.IntEnum, or from enum.IntFlag."""

from __future__ import annotations

from ..items import MASK
from ..layout import ENUM_TYPE, FLAGS
from . import kind_of
from .integer import Integer
from .kind import Kind, Passing, class_type_of, wrong_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from ..description import Default, Type, Value
    from ..items import Item, Items
    from .kind import Call, CType, Source


class Members(dict[int, object] if TYPE_CHECKING else dict):  # type: ignore[misc]
    """The members of an enum by their numbers, and what is made of several flags."""

    def __init__(self, built: Any) -> None:
        super().__init__((int(each), each) for each in built.__members__.values())
        self.built = built

    def __missing__(self, number: int) -> object:
        return self.built(number)


def integer_of(number: int) -> Integer:
    """The kind of the numbers of an enum."""
    kind = kind_of(number)
    assert isinstance(kind, Integer), f"an enum has numbers of the kind {number}"
    return kind


def numbers_of(of_type: Type) -> list[tuple[str, int]]:
    """The names and numbers of an enum's members. Where it is signed, offsets stand for negative
    numbers too."""
    return [(each.python_name, each.offset - (1 << 64) if integer_of(each.kind).least < 0 and
             each.offset >> 63 else each.offset) for each in of_type.members]


def _reduce(self: Any, _: object) -> tuple[Any, ...]:
    """By the name of a member, whose number may change; several flags by their number."""
    if type(self).__members__.get(self.name) is self:
        return getattr, (type(self), self.name)
    return type(self), (int(self),)


def enum_class(of_type: Type, module: str) -> Any:
    """The class of an enum. The type has it from now on."""
    import enum
    base: Any = enum.IntFlag if of_type.flags & FLAGS else enum.IntEnum
    built = base(of_type.own_name, numbers_of(of_type), module=module,
                      qualname=of_type.qualified_name)
    built.__doc__ = of_type.doc or None
    built.__reduce_ex__ = _reduce
    for name, member in built.__members__.items():
        docs = [each.default for each in of_type.members if each.python_name == name]
        member.__doc__ = docs[0]
    of_type.members_by_number = Members(built)
    return built


def members_of(value: Value) -> Members:
    members = value.class_type.members_by_number
    assert isinstance(members, Members), f"{value.class_type.name} has no class yet"
    return members


class Enumeration(Kind):
    # A C function returns any number when it fails.
    failure_hint = "True"

    def check(self, value: Value) -> None:
        class_type_of(value, ENUM_TYPE)
        self.integer(value)

    def integer(self, value: Value) -> Integer:
        """The kind of its numbers. What native code says of a kind has no element."""
        return integer_of(value.element or value.class_type.members[0].kind)

    def literal(self, default: Default, value: Value) -> str:
        for name, number in numbers_of(value.class_type):
            if number == default:
                return f"{value.class_type.name}.{name}"
        return f"{value.class_type.name}({default})"

    def default_in_signature(self, default: Default, value: Value) -> str:
        return repr(default)

    def default_in_source(self, value: Value, source: Source) -> str:
        source.names[f"_default_{value.name}"] = members_of(value)[int(value.default or 0)]
        return f"_default_{value.name}"

    def c_type(self, value: Value) -> str:
        return value.class_type.symbol

    def c_parameters(self, value: Value, classes: Mapping[str, Any]) -> list[CType]:
        return [self.integer(value).ctype]

    def c_result(self, value: Value, classes: Mapping[str, Any]) -> CType:
        return self.integer(value).ctype

    def to_c(self, argument: Any, value: Value, where: str, call: Call) -> list[object]:
        return [self.to_member(argument, value, where, members_of(value).built)]

    def to_member(self, argument: Any, value: Value, where: str, class_type: Any) -> object:
        if type(argument) is not class_type:
            name = value.class_type.name
            cure = f"; pass {name}({argument})" if type(argument) is int and \
                argument in members_of(value) else ""
            raise TypeError(f"{wrong_type(where, f'a member of {name}', argument)}{cure}")
        return int(argument)

    def fits(self, argument: Any, value: Value, classes: Mapping[str, Any]) -> bool:
        return type(argument) is members_of(value).built

    def to_item(self, argument: Any, value: Value, where: str, call: Call, items: Items) -> Item:
        number, = self.to_c(argument, value, where, call)
        assert isinstance(number, int)
        return self.number, 0, number & MASK, 0

    def from_item(self, item: Item, address: int, value: Value,
                  classes: Mapping[str, Any]) -> object:
        return members_of(value)[self.integer(value).from_bits(item[2])]

    def passing(self, value: Value, source: Source) -> Passing:
        name = value.python_name
        source.names[f"_class_{name}"] = members_of(value).built
        return Passing([f"{name}._value_"], f"type({name}) is _class_{name}")

    def result_annotation(self, value: Value) -> str:
        return value.class_type.name

    def result_source(self, value: Value, source: Source) -> str:
        source.names["_members"] = members_of(value)
        return "_members[result]"

    def callback_argument(self, value: Value, arguments: Iterator[Any]) -> object:
        return members_of(value)[next(arguments)]


KINDS = (Enumeration(30, "ENUM"),)
