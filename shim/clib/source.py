# SPDX-License-Identifier: MIT
"""Writes the Python source of a function that calls one of C++ through ctypes:

    def scaled(count: int, factor: float = 0.5) -> float:
        try:
            if not (type(count) is int and 0 <= count <= 4294967295 and ...): raise TypeError
        except _UNUSUAL: pass
        else:
            try: outcome = _pop()
            except IndexError: outcome = _Outcome()
            try: result = _call(outcome.address, count, factor)
            except _REFUSED: pass
            else:
                if result != result and outcome.status < 0: raise _failure(outcome, None)
                _push(outcome)
                return result
        result = _slow(count, factor)
        if type(result) is _Failed: raise result.take()
        return result

_slow() converts whatever can be converted, and explains why something cannot. Nothing is called
twice: what a signal handler raises during a call is no refusal. An exception is raised here and
nowhere else, so a traceback has this function and none of what is below it.

In the source each parameter has a name of its own, argument_0 and so on: one named `type` or `_call`
would hide what the source needs. renamed() gives the function that Python makes of it its names.
"""

from __future__ import annotations

from .description import Function
from .kinds import of
from .layout import CONSTRUCTOR, IS_CPYTHON
from .signature import (
    argument_annotation, literal, parameter_list, receiver_name, result_annotation,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .description import Value

_INDEXING = ("__getitem__", "__setitem__", "__delitem__")


def is_index(function: Function, value: Value, siblings: list[Function]) -> bool:
    """Whether a parameter is an index of which negative ones count from the end, as Python has it for
    sequences. `siblings` are the functions of the same type."""
    return function.name in _INDEXING and function.takes_object and \
        value is function.named_parameters[0] and of(value).name in ("INT64", "UINT64") and \
        any([each.name == "__len__" for each in siblings])


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


class FunctionSource:
    """The source of one function, and the names that it uses."""

    def __init__(self, function: Function, siblings: list[Function], classes: Mapping[str, Any],
                 names: dict[str, object], is_overload: bool = False) -> None:
        self._is_overload = is_overload
        named = function.named_parameters
        self._parameters = {f"argument_{place}": value for place, value in enumerate(named)}
        self._receiver = receiver_name("self", function)
        self._original = function
        self._function = Function(
            function.symbol, function.name, function.doc, function.owner, function.role,
            function.flags, function.hash, function.result,
            function.parameters[:len(function.parameters) - len(named)] +
            [each.renamed(name) for name, each in self._parameters.items()])
        self._siblings = siblings
        self.classes = classes
        self.names = names
        self._result = of(function.result)
        self._result_source = "(outcome, result)" if function.role == CONSTRUCTOR else \
            self._result.result_source(function.result, self)

    def is_index(self, value: Value) -> bool:
        return is_index(self._original, self._parameters[value.name], self._siblings)

    def _default(self, value: Value) -> str:
        return literal(value) if value.default is None else of(value).default_in_source(value, self)

    def renamed(self, function: Any) -> Any:
        """The function that was made of the source, with the names that its caller knows."""
        names = {"self": self._receiver}
        names.update({name: each.python_name for name, each in self._parameters.items()})
        code = function.__code__
        count = code.co_argcount + code.co_kwonlyargcount
        function.__code__ = code.replace(co_varnames=tuple(
            [names[each] for each in code.co_varnames[:count]]) + code.co_varnames[count:])
        if function.__kwdefaults__:
            function.__kwdefaults__ = {names[name]: default for name, default in
                                       function.__kwdefaults__.items()}
        function.__annotations__ = {names.get(name, name): annotation for name, annotation in
                                    function.__annotations__.items()}
        return function

    def lines(self) -> list[str]:
        function = self._function
        is_constructor = function.role == CONSTRUCTOR
        annotation = "None" if is_constructor else result_annotation(function.result)
        define = (f"def {function.def_name}"
                  f"({parameter_list(function, 'self', argument_annotation, self._default)}) -> "
                  f"{annotation}:")
        receiver = ["self"] * function.takes_object
        slow = f"_slow({', '.join(receiver + [each.python_name for each in function.named_parameters])})"
        end = [f"    result = {slow}",
               "    if type(result) is _Failed: raise result.take()",
               *["    if result is _UNFIT: return result"] * self._is_overload,
               "    result[0].initialise(self, result[1])" if is_constructor else "    return result"]
        conditions: list[str] = []
        body: list[str] = []
        arguments = [f"{each}._handle" for each in receiver]
        for value in function.named_parameters:
            kind = of(value)
            passing = None if value.is_nullable and not kind.passes_none else \
                kind.passing(value, self)
            if passing is None:
                return [define, *end]
            body += passing.lines
            conditions += [passing.condition] if passing.condition else []
            arguments += passing.arguments
        if conditions:
            body.insert(0, f"if not ({' and '.join(conditions)}): raise TypeError")
        if function.takes_object:
            # With the handle in a variable, nothing but ctypes can refuse the call.
            arguments[0] = "_handle"
            body[:0] = ["_handle = self._handle",
                        "if type(_handle) is not int: raise TypeError"]  # as of a mock
        lines = ["try: outcome = _pop()",
                 "except IndexError: outcome = _Outcome()"]
        call = f"result = _call({', '.join(['outcome.address', *arguments])})"
        if not arguments:
            return [define, *_indented([*lines, call, *self._end()])]
        lines = [*lines, f"try: {call}", "except _REFUSED: pass", "else:", *_indented(self._end())]
        if body:
            lines = ["try:", *_indented(body), "except _UNUSUAL: pass", "else:", *_indented(lines)]
        return [define, *_indented(lines), *end]

    def _end(self) -> list[str]:
        """What is done with the result."""
        hint = self._result.failure_hint
        condition = "outcome.status < 0" if hint == "True" else f"{hint} and outcome.status < 0"
        receiver = "self" if self._function.takes_object else "None"
        lines = [] if IS_CPYTHON else ["if _interrupts: _raise_interrupt()"]
        lines.append(f"if {condition}: raise _failure(outcome, {receiver})")
        if self._function.role == CONSTRUCTOR:
            return [*lines, "outcome.initialise(self, result)", "return"]
        if "outcome" not in self._result_source:
            lines.append("_push(outcome)")
        return [*lines, f"return {self._result_source}"]

    def reading(self) -> str:
        """A lambda expression that does the same with the result of a slow call."""
        if "outcome" in self._result_source:
            return f"lambda result, outcome, self: {self._result_source}"
        return f"lambda result, outcome, self: (outcome.finish(), {self._result_source})[1]"

    def failing(self) -> str:
        """A lambda expression: whether a slow call has failed."""
        return f"lambda result, outcome: {self._result.failure_hint} and outcome.status < 0"
