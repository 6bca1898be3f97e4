# SPDX-License-Identifier: MIT
"""Where objects are written down that no_leaks() watches."""

from __future__ import annotations

import os
import sys
from _weakref import ref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

    Ledger = list[tuple[ref[Any], str, int]]

# Replaced and never changed, so that a loop over them sees each once.
ledgers: tuple[Ledger, ...] = ()


def note(new_object: Any) -> None:
    """Writes an object, and the line that made it, into all ledgers."""
    frame = caller()
    for ledger in ledgers:
        ledger.append((ref(new_object), frame.f_code.co_filename, frame.f_lineno))


def caller() -> FrameType:
    """The code that called this package."""
    frame = sys._getframe(1)
    while frame.f_back is not None and _is_between(frame.f_code.co_filename):
        frame = frame.f_back
    return frame


def _is_between(file: str) -> bool:
    """Whether code of this file runs between a caller and the object that it makes."""
    copy = sys.modules.get("copy")
    return os.path.dirname(file) == _HERE or file.startswith(("<clib ", "<frozen importlib.")) or \
        (copy is not None and file == copy.__file__)


_HERE = os.path.dirname(_is_between.__code__.co_filename)  # frozen modules have no __file__
