# SPDX-License-Identifier: MIT
"""The classes of objects of C++."""

from __future__ import annotations

from .foreign import Int64, Pointer, begin_with_try, function_at
from .kinds import of
from .layout import (
    BORROWED, CONST, CONSTANT, CONSTRUCTOR, DESTRUCTOR, FUNCTION, OVERRIDE, PIN, PROPERTY, SETTER,
    TRAVERSE, UNPIN,
)
from .objects import OWN_NAMES, Holder, Object, Pinned, View, set_known_attribute
from .outcome import ALWAYS_UNLOCKED, Outcome, outcomes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .binding import Binding
    from .description import Description, Function, Type, Value


def extras_of(description: Description, of_type: Type) -> type | None:
    """What a class of clib's own has besides its functions."""
    if description.name != "clib":
        return None
    from .own import EXTRAS
    return EXTRAS.get(of_type.symbol)


def attribute_name(function: Function, extras: type | None) -> str:
    """The name of a function in its class. What the extras have too, they are made of."""
    name = function.def_name
    return f"_plain_{name.strip('_')}" if extras is not None and name in vars(extras) else name


def _raise_later(error: BaseException) -> object:
    from .raised import raise_later
    return raise_later(error)


class Entries:
    """The functions of a class that its objects themselves call (clib.objects.Entries)."""

    def __init__(self, binding: Binding, by_role: dict[int, Function]) -> None:
        self._binding = binding
        self._by_role = by_role
        self.free: Callable[[int], Outcome | None] = self._free_function()
        if PIN in by_role and UNPIN in by_role:
            self._pin = self._function(PIN, Pointer)
            self._unpin = self._function(UNPIN, Int64)

    def _function(self, role: int, result: Any) -> Any:
        function = self._by_role[role]
        return function_at(function.entry, function.may_block or ALWAYS_UNLOCKED, result, Pointer,
                           Pointer)

    def pin(self, outcome: Outcome, handle: int) -> int | None:
        address: int | None = self._pin(outcome.address, handle)
        return address

    def unpin(self, outcome: Outcome, handle: int) -> object:
        return self._unpin(outcome.address, handle)

    def _free_function(self) -> Callable[[int], Outcome | None]:
        if DESTRUCTOR not in self._by_role:
            return lambda handle: None
        call = self._function(DESTRUCTOR, Int64)
        pop, push, new = outcomes.pop, outcomes.append, Outcome  # also while Python ends

        def free(handle: int) -> Outcome | None:
            try:
                outcome = pop()
            except IndexError:
                outcome = new()
            if call(outcome.address, handle) < 0:
                return outcome
            push(outcome)
            return None

        return free

    def failure(self, role: int, outcome: Outcome, receiver: object) -> BaseException:
        return self._binding.calls.failure(self._by_role[role], outcome, receiver)

    def raise_later(self, error: BaseException, _raise_later: Any = _raise_later) -> object:
        return _raise_later(error)

    def report(self, outcome: Outcome, name: str) -> None:
        exception = outcome.exception
        outcome.finish()
        if exception:
            from . import raised
            error = raised.take(exception)
            if error is not None:
                raised.report(error, name)


def build_class(binding: Binding, of_type: Type) -> tuple[tuple[type, ...], dict[str, Any]]:
    """The bases and attributes of the class of a handle type, still without its functions."""
    functions = binding.functions_of(of_type)
    by_role = {function.role: function for function in functions}
    name = of_type.module_name(binding.description.name)
    attributes: dict[str, Any] = {
        "__module__": name, "__qualname__": of_type.qualified_name,
        "__doc__": of_type.doc or None, "_module_name": name, "_path": binding.path,
        "_entries": Entries(binding, by_role)}
    base: type = Object
    if PIN in by_role and UNPIN in by_role and \
            any([function.name == "__len__" for function in functions]):
        base = Pinned
        attributes["_is_readonly"] = bool(by_role[PIN].result.flags & CONST)
    if of_type.bases:
        listed = tuple([binding.classes[each.name] for each in of_type.bases])
        if CONSTRUCTOR not in by_role:
            attributes["__init__"] = Object.__init__
        return (listed if base is Object else (*listed, base)), attributes
    if any([of_type in each.bases for each in binding.description.types]):
        def class_of(cls: Any, handle: int) -> Any:
            return binding.class_of(handle, cls)
        attributes["_class_of"] = classmethod(class_of)
    extras = extras_of(binding.description, of_type)
    return ((base,) if extras is None else (extras, base)), attributes


def build_plain_class(binding: Binding, of_type: Type) -> type:
    """The class for the way through ctypes."""
    bases, attributes = build_class(binding, of_type)
    if not of_type.bases:
        if is_returned(binding, of_type):
            attributes["_objects"] = {}
    elif len(set(of_type.roots)) > 1:  # an object is known to each of its roots
        objects: dict[int, Any] = {}
        for root in of_type.roots:
            binding.classes[root.name]._objects = objects
    if not of_type.has_dynamic_attributes:
        attributes["__setattr__"] = set_known_attribute
    begin_with_try(Object.__del__)
    begin_with_try(Holder.__del__)
    begin_with_try(View.__del__)
    return type(of_type.own_name, bases, attributes)


def is_returned(binding: Binding, of_type: Type) -> bool:
    """Whether C++ passes objects of a class, or of those that are derived from it, to Python, which may
    have them: a function that is no constructor returns one, or a callable gets one."""
    def is_of_type(value: Value) -> bool:
        return value.type is not None and value.type.root is of_type

    return any([is_of_type(function.result) and function.role != CONSTRUCTOR or
                function.role == OVERRIDE and function.class_type.root is of_type or
                any([is_of_type(part) for value in function.parameters for part in value.parts
                     if part.flags & BORROWED]) for function in binding.functions])


def add_functions(binding: Binding, of_type: Type) -> None:
    """Adds the functions to a class for the way through ctypes."""
    built = binding.classes[of_type.name]
    extras = extras_of(binding.description, of_type)
    setters: dict[str, Any] = {}
    for overloads in binding.overloads_of(of_type):
        function = overloads[0]
        if function.role in (DESTRUCTOR, PIN, UNPIN, TRAVERSE):
            continue
        bound: Any = binding.calls.bind_all(overloads)
        if function.role == SETTER:
            setters[function.name] = bound
            continue
        if function.role == PROPERTY:
            bound = property(bound, setters.get(function.name), doc=function.doc or None)
        elif function.role in (FUNCTION, OVERRIDE):
            bound = staticmethod(bound)
        elif function.role == CONSTANT:
            bound = bound()
        setattr(built, attribute_name(function, extras), iterating(function, bound))
    complete(built)
    add_overrides(binding, of_type, built)


def add_overrides(binding: Binding, of_type: Type, built: Any) -> None:
    if "_set_overrides" in vars(built):
        from .overrides import connect
        connect(built, binding.functions_of(of_type))


def iterating(function: Function, bound: Any) -> Any:
    """The function itself; in the place of an __iter__() that returns a container, one that returns an
    iterator over it."""
    if function.name != "__iter__" or not of(function.result).is_container:
        return bound

    def __iter__(self: Any) -> Any:
        return iter(bound(self))

    __iter__.__doc__ = function.doc or None
    return __iter__


def complete(built: Any) -> None:
    """Adds what follows from special functions."""
    if "__next__" in vars(built) and "__iter__" not in vars(built):
        built.__iter__ = lambda self: self
    if "__eq__" in vars(built) and "__hash__" not in vars(built):
        built.__hash__ = None
    if "__copy__" in vars(built) and "__deepcopy__" not in vars(built):
        _add_copies(built)


def _add_copies(built: Any) -> None:
    """Has copy.deepcopy() copy as copy.copy() does, and a derived class get objects of its own."""
    plain = vars(built)["__copy__"]

    def __copy__(self: Any) -> Any:
        made = plain(self)
        if type(self) is built or type(made) is not built:
            return made
        from .pickles import as_object_of
        new = as_object_of(type(self), made)
        vars(new).update((name, value) for name, value in vars(self).items()
                         if name not in OWN_NAMES)
        return new

    __copy__.__doc__, __copy__.__module__ = plain.__doc__, built.__module__
    built.__copy__, built.__deepcopy__ = __copy__, lambda self, memo: self.__copy__()
