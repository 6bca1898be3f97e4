# SPDX-License-Identifier: MIT
"""How pickles name what a library has. One that Python can import is named by its module; any other
by its file, which the process that reads the pickle loads."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def reference(thing: Any, path: str) -> tuple[str, str, str] | None:
    """Where find() finds a class or function; None if pickle does so by itself."""
    module, name = thing.__module__, thing.__qualname__
    if _found(sys.modules.get(module), name) is thing:
        return None
    return module, path, name


def _found(module: Any, name: str) -> Any:
    found = module
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def find(module: str, path: str, name: str) -> Any:
    """What reference() named."""
    package: Any = sys.modules[__package__]
    found = _found(package.load(path), name)
    if found is None:
        raise AttributeError(f"{path} has no '{name}' any more, which a pickle needs")
    return found
