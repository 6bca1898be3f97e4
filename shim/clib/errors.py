# SPDX-License-Identifier: MIT
"""The exceptions of clib, and the exception for each status of the C ABI."""

from __future__ import annotations

import builtins


class Error(RuntimeError):
    """A failure with a code of the library's author, which is in `code`."""

    def __init__(self, sentence: str, code: int = 0) -> None:
        super().__init__(sentence)
        self.code = code

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (*self.args, self.code), vars(self)


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
E_STOP_ITERATION = -11
E_KEY_ERROR = -12
E_ATTRIBUTE_ERROR = -13
E_TYPE_ERROR = -14
E_LOOKUP_ERROR = -15
E_ARITHMETIC_ERROR = -16
E_ZERO_DIVISION_ERROR = -17
E_FLOATING_POINT_ERROR = -18
E_ASSERTION_ERROR = -19
E_EOF_ERROR = -20
E_IMPORT_ERROR = -21
E_MODULE_NOT_FOUND_ERROR = -22
E_NAME_ERROR = -23
E_UNBOUND_LOCAL_ERROR = -24
E_NOT_IMPLEMENTED_ERROR = -25
E_RECURSION_ERROR = -26
E_REFERENCE_ERROR = -27
E_RUNTIME_ERROR = -28
E_STOP_ASYNC_ITERATION = -29
E_SYNTAX_ERROR = -30
E_INDENTATION_ERROR = -31
E_TAB_ERROR = -32
E_SYSTEM_ERROR = -33
E_UNICODE_ERROR = -34
E_PYTHON_FINALIZATION_ERROR = -35
E_EXCEPTION = -36
E_KEYBOARD_INTERRUPT = -37
E_SYSTEM_EXIT = -38
E_GENERATOR_EXIT = -39
E_BASE_EXCEPTION = -40
E_WARNING = -41
E_USER_WARNING = -42
E_DEPRECATION_WARNING = -43
E_PENDING_DEPRECATION_WARNING = -44
E_SYNTAX_WARNING = -45
E_RUNTIME_WARNING = -46
E_FUTURE_WARNING = -47
E_IMPORT_WARNING = -48
E_UNICODE_WARNING = -49
E_BYTES_WARNING = -50
E_RESOURCE_WARNING = -51
E_ENCODING_WARNING = -52

FIRST_OWN_CODE = -1001  # from here down the codes are an author's own


def _built_in(name: str, base: type[Exception]) -> type[Exception]:
    """An exception that not every Python has, or what it is derived from."""
    found: type[Exception] = getattr(builtins, name, base)
    return found


EXCEPTIONS: dict[int, type[BaseException]] = {
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
    E_STOP_ITERATION: StopIteration,
    E_KEY_ERROR: KeyError,
    E_ATTRIBUTE_ERROR: AttributeError,
    E_TYPE_ERROR: TypeError,
    E_LOOKUP_ERROR: LookupError,
    E_ARITHMETIC_ERROR: ArithmeticError,
    E_ZERO_DIVISION_ERROR: ZeroDivisionError,
    E_FLOATING_POINT_ERROR: FloatingPointError,
    E_ASSERTION_ERROR: AssertionError,
    E_EOF_ERROR: EOFError,
    E_IMPORT_ERROR: ImportError,
    E_MODULE_NOT_FOUND_ERROR: ModuleNotFoundError,
    E_NAME_ERROR: NameError,
    E_UNBOUND_LOCAL_ERROR: UnboundLocalError,
    E_NOT_IMPLEMENTED_ERROR: NotImplementedError,
    E_RECURSION_ERROR: RecursionError,
    E_REFERENCE_ERROR: ReferenceError,
    E_RUNTIME_ERROR: RuntimeError,
    E_STOP_ASYNC_ITERATION: StopAsyncIteration,
    E_SYNTAX_ERROR: SyntaxError,
    E_INDENTATION_ERROR: IndentationError,
    E_TAB_ERROR: TabError,
    E_SYSTEM_ERROR: SystemError,
    E_UNICODE_ERROR: UnicodeError,
    E_PYTHON_FINALIZATION_ERROR: _built_in("PythonFinalizationError", RuntimeError),
    E_EXCEPTION: Exception,
    E_KEYBOARD_INTERRUPT: KeyboardInterrupt,
    E_SYSTEM_EXIT: SystemExit,
    E_GENERATOR_EXIT: GeneratorExit,
    E_BASE_EXCEPTION: BaseException,
    E_WARNING: Warning,
    E_USER_WARNING: UserWarning,
    E_DEPRECATION_WARNING: DeprecationWarning,
    E_PENDING_DEPRECATION_WARNING: PendingDeprecationWarning,
    E_SYNTAX_WARNING: SyntaxWarning,
    E_RUNTIME_WARNING: RuntimeWarning,
    E_FUTURE_WARNING: FutureWarning,
    E_IMPORT_WARNING: ImportWarning,
    E_UNICODE_WARNING: UnicodeWarning,
    E_BYTES_WARNING: BytesWarning,
    E_RESOURCE_WARNING: ResourceWarning,
    E_ENCODING_WARNING: _built_in("EncodingWarning", Warning),
}
