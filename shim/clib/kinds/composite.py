# SPDX-License-Identifier: MIT
"""Values that hold others: an optional, list, set, dict, tuple or variant, nested in any way."""

from __future__ import annotations

from itertools import chain

from ..description import Damaged
from ..items import Items, NOTHING, item_at, row_at
from ..objects import is_a
from . import of
from .kind import Kind, is_iterable, wrong_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from ..description import Value
    from ..items import Item
    from ..outcome import Outcome
    from .kind import Call, Source


class Composite(Kind):
    """What these kinds have in common. A result is read from the outcome, which owns its items."""

    least, most = 1, 1  # how many parts it has

    def check(self, value: Value) -> None:
        if not self.least <= len(value.parts) <= self.most:
            raise Damaged(f"'{value.name}' in it has {len(value.parts)} parts")

    def annotation_of(self, parts: list[str]) -> str:
        """The type for a type checker, from those of the parts."""
        raise NotImplementedError

    def argument_annotation(self, value: Value) -> str:
        return self.annotation_of([of(each).argument_annotation(each) for each in value.parts])

    def result_annotation(self, value: Value) -> str:
        return self.annotation_of([of(each).result_annotation(each) for each in value.parts])

    def c_type(self, value: Value) -> str:
        return "const clib_item*"

    def to_c(self, argument: Any, value: Value, where: str, call: Call) -> list[object]:
        items = Items()
        return [items.argument(self.to_item(argument, value, where, call, items))]

    def result_source(self, value: Value, source: Source) -> str:
        classes = source.classes

        def take(outcome: Outcome) -> object:
            address = outcome.data or 0
            result = self.from_item(item_at(address), address, value, classes)
            outcome.finish()
            return result

        source.names["_take"] = take
        return "_take(outcome)"


def fits_all(arguments: Iterable[Any], parts: list[Value], classes: Mapping[str, Any]) -> bool:
    """Whether each argument fits its part."""
    return all([of(part).fits(each, part, classes) for each, part in zip(arguments, parts)])


def _inside(what: str, where: str) -> str:
    """What an error says of something that has no place in a container."""
    function, separator, name = where.rpartition(": ")
    return f"{function}{separator}{what} of {name}"


class OptionalKind(Composite):
    def annotation_of(self, parts: list[str]) -> str:
        return f"{parts[0]} | None"

    def fits(self, argument: Any, value: Value, classes: Mapping[str, Any]) -> bool:
        return argument is None or fits_all([argument], value.parts[:1], classes)

    def to_item(self, argument: Any, value: Value, where: str, call: Call, items: Items) -> Item:
        part = value.parts[0]
        return NOTHING if argument is None else \
            of(part).to_item(argument, part, where, call, items)

    def from_item(self, item: Item, address: int, value: Value,
                  classes: Mapping[str, Any]) -> object:
        part = value.parts[0]
        return of(part).from_item(item, address, part, classes) if item[0] else None


class ListKind(Composite):
    is_container = True

    def argument_annotation(self, value: Value) -> str:
        return f"Iterable[{of(value.parts[0]).argument_annotation(value.parts[0])}]"

    def result_annotation(self, value: Value) -> str:
        return f"list[{of(value.parts[0]).result_annotation(value.parts[0])}]"

    def fits(self, argument: Any, value: Value, classes: Mapping[str, Any]) -> bool:
        return type(argument) in (list, tuple) and len(argument) == (value.count or len(argument)) and \
            fits_all(argument, value.parts * len(argument), classes)

    def to_item(self, argument: Any, value: Value, where: str, call: Call, items: Items) -> Item:
        if is_a(argument, memoryview):
            argument = argument.tolist()  # before Python 3.10 it does not say that it is iterable
        if is_a(argument, str, bytes) or not is_iterable(argument):
            raise wrong_type(where, "a list", argument)
        part = value.parts[0]
        to_item = of(part).to_item
        row = [to_item(each, part, f"{where}[{place}]", call, items)
               for place, each in enumerate(argument)]
        if value.count and len(row) != value.count:
            raise ValueError(f"{where} must have {value.count} values, not {len(row)}")
        return items.row(self.number, row)

    def from_item(self, item: Item, address: int, value: Value,
                  classes: Mapping[str, Any]) -> object:
        part = value.parts[0]
        from_item = of(part).from_item
        return [from_item(each, at, part, classes) for each, at in row_at(item)]


class SetKind(Composite):
    is_container = True

    def argument_annotation(self, value: Value) -> str:
        return f"AbstractSet[{of(value.parts[0]).argument_annotation(value.parts[0])}]"

    def result_annotation(self, value: Value) -> str:
        return f"set[{of(value.parts[0]).result_annotation(value.parts[0])}]"

    def fits(self, argument: Any, value: Value, classes: Mapping[str, Any]) -> bool:
        return type(argument) in (set, frozenset) and \
            fits_all(argument, value.parts * len(argument), classes)

    def to_item(self, argument: Any, value: Value, where: str, call: Call, items: Items) -> Item:
        from collections.abc import Set
        if not is_a(argument, Set):
            raise wrong_type(where, "a set", argument)
        part = value.parts[0]
        to_item = of(part).to_item
        where = _inside("a value", where)
        return items.row(self.number, [to_item(each, part, where, call, items)
                                       for each in argument])

    def from_item(self, item: Item, address: int, value: Value,
                  classes: Mapping[str, Any]) -> object:
        part = value.parts[0]
        from_item = of(part).from_item
        return {from_item(each, at, part, classes) for each, at in row_at(item)}


class DictKind(Composite):
    is_container = True
    least, most = 2, 2

    def argument_annotation(self, value: Value) -> str:
        # A Mapping is invariant in its keys.
        key, content = value.parts
        return (f"Mapping[{of(key).result_annotation(key)}, "
                f"{of(content).argument_annotation(content)}]")

    def result_annotation(self, value: Value) -> str:
        key, content = value.parts
        return f"dict[{of(key).result_annotation(key)}, {of(content).result_annotation(content)}]"

    def fits(self, argument: Any, value: Value, classes: Mapping[str, Any]) -> bool:
        return type(argument) is dict and fits_all(
            chain.from_iterable(argument.items()), value.parts * len(argument), classes)

    def to_item(self, argument: Any, value: Value, where: str, call: Call, items: Items) -> Item:
        from collections.abc import Mapping
        if not is_a(argument, Mapping):
            raise wrong_type(where, "a dict", argument)
        key_part, part = value.parts
        row: list[Item] = []
        where_key = _inside("a key", where)
        for key in argument:
            row.append(of(key_part).to_item(key, key_part, where_key, call, items))
            row.append(of(part).to_item(argument[key], part, f"{where}[{key!r}]", call, items))
        return items.row(self.number, row)

    def from_item(self, item: Item, address: int, value: Value,
                  classes: Mapping[str, Any]) -> object:
        key_part, part = value.parts
        found = {}
        row = row_at(item)
        for (key, key_at), (each, at) in zip(row, row):
            found[of(key_part).from_item(key, key_at, key_part, classes)] = \
                of(part).from_item(each, at, part, classes)
        return found


class TupleKind(Composite):
    is_container = True
    least, most = 0, 1 << 16

    def annotation_of(self, parts: list[str]) -> str:
        return f"tuple[{', '.join(parts) or '()'}]"

    def fits(self, argument: Any, value: Value, classes: Mapping[str, Any]) -> bool:
        return type(argument) is tuple and len(argument) == len(value.parts) and \
            fits_all(argument, value.parts, classes)

    def to_item(self, argument: Any, value: Value, where: str, call: Call, items: Items) -> Item:
        count = len(value.parts)
        if not is_a(argument, tuple, list):
            raise wrong_type(where, f"a tuple of {count}", argument)
        values = tuple(argument)
        if len(values) != count:
            raise ValueError(f"{where} must be a tuple of {count}, not of {len(values)}")
        return items.row(self.number, [
            of(part).to_item(each, part, f"{where}[{place}]", call, items)
            for place, (each, part) in enumerate(zip(values, value.parts))])

    def from_item(self, item: Item, address: int, value: Value,
                  classes: Mapping[str, Any]) -> object:
        return tuple([of(part).from_item(each, at, part, classes)
                      for (each, at), part in zip(row_at(item), value.parts)])


class VariantKind(Composite):
    most = 1 << 16

    def annotation_of(self, parts: list[str]) -> str:
        return " | ".join(dict.fromkeys(parts))

    def fits(self, argument: Any, value: Value, classes: Mapping[str, Any]) -> bool:
        return any([of(part).fits(argument, part, classes) for part in value.parts])

    def to_item(self, argument: Any, value: Value, where: str, call: Call, items: Items) -> Item:
        """Of the first alternative that the argument fits, else of the first that it can be converted
        to."""
        alternatives = sorted(enumerate(value.parts), key=lambda each: not of(each[1]).fits(
            argument, each[1], call.classes))
        for alternative, part in alternatives:
            try:
                kind, _, content, count = of(part).to_item(argument, part, where, call, items)
            except (TypeError, ValueError, OverflowError):
                if len(value.parts) == 1:
                    raise
                continue
            return kind, alternative, content, count
        raise wrong_type(where, self.argument_annotation(value).replace(" | ", " or "), argument)

    def from_item(self, item: Item, address: int, value: Value,
                  classes: Mapping[str, Any]) -> object:
        part = value.parts[item[1]]
        return of(part).from_item(item, address, part, classes)


KINDS = (
    OptionalKind(24, "OPTIONAL"),
    ListKind(25, "LIST"),
    SetKind(26, "SET"),
    DictKind(27, "DICT"),
    TupleKind(28, "TUPLE"),
    VariantKind(29, "VARIANT"),
)
