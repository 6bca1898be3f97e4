# SPDX-License-Identifier: MIT
"""Loads C++ libraries that describe themselves, and makes them look hand-written in Python.

    import clib

    tok = clib.load("/path/to/libtok.so")
    with tok.Tokenizer("gpt") as tokenizer:
        print(tokenizer.count("starting string"))

A library made with clib's toolkit carries its signatures; load() reads them and returns a module.
load_package(__name__), in a module of one's own, makes that the library's: `import words`.
Nothing is declared here or by the caller, and no argument crashes the process, whatever it is; only
what lies at an address (of CString.adopt(), for example) is the caller's word. clib's own Counter,
CharBuffer and CString are here too; they come from libclib.so.

    python3 -m clib --help

This folder is all there is to install. It needs the standard library alone: CPython 3.9 or later, or
PyPy. A function that may block lets other threads run meanwhile; everything may be used from many
threads.
"""

import sys

# Older Pythons, 2.7 too, read this file as far as the next line but one. So it has no annotations.
if sys.version_info < (3, 9):
    raise ImportError("clib needs Python 3.9 or later, and this is Python %d.%d; use a newer one"
                      % sys.version_info[:2])

from .errors import Error, LeakError
from .loading import live, load, no_leaks, own_class

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .own_classes import CharBuffer, Counter, CString  # the stub of libclib.so
    from .arrays import Array
    from .package import load_package
    from .saved import describe

    __all__ = ["Array", "CString", "CharBuffer", "Counter", "Error", "LeakError", "describe", "live", "load",
               "load_package", "no_leaks"]

__version__ = "0.2.0"

_NAMES = ["Array", "Error", "LeakError", "describe", "live", "load", "load_package", "no_leaks"]
_OWN = ["CString", "CharBuffer", "Counter"]  # of libclib.so


def _attribute(name):
    # type: (str) -> Any
    """What takes longer to load, when it is asked for first."""
    if name == "__all__":
        module = sys.modules[__name__]
        return _NAMES + [each for each in _OWN if hasattr(module, each)]
    value = None  # type: Any
    if name == "Array":
        from .arrays import Array
        value = Array
    elif name == "describe":
        from .saved import describe
        value = describe
    elif name == "load_package":
        from .package import load_package
        value = load_package
    elif name in _OWN:
        value = own_class(name, sys._getframe(1).f_code.co_name == "_handle_fromlist")
    else:
        raise AttributeError("module 'clib' has no attribute '%s'" % name)
    globals()[name] = value
    return value


if not TYPE_CHECKING:  # to which names that are not here are mistakes
    __getattr__ = _attribute


def __dir__():
    # type: () -> list[str]
    return sorted(set(globals()) | set(_attribute("__all__")))
