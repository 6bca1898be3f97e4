# SPDX-License-Identifier: MIT
"""Several functions of C++ that are one in Python: the first whose arguments fit is called. A first
round passes only what needs no conversion, a second one whatever can be converted."""

from __future__ import annotations

from .kinds import of
from .layout import CONSTRUCTOR
from .signature import argument_annotation, parameter_list, result_annotation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from .description import Function, Type

# What a call returns whose arguments cannot be converted, and the exceptions that say so.
UNFIT = object()
REFUSALS = (TypeError, ValueError, OverflowError, BufferError)


class Overload:
    """One of the functions. `call` returns UNFIT if an argument cannot be converted."""

    def __init__(self, function: Function, call: Callable[..., object],
                 classes: Mapping[str, Any]) -> None:
        self.call = call
        self._values = [(of(value), value) for value in function.named_parameters]
        self._positional = len([value for _, value in self._values if not value.is_keyword_only])
        self._places = {value.python_name: place for place, (_, value) in enumerate(self._values)}
        self._required = {place for place, (_, value) in enumerate(self._values)
                          if not value.is_optional}
        self._classes = classes

    def places(self, size: int, names: Iterable[str]) -> list[int] | None:
        """The place of each argument among the parameters, or None if the function does not take so
        many arguments of these names."""
        if size > self._positional:
            return None
        places = list(range(size))
        for name in names:
            place = self._places.get(name, 0)
            if name not in self._places or place < size:
                return None
            places.append(place)
        return places if self._required.issubset(places) else None

    def fits(self, places: list[int], arguments: list[object]) -> bool:
        """Whether no argument has to be converted."""
        for place, argument in zip(places, arguments):
            kind, value = self._values[place]
            if not (argument is None and value.is_nullable) and \
                    not kind.fits(argument, value, self._classes):
                return False
        return True


def overloaded(functions: list[Function], calls: list[Callable[..., Any]],
               classes: Mapping[str, Any], is_operator: bool) -> Callable[..., Any]:
    """The function that stands for all of these."""
    overloads = [Overload(function, call, classes) for function, call in zip(functions, calls)]
    receivers = int(functions[0].takes_object or functions[0].role == CONSTRUCTOR)

    def choose(*arguments: Any, **names: Any) -> Any:
        size = len(arguments) - receivers
        if size < 0:
            raise TypeError(f"{functions[0].full_name}: self is missing")
        given = [*arguments[receivers:], *names.values()]
        possible = []
        for each in overloads:
            places = each.places(size, names)
            if places is not None:
                possible.append(each)
                if each.fits(places, given):
                    result = each.call(*arguments, **names)
                    if result is not UNFIT:
                        return result
        for each in possible:
            result = each.call(*arguments, **names)
            if result is not UNFIT:
                return result
        if is_operator:
            return NotImplemented
        raise TypeError(f"{functions[0].full_name} takes "
                        f"{' or '.join([f'({_parameters(each)})' for each in functions])}, not "
                        f"({_given(given, size, list(names))})")

    choose.__annotations__ = {}
    return choose


class Conversions:
    """Makes objects by the implicit constructors of their classes."""

    def __init__(self, bind: Callable[[Function, bool, bool], Callable[..., Any]],
                 classes: Mapping[str, Any]) -> None:
        self._bind = bind
        self._classes = classes
        self._overloads: dict[str, list[Overload]] = {}

    def converted(self, argument: object, of_type: Type) -> Any:
        """An object made of an argument, or None."""
        overloads = self._overloads.get(of_type.name)
        if overloads is None:
            overloads = self._overloads[of_type.name] = [
                Overload(each, self._bind(each, True, False), self._classes)
                for each in of_type.conversions]
        for needs_no_conversion in (True, False):
            for each in overloads:
                if not needs_no_conversion or each.fits([0], [argument]):
                    owner = self._classes[of_type.name]
                    made = owner.__new__(owner)
                    if each.call(made, argument) is not UNFIT:
                        return made
        return None


def _parameters(function: Function) -> str:
    return parameter_list(function, "", argument_annotation)


def _given(arguments: list[object], size: int, names: list[str]) -> str:
    """What a sentence calls the arguments."""
    words = []
    for argument in arguments:
        word = "None" if argument is None else type(argument).__name__
        if hasattr(type(argument), "_entries") and getattr(argument, "closed"):
            word = f"a closed {word}"
        elif type(argument) is int and abs(argument) >= 100:
            word = f"int {argument}" if abs(argument) < 1 << 128 else "a large int"
        words.append(word)
    words[size:] = [f"{name}={word}" for name, word in zip(names, words[size:])]
    return ", ".join(words)


def overloads_doc(functions: list[Function]) -> str:
    """The docstring of them all: each signature with its doc."""
    parts = []
    for each in functions:
        result = each.class_type.name if each.role == CONSTRUCTOR else result_annotation(each.result)
        called = each.class_type.name if each.role == CONSTRUCTOR else each.python_name
        head = f"{called}({_parameters(each)}) -> {result}"
        parts.append("\n".join([head, *[f"    {line}".rstrip() for line in each.full_doc.splitlines()]]))
    return "\n\n".join(parts)
