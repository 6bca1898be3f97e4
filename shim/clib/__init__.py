# SPDX-License-Identifier: MIT
"""Loads C++ libraries that describe themselves, and makes them look hand-written in Python.

    import clib

    tok = clib.load("/path/to/libtok.so")
    with tok.Tokenizer("gpt") as tokenizer:
        print(tokenizer.count("starting string"))

A library made with clib's toolkit carries its signatures; load() reads them and returns a module.
Nothing is declared here or by the caller, and no argument crashes the process, whatever it is; only
what lies at an address (of CString.adopt(), for example) is the caller's word. clib's own Counter,
CharBuffer and CString are here too; they come from libclib.so.

    python3 -m clib describe | stub | header | check LIBRARY

This folder is all there is to install. It needs the standard library alone: CPython 3.9 or later, or
PyPy. A function that may block lets other threads run meanwhile; everything may be used from many
threads.
"""

from __future__ import annotations

from .errors import Error, LeakError
from .loading import find_own as _find_own, live, load, no_leaks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .library import PathLike

__all__ = ["CString", "CharBuffer", "Counter", "Error", "LeakError", "describe", "live", "load",
           "no_leaks"]


def describe(path: PathLike) -> dict[str, Any]:
    """What a library says of itself, in dicts and lists that json can save."""
    from .saved import describe as describe_file
    return describe_file(path)


def __getattr__(name: str) -> Any:
    if name in ("Counter", "CharBuffer", "CString"):
        value = getattr(load(_find_own()), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'clib' has no attribute '{name}'")
