# SPDX-License-Identifier: MIT
"""The exceptions of a library's own: their classes, and the way of one to C++ and back."""

from __future__ import annotations

import builtins
from sys import byteorder

from .errors import Error
from .foreign import Int64, Pointer, UInt64, function_at
from .kinds import kind_of
from .layout import Struct
from .pickles import reduced
from .raised import keep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from .binding import Binding
    from .description import ExceptionInfo, Value

_DOUBLE = Struct("=d")
_NUL = "\udcc0\udc80"  # how a NUL is written in details

# By the annotation of a member's kind: its value before it is set, and how it is read from details
# and written to them.
_DEFAULTS: dict[str, object] = {"int": 0, "float": 0.0, "bool": False, "str": ""}
_READ: dict[str, Callable[[str], object]] = {
    "int": int, "float": float, "bool": lambda text: text == "1",
    "str": lambda text: text.replace(_NUL, "\0")}
_WRITE: dict[str, Callable[[Any], str]] = {
    "int": str, "float": lambda number: str(int.from_bytes(_DOUBLE.pack(number), byteorder)),
    "bool": lambda truth: "1" if truth else "0", "str": str}


class Member:
    """A member of an exception, as an attribute of its objects."""

    def __init__(self, owner: str, value: Value) -> None:
        self.name = value.python_name
        known = kind_of(value.kind)
        self.annotation = "str" if known is None else known.annotation
        self._checked = getattr(known, "checked", None)
        self._where = f"{owner}.{self.name}"

    def __get__(self, error: Any, owner: object = None) -> object:
        if error is None:
            return self
        return error.__dict__.get(self.name, _DEFAULTS[self.annotation])

    def __set__(self, error: Any, value: Any) -> None:
        if self._checked is not None:
            value = self._checked(value, self._where)
        elif not isinstance(value, str):
            raise TypeError(f"{self._where} must be str, not {type(value).__name__}")
        error.__dict__[self.name] = value


def _message_of(error: BaseException) -> str:
    """What it says, without the quotes that a KeyError puts around it."""
    first = error.args[0] if error.args else None
    return first if isinstance(first, str) else str(error)


class Listed:
    """What each class of a listed exception has."""

    args: tuple[Any, ...]
    _status: int
    _path: str
    _built_in: type[BaseException]
    _all_members: tuple[Member, ...]

    def __init__(self, *args: object, **members: object) -> None:
        names = [each.name for each in self._all_members]
        for name, value in members.items():
            if name not in names:
                raise TypeError(f"{type(self).__name__} has no member '{name}'" + (
                    f"; it has {', '.join(names)}" if names else ""))
            setattr(self, name, value)
        self._built_in.__init__(self, *args)  # type: ignore[arg-type]

    def __reduce__(self) -> Any:
        return reduced(self, self._path, self.args, dict(vars(self)))

    @classmethod
    def _thrown(cls, message: str, parts: Iterable[str]) -> BaseException:
        """The exception that C++ has thrown."""
        error: Any = cls(message.replace(_NUL, "\0"))
        for member, text in zip(cls._all_members, parts):
            error.__dict__[member.name] = _READ[member.annotation](text)
        return error  # type: ignore[no-any-return]


def _bases(exception: ExceptionInfo, base: Any) -> tuple[Any, ...]:
    """The bases of a class. `base` is the listed one, or None."""
    if not exception.builtin:
        return (base or Listed,)
    other: Any = Warning if exception.builtin.endswith("Warning") else Exception
    built_in: Any = Error if exception.builtin == "Error" else \
        getattr(builtins, exception.builtin, other)
    if base is None:
        return Listed, built_in
    return (base,) if issubclass(base, built_in) else (base, built_in)


def build_exceptions(binding: Binding) -> dict[int, Any]:
    """The classes, by the status of each."""
    built: dict[int, Any] = {}
    for each in binding.description.exceptions:
        base = built.get(each.base.status) if each.base is not None else None
        own = [Member(each.name, value) for value in each.members]
        bases = _bases(each, base)
        attributes: dict[str, Any] = {
            "__module__": binding.description.name, "__doc__": each.doc or None,
            "_status": each.status, "_path": binding.path,
            "_all_members": (*getattr(base, "_all_members", ()), *own),
            **{member.name: member for member in own}}
        try:
            new = type(each.name, bases, attributes)
        except TypeError:  # Python cannot make one class of these two
            new = type(each.name, bases[:1], attributes)
        new_class: Any = new
        new_class._built_in = next(
            parent for parent in new_class.__mro__
            if issubclass(parent, BaseException) and parent.__module__ == "builtins")
        if issubclass(new_class, Error) and "code" not in vars(new_class):
            new_class.code = each.status
        built[each.status] = new_class
    return built


def teller(binding: Binding) -> Callable[[BaseException, object], int]:
    """What says to the library that a callable has raised an exception of its own, in the thread in
    which C++ has called it. It returns the number by which the exception is kept, or 0 if it is none
    of those: C++ may catch the exception, so it is not the call's."""
    classes = binding.exceptions
    was_raised = function_at(binding.table.exception_raised, False, None, Int64, Pointer, UInt64)

    def tell(error: Any, source: object) -> int:
        for owner in type(error).__mro__:
            status = vars(owner).get("_status")
            if status is not None and classes.get(status) is owner:
                members: tuple[Member, ...] = vars(owner)["_all_members"]
                texts = ["w" + _message_of(error)]
                texts += ["m" + _WRITE[member.annotation](getattr(error, member.name))
                          for member in members]
                details = b"".join([
                    b"\0" + text.encode(errors="surrogateescape").replace(b"\0", b"\xc0\x80")
                    for text in texts])
                was_raised(status, details, len(details))
                return keep(error, source)
        return 0

    return tell
