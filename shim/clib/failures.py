# SPDX-License-Identifier: MIT
"""The exception for a failure of C++."""

from __future__ import annotations

from .errors import (
    E_CALLBACK, E_HANDLE, E_STOP_ITERATION, E_SYSTEM, EXCEPTIONS, FIRST_OWN_CODE, Error,
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


def failure(function: Function, classes: Mapping[str, Any], status: int, sentence: str,
            error_number: int, exception: int, receiver: Any) -> BaseException:
    """The exception to raise. `receiver` is the object whose method has failed, or None. The
    sentence has the paths after it that it is about, each after a NUL."""
    sentence, *paths = sentence.split("\0")
    if not sentence.isascii():  # what is no UTF-8 is no part of a sentence
        sentence = sentence.encode(errors="surrogateescape").decode(errors="replace")
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
    if status == E_SYSTEM:
        refused = OSError(error_number, sentence) if error_number else OSError(sentence)
        if paths:
            refused.filename, refused.filename2 = paths[0], paths[1] if len(paths) > 1 else None
        return refused
    if status <= FIRST_OWN_CODE:
        return Error(sentence, status)
    return EXCEPTIONS.get(status, RuntimeError)(sentence)


def wrong_receiver(function: Function, owner: type, receiver: object) -> TypeError:
    expected, other = class_names(owner, receiver)
    return TypeError(f"{function.full_name}: self must be {expected}, not {other}")
