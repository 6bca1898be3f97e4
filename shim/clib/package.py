# SPDX-License-Identifier: MIT
"""load_package(): a library that is imported as a module or package of its author's."""

from __future__ import annotations

import os
import sys

from .library import existing
from .loading import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType
    from typing import Any

    from .loading import Library

# What a module has of its library besides what that lists.
_OF_LIBRARY = ("__all__", "__native__", "__version__", "__why_not_native__")


def load_package(name: str, library: str | None = None) -> None:
    """Fills a module with what a library offers. An `__init__.py`, or a `words.py`, says

        import clib as _clib

        _clib.load_package(__name__)

    and `import words` gives the functions and classes of the libwords.so that lies beside it, with
    its version and its doc; `library` is the name of another file there. What the module defines
    itself, after that, stays. Classes and functions belong to the module, so that pickle finds them;
    those of a library that several modules load, to the first.

    Raises FileNotFoundError if the library is not there, and whatever load() raises.
    """
    module = sys.modules[name]
    loaded = load(_find(module, library))
    if not loaded._package:
        _give(loaded, loaded.__name__, name)
        loaded._package = name
    namespace = module.__dict__
    for each in loaded.__all__:
        namespace[each] = loaded.__dict__[each]
    for each in _OF_LIBRARY:
        namespace[each] = getattr(loaded, each)
    namespace["__getattr__"] = loaded.__getattr__
    if not module.__doc__:
        module.__doc__ = loaded.__doc__


def _give(loaded: Library, old: str, new: str) -> None:
    """Has classes and functions say that they are of the module."""
    loaded.__name__ = new
    for each in loaded.__all__:
        value: Any = loaded.__dict__[each]
        if getattr(value, "__module__", None) == old:
            value.__module__ = new
            if "_module_name" in getattr(value, "__dict__", ()):
                value._module_name = new


def _find(module: ModuleType, library: str | None) -> str:
    """The path of the library beside a module."""
    name = module.__name__.rpartition(".")[2]
    names = [library] if library else {
        "win32": [f"{name}.dll", f"lib{name}.dll"], "darwin": [f"lib{name}.dylib"],
    }.get(sys.platform, [f"lib{name}.so"])
    files = [os.path.join(folder, each) for folder in _folders(module) for each in names]
    for file in files:
        if os.path.isfile(file):
            return file
    if hasattr(module, "__path__"):
        # An editable install may keep what is built elsewhere.
        from importlib.resources import files as resources
        for each in names:
            file = str(resources(module.__name__).joinpath(each))
            if os.path.isfile(file):
                return file
    return existing(files[0])  # which there is not


def _folders(module: ModuleType) -> Iterator[str]:
    """Where the files of a module are."""
    yield os.path.dirname(os.path.abspath(module.__file__ or ""))
    yield from getattr(module, "__path__", ())
