# SPDX-License-Identifier: MIT
"""The exception for a failure of C++."""

from __future__ import annotations

from .errors import (
    E_BUSY, E_CALLBACK, E_HANDLE, E_STOP_ITERATION, E_SYSTEM, EXCEPTIONS, FIRST_OWN_CODE, Error,
    class_names,
)
from .objects import is_a, why_without_handle
from .raised import take

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .description import Function

# The words of C about an address that is lent, and those of Python, where a view has it.
_PINNED = ("self is pinned: an address inside it is lent; unpin it first",
           "a memoryview of its bytes exists; release() it first")


def is_plain(status: int) -> bool:
    """Whether the exception is a built-in one that says the sentence as it is."""
    return status in EXCEPTIONS and status not in (
        E_HANDLE, E_BUSY, E_SYSTEM, E_CALLBACK, E_STOP_ITERATION)


def failure(function: Function, classes: Mapping[str, Any], exceptions: Mapping[int, Any],
            status: int, sentence: str, error_number: int, exception: int,
            receiver: Any) -> BaseException:
    """The exception to raise. `exceptions` are those of the library's own, and `receiver` is the
    object whose method has failed, or None. The sentence has its details after it, as describe.h
    says."""
    sentence, *details = sentence.split("\0")
    sentence = _readable(sentence)
    if exception:
        error = take(exception)
        if status == E_CALLBACK and error is not None:
            return error
    name = function.full_name
    if status == E_HANDLE and receiver is not None:
        owner = classes[function.class_type.name]
        if not is_a(receiver, owner):
            return wrong_receiver(function, owner, receiver)
        if not receiver._handle:
            return ValueError(f"{name}: {why_without_handle(receiver, owner)}")
    if not sentence:
        sentence = f"{name} has failed; the library does not say why"
    if sentence.startswith(function.symbol + ": "):
        sentence = name + sentence[len(function.symbol):]
    sentence = sentence.replace(*_PINNED)
    if status == E_STOP_ITERATION and function.name == "__next__":
        return StopIteration()
    if details:
        return _detailed(exceptions, status, sentence, error_number, details)
    return _exception(exceptions, status, sentence, error_number, [])


def _readable(sentence: str) -> str:
    """A sentence without bytes that are no UTF-8: they are no part of one."""
    return sentence if sentence.isascii() else \
        sentence.encode(errors="surrogateescape").decode(errors="replace")


def _exception(exceptions: Mapping[int, Any], status: int, sentence: str, error_number: int,
               parts: list[str]) -> BaseException:
    """One exception, with its parts of the details."""
    if status in exceptions:
        message = next((part[1:] for part in parts if part[:1] == "w"), sentence)
        thrown: BaseException = exceptions[status]._thrown(
            message, [part[1:] for part in parts if part[:1] == "m"])
        return thrown
    if status == E_SYSTEM:
        refused = OSError(error_number, sentence) if error_number else OSError(sentence)
        paths = [part[1:] for part in parts if part[:1] == "m"]
        if paths:
            refused.filename, refused.filename2 = paths[0], paths[1] if len(paths) > 1 else None
        return refused
    if status <= FIRST_OWN_CODE:
        return Error(sentence, status)
    return EXCEPTIONS.get(status, RuntimeError)(sentence)


def _detailed(exceptions: Mapping[int, Any], status: int, sentence: str, error_number: int,
              details: list[str]) -> BaseException:
    """An exception with the causes that it carries."""
    causes = [place for place, part in enumerate(details) if part[:1] == "c"]
    outer = error = _exception(exceptions, status, sentence, error_number,
                               details[:causes[0] if causes else None])
    for place, end in zip(causes, [*causes[1:], len(details)]):
        code, number, raised, reason = details[place][1:].split(" ", 3)
        cause = take(int(raised)) if int(raised) else None
        if cause is None:
            cause = _exception(exceptions, int(code), _readable(reason), int(number),
                               details[place + 1:end])
        error.__cause__ = error = cause
    return outer


def wrong_receiver(function: Function, owner: type, receiver: object) -> TypeError:
    expected, other = class_names(owner, receiver)
    return TypeError(f"{function.full_name}: self must be {expected}, not {other}")
