# SPDX-License-Identifier: MIT
"""What every kind answers. A kind overrides what differs from here; its module lists its kinds in
KINDS. ctypes is imported where it is used: native functions need none of it."""

from __future__ import annotations

from ..errors import class_names
from ..layout import CONST
from ..outcome import Outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from typing import Any, Protocol

    from ..description import Default, Type, Value
    from ..items import Item, Items

    CType = Any  # a type of ctypes

    class Call(Protocol):
        """One call of a function of C++."""

        classes: Mapping[str, Any]

        def callback(self, function: Callable[..., object], value: Value) -> list[object]:
            """The C arguments for a callable."""

        def at_end(self, step: Callable[[], object]) -> None:
            """Does something when C++ has returned."""

        def converted(self, argument: object, of_type: Type) -> Any:
            """An object of a class, made by one of its implicit constructors for this call; None if
            there is none for such an argument."""

    class Source(Protocol):
        """The source of a Python function that calls one of C++."""

        names: dict[str, object]  # what it uses, besides its parameters
        classes: Mapping[str, Any]

        def is_index(self, value: Value) -> bool:
            """Whether negative numbers count from the end."""


class Passing:
    """How a generated function passes an argument of its usual type: the lines that prepare it, a
    condition that must hold, and the C arguments. A line that raises TypeError, and a condition that
    is false, leave the call to to_c()."""

    __slots__ = ("lines", "condition", "arguments")

    def __init__(self, arguments: list[str], condition: str = "", lines: list[str] = []) -> None:
        self.arguments = arguments
        self.condition = condition
        self.lines = lines


class NoCall:
    """Stands for a call of C++ where there is none: an argument is tried, or a callable's result is
    passed."""

    def __init__(self, classes: Mapping[str, Any]) -> None:
        self.classes = classes
        self._steps: list[Callable[[], object]] = []

    def callback(self, function: Callable[..., object], value: Value) -> list[object]:
        return []

    def at_end(self, step: Callable[[], object]) -> None:
        self._steps.append(step)

    def converted(self, argument: object, of_type: Type) -> Any:
        return None

    def end(self) -> None:
        for step in self._steps:
            step()


class Kind:
    """One sort of value that crosses the border."""

    number: int
    name: str  # in enum clib_kind
    c_name = "char*"
    annotation = "int"  # the type of a result, for type checkers

    def __init__(self, number: int, name: str) -> None:
        self.number = number
        self.name = name

    # --- The description ---

    def check(self, value: Value) -> None:
        """Raises Damaged if the value lacks what its kind needs."""

    def default(self, integer: int, number: float) -> Default:
        """A default that is no text, from the members of clib_default."""
        return integer

    def saved_default(self, saved: Default) -> Default:
        """The same from a saved description, where what is not finite is text."""
        return saved

    def literal(self, default: Default, value: Value) -> str:
        """The default in Python source."""
        return repr(default)

    def default_in_signature(self, default: Default, value: Value) -> str:
        """The same for the signature of a native function, which knows no class of the library."""
        return self.literal(default, value)

    def default_in_source(self, value: Value, source: Source) -> str:
        """The same for the source of a generated function."""
        return self.literal(value.default, value)

    # --- C ---

    def c_type(self, value: Value) -> str:
        """The C type of a result or a member, and of a parameter that is one in C."""
        return f"{'const ' if value.flags & CONST else ''}{self.c_name}"

    def c_parameter(self, value: Value, name: str, others: Collection[str] = ()) -> str:
        """The declaration of a parameter. `others` are the names that its parts may not have."""
        return f"{self.c_type(value)} {name}".rstrip()

    def c_names(self, value: Value, name: str, others: Collection[str]) -> list[str]:
        """The names of the C parameters that c_parameter() declares."""
        return [name]

    # --- ctypes ---

    def c_parameters(self, value: Value, classes: Mapping[str, Any]) -> list[CType]:
        import ctypes
        return [ctypes.c_void_p]

    def c_result(self, value: Value, classes: Mapping[str, Any]) -> CType:
        import ctypes
        return ctypes.c_int64

    def outcome_class(self, value: Value, classes: Mapping[str, Any]) -> type[Outcome]:
        """The class of the record for a call with such a result."""
        return Outcome

    # --- From Python to C ---

    def argument_annotation(self, value: Value) -> str:
        return self.result_annotation(value)

    def to_c(self, argument: Any, value: Value, where: str, call: Call) -> list[object]:
        """The C arguments for any argument that can be passed. Raises an exception for any other;
        `where` begins its sentence."""
        raise NotImplementedError

    def fits(self, argument: Any, value: Value, classes: Mapping[str, Any]) -> bool:
        """Whether an argument needs no conversion: of overloads, the first is called whose arguments
        fit."""
        trial = NoCall(classes)
        try:
            self.to_c(argument, value, "", trial)
        except (TypeError, ValueError, OverflowError, BufferError):
            return False
        finally:
            trial.end()
        return True

    def null(self, value: Value, classes: Mapping[str, Any]) -> list[object]:
        """The C arguments for None."""
        return [None for _ in self.c_parameters(value, classes)]

    passes_none = False  # whether passing() is also for what may be None

    def passing(self, value: Value, source: Source) -> Passing | None:
        """How a generated function passes an argument; None if only to_c() can."""
        return None

    def from_argument(self, argument: Any) -> object:
        """What convert() in clib_python returns of an argument: the int, str or bytes that C gets, or
        None if it is of another type."""
        raise NotImplementedError

    def to_member(self, argument: Any, value: Value, where: str, class_type: Any) -> object:
        """What ctypes stores in a member of a structure. Raises as to_c() does."""
        raise NotImplementedError

    # --- A value that is part of another one: items.py ---

    def to_item(self, argument: Any, value: Value, where: str, call: Call, items: Items) -> Item:
        """The item for an argument. Raises as to_c() does."""
        raise NotImplementedError

    def from_item(self, item: Item, address: int, value: Value,
                  classes: Mapping[str, Any]) -> object:
        """The value of an item at an address."""
        raise NotImplementedError

    # --- From C to Python ---

    # An expression of `result` that is true after every failure; `outcome.status` decides then.
    failure_hint = "result < 0"

    def result_annotation(self, value: Value) -> str:
        return self.annotation

    def result_source(self, value: Value, source: Source) -> str:
        """An expression of `result` and `outcome`: what Python gets after a success."""
        return "result"

    def to_python(self, value: Any) -> object:
        """What convert() in clib_python returns of a value of C."""
        raise NotImplementedError

    is_container = False  # whether Python can iterate over a result

    is_plain = False  # whether a callback gets the C argument as it is

    def callback_annotation(self, value: Value) -> str:
        return self.result_annotation(value)

    def callback_parameters(self, value: Value, classes: Mapping[str, Any]) -> list[CType]:
        """The types of ctypes for a parameter of a callback. To make an object of one runs no code in
        Python: what a signal handler raises there is lost."""
        return self.c_parameters(value, classes)

    def callback_argument(self, value: Value, arguments: Iterator[Any]) -> object:
        """What a callable gets, of the next C arguments."""
        return next(arguments)


def class_type_of(value: Value, kind: int) -> Type:
    """The type of a value, which is to be of this kind. Raises Damaged."""
    of_type = value.class_type
    if of_type.kind != kind:
        value.type = None
        return value.class_type
    return of_type


def is_iterable(argument: object) -> bool:
    """Whether it says so: what has only __getitem__, as a pointer has, may have no end."""
    return getattr(type(argument), "__iter__", None) is not None


def wrong_type(where: str, expected: str | type, argument: object) -> TypeError:
    kind = "None" if argument is None else type(argument).__name__
    if isinstance(expected, type):
        expected, kind = class_names(expected, argument)
    return TypeError(f"{where} must be {expected}, not {kind}")
