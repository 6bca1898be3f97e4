# SPDX-License-Identifier: MIT
"""An object of Python that C++ keeps and gives back. Through ctypes it is a number; while C++ refers
to it, `passed` has it under that."""

from __future__ import annotations

from itertools import count

from ..items import text_of
from ..layout import IS_CPYTHON
from .kind import Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from threading import RLock
    from typing import Any, NoReturn

    from ..description import Value
    from ..items import Item, Items
    from .kind import Call, CType, Source
else:
    from _thread import RLock


class Passed:
    """An object, and how often C++ and calls refer to it."""

    __slots__ = ("object", "references")

    def __init__(self, passed: object) -> None:
        self.object = passed
        self.references = 0


passed: dict[int, Passed] = {}
_numbers: dict[int, int] = {}  # by id(), which may be larger than C++ can hold: one for each object
_new_number = count(1).__next__
_lock = RLock()


def hold(argument: object) -> int:
    """The number of an object, which has a reference more."""
    with _lock:
        number = _numbers.setdefault(id(argument), _new_number())
        passed.setdefault(number, Passed(argument)).references += 1
    return number


def retain(number: int) -> None:
    with _lock:
        passed[number].references += 1


def let_go(number: int) -> None:
    with _lock:
        held = passed.get(number)
        if held is not None:
            held.references -= 1
            if held.references <= 0:
                del _numbers[id(held.object)], passed[number]
    # Here, without the lock, Python may free it.


class ThroughCtypes:
    """The structure of ctypes, and what C++ calls."""

    def __init__(self) -> None:
        import ctypes

        from .. import ending, raised
        from ..ccall import c_callback, lasting

        class CObject(ctypes.Structure):
            _fields_ = [("object", ctypes.c_void_p), ("functions", ctypes.c_void_p)]

        def on_error(error: BaseException, _: object) -> None:
            raised.raise_later(error)

        def on_retain(number: int) -> None:
            try:
                retain(number)
            except BaseException as error:  # of a signal handler
                _ = raised.raise_later(error)

        def on_release(number: int) -> None:
            try:
                let_go(number)
            except BaseException as error:  # of a signal handler
                _ = raised.raise_later(error)

        self.structure: Any = CObject
        addresses = []
        for function in (on_retain, on_release):
            made = c_callback(function, on_error, None, ctypes.c_void_p)
            addresses.append(ctypes.cast(made, ctypes.c_void_p).value if IS_CPYTHON else made)
        ending.releases.append(addresses[1] or 0)
        # C++ looks at it when it destroys what it has kept, also when Python has ended.
        self._functions = lasting((ctypes.c_void_p * 2)(*addresses))
        self.functions = ctypes.addressof(self._functions)

    def take(self, result: Any) -> object:
        """The object that C++ gives up."""
        if not result.functions:
            return None
        if result.functions != self.functions:
            import ctypes
            release = (ctypes.c_void_p * 2).from_address(result.functions)[1]
            ctypes.CFUNCTYPE(None, ctypes.c_void_p)(release or 0)(result.object)
            refuse()
        found = passed[result.object].object
        let_go(result.object)
        return found


def refuse() -> NoReturn:
    raise RuntimeError("the object was passed by another interpreter, or in another of the two ways of "
                       "calling the library; load the library in one way")


def through_ctypes(made: list[ThroughCtypes] = []) -> ThroughCtypes:
    if not made:
        made.append(ThroughCtypes())
    return made[0]


class PassedObject(Kind):
    annotation = "Any"
    failure_hint = "True"

    def argument_annotation(self, value: Value) -> str:
        return "object"

    def c_type(self, value: Value) -> str:
        return "clib_object"

    def c_parameters(self, value: Value, classes: Mapping[str, Any]) -> list[CType]:
        return [through_ctypes().structure]

    def c_result(self, value: Value, classes: Mapping[str, Any]) -> CType:
        return through_ctypes().structure

    def null(self, value: Value, classes: Mapping[str, Any]) -> list[object]:
        return [through_ctypes().structure()]

    def to_c(self, argument: Any, value: Value, where: str, call: Call) -> list[object]:
        if argument is None:
            return self.null(value, call.classes)
        number = hold(argument)
        call.at_end(lambda: let_go(number))
        way = through_ctypes()
        return [way.structure(number, way.functions)]

    def to_item(self, argument: Any, value: Value, where: str, call: Call, items: Items) -> Item:
        passing: Any
        passing, = self.to_c(argument, value, where, call)
        data = bytes(passing)
        return self.number, 0, items.address_of(data), len(data)

    def from_item(self, item: Item, address: int, value: Value,
                  classes: Mapping[str, Any]) -> object:
        way = through_ctypes()
        return way.take(way.structure.from_buffer_copy(text_of(item)))

    def result_source(self, value: Value, source: Source) -> str:
        source.names["_take"] = through_ctypes().take
        return "_take(result)"

    def to_python(self, value: object) -> object:
        refuse()


KINDS = (PassedObject(35, "OBJECT"),)
