# SPDX-License-Identifier: MIT
"""What happens when the interpreter ends. C++ may have threads that call Python until the last moment;
an interpreter that has begun to end would end them too, in the middle of a call of C++."""

from __future__ import annotations

import atexit
from _thread import get_ident

from .foreign import Pointer, function_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

has_begun = False
thread = 0  # in which the interpreter ends
libraries: set[int] = set()  # forget_callbacks() of each library
release = 0  # the address of what C++ calls when it will not call a kept callable any more
releases: list[int] = []  # the same of objects that pass through C++
before: list[Callable[[], object]] = []  # is done before C++ forgets the callables, and after
after: list[Callable[[], object]] = []


@atexit.register  # with the first library, and so after nearly all that a program registers
def _end() -> None:
    """From now on threads of C++ call nobody: the interpreter will not be there for them."""
    global has_begun, thread
    thread = get_ident()
    has_begun = True
    for step in list(before):
        step()
    for address in list(libraries):
        for each in (release, *releases):
            function_at(address, True, None, Pointer)(each)
    for step in list(after):
        step()


def stop_others() -> None:
    """Ends a thread that is about to have C++ call back while the interpreter ends in another one, which
    may be gone by then."""
    if has_begun and get_ident() != thread:
        raise SystemExit
