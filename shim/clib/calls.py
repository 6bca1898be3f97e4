# SPDX-License-Identifier: MIT
"""Calls the functions of one library through ctypes."""

from __future__ import annotations

import ctypes

from .callbacks import Callbacks, callbacks
from .ccall import c_function
from .failures import failure, wrong_receiver
from .kinds import of
from .kinds.integer import INT64
from .layout import IS_CPYTHON, METHOD
from .objects import initialise, is_a
from .outcome import ALWAYS_UNLOCKED, Outcome, new_outcome, outcomes
from .source import FunctionSource, is_index

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from .description import Description, Function, Value
    from .reader import ModuleTable

# What an unusual argument raises in a generated function: before the call, and by ctypes itself.
_UNUSUAL = (TypeError, AttributeError, OverflowError)
_REFUSED = ctypes.ArgumentError if IS_CPYTHON else (*_UNUSUAL, ctypes.ArgumentError)

# For an operand that such a method does not take, Python asks the other one.
OPERATORS = {f"__{prefix}{name}__" for prefix in ("", "r", "i") for name in (
    "add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift", "and",
    "or", "xor")} | {"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"}


class Call:
    """One slow call: the callables that C++ has during it."""

    __slots__ = ("classes", "numbers", "_callbacks")

    def __init__(self, classes: Mapping[str, Any], library_callbacks: Callbacks) -> None:
        self.classes = classes
        self.numbers: list[int] = []
        self._callbacks = library_callbacks

    def callback(self, function: Callable[..., object], value: Value) -> list[object]:
        number, arguments = self._callbacks.add(function, value)
        self.numbers.append(number)
        return arguments

    def errors(self) -> list[BaseException]:
        found = [callbacks.get(number) for number in self.numbers]
        return [each.error for each in found if each is not None and each.error is not None]

    def end(self, has_failed: bool) -> None:
        for number in self.numbers:
            callback = callbacks.get(number)
            if callback is not None and (has_failed or not callback.is_kept):
                callbacks.pop(number, None)

class Calls:
    """Makes functions in Python of the functions of one library."""

    def __init__(self, path: str, description: Description, table: ModuleTable,
                 classes: Mapping[str, Any]) -> None:
        self._path = path
        self._description = description
        self._classes = classes
        self._callbacks = Callbacks(table.callback_failed, classes)

    def c_function(self, function: Function) -> Any:
        """The entry of a function: its first argument is the address of an outcome."""
        result = of(function.result).c_result(function.result, self._classes)
        parameters = [each for value in function.parameters
                      for each in of(value).c_parameters(value, self._classes)]
        return c_function(function.entry, function.may_block or ALWAYS_UNLOCKED, result,
                          ctypes.c_void_p, *parameters)

    def failure(self, function: Function, outcome: Outcome, receiver: object) -> BaseException:
        """The exception for a call that has failed. Finishes its outcome."""
        status, number, exception = outcome.status, outcome.error_number, outcome.exception
        return failure(function, self._classes, status, outcome.take_sentence(), number, exception,
                       receiver)

    def bind(self, function: Function) -> Callable[..., Any]:
        """The function as Python sees it: a real def, with names, defaults and a docstring."""
        import math
        siblings = self._description.functions_of(function.owner)
        call = self.c_function(function)

        def failed(outcome: Outcome, receiver: object) -> BaseException:
            return self.failure(function, outcome, receiver)

        names: dict[str, object] = {
            "_call": call, "_failure": failed, "_UNUSUAL": _UNUSUAL, "_REFUSED": _REFUSED,
            "_pop": outcomes.pop, "_push": outcomes.append, "_Outcome": Outcome,
            "_initialise": initialise, "_from_end": from_end, "math": math}
        source = FunctionSource(function, siblings, self._classes, names)
        names["_slow"] = self._slow(function, siblings, call, source)
        defined: dict[str, Any] = {}
        exec(compile("\n".join(source.lines()), f"<clib {self._path}>", "exec"), names, defined)
        wrapper: Callable[..., Any] = defined[function.def_name]
        wrapper.__name__ = function.python_name
        wrapper.__qualname__ = (f"{function.owner.name}.{function.python_name}"
                                if function.owner else function.python_name)
        wrapper.__module__ = self._description.name
        wrapper.__doc__ = function.doc or None
        return wrapper

    def _evaluated(self, expression: str, names: dict[str, object]) -> Any:
        return eval(compile(expression, f"<clib {self._path}>", "eval"), names)

    def _slow(self, function: Function, siblings: list[Function], call: Any,
              source: FunctionSource) -> Callable[..., Any]:
        """A call that converts every argument that can be converted, and explains why not."""
        parameters = [(of(value), value, f"{function.full_name}: {value.python_name}",
                       is_index(function, value, siblings)) for value in function.named_parameters]
        read = self._evaluated(source.reading(), source.names)
        has_failed = self._evaluated(source.failing(), source.names)
        is_operator = function.role == METHOD and function.name in OPERATORS

        def slow(*arguments: Any) -> Any:
            receiver: Any = None
            c_arguments: list[object] = []
            if function.takes_object:
                receiver, *rest = arguments
                owner = self._classes[function.class_type.name]
                if not is_a(receiver, owner):
                    raise wrong_receiver(function, owner, receiver)
                c_arguments.append(int(receiver._handle))
                arguments = tuple(rest)
            current = Call(self._classes, self._callbacks)
            failed = True
            try:
                for (kind, value, where, counts_from_end), argument in zip(parameters, arguments):
                    if counts_from_end:
                        argument = from_end(receiver, INT64.checked(argument, where))
                    if argument is None and value.is_nullable:
                        c_arguments += kind.null(value, self._classes)
                        continue
                    try:
                        c_arguments += kind.to_c(argument, value, where, current)
                    except TypeError:
                        if is_operator:
                            return NotImplemented
                        raise
                outcome = new_outcome()
                returned = call(outcome.address, *c_arguments)
                errors = current.errors()
                if errors:
                    self._drop(function, returned, outcome)
                    raise errors[0]
                if has_failed(returned, outcome):
                    raise self.failure(function, outcome, receiver)
                result = read(returned, outcome)
                failed = False
                return result
            finally:
                current.end(failed)

        return slow

    def _drop(self, function: Function, returned: Any, outcome: Outcome) -> None:
        """Frees the object that a call returned whose callback has failed."""
        outcome.finish()
        of_type = function.result.type
        if returned and of_type is not None and hasattr(self._classes[of_type.name], "_entries"):
            entries = self._classes[of_type.name]._entries
            failed = entries.free(returned)
            if failed is not None:
                entries.report(failed, of_type.name)

def from_end(sequence: Any, index: int) -> int:
    """The index that a negative one stands for, if there is such."""
    size = len(sequence)
    return index + size if -size <= index < 0 else index
