# SPDX-License-Identifier: MIT
"""Calls the functions of one library through ctypes."""

from __future__ import annotations

import ctypes

from . import raised
from .callbacks import Callbacks, callbacks, new_number
from .ccall import c_function
from .errors import E_UNKNOWN
from .failures import failure, wrong_receiver
from .kinds import of
from .kinds.integer import INT64
from .layout import GIVEN, IS_CPYTHON, METHOD
from .objects import is_a
from .outcome import ALWAYS_UNLOCKED, Outcome, new_outcome
from .overloads import REFUSALS, UNFIT, Conversions, overloaded, overloads_doc
from .source import FunctionSource, is_index

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from .binding import Binding
    from .description import Function, Type, Value

# What an unusual argument raises in a generated function: before the call, and by ctypes itself.
_UNUSUAL = (TypeError, AttributeError, OverflowError, UnicodeError)
_REFUSED = ctypes.ArgumentError if IS_CPYTHON else (*_UNUSUAL, ctypes.ArgumentError)

# For an operand that such a method does not take, Python asks the other one.
OPERATORS = {f"__{prefix}{name}__" for prefix in ("", "r", "i") for name in (
    "add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift", "and",
    "or", "xor")} | {"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"}


class Failed:
    """The exception of a slow call, which its caller raises."""

    __slots__ = ("_error",)

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def take(self) -> BaseException:
        """Gives it away: a frame that keeps this keeps no exception, which would keep the frame."""
        error = self._error
        del self._error
        return error


class Call:
    """One slow call: the callables that C++ has during it."""

    __slots__ = ("classes", "numbers", "_callbacks", "_steps", "_conversions", "_made")

    def __init__(self, classes: Mapping[str, Any], library_callbacks: Callbacks,
                 conversions: Conversions | None) -> None:
        self.classes = classes
        self.numbers: list[int] = []
        self._callbacks = library_callbacks
        self._steps: list[Callable[[], object]] = []
        self._conversions = conversions
        self._made: list[object] = []  # for this call alone

    def at_end(self, step: Callable[[], object]) -> None:
        self._steps.append(step)

    def converted(self, argument: object, of_type: Type) -> Any:
        made = None
        if self._conversions is not None:  # else it converts the argument of a conversion
            made = self._conversions.converted(argument, of_type)
            self._made.append(made)
        return made

    def callback(self, function: Callable[..., object], value: Value) -> list[object]:
        number = new_number()
        self.numbers.append(number)  # first, for a signal handler may raise at any step
        return self._callbacks.add(number, function, value)

    def take_errors(self) -> list[BaseException]:
        """What the callables have raised. An exception that stayed here would keep itself alive, by
        its traceback, and with it the arguments of the call."""
        errors = []
        for callback in filter(None, map(callbacks.get, self.numbers)):
            if callback.error is not None:
                errors.append(callback.error)
                callback.error = None
        return errors

    def end(self, is_kept: bool) -> None:
        """Lets go of the callables, but for those that C++ keeps."""
        while self._steps:
            self._steps.pop()()
        for number in self.numbers:
            callback = callbacks.get(number)
            if callback is not None and not (is_kept and callback.is_kept):
                callbacks.pop(number, None)


class Calls:
    """Makes functions in Python of the functions of one library."""

    def __init__(self, binding: Binding) -> None:
        self._path = binding.path
        self._description = binding.description
        self._classes = binding.classes
        self._exceptions = binding.exceptions
        self._callbacks = Callbacks(binding)
        self._conversions = Conversions(self.bind, binding.classes)
        self._symbol_of = c_function(binding.table.symbol_of, False, ctypes.c_char_p,
                                     ctypes.c_void_p) if binding.table.symbol_of else None

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
        return failure(function, self._classes, self._exceptions, status, outcome.take_sentence(),
                       number, exception, receiver)

    def bind_all(self, functions: list[Function]) -> Callable[..., Any]:
        """The function that stands for all of one name."""
        first = functions[0]
        if len(functions) == 1:
            return self.bind(first)
        is_operator = first.role == METHOD and first.name in OPERATORS
        wrapper: Callable[..., Any] = overloaded(functions, [self.bind(each, True) for each in functions],
                             self._classes, is_operator)
        self._name(wrapper, first, overloads_doc(functions))
        return wrapper

    def _name(self, wrapper: Any, function: Function, doc: str) -> None:
        wrapper.__name__ = function.python_name
        owner, library = function.owner, self._description.name
        wrapper.__module__ = owner.module_name(library) if owner else library
        wrapper.__qualname__ = f"{owner.qualified_name}.{function.python_name}".lstrip(".") \
            if owner else function.python_name
        wrapper.__doc__ = doc or None

    def bind(self, function: Function, is_overload: bool = False,
             converts_objects: bool = True) -> Callable[..., Any]:
        """The function as Python sees it: a real def, with names, defaults and a docstring. Of several
        overloads, one returns UNFIT if an argument cannot be converted."""
        import math
        siblings = self._description.functions_of(function.owner)
        call = self.c_function(function)
        outcome_class = of(function.result).outcome_class(function.result, self._classes)

        def failed(outcome: Outcome, receiver: object) -> BaseException:
            return self.failure(function, outcome, receiver)

        names: dict[str, object] = {
            "_call": call, "_failure": failed, "_UNUSUAL": _UNUSUAL, "_REFUSED": _REFUSED,
            "_pop": outcome_class._pool.pop, "_push": outcome_class._pool.append,
            "_Outcome": outcome_class, "_Failed": Failed, "_from_end": from_end, "math": math,
            "_UNFIT": UNFIT,
            "_interrupts": raised.interrupts, "_raise_interrupt": raised.raise_interrupt}
        source = FunctionSource(function, siblings, self._classes, names, is_overload)
        names["_slow"] = self._slow(function, siblings, call, source, is_overload,
                                    self._conversions if converts_objects else None)
        defined: dict[str, Any] = {}
        exec(compile("\n".join(source.lines()), f"<clib {self._path}>", "exec"), names, defined)
        wrapper: Callable[..., Any] = source.renamed(defined[function.def_name])
        self._name(wrapper, function, function.full_doc)
        return wrapper

    def _is_live(self, argument: Any) -> bool:
        """Whether an object that C++ owns has its handle still: it has a half in Python."""
        return bool(self._symbol_of is not None and self._symbol_of(argument._handle))

    def _evaluated(self, expression: str, names: dict[str, object]) -> Any:
        return eval(compile(expression, f"<clib {self._path}>", "eval"), names)

    def _slow(self, function: Function, siblings: list[Function], call: Any,
              source: FunctionSource, is_overload: bool,
              conversions: Conversions | None) -> Callable[..., Any]:
        """A call that converts every argument that can be converted, and explains why not."""
        parameters = [(of(value), value, f"{function.full_name}: {value.python_name}",
                       is_index(function, value, siblings)) for value in function.named_parameters]
        read = self._evaluated(source.reading(), source.names)
        has_failed = self._evaluated(source.failing(), source.names)
        given = [place for place, (_, value, _, _) in enumerate(parameters) if value.flags & GIVEN]
        is_operator = function.role == METHOD and function.name in OPERATORS
        refusals: tuple[type[Exception], ...] = REFUSALS if is_overload else \
            (TypeError,) * is_operator
        refusal = UNFIT if is_overload else NotImplemented
        outcome_class = of(function.result).outcome_class(function.result, self._classes)

        def slow(*arguments: Any) -> Any:
            receiver: Any = None
            c_arguments: list[object] = []
            if function.takes_object:
                receiver, *rest = arguments
                owner = self._classes[function.class_type.name]
                if not is_a(receiver, owner):
                    return Failed(wrong_receiver(function, owner, receiver))
                c_arguments.append(int(receiver._handle))
                arguments = tuple(rest)
            current = Call(self._classes, self._callbacks, conversions)
            outcome = new_outcome(outcome_class)
            outcome.status = E_UNKNOWN  # until the call writes it, which C++ keeps nothing before
            is_kept: bool | None = None
            try:
                for (kind, value, where, counts_from_end), argument in zip(parameters, arguments):
                    if argument is None and value.is_nullable:
                        c_arguments += kind.null(value, self._classes)
                        continue
                    try:
                        if counts_from_end:
                            argument = checked_index(receiver, argument, value, where)
                        c_arguments += kind.to_c(argument, value, where, current)
                    except refusals:
                        return refusal
                returned = call(outcome.address, *c_arguments)
                is_kept = outcome.status >= 0
                if raised.interrupts:
                    raised.raise_interrupt()
                errors = current.take_errors()
                if errors:
                    outcome.drop()
                    return Failed(errors.pop(0))
                if has_failed(returned, outcome):
                    return Failed(self.failure(function, outcome, receiver))
                for place in given:
                    if arguments[place] is not None and not self._is_live(arguments[place]):
                        arguments[place]._take()  # it is C++'s now
                return read(returned, outcome, receiver)
            except Exception as error:
                return Failed(raised.without_own_frames(error))
            finally:
                try:
                    current.end(outcome.status >= 0 if is_kept is None else is_kept)
                finally:  # a signal handler may have raised in the middle of it
                    current.end(outcome.status >= 0 if is_kept is None else is_kept)

        return slow

def from_end(sequence: Any, index: int) -> int:
    """The index that a negative one stands for, if there is such."""
    size = len(sequence)
    return index + size if -size <= index < 0 else index


def checked_index(sequence: Any, argument: object, value: Value, where: str) -> int:
    """The same for any argument."""
    index = from_end(sequence, INT64.checked(argument, where))
    if index < 0 and of(value).name == "UINT64":  # which cannot tell C++
        size = len(sequence)
        raise IndexError(f"{where} is {index}; " + (f"pass one from {-size} to {size - 1}" if size
                                                    else "pass none where there is nothing"))
    return index
