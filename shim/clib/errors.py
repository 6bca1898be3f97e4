# SPDX-License-Identifier: MIT
"""The exceptions of clib, and the exception for each status of the C ABI."""

from __future__ import annotations


class Error(RuntimeError):
    """A failure with a code of the library's author, which is in `code`."""

    def __init__(self, sentence: str, code: int) -> None:
        super().__init__(sentence)
        self.code = code


class LeakError(AssertionError):
    """Objects that were made inside no_leaks() and not freed; they are in `leaks`, each as its class
    name, file and line."""

    def __init__(self, leaks: list[tuple[str, str, int]]) -> None:
        lines = "".join(f"\n  {name} made at {file}:{line}" for name, file, line in leaks)
        super().__init__(f"{len(leaks)} made inside no_leaks() and not freed; close() each, or use "
                         f"it in a with statement:{lines}")
        self.leaks = leaks


def class_names(expected: type, argument: object) -> tuple[str, str]:
    """What a sentence calls a class and that of an argument, which is another one: two of one name are
    named with their libraries."""
    name, other = expected.__name__, type(argument).__name__
    if name != other:
        return name, "None" if argument is None else other
    library, module = expected.__module__, type(argument).__module__
    return (f"{name} of {library}",
            f"{name} of {'another library ' if library == module else ''}{module}")


# The codes of clib_status in clib.h. tests/abi compares them with the header.
OK = 0
E_UNKNOWN = -1
E_NO_MEMORY = -2
E_INVALID = -3
E_HANDLE = -4
E_OUT_OF_RANGE = -5
E_OVERFLOW = -6
E_LENGTH = -7
E_BUSY = -8
E_SYSTEM = -9
E_CALLBACK = -10

FIRST_OWN_CODE = -1001  # from here down the codes are an author's own

EXCEPTIONS: dict[int, type[Exception]] = {
    E_UNKNOWN: RuntimeError,
    E_NO_MEMORY: MemoryError,
    E_INVALID: ValueError,
    E_HANDLE: ValueError,
    E_OUT_OF_RANGE: IndexError,
    E_OVERFLOW: OverflowError,
    E_LENGTH: OverflowError,
    E_BUSY: BufferError,
    E_SYSTEM: OSError,
    E_CALLBACK: RuntimeError,
}
