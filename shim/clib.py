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

This file is all there is to install. It needs the standard library alone: CPython 3.9 or later, or
PyPy. A function that may block lets other threads run meanwhile; everything may be used from many
threads.
"""

from __future__ import annotations

# What only some programs need, and what takes long to import, is imported where it is used.
import array
import atexit
import bisect
import copy
import ctypes
import gc
import itertools
import keyword
import math
import operator
import os
import struct
import sys
import threading
import types
import weakref
import zlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _typeshed import ReadableBuffer
    from collections.abc import Callable, Collection, Iterable, Iterator
    from typing import Any

__all__ = ["CString", "CharBuffer", "Counter", "Error", "LeakError", "describe", "live", "load",
           "no_leaks"]

ENVIRONMENT = "CLIB_LIBRARY"  # where libclib.so is, if not beside this file or installed

_IS_CPYTHON = sys.implementation.name == "cpython"


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


# --- The description, as it is in C (clib/ffi/describe.h) -------------------------------------------

_MAGIC = 0x42494C43
_FORMAT = 1

(_NONE, _INT8, _INT16, _INT32, _INT64, _UINT8, _UINT16, _UINT32, _UINT64, _FLOAT, _DOUBLE, _BOOL,
 _STATUS, _TEXT, _BYTES, _WRITABLE, _SEQUENCE, _WRITABLE_SEQUENCE, _HANDLE, _STRUCT,
 _STRUCT_POINTER, _CALLBACK, _KEPT_CALLBACK, _ADDRESS) = range(24)

_CONST, _NULLABLE, _DEFAULT, _CALLED_ONCE = 1, 2, 4, 8
_ALL_FLAGS = 15

(_FUNCTION, _METHOD, _CONSTRUCTOR, _DESTRUCTOR, _PROPERTY, _PIN, _UNPIN, _SUPPORT) = range(8)

_MAY_BLOCK = 1

_HANDLE_TYPE, _STRUCT_TYPE = 1, 2

# Of a value that has a type, what that is.
_TYPE_KINDS = {_HANDLE: _HANDLE_TYPE, _STRUCT: _STRUCT_TYPE, _STRUCT_POINTER: _STRUCT_TYPE}

_DEEPEST = 8  # of callbacks that take callbacks


class _Layout:
    """A struct in C. A newer clib may have more at the end of it than is known here."""

    def __init__(self, *fields: str) -> None:
        codes = {"4": "I", "8": "Q", "i": "q", "d": "d", "p": "P"}  # a pointer, as a number
        self._struct = struct.Struct("".join(codes[field[0]] for field in fields))
        self._names = [field[1:] for field in fields]

    def read(self, address: int, size: int) -> Any:
        """What a library of an older clib does not have is 0."""
        data = ctypes.string_at(address, min(size, self._struct.size))
        values = self._struct.unpack(data.ljust(self._struct.size, b"\0"))
        record = _Record(at=address)
        record.__dict__.update(zip(self._names, values))
        return record


_VALUE = _Layout("4size", "4kind", "4element", "4flags", "pname", "ptype", "pcallback", "8offset",
                 "pdefault")
_DEFAULT_VALUE = _Layout("4size", "4flags", "iinteger", "dnumber", "ptext")
_FUNCTION_RECORD = _Layout(
    "4size", "4role", "4flags", "4checksum", "8hash", "psymbol", "pname", "pdoc", "powner",
    "presult", "pparameters", "8parameter_count", "paddress", "pentry", "ppython_call",
    "ppython_slot", "ppython")
_TYPE = _Layout("4size", "4kind", "4flags", "4checksum", "8hash", "psymbol", "pname", "pdoc",
                "8byte_size", "8alignment", "pmembers", "8member_count", "ppython")
_MODULE = _Layout(
    "4size", "4magic", "4format", "4checksum", "pname", "pversion", "ptoolkit", "pdoc", "ptypes",
    "8type_count", "pfunctions", "8function_count", "plast_error", "plast_status", "plast_errno",
    "plast_text", "pforget_text", "plive", "pcallback_failed", "pset_interpreter_lock",
    "pforget_callbacks", "ppython")
_PYTHON = _Layout("4size", "4name_count", "pnames", "pbind", "ptrace", "pcheck_results")

_MODULE_FUNCTIONS = ("last_error", "last_status", "last_errno", "last_text", "forget_text", "live",
                     "callback_failed", "set_interpreter_lock", "forget_callbacks")


# --- The description, as it is in Python ------------------------------------------------------------

class _Record:
    """Attributes, in the order in which they are saved."""

    saved: tuple[str, ...] = ()

    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)

    @classmethod
    def of_saved(cls, saved: dict[str, Any]) -> Any:
        """Raises KeyError if an attribute is missing; one that is not known is left out."""
        return cls(**{name: saved[name] for name in cls.saved})

    @property
    def python_name(self) -> str:
        name: str = self.name
        return name + "_" if keyword.iskeyword(name) else name

    if TYPE_CHECKING:
        def __getattr__(self, name: str) -> Any: ...
        def __setattr__(self, name: str, value: Any) -> None: ...


class _Value(_Record):
    saved = ("name", "kind", "element", "flags", "type", "callback", "offset", "default")

    @property
    def is_optional(self) -> bool:
        return bool(self.flags & _DEFAULT)


class _Function(_Record):
    saved = ("symbol", "name", "doc", "owner", "role", "flags", "hash", "result", "parameters")

    @property
    def takes_object(self) -> bool:
        return self.role in (_METHOD, _DESTRUCTOR, _PROPERTY, _PIN, _UNPIN)

    @property
    def named_parameters(self) -> list[_Value]:
        """What the caller passes: all but the object."""
        parameters: list[_Value] = self.parameters
        return parameters[1:] if self.takes_object else parameters

    @property
    def may_block(self) -> bool:
        return bool(self.flags & _MAY_BLOCK)

    @property
    def full_name(self) -> str:
        """As a caller knows it: Tokenizer.count, Tokenizer, mean."""
        if self.owner is None:
            return self.python_name
        if self.role == _CONSTRUCTOR:
            return str(self.owner.name)
        return f"{self.owner.name}.{self.python_name}"


class _Type(_Record):
    saved = ("symbol", "name", "doc", "kind", "flags", "hash", "byte_size", "alignment", "members")


class _Description(_Record):
    saved = ("name", "version", "toolkit", "doc", "types", "functions")

    def functions_of(self, owner: _Type | None) -> list[_Function]:
        return [each for each in self.functions if each.owner is owner]


class _Damaged(Exception):
    """The table is none, or not whole."""


_LONGEST_TEXT = ctypes.c_char * 4096


class _Memory:
    """What of the process can be read, so that following a damaged table does not crash it."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._rights: list[bytes] = []
        try:
            with open("/proc/self/maps", "rb") as maps:
                for line in maps:
                    addresses, _, rest = line.partition(b" ")
                    if rest.startswith(b"r"):
                        start, _, end = addresses.partition(b"-")
                        self._starts.append(int(start, 16))
                        self._ends.append(int(end, 16))
                        self._rights.append(rest[:3])
        except OSError:  # no Linux: what it says is taken as it is
            self._starts, self._ends, self._rights = [1], [1 << 64], [b"rwx"]

    def room(self, address: int, right: bytes = b"r") -> int:
        """The number of bytes from there on that can be read, written (b"w") or run (b"x")."""
        index = bisect.bisect_right(self._starts, address) - 1
        room = self._ends[index] - address if index >= 0 and right in self._rights[index] else 0
        if room <= 0:
            what = {b"r": "nothing", b"w": "nothing to write to", b"x": "no function"}[right]
            raise _Damaged(f"it points to {address:#x}, where there is {what}")
        return room

    def text(self, address: int) -> str:
        longest = ctypes.sizeof(_LONGEST_TEXT)
        limit = min(self.room(address), longest)
        # Both read no further than they may; only one type of array is made, which takes long.
        data = _LONGEST_TEXT.from_address(address).value if limit == longest else \
            ctypes.string_at(address, limit).partition(b"\0")[0]
        if len(data) == limit:
            raise _Damaged("a text in it has no end")
        try:
            return data.decode()
        except UnicodeDecodeError:
            raise _Damaged("a text in it is not UTF-8") from None

    def record(self, layout: _Layout, address: int) -> Any:
        """A copy, which knows as `at` where it is from."""
        room = self.room(address)
        if room < 8:
            raise _Damaged(f"it points to {address:#x}, where there is too little")
        size = ctypes.c_uint32.from_address(address).value
        if not 8 <= size <= min(room, 4096):
            raise _Damaged(f"a part of it has a size of {size} bytes")
        return layout.read(address, size)

    def records(self, layout: _Layout, address: int, count: int) -> Iterator[Any]:
        """An array of them; each says how long it is itself."""
        if count > 65536:
            raise _Damaged(f"it counts {count} of something")
        for _ in range(count):
            record = self.record(layout, address)
            yield record
            address += record.size


def _numbers(*numbers: int) -> bytes:
    return struct.pack(f"<{len(numbers)}Q", *numbers)


def _text(text: str | None) -> bytes:
    return (text or "").encode() + b"\0"


class _Reader:
    """Reads and checks the table of a loaded library."""

    def __init__(self, address: int) -> None:
        self._memory = _Memory()
        self._types: dict[int, _Type] = {}
        self._depth = 0  # of callbacks in callbacks
        if self._memory.room(address) < 12:
            raise _Damaged("it is too short")
        _, magic, version = struct.unpack("=III", ctypes.string_at(address, 12))
        if magic != _MAGIC:
            raise _Damaged("it does not begin as one")
        if version != _FORMAT:
            raise _Damaged(f"it is of format {version}, and this clib.py reads {_FORMAT}")
        self.module = module = self._memory.record(_MODULE, address)
        for name in _MODULE_FUNCTIONS:
            if getattr(module, name):
                self._memory.room(getattr(module, name), b"x")
        self.python = self._memory.record(_PYTHON, module.python) if module.python else None
        self.description = self._read()

    def _read(self) -> _Description:
        memory, module = self._memory, self.module
        name, version, doc = map(memory.text, (module.name, module.version, module.doc))
        for record in memory.records(_TYPE, module.types, module.type_count):
            described = self._type(record)
            # Known from now on, so that no structure is a member of itself.
            self._types[record.at] = described
        types = list(self._types.values())
        functions = [self._function(record, True) for record in
                     memory.records(_FUNCTION_RECORD, module.functions, module.function_count)]
        self._check(module.checksum, "its list", [
            _text(name), _text(version), _text(doc), _numbers(
                len(types), len(functions), *(each.checksum for each in types),
                *(each.checksum for each in functions))])
        return _Description(name=name, version=version, toolkit=memory.text(module.toolkit),
                            doc=doc, types=types, functions=functions)

    def native_names(self) -> list[str]:
        """What the native functions need of Python. Their table is checked here: each address that
        will be called or written to."""
        memory, table = self._memory, self.python
        for function in filter(_is_known, self.description.functions):
            memory.room(function.python, b"w")
            for address, is_needed in (
                    (function.python_call, function.role in (_FUNCTION, _METHOD)),
                    (function.python_slot, function.role in (*_SLOTS_BY_ROLE, _PROPERTY))):
                if address or is_needed:
                    memory.room(address, b"x")
        for described in filter(_is_known_type, self.description.types):
            if described.kind == _HANDLE_TYPE:
                memory.room(described.python, b"w")
        for called in (table.bind, table.trace, table.check_results):
            memory.room(called, b"x")
        if memory.room(table.names) < table.name_count * 8:
            raise _Damaged(f"it counts {table.name_count} of something")
        addresses = struct.unpack(f"{table.name_count}P",
                                  ctypes.string_at(table.names, table.name_count * 8))
        return list(map(memory.text, addresses))

    @staticmethod
    def _check(checksum: int, name: str, parts: Iterable[bytes]) -> None:
        if zlib.crc32(b"".join(parts)) != checksum:
            raise _Damaged(f"{name} does not have the checksum that it should have")

    def _type(self, record: Any) -> _Type:
        memory = self._memory
        made = _Type(
            symbol=memory.text(record.symbol), name=memory.text(record.name),
            doc=memory.text(record.doc), kind=record.kind, flags=record.flags, hash=record.hash,
            byte_size=record.byte_size, alignment=record.alignment, python=record.python,
            checksum=record.checksum, members=self._values(record.members, record.member_count))
        self._check(made.checksum, made.name, [
            _numbers(made.kind, made.flags, made.hash),
            _text(made.symbol), _text(made.name), _text(made.doc),
            _numbers(made.byte_size, made.alignment, len(made.members)),
            *(member.plain for member in made.members)])
        return made

    def _type_at(self, address: int) -> _Type | None:
        if address == 0:
            return None
        if address not in self._types:
            raise _Damaged("it points to a type that it does not list")
        return self._types[address]

    def _values(self, address: int, count: int) -> list[_Value]:
        return list(map(self._value, self._memory.records(_VALUE, address, count)))

    def _value(self, record: Any) -> _Value:
        memory = self._memory
        value = _Value(
            name=memory.text(record.name), kind=record.kind, element=record.element,
            flags=record.flags, type=self._type_at(record.type), offset=record.offset,
            callback=None, default=None)
        if record.callback:
            value.callback = self._callback(record.callback)
        if value.kind >= _SEQUENCE:  # those before are made of nothing else
            self._check_type(value)
        parts = [_numbers(value.kind, value.element, value.flags), _text(value.name),
                 _numbers(value.offset)]
        if record.default:
            default = memory.record(_DEFAULT_VALUE, record.default)
            text = memory.text(default.text) if default.text else None
            if value.kind in (_FLOAT, _DOUBLE):
                value.default = default.number
            elif value.kind in (_TEXT, _BYTES):
                value.default = text
            else:
                value.default = bool(default.integer) if value.kind == _BOOL else default.integer
            parts += [struct.pack("<qd", default.integer, default.number), _text(text)]
        value.plain = b"".join(parts)
        return value

    def _callback(self, address: int) -> _Function:
        if self._depth == _DEEPEST:
            raise _Damaged("its callbacks have no end")
        self._depth += 1
        signature = self._function(self._memory.record(_FUNCTION_RECORD, address), False)
        self._depth -= 1
        return signature

    @staticmethod
    def _check_type(value: _Value) -> None:
        kind = value.element if value.kind in (_SEQUENCE, _WRITABLE_SEQUENCE) else value.kind
        expected = _TYPE_KINDS.get(kind)
        if expected is not None and (value.type is None or value.type.kind != expected):
            raise _Damaged(f"'{value.name}' in it is of another type than it says")
        if kind in (_CALLBACK, _KEPT_CALLBACK) and value.callback is None:
            raise _Damaged(f"'{value.name}' in it is a callback without a signature")

    @staticmethod
    def _check_owner(function: _Function) -> None:
        of_owner = function.parameters[:1] if function.takes_object else \
            [function.result] if function.role == _CONSTRUCTOR else None
        if of_owner is not None and (
                function.owner is None or [each.type for each in of_owner] != [function.owner]) and \
                _is_known(function):
            raise _Damaged(f"{function.symbol} in it belongs to another type than it says")

    def _function(self, record: Any, is_listed: bool) -> _Function:
        memory = self._memory
        result = self._value(memory.record(_VALUE, record.result))
        parameters = self._values(record.parameters, record.parameter_count)
        function = _Function(
            symbol=memory.text(record.symbol), name=memory.text(record.name),
            doc=memory.text(record.doc), owner=self._type_at(record.owner), role=record.role,
            flags=record.flags, hash=record.hash, result=result, parameters=parameters,
            entry=record.entry, python_call=record.python_call,
            python_slot=record.python_slot, python=record.python, checksum=record.checksum)
        if is_listed or function.checksum:  # an older clib gave none to callbacks
            self._check(function.checksum, function.symbol or "the signature of a callback", [
                _numbers(function.role, function.flags, function.hash), _text(function.symbol),
                _text(function.name), _text(function.doc), result.plain,
                _numbers(len(parameters)), *(each.plain for each in parameters)])
        if is_listed:
            memory.room(function.entry, b"x")
            self._check_owner(function)
        return function


# --- Errors -----------------------------------------------------------------------------------------

_E_HANDLE, _E_OUT_OF_RANGE, _E_BUSY, _E_SYSTEM, _E_CALLBACK = -4, -5, -8, -9, -10

_EXCEPTIONS: dict[int, type[Exception]] = {
    -2: MemoryError, -3: ValueError, -4: ValueError, -5: IndexError, -6: OverflowError,
    -7: OverflowError, -8: BufferError, -9: OSError}

# What C is told of an address that is lent, and what Python is told, where a view has it.
_PINNED = ("self is pinned: an address inside it is lent; unpin it first",
           "a memoryview of its bytes exists; release() it first")

_OWN_CODES = -1000  # below, an author's own begin


class _Pending(threading.local):
    """What a callback raised that C++ still has to pass on to who called it."""

    error: BaseException | None = None

    def take(self) -> BaseException | None:
        error, self.error = self.error, None
        return error


_pending = _Pending()


class _Unraisable:
    """Raises an error where nobody can catch it, in the name of the callback that raised it."""

    def __init__(self, error: BaseException, callback: object) -> None:
        self._error = error
        self._callback = callback

    def __call__(self) -> None:
        raise self._error

    def __repr__(self) -> str:
        return repr(self._callback)


def _report(error: BaseException, callback: object) -> None:
    """Gives an error that has no caller to sys.unraisablehook: ctypes does that for what it calls."""
    ctypes.CFUNCTYPE(None)(_Unraisable(error, callback))()


def _report_pending(name: str) -> None:
    error = _pending.take()
    if error is not None:
        _report(error, name)


def _decoded(text: bytes) -> str:
    """Text from C++; what of it is no UTF-8 is kept, as Python does with the names of files."""
    return text.decode(errors="surrogateescape")


def _is_a(given: object, *classes: type) -> bool:
    """Whether it really is one, and does not only say so with __class__, as a mock does."""
    return issubclass(type(given), classes)


def _is_iterable(given: object) -> bool:
    """Whether it says so: what has only __getitem__, as a pointer has, may have no end."""
    return getattr(type(given), "__iter__", None) is not None


def _expected(function: _Function, value: _Value, expected: str, given: object) -> TypeError:
    kind = "None" if given is None else type(given).__name__
    return TypeError(f"{function.full_name}: {value.python_name} must be {expected}, not {kind}")


# --- Kinds of values --------------------------------------------------------------------------------

# Of each number its ctypes type and its code in the struct module.
_NUMBERS: dict[int, tuple[Any, str]] = {
    _INT8: (ctypes.c_int8, "b"), _INT16: (ctypes.c_int16, "h"), _INT32: (ctypes.c_int32, "i"),
    _INT64: (ctypes.c_int64, "q"), _UINT8: (ctypes.c_uint8, "B"), _UINT16: (ctypes.c_uint16, "H"),
    _UINT32: (ctypes.c_uint32, "I"), _UINT64: (ctypes.c_uint64, "Q"),
    _FLOAT: (ctypes.c_float, "f"), _DOUBLE: (ctypes.c_double, "d")}

_INTEGERS = range(_INT8, _UINT64 + 1)
_NUMBER_NAMES = {
    _INT8: "int8_t", _INT16: "int16_t", _INT32: "int32_t", _INT64: "int64_t", _UINT8: "uint8_t",
    _UINT16: "uint16_t", _UINT32: "uint32_t", _UINT64: "uint64_t", _FLOAT: "float",
    _DOUBLE: "double", _BOOL: "bool", _STATUS: "int64_t"}


def _range_of(kind: int) -> tuple[int, int]:
    """The least and the greatest of an integer kind."""
    if kind == _STATUS:
        kind = _INT64
    is_signed = kind <= _INT64
    width = 8 << (kind - (_INT8 if is_signed else _UINT8))
    return (-(1 << width - 1), (1 << width - 1) - 1) if is_signed else (0, (1 << width) - 1)


def _checked_integer(function: _Function, value: _Value, given: object) -> int:
    try:
        number = operator.index(given)  # type: ignore[arg-type]
    except TypeError:
        raise _expected(function, value, "int", given) from None
    least, greatest = _range_of(value.kind)
    if not least <= number <= greatest:
        raise OverflowError(f"{function.full_name}: {value.python_name} must be from {least} to "
                            f"{greatest}, not {number if abs(number) < 1 << 128 else 'that large'}")
    return number


def _checked_float(function: _Function, value: _Value, given: object) -> float:
    if not (hasattr(type(given), "__float__") or hasattr(type(given), "__index__")):
        raise _expected(function, value, "float", given)  # float() reads text, too, in any buffer
    try:
        number = float(given)  # type: ignore[arg-type]
    except TypeError:
        raise _expected(function, value, "float", given) from None
    except OverflowError:
        raise OverflowError(f"{function.full_name}: {value.python_name} is larger than a double "
                            "can be") from None
    if value.kind == _FLOAT:
        try:
            struct.pack("=f", number)
        except OverflowError:
            raise OverflowError(f"{function.full_name}: {value.python_name} is {number}, larger "
                                "than a float can be") from None
    return number


def _checked_bool(function: _Function, value: _Value, given: Any) -> Any:
    if given is not True and given is not False:
        raise _expected(function, value, "bool", given)
    return given


def _checked_number(function: _Function, value: _Value, given: object) -> Any:
    if value.kind == _BOOL:
        return _checked_bool(function, value, given)
    if value.kind in (_FLOAT, _DOUBLE):
        return _checked_float(function, value, given)
    return _checked_integer(function, value, given)


def _view_of(given: Any) -> memoryview:
    """A view of any buffer; before Python 3.12 an object of C++ is one only here."""
    return memoryview(_Pinned.view(given) if _is_a(given, _Pinned) else given)


def _readable(function: _Function, value: _Value, given: Any) -> tuple[Any, int]:
    """Something that C can read the bytes of, and their number."""
    if _is_a(given, str):
        given = str.encode(given)
    if type(given) is bytes:  # a class made from it may say anything of its length
        return given, len(given)
    try:
        view = _view_of(given)
    except TypeError:
        raise _expected(function, value, "str, bytes or a readable buffer", given) from None
    return _memory_of(function, value, view, ctypes.c_char)


def _memory_of(function: _Function, value: _Value, view: memoryview,
               element: Any) -> tuple[Any, int]:
    """What a view shows as C sees it: the memory itself if it can be written to, else a copy."""
    if not view.c_contiguous:
        raise BufferError(f"{function.full_name}: {value.python_name} does not lie in one piece; "
                          "pass a copy of it")
    count = view.nbytes // ctypes.sizeof(element)
    if count == 0:
        return None, 0
    if view.readonly:
        return (element * count).from_buffer_copy(view), count
    return (element * count).from_buffer(view), count


def _writable(function: _Function, value: _Value, given: object) -> tuple[Any, int]:
    try:
        view = _view_of(given)
    except TypeError:
        raise _expected(function, value, "a writable buffer, for example a bytearray",
                        given) from None
    if view.readonly:
        raise TypeError(f"{function.full_name}: {value.python_name} must be writable, for example "
                        f"a bytearray; {type(given).__name__} cannot be changed")
    return _memory_of(function, value, view, ctypes.c_char)


def _is_format(view: memoryview, code: str, size: int) -> bool:
    """Whether a view shows numbers of the kind with this code."""
    given = view.format.lstrip("@=<" if sys.byteorder == "little" else "@=>!")
    if view.itemsize != size or len(given) != 1:
        return False
    return (given in "bhilqn") if code in "bhiq" else \
        (given in "BHILQNc") if code in "BHIQ" else given == code


def _sequence(function: _Function, value: _Value, given: object, is_written: bool) -> \
        tuple[Any, int]:
    element, code = _NUMBERS[value.element]
    what = _NUMBER_NAMES[value.element]
    try:
        view = _view_of(given)
    except TypeError:
        if is_written or _is_a(given, str):
            raise _expected(function, value, f"a {'writable ' if is_written else ''}buffer of "
                            f"{what}, for example array.array('{code}')", given) from None
        return _sequence_of_list(function, value, given, element, code)
    if is_written and view.readonly:
        raise TypeError(f"{function.full_name}: {value.python_name} must be writable; "
                        f"{type(given).__name__} cannot be changed")
    if not _is_format(view, code, ctypes.sizeof(element)):
        raise TypeError(f"{function.full_name}: {value.python_name} must be a buffer of {what}, "
                        f"for example array.array('{code}'), not one of format "
                        f"'{view.format}'")
    return _memory_of(function, value, view, element)


def _sequence_of_list(function: _Function, value: _Value, given: Any, element: Any,
                      code: str) -> tuple[Any, int]:
    if not _is_iterable(given):
        raise _expected(function, value, f"a buffer or list of {_NUMBER_NAMES[value.element]}",
                        given)
    item = _Value(name=value.name + "[]", kind=value.element)
    numbers = array.array(code, [_checked_number(function, item, each) for each in given])
    if not numbers:
        return None, 0
    return (element * len(numbers)).from_buffer(numbers), len(numbers)


# --- Functions of C -------------------------------------------------------------------------------

_prototypes: dict[tuple[Any, ...], Any] = {}  # each is a class, and takes long to make


def _prototype(may_block: bool, result: Any, *parameters: Any) -> Any:
    """The type of a C function. While one runs that may not block, the interpreter is locked."""
    key = may_block, result, *parameters
    if key not in _prototypes:
        make: Any = ctypes.PYFUNCTYPE if _IS_CPYTHON and not may_block else ctypes.CFUNCTYPE
        _prototypes[key] = make(result, *parameters)
    return _prototypes[key]


def _at(address: int, may_block: bool, result: Any, *parameters: Any) -> Any:
    """The C function at an address."""
    function = _prototype(may_block, result, *parameters)(address)
    if not _IS_CPYTHON:  # PyPy is slow unless both are set on the function itself
        function.argtypes, function.restype = list(parameters), result
    return function


# --- Binding ----------------------------------------------------------------------------------------

_WRONG_TYPE = (TypeError, AttributeError, OverflowError, ctypes.ArgumentError)
_CTYPES_USES_INT = not _IS_CPYTHON or sys.version_info < (3, 10)  # __int__(), which cuts fractions
_SEE_LAST_TEXT = b"\xff"


class _Callback:
    """A callable that C++ was given. While it is in `_callbacks`, its key is the context."""

    __slots__ = ("callable", "error", "is_kept", "is_once")

    def __init__(self, function: Callable[..., Any], value: _Value) -> None:
        self.callable = function
        self.error: BaseException | None = None
        self.is_once = bool(value.flags & _CALLED_ONCE)
        self.is_kept = self.is_once or value.kind == _KEPT_CALLBACK


_callbacks: dict[int, _Callback] = {}
_callback_keys = itertools.count(1)


def _called_too_late() -> Exception:
    return RuntimeError("a callback was called after the call that it was given for; the library can "
                        "keep it only with a release function")


def _checked_result(called: Callable[..., Any], result: object) -> int:
    """The number for C++ of what a callback has returned."""
    name = getattr(called, "__qualname__", "callback")
    number = _checked_integer(_Function(name=name, owner=None, role=_FUNCTION),
                              _Value(name="the result", kind=_INT64), result)
    if number < 0:
        raise ValueError(f"{name}: the result is {number}; return 0 or more, or raise an exception")
    return number


def _lasting(function: Any) -> Any:
    """A C function that is never freed: C++ may call it while Python frees its last objects."""
    if _IS_CPYTHON:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(function))
    return function


def _is_bottom(frame: types.FrameType) -> bool:
    """Whether no code in Python has called the function that ctypes has called."""
    outer = frame.f_back
    if not _IS_CPYTHON and outer is not None:  # PyPy's ctypes has a frame of its own
        outer = outer.f_back
    return outer is None


# What C++ calls when it will not use a kept callback any more.
_release = _lasting(ctypes.CFUNCTYPE(None, ctypes.c_void_p)(
    lambda context, pop=_callbacks.pop: pop(context, None) and None))


@atexit.register
def _forget_callbacks() -> None:
    """From now on C++ calls no kept callback: the interpreter will not be there for it."""
    for module in _loaded.values():
        module._binder.forget_callbacks(_release)
    for key, callback in list(_callbacks.items()):
        if callback.is_kept and not callback.is_once:
            _callbacks.pop(key, None)


class _Binder:
    """Makes functions and classes of one library's description."""

    def __init__(self, path: str, library: Any, reader: _Reader) -> None:
        self.path = path
        self.library = library  # is not to be unloaded
        self.description = reader.description
        self.classes: dict[str, Any] = {}
        self.native: _Native | None = None
        self.why_not_native = "it was not asked for"
        self._known = list(filter(_is_known, self.description.functions))
        self._trampolines: dict[int, Any] = {}
        module = reader.module

        def support(address: int, result: Any, *parameters: Any) -> Any:
            if address == 0:  # the library is made with an older clib
                nothing = {ctypes.c_char_p: b"", ctypes.c_int64: 0}.get(result)
                return lambda *_: nothing
            return _at(address, False, result, *parameters)

        self.last_error = support(module.last_error, ctypes.c_char_p)
        self.last_status = support(module.last_status, ctypes.c_int64)
        self.last_errno = support(module.last_errno, ctypes.c_int64)
        self.last_text = support(module.last_text, ctypes.c_void_p, ctypes.c_void_p)
        self.forget_text = support(module.forget_text, None)
        self.live = support(module.live, ctypes.c_int64, ctypes.c_char_p)
        self.callback_failed = support(module.callback_failed, None)
        self.forget_callbacks = support(module.forget_callbacks, None, ctypes.c_void_p)
        if _IS_CPYTHON:
            support(module.set_interpreter_lock, None, ctypes.c_void_p, ctypes.c_void_p)(
                _address_of("PyEval_SaveThread"), _address_of("PyEval_RestoreThread"))

    def functions_of(self, owner: _Type | None) -> list[_Function]:
        return [each for each in self._known if each.owner is owner]

    # --- What C passes and returns ---

    def _c_parameters(self, value: _Value) -> list[Any]:
        kind = value.kind
        if kind in _NUMBERS:
            return [_NUMBERS[kind][0]]
        if kind == _BOOL:
            return [ctypes.c_bool]
        if kind == _STATUS:
            return [ctypes.c_int64]
        if kind == _STRUCT:
            return [self.classes[value.type.name]]
        if kind == _STRUCT_POINTER:
            return [ctypes.POINTER(self.classes[value.type.name])]
        if kind in (_BYTES, _WRITABLE, _SEQUENCE, _WRITABLE_SEQUENCE):
            return [ctypes.c_void_p, ctypes.c_size_t]
        count = {_CALLBACK: 2, _KEPT_CALLBACK: 3}.get(kind, 1)
        return [ctypes.c_void_p] * count

    def _c_result(self, value: _Value) -> Any:
        if value.kind in (_INT64, _STATUS):
            return ctypes.c_int64
        if value.kind == _TEXT:
            return ctypes.c_char_p
        if value.kind == _STRUCT:
            return self.classes[value.type.name]
        return {_BOOL: ctypes.c_bool, _DOUBLE: ctypes.c_double}.get(value.kind, ctypes.c_void_p)

    def c_function(self, function: _Function) -> Any:
        parameters = (c for value in function.parameters for c in self._c_parameters(value))
        return _at(function.entry, function.may_block, self._c_result(function.result), *parameters)

    # --- Failures ---

    def failure(self, function: _Function, code: int, receiver: Any = None) -> BaseException:
        """The exception for a call that has failed. `receiver` is the object it was a method of."""
        error = _pending.take()
        if code == _E_CALLBACK and error is not None:
            return error
        if code == _E_HANDLE and receiver is not None:
            owner = self.classes[function.owner.name]
            if not _is_a(receiver, owner):
                return TypeError(f"{function.full_name}: self must be {owner.__name__}, not "
                                 f"{type(receiver).__name__}")
            if not receiver._handle:
                return ValueError(f"{function.full_name}: this {owner.__name__} is closed; make a "
                                  "new one")
        sentence = self.last_error().decode(errors="replace") or \
            f"{function.full_name} has failed; the library is too old to say why"
        if sentence.startswith(function.symbol + ": "):
            sentence = function.full_name + sentence[len(function.symbol):]
        sentence = sentence.replace(*_PINNED)
        if code == _E_OUT_OF_RANGE and function.name == "__next__":
            return StopIteration()
        if code == _E_SYSTEM:
            number = self.last_errno()
            return OSError(number, sentence) if number else OSError(sentence)
        if code < _OWN_CODES:
            return Error(sentence, code)
        return _EXCEPTIONS.get(code, RuntimeError)(sentence)

    def text(self, returned: bytes) -> str:
        """A result of that kind. One that is long or has NULs in it an entry does not return."""
        return _decoded(self.last_bytes() if returned == _SEE_LAST_TEXT else returned)

    def last_bytes(self, expected: int | None = None) -> bytes:
        size = ctypes.c_size_t()
        address = self.last_text(ctypes.byref(size))
        if expected is not None and address != expected:
            raise RuntimeError(f"{self.path} returned bytes that it did not make in call(), so "
                               "nobody knows how many they are")
        data = ctypes.string_at(address, size.value)
        if len(data) > 65536:
            self.forget_text()
        return data

    # --- Arguments ---

    def _converted(self, function: _Function, value: _Value, given: Any,
                   calls: list[int]) -> list[Any]:
        """The C arguments for one of Python. The keys of callbacks are added to `calls`."""
        kind = value.kind
        if given is None and value.flags & _NULLABLE:
            return [0 if parameter is ctypes.c_size_t else None
                    for parameter in self._c_parameters(value)]
        if kind in _NUMBERS or kind in (_BOOL, _STATUS):
            return [_checked_number(function, value, given)]
        if kind == _TEXT:
            return [self._terminated(function, value, given)]
        if kind == _BYTES:
            return list(_readable(function, value, given))
        if kind == _WRITABLE:
            return list(_writable(function, value, given))
        if kind == _SEQUENCE and value.element == _STRUCT:
            return self._structures(function, value, given)
        if kind in (_SEQUENCE, _WRITABLE_SEQUENCE):
            return list(_sequence(function, value, given, kind == _WRITABLE_SEQUENCE))
        if kind == _HANDLE:
            return [self._handle_of(function, value, given)]
        if kind in (_STRUCT, _STRUCT_POINTER):
            expected = self.classes[value.type.name]
            if not _is_a(given, expected):
                raise _expected(function, value, expected.__name__, given)
            return [given]
        if kind in (_CALLBACK, _KEPT_CALLBACK):
            return self._callback(function, value, given, calls)
        address = _checked_integer(
            function, _Value(name=value.name, kind=_UINT64, flags=0), given)
        if address == 0:
            raise ValueError(f"{function.full_name}: {value.python_name} is 0, which is no address")
        return [address]

    @staticmethod
    def _terminated(function: _Function, value: _Value, given: Any) -> bytes:
        if not _is_a(given, str, bytes):
            raise _expected(function, value, "str or bytes", given)
        data = str.encode(given) if _is_a(given, str) else memoryview(given).tobytes()
        if b"\0" in data:
            raise ValueError(f"{function.full_name}: {value.python_name} has a NUL in it, at which "
                             "C would cut it; remove it")
        return data

    def _handle_of(self, function: _Function, value: _Value, given: Any) -> int:
        expected = self.classes[value.type.name]
        if not _is_a(given, expected):
            raise _expected(function, value, expected.__name__, given)
        handle: int = given._handle
        if not handle:
            raise ValueError(f"{function.full_name}: {value.python_name} is a closed "
                             f"{expected.__name__}; pass a live one")
        return handle

    def _structures(self, function: _Function, value: _Value, given: Any) -> list[Any]:
        expected = self.classes[value.type.name]
        if _is_a(given, ctypes.Array) and given._type_ is expected:
            return [given, given._length_]
        if _is_a(given, str, bytes) or not _is_iterable(given):
            raise _expected(function, value, f"a list of {expected.__name__}", given)
        items = list(given)
        for item in items:
            if not _is_a(item, expected):
                raise _expected(function, value, f"a list of {expected.__name__}", item)
        return [(expected * len(items))(*items) if items else None, len(items)]

    # --- Callbacks ---

    def _callback(self, function: _Function, value: _Value, given: Any,
                  calls: list[int]) -> list[Any]:
        if not callable(given):
            raise _expected(function, value, "callable", given)
        key = next(_callback_keys)
        _callbacks[key] = _Callback(given, value)
        calls.append(key)
        trampoline = self._trampoline(value.callback)
        return [trampoline, key] if value.kind == _CALLBACK else [trampoline, key, _release]

    def _trampoline(self, signature: _Function) -> Any:
        """The one C function through which all callables of this signature are called."""
        made = self._trampolines.get(id(signature))
        if made is None:
            made = self._trampolines[id(signature)] = self._new_trampoline(signature)
        return made

    def _new_trampoline(self, signature: _Function) -> Any:
        values = signature.parameters
        c_parameters = [c for value in values for c in self._c_parameters(value)]
        has_result = signature.result.kind != _NONE
        prototype = ctypes.CFUNCTYPE(ctypes.c_int64 if has_result else None, *c_parameters,
                                     ctypes.c_void_p)
        callbacks = _callbacks
        convert = None if all(value.kind <= _DOUBLE for value in values) else \
            self._callback_arguments

        def trampoline(*arguments: Any) -> int:
            key = arguments[-1]
            callback = callbacks.get(key)
            try:
                if callback is None:
                    raise _called_too_late()
                if callback.is_once:
                    del callbacks[key]
                if callback.error is not None:  # C++ did not stop at the first
                    self.callback_failed()
                    return _E_CALLBACK
                result = callback.callable(*(arguments[:-1] if convert is None
                                             else convert(values, arguments)))
                if not has_result or result is None:
                    return 0
                if type(result) is int and 0 <= result < 1 << 63:
                    return result
                return _checked_result(callback.callable, result)
            except BaseException as error:  # it goes on in Python, around C++
                self._keep(error, callback)
                self.callback_failed()
                return _E_CALLBACK

        return _lasting(prototype(trampoline))

    @staticmethod
    def _keep(error: BaseException, callback: _Callback | None) -> None:
        """Keeps an exception for the caller in Python of who called back, if there is one."""
        if callback is not None and not callback.is_kept:
            callback.error = error
        elif _is_bottom(sys._getframe(1)):  # a thread of C++
            _report(error, callback and callback.callable)
        else:
            _pending.error = error

    def _callback_arguments(self, values: list[_Value], arguments: tuple[Any, ...]) -> list[Any]:
        converted: list[Any] = []
        rest = iter(arguments)
        for value in values:
            first = next(rest)
            if value.kind == _TEXT:
                converted.append(None if first is None else _decoded(ctypes.string_at(first)))
            elif value.kind == _BYTES:
                size = next(rest)
                converted.append(_decoded(ctypes.string_at(first, size)) if size else "")
            elif value.kind == _SEQUENCE:
                size = next(rest)
                element, code = _NUMBERS[value.element]
                data = ctypes.string_at(first, size * ctypes.sizeof(element)) if size else b""
                converted.append(data if value.element == _UINT8 else array.array(code, data))
            elif value.kind == _STRUCT_POINTER:
                converted.append(first.contents.__copy__() if first else None)
            elif value.kind == _STRUCT:
                converted.append(first.__copy__())
            else:
                converted.append(first)
        return converted

    def is_index(self, function: _Function, value: _Value) -> bool:
        """Whether negative numbers count from the end, as Python has it for sequences."""
        return function.name in ("__getitem__", "__setitem__", "__delitem__") and \
            value is function.named_parameters[0] and value.kind == _INT64 and \
            any(each.name == "__len__" for each in self.functions_of(function.owner))

    # --- Functions ---

    def bind(self, function: _Function) -> Callable[..., Any]:
        """The function as Python sees it: a real def, with names, defaults and a docstring. It calls
        C with nothing in between where the arguments are of the usual types; for all others `_slow`
        knows better."""
        source = _Wrapper(self, function)
        made: dict[str, Any] = {}
        exec(compile("\n".join(source.lines()), f"<clib {self.path}>", "exec"), source.names, made)
        wrapper = made[_def_name(function)]
        wrapper.__name__ = function.python_name
        wrapper.__qualname__ = (f"{function.owner.name}.{function.python_name}"
                                if function.owner else function.python_name)
        wrapper.__module__ = self.description.name
        wrapper.__doc__ = function.doc or None
        return wrapper  # type: ignore[no-any-return]

    def slow(self, function: _Function, call: Any) -> Callable[..., Any]:
        """A call that takes every argument that can be taken and explains why not."""
        values = function.named_parameters
        result = self.result_of(function)
        is_operator = function.role == _METHOD and function.name in _OPERATORS

        def slow(*given: Any) -> Any:
            receiver: Any = None
            arguments: list[Any] = []
            if function.takes_object:
                receiver, *rest = given
                owner = self.classes[function.owner.name]
                if not _is_a(receiver, owner):
                    raise TypeError(f"{function.full_name}: self must be {owner.__name__}, not "
                                    f"{type(receiver).__name__}")
                arguments.append(int(receiver._handle))
                given = tuple(rest)
            keys: list[int] = []
            failed = True
            try:
                for value, each in zip(values, given):
                    if self.is_index(function, value):
                        each = _from_end(receiver, _checked_integer(function, value, each))
                    try:
                        arguments += self._converted(function, value, each, keys)
                    except TypeError:
                        if is_operator:
                            return NotImplemented
                        raise
                returned = call(*arguments)
                errors = [callback.error for callback in map(_callbacks.get, keys)
                          if callback is not None and callback.error is not None]
                if errors:
                    self._forget(function, returned)
                    raise errors[0]
                converted = result(returned, receiver)
                failed = False
                return converted
            finally:
                for key in keys:
                    callback = _callbacks.get(key)
                    if callback is not None and (failed or not callback.is_kept):
                        _callbacks.pop(key, None)

        return slow

    def _forget(self, function: _Function, returned: Any) -> None:
        """Frees the object that a call made whose callback has failed."""
        if function.result.kind == _HANDLE and returned:
            self.classes[function.result.type.name]._free(returned)

    def result_of(self, function: _Function) -> Callable[[Any, Any], Any]:
        """What makes of a C result, and the object it is a method of, what Python returns."""
        kind = function.result.kind

        def number(returned: int, receiver: Any) -> Any:
            if returned < 0:
                raise self.failure(function, returned, receiver)
            return returned if kind == _INT64 else None

        def pointer(returned: Any, receiver: Any) -> Any:
            if returned is None:
                raise self.failure(function, self.last_status(), receiver)
            if kind == _TEXT:
                return self.text(returned)
            if kind == _BYTES:
                return self.last_bytes(returned)
            if function.role == _CONSTRUCTOR:
                return returned
            return self.classes[function.result.type.name]._adopt(returned)

        def other(returned: Any, receiver: Any) -> Any:
            may_have_failed = not returned if kind == _BOOL else \
                returned != returned if kind == _DOUBLE else not any(bytes(returned))
            if may_have_failed:
                status = self.last_status()
                if status < 0:
                    raise self.failure(function, status, receiver)
            return returned

        return number if kind in (_INT64, _STATUS) else \
            pointer if kind in (_TEXT, _BYTES, _HANDLE) else other


# For an operand that such a method does not take, Python asks the other one.
_OPERATORS = {f"__{prefix}{name}__" for prefix in ("", "r", "i") for name in (
    "add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift", "and",
    "or", "xor")} | {"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"}


def _from_end(sequence: Any, index: int) -> int:
    """The index that a negative one stands for, if there is such."""
    size = len(sequence)
    return index + size if -size <= index < 0 else index


def _def_name(function: _Function) -> str:
    return "__init__" if function.role == _CONSTRUCTOR else str(function.python_name)


class _Wrapper:
    """Writes the Python source of one function. Lines that check an argument fall through to _slow
    when it is not what nearly all callers pass."""

    def __init__(self, binder: _Binder, function: _Function) -> None:
        self._binder = binder
        self._function = function
        call = binder.c_function(function)
        self.names: dict[str, Any] = {
            "_call": call, "_slow": binder.slow(function, call), "_function": function,
            "_failure": binder.failure, "_status": binder.last_status, "_WRONG": _WRONG_TYPE,
            "_made": _made, "_clib": sys.modules[__name__], "_from_end": _from_end,
            "_byref": ctypes.byref, "_c_char": ctypes.c_char, "math": math}

    def lines(self) -> list[str]:
        function = self._function
        is_constructor = function.role == _CONSTRUCTOR
        result = "None" if is_constructor else _result_annotation(function.result)
        define = (f"def {_def_name(function)}"
                  f"({_parameter_list(function, 'self', _argument_annotation)}) -> {result}:")
        given = ["self"] * function.takes_object + [
            value.python_name for value in function.named_parameters]
        slow = f"_slow({', '.join(given)})"
        end = f"    _made(self, {slow})" if is_constructor else f"    return {slow}"
        conditions: list[str] = []
        body: list[str] = []
        arguments = ["self._handle"] * function.takes_object
        for value in function.named_parameters:
            fast = self._fast(value)
            if fast is None:
                return [define, end]
            preparation, condition, passed = fast
            body += preparation
            conditions += [condition] if condition else []
            arguments += passed
        body.append(f"result = _call({', '.join(arguments)})")
        if not arguments:
            return [define, *(f"    {line}" for line in [*body, *self._result()])]
        if conditions:
            body.insert(0, f"if not ({' and '.join(conditions)}): raise TypeError")
        return [define,
                "    try:", *(f"        {line}" for line in body),
                "    except _WRONG: pass",
                "    else:", *(f"        {line}" for line in self._result()),
                end]

    def _fast(self, value: _Value) -> tuple[list[str], str, list[str]] | None:
        """How a value of its usual type is passed: what is done first, what must be true before
        that, and the C arguments."""
        name, kind = value.python_name, value.kind
        if value.flags & _NULLABLE:
            return None
        if kind in _INTEGERS or kind == _STATUS:
            least, greatest = _range_of(kind)
            condition = f"{least} <= {name} <= {greatest}"
            if _CTYPES_USES_INT:
                condition = f"{name}.__class__ is int and {condition}"
            if self._binder.is_index(self._function, value):
                return [], condition, [f"{name} if {name} >= 0 else _from_end(self, {name})"]
            return [], condition, [name]
        if kind == _DOUBLE:
            return [], "", [name]
        if kind == _BOOL:
            return [], f"({name} is True or {name} is False)", [name]
        if kind in (_TEXT, _BYTES):
            lines = [f"if type({name}) is str: {name} = {name}.encode()",
                     f"elif type({name}) is not bytes: raise TypeError"]
            if kind == _TEXT:
                return [*lines, f"if b'\\0' in {name}: raise TypeError"], "", [name]
            return lines, "", [name, f"len({name})"]
        if kind == _WRITABLE:
            lines = [f"if type({name}) is not bytearray or not {name}: raise TypeError",
                     f"_memory_{name} = _c_char.from_buffer({name})"]
            return lines, "", [f"_byref(_memory_{name})", f"len({name})"]
        if kind == _HANDLE:
            self.names[f"_class_{name}"] = self._binder.classes[value.type.name]
            return ([], f"isinstance({name}, _class_{name}) and {name}._handle",
                    [f"{name}._handle"])
        if kind in (_STRUCT, _STRUCT_POINTER):  # ctypes would take None for a pointer
            self.names[f"_class_{name}"] = self._binder.classes[value.type.name]
            return [], f"type({name}) is _class_{name}", [name]
        return None

    def _result(self) -> list[str]:
        function, binder = self._function, self._binder
        kind = function.result.kind
        receiver = ", self" if function.takes_object else ""
        if_none = f"if result is None: raise _failure(_function, _status(){receiver})"
        if kind in (_INT64, _STATUS):
            return [f"if result < 0: raise _failure(_function, result{receiver})",
                    "return result" if kind == _INT64 else "return"]
        if kind == _TEXT:
            self.names["_text"] = binder.text
            return [if_none, "try: return result.decode()",
                    "except UnicodeDecodeError: return _text(result)"]
        if function.role == _CONSTRUCTOR:
            return [if_none, "if self._handle or _clib._ledgers: return _made(self, result)",
                    "self._handle = result", "return"]
        if kind == _HANDLE:
            self.names["_adopt"] = binder.classes[function.result.type.name]._adopt
            return [if_none, "return _adopt(result)"]
        self.names["_result"] = binder.result_of(function)
        return [f"return _result(result, {'self' if receiver else 'None'})"]


# --- What types look like in Python -----------------------------------------------------------------

_PYTHON_TYPES = {_FLOAT: "float", _DOUBLE: "float", _BOOL: "bool", _TEXT: "str", _BYTES: "bytes",
                 _STATUS: "int", _ADDRESS: "int", _NONE: "None"}


def _result_annotation(value: _Value) -> str:
    if value.kind == _STATUS:
        return "None"
    if value.kind in (_HANDLE, _STRUCT, _STRUCT_POINTER):
        return str(value.type.name)
    return _PYTHON_TYPES.get(value.kind, "int")


def _argument_annotation(value: _Value) -> str:
    kind = value.kind
    if kind == _TEXT:
        annotation = "str | bytes"
    elif kind == _BYTES:
        annotation = "str | ReadableBuffer"
    elif kind in (_WRITABLE, _WRITABLE_SEQUENCE):
        annotation = "WriteableBuffer"
    elif kind == _SEQUENCE and value.element == _STRUCT:
        annotation = f"Iterable[{value.type.name}]"
    elif kind == _SEQUENCE:
        element = "float" if value.element in (_FLOAT, _DOUBLE) else "int"
        annotation = f"ReadableBuffer | Iterable[{element}]"
    elif kind in (_CALLBACK, _KEPT_CALLBACK):
        annotation = _callable_annotation(value.callback)
    elif kind in (_HANDLE, _STRUCT, _STRUCT_POINTER):
        annotation = str(value.type.name)
    else:
        annotation = _PYTHON_TYPES.get(kind, "int")
    return f"{annotation} | None" if value.flags & _NULLABLE else annotation


def _parameter_list(function: _Function, receiver: str,
                    annotation: Callable[[_Value], str] | None = None) -> str:
    """What stands between the brackets of a def, `receiver` for the object if there is one."""
    parameters = [receiver] if receiver and (
        function.takes_object or function.role == _CONSTRUCTOR) else []
    equals = "=" if annotation is None else " = "
    for value in function.named_parameters:
        annotated = "" if annotation is None else f": {annotation(value)}"
        default = f"{equals}{_literal(value.default)}" if value.is_optional else ""
        parameters.append(f"{value.python_name}{annotated}{default}")
    return ", ".join(parameters)


def _literal(default: Any) -> str:
    """As it is written in Python, where repr() of what is not finite is no name."""
    if isinstance(default, float) and not math.isfinite(default):
        return {math.inf: "math.inf", -math.inf: "-math.inf"}.get(default, "math.nan")
    return repr(default)


def _callable_annotation(signature: _Function) -> str:
    parameters = [_callback_annotation(value) for value in signature.parameters]
    result = "object" if signature.result.kind == _NONE else "int | None"
    return f"Callable[[{', '.join(parameters)}], {result}]"


def _callback_annotation(value: _Value) -> str:
    if value.kind == _BYTES:
        return "str"
    if value.kind == _SEQUENCE:
        if value.element == _UINT8:
            return "bytes"
        return f"array[{'float' if value.element in (_FLOAT, _DOUBLE) else 'int'}]"
    return _result_annotation(value)


# --- Objects ----------------------------------------------------------------------------------------

_Ledger = list[tuple["weakref.ref[Any]", str, int]]

_ledgers: tuple[_Ledger, ...] = ()  # replaced, so that whoever goes through them sees each once


def _close(self: Any) -> None:
    handle = self._take()
    status = self._free(handle) if handle else 0
    if status < 0:
        self._close_failed(handle, status)


def _made(self: Any, handle: int) -> None:
    """Gives an object the handle that its constructor has made."""
    while not self._put(handle):  # __init__() was called again, or by another thread too
        try:
            _close(self)
        except BaseException:
            self._free(handle)
            raise
    if _ledgers:
        _note(self)


def _note(made: Any) -> None:
    """Writes an object, and the line that made it, into all ledgers."""
    frame = sys._getframe(1)
    while frame.f_back is not None and (
            frame.f_code.co_filename in (__file__, copy.__file__) or
            frame.f_code.co_filename.startswith("<clib ")):
        frame = frame.f_back
    for ledger in _ledgers:
        ledger.append((weakref.ref(made), frame.f_code.co_filename, frame.f_lineno))


class _Object:
    """An object of C++, by its handle. It is freed once: by close(), at the end of a with statement,
    or when nothing refers to it any more."""

    _handle = 0  # that of no object; each has its own
    _outlives_a_view = False  # was to be freed before it, by the collection that frees both
    _free: Callable[[int], int] = staticmethod(lambda handle: 0)
    _failure: Callable[..., BaseException]
    _module_name = ""

    def __init__(self) -> None:
        raise TypeError(f"{type(self).__name__} cannot be made by calling it; look for a function "
                        "that returns one")

    @classmethod
    def _adopt(cls, handle: int) -> Any:
        made = cls.__new__(cls)
        made._handle = handle
        if _ledgers:
            _note(made)
        return made

    def close(self) -> None:
        """Frees the object now. Does nothing if that is done already."""
        handle = self._handle
        if handle:
            try:
                del self._handle  # in one step: of two threads, one gets past
            except AttributeError:
                return
            status = self._free(handle)
            if status < 0:
                self._close_failed(handle, status)

    def _close_failed(self, handle: int, status: int) -> None:
        if status == _E_BUSY and not _IS_CPYTHON:
            for _ in range(3):  # PyPy ends a view, and what keeps it, only when it collects
                gc.collect()
            status = self._free(handle)
        if status == _E_BUSY:
            self._handle = handle
        if status < 0:
            raise self._failure(_DESTRUCTOR, status)

    def _take(self) -> int:
        """The handle, which the object has no more."""
        handle: int = self.__dict__.pop("_handle", 0)
        return handle

    def _put(self, handle: int) -> bool:
        """Gives the object a handle, unless it has one. In one step, as _take() is."""
        return self.__dict__.setdefault("_handle", handle) is handle

    @property
    def closed(self) -> bool:
        """Whether the object was freed."""
        return not self._handle

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        handle = self._handle
        if handle:
            status = self._free(handle)
            if status == _E_BUSY:
                self._outlives_a_view = True
            elif status == _E_CALLBACK:
                _report_pending(type(self).__name__)

    def __reduce_ex__(self, _: Any) -> Any:
        what = "pickled" if hasattr(self, "__copy__") else "pickled or copied"
        raise TypeError(f"{self._full_name()} cannot be {what}: the object lives in this process; "
                        "pass what is needed to make it again")

    @classmethod
    def _full_name(cls) -> str:
        return f"{cls._module_name}.{cls.__name__}" if cls._module_name else cls.__name__

    def __repr__(self) -> str:
        if self.closed:
            return f"<{self._full_name()}, closed>"
        return f"<{self._full_name()} at {self._handle:#x}>"


class _View:
    """Keeps an object pinned while a memoryview of its bytes exists."""

    def __init__(self, owner: Any, unpin: Callable[[int], int]) -> None:
        self._owner = owner  # lives as long as its view
        self._handle = owner._handle  # which the owner has not while close() tries to free it
        self._unpin = unpin

    def __del__(self) -> None:
        self._unpin(self._handle)
        if self._owner._outlives_a_view:
            self._owner.__del__()


def _view_of_memory(address: int, size: int, owner: object) -> memoryview:
    """The bytes at an address. The owner lives as long as this view and those made of it."""
    if _IS_CPYTHON:
        memory: Any = (ctypes.c_ubyte * size).from_address(address)
        memory._owner = owner
        return memoryview(memory).cast("B")
    # PyPy's views keep the memory of such an array but not the array. What its cffi makes, they keep.
    cffi: Any = __import__("_cffi_backend")
    pointer = cffi.cast(cffi.new_pointer_type(cffi.new_primitive_type("unsigned char")), address)
    return memoryview(cffi.buffer(cffi.gcp(pointer, lambda _, owner=owner: None), size))


class _Pinned(_Object):
    """An object whose bytes can be seen in place."""

    _pin: Callable[[int], int | None]
    _unpin: Callable[[int], int]
    _is_readonly: bool

    def __len__(self) -> int:
        raise NotImplementedError

    def view(self) -> memoryview:
        """The bytes in place, not a copy. While a view exists, what would move or free the bytes
        raises BufferError; release() it, or use it in a with statement."""
        address = type(self)._pin(self._handle)
        if address is None:
            raise self._failure(_PIN, None, self)
        pin = _View(self, type(self)._unpin)
        view = _view_of_memory(address, len(self), pin)
        return view.toreadonly() if self._is_readonly else view

    def __buffer__(self, flags: int) -> memoryview:
        if flags & 1 and self._is_readonly:  # PyBUF_WRITABLE
            raise BufferError(f"{self._full_name()} cannot be written to; make a CharBuffer of it")
        return self.view()


def _build_class(binder: _Binder, described: _Type) -> Any:
    """The class of a handle type, still without its functions."""
    functions = binder.functions_of(described)
    by_role = {function.role: function for function in functions}

    def failure(role: int, status: int | None, receiver: Any = None) -> BaseException:
        return binder.failure(
            by_role[role], binder.last_status() if status is None else status, receiver)

    name = binder.description.name
    members: dict[str, Any] = {
        "__module__": name, "__doc__": described.doc or None, "_module_name": name,
        "_failure": staticmethod(failure)}
    if _DESTRUCTOR in by_role:
        members["_free"] = staticmethod(binder.c_function(by_role[_DESTRUCTOR]))

    base: type = _Object
    pin, unpin = by_role.get(_PIN), by_role.get(_UNPIN)
    if pin is not None and unpin is not None and \
            any(function.name == "__len__" for function in functions):
        base = _Pinned
        members.update(
            _pin=staticmethod(binder.c_function(pin)),
            _unpin=staticmethod(binder.c_function(unpin)),
            _is_readonly=bool(pin.result.flags & _CONST))
    bases = (_EXTRAS[described.symbol], base) if _extras_of(binder.description, described) else \
        (base,)
    if binder.native is None:
        return type(described.name, bases, members)
    return binder.native.make_class(described, bases, members)


def _extras_of(description: _Description, described: _Type) -> Any:
    """What a class of clib's own has besides its functions."""
    extras = _EXTRAS.get(described.symbol) if description.name == "clib" else None
    return vars(extras) if extras else {}


def _attribute(function: _Function, extras: Any) -> str:
    """The name that it has in its class. What the extras have too, they are made of."""
    name = _def_name(function)
    return f"_plain_{name.strip('_')}" if name in extras else name


def _add_functions(binder: _Binder, described: _Type) -> None:
    made = binder.classes[described.name]
    extras = _extras_of(binder.description, described)
    for function in binder.functions_of(described):
        if binder.native is not None:
            binder.native.connect(function)
        if function.role in (_DESTRUCTOR, _PIN, _UNPIN):
            continue
        name = _attribute(function, extras)
        bound: Any
        if binder.native is not None and function.role == _FUNCTION:
            bound = binder.native.function(function)
        elif binder.native is not None:
            if not name.startswith("__") or name in ("__init__", "__next__", "__len__"):
                continue  # the type has it already
            bound = vars(made)[name]  # now for the operator that it stands for, too
        else:
            bound = binder.bind(function)
            if function.role == _PROPERTY:
                bound = property(bound, doc=function.doc or None)
            elif function.role == _FUNCTION:
                bound = staticmethod(bound)
        setattr(made, name, bound)
    if "__next__" in vars(made) and "__iter__" not in vars(made):
        made.__iter__ = lambda self: self
    if "__eq__" in vars(made) and "__hash__" not in vars(made):
        made.__hash__ = None


def _is_known(function: _Function) -> bool:
    """Whether this file knows all that the function needs; a newer one of clib knows more."""
    values = [function.result, *function.parameters]
    return function.role <= _SUPPORT and not function.flags & ~_MAY_BLOCK and \
        all(map(_is_known_value, values))


def _is_known_value(value: _Value) -> bool:
    return value.kind <= _ADDRESS and value.element <= _ADDRESS and value.flags <= _ALL_FLAGS and \
        (value.type is None or _is_known_type(value.type)) and \
        (value.callback is None or _is_known(value.callback))


def _is_known_type(described: _Type) -> bool:
    return described.kind <= _STRUCT_TYPE and not described.flags and \
        all(map(_is_known_value, described.members))


class _Structure(ctypes.Structure):
    """Attributes that are checked: an integer out of range is an error, and not cut."""

    _described: _Type

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__()
        names = [member.python_name for member in self._described.members]
        if len(given) > len(names):
            raise TypeError(f"{type(self).__name__} has {len(names)} members, but {len(given)} were "
                            "given")
        for name in named:
            if name not in names:
                raise TypeError(f"{type(self).__name__} has no member '{name}'; it has "
                                f"{', '.join(names)}")
            if name in names[:len(given)]:
                raise TypeError(f"{type(self).__name__} was given {name} twice")
        for name, value in itertools.chain(zip(names, given), named.items()):
            setattr(self, name, value)

    def _values(self) -> list[Any]:
        return [getattr(self, member.python_name) for member in self._described.members]

    def __repr__(self) -> str:
        values = ", ".join(f"{member.python_name}={value!r}" for member, value in
                           zip(self._described.members, self._values()))
        return f"{type(self).__name__}({values})"

    def __eq__(self, other: object) -> Any:
        if type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()  # type: ignore[attr-defined]

    __hash__ = None  # type: ignore[assignment]

    def __copy__(self) -> Any:
        return type(self).from_buffer_copy(self)

    def __deepcopy__(self, _: Any) -> Any:
        return type(self).from_buffer_copy(self)

    def __reduce_ex__(self, _: Any) -> Any:
        raise TypeError(f"{self.__module__}.{type(self).__name__} cannot be pickled: pickle does not "
                        "find the library; pickle the members")


def _field(member: _Value) -> str:
    """The name that ctypes knows a member by, which is none that Python code can say."""
    return f"{member.name} in C"


def _member_property(owner: _Type, member: _Value, structure: Any) -> property:
    field = _field(member)
    described = _Function(name=member.name, owner=owner, role=_CONSTRUCTOR)

    def get(self: Any) -> Any:
        return getattr(self, field)

    def put(self: Any, given: Any) -> None:
        if member.kind == _STRUCT:
            if not _is_a(given, structure):
                raise _expected(described, member, structure.__name__, given)
        else:
            given = _checked_number(described, member, given)
        setattr(self, field, given)

    return property(get, put)


def _build_structure(binder: _Binder, described: _Type) -> Any:
    """The class of a structure. Its layout has to come out as the library says it is."""
    fields = []
    properties: dict[str, Any] = {}
    for member in described.members:
        if member.kind == _STRUCT:
            nested = binder.classes.get(member.type.name)
            if nested is None:
                nested = binder.classes[member.type.name] = _build_structure(binder, member.type)
            c_type: Any = nested
        else:
            nested, c_type = None, binder._c_parameters(member)[0]
        fields.append((_field(member), c_type))
        properties[member.python_name] = _member_property(described, member, nested)
    made: Any = type(described.name, (_Structure,), {
        "__module__": binder.description.name, "__doc__": described.doc or None,
        "_described": described, "_fields_": fields, **properties})
    offsets = [getattr(made, name).offset for name, _ in fields]
    if ctypes.sizeof(made) != described.byte_size or \
            offsets != [member.offset for member in described.members]:
        raise ImportError(f"{binder.path}: the structure {described.name} is laid out in a way that "
                          "ctypes does not know; give its members their natural alignment")
    return made


# --- clib's own types: what a Python programmer looks for besides ---------------------------------

class _CounterExtras:
    _full_name: Any
    closed: bool
    value: int

    def __repr__(self) -> str:
        return f"<{self._full_name()}{', closed' if self.closed else f' value={self.value}'}>"


def _bytes_of(other: Any) -> bytes | None:
    """What can be compared with bytes, as them."""
    comparable = (bytes, bytearray, memoryview, array.array)
    return bytes(other) if isinstance(other, comparable) or _is_own(other, "CharBuffer") else None


def _comparisons(qualified: str, plain: Callable[[Any], Any],
                 comparable: Callable[[object], Any]) -> Iterator[Callable[[Any, object], Any]]:
    """__eq__, __lt__, __le__, __gt__ and __ge__ of what `plain` makes of the object, with what
    `comparable` makes of the other one; None is nothing that can be compared."""
    def comparison(name: str) -> Callable[[Any, object], Any]:
        compare_plain = getattr(operator, name)

        def compare(self: Any, other: object) -> Any:
            given = comparable(other)
            return NotImplemented if given is None else compare_plain(plain(self), given)

        compare.__name__, compare.__qualname__ = name, f"{qualified}.{name}"
        compare.__annotations__.pop("self")
        return compare

    return map(comparison, ("__eq__", "__lt__", "__le__", "__gt__", "__ge__"))


def _is_own(other: object, name: str) -> bool:
    """Whether something is an object of this class of libclib.so, however that was loaded."""
    return any(getattr(each, "_own_name", "") == name for each in type(other).__mro__)


class _CharBufferExtras:
    """What bytearray has and the C ABI need not have."""

    _own_name = "CharBuffer"

    _full_name: Any
    closed: bool
    read: Any
    write: Any
    assign: Any
    erase: Any
    resize: Any
    at: Any
    set: Any
    _plain_append: Any
    _plain_insert: Any
    __len__: Any

    def _index(self, index: Any) -> int:
        size = len(self)
        try:
            number = operator.index(index)
        except TypeError:
            raise TypeError("CharBuffer: an index must be int or a slice, not "
                            f"{type(index).__name__}") from None
        if not -size <= number < size:
            raise IndexError(f"CharBuffer: index is {number}; pass one from {-size} to {size - 1}"
                             if size else
                             f"CharBuffer: index is {number}, but the buffer is empty")
        return number + size if number < 0 else number

    def __getitem__(self, index: Any) -> Any:
        """A byte as int, or the bytes of a slice, copied."""
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            if step == 1:
                part = bytearray(max(stop - start, 0))
                return bytes(part[:self.read(start, part)]) if part else b""
            return bytes(self)[index]
        try:
            if index >= 0:
                return self.at(index)
        except (TypeError, OverflowError):  # it is no int, or far out
            pass
        return self.at(self._index(index))

    def __setitem__(self, index: Any, value: Any) -> None:
        """A byte, from int, or the bytes of a slice, which may be more or fewer than before."""
        if not isinstance(index, slice):
            try:
                self.set(self._index(index), value)
            except OverflowError:
                raise ValueError("CharBuffer: a byte must be from 0 to 255") from None
            return
        data = _slice_bytes(value)
        start, stop, step = index.indices(len(self))
        if step == 1 and len(data) == max(stop - start, 0):
            self.write(start, data)
            return
        whole = bytearray(bytes(self))
        whole[index] = data
        self._replace(whole)

    def __delitem__(self, index: Any) -> None:
        if not isinstance(index, slice):
            self.erase(self._index(index), 1)
            return
        start, stop, step = index.indices(len(self))
        if step == 1 and start < stop:
            self.erase(start, stop - start)
            return
        whole = bytearray(bytes(self))
        del whole[index]
        self._replace(whole)

    def _replace(self, whole: bytearray) -> None:
        """As many bytes as before stay where they are, also while they are lent."""
        if len(whole) == len(self):
            self.write(0, whole)
        else:
            self.assign(whole)

    def __iter__(self) -> Iterator[int]:
        return iter(bytes(self))

    def __contains__(self, part: object) -> bool:
        data = _bytes_of(part)
        return (part if data is None else data) in bytes(self)  # type: ignore[operator]

    def __bytes__(self) -> bytes:
        while True:
            data = bytearray(len(self))
            if self.read(0, data) == len(data) == len(self):  # else another thread changed it
                return bytes(data)

    def __repr__(self) -> str:
        if self.closed:
            return f"<{self._full_name()}, closed>"
        return f"CharBuffer({bytes(self)!r})"

    __eq__, __lt__, __le__, __gt__, __ge__ = _comparisons(
        "_CharBufferExtras", bytes, _bytes_of)
    __hash__ = None  # type: ignore[assignment]

    def append(self, data: str | ReadableBuffer) -> None:
        """Adds bytes at the end; its own, too."""
        self._plain_append(bytes(self) if data is self else data)

    extend = append

    def insert(self, index: int, data: str | ReadableBuffer) -> None:
        """Puts bytes before the one at index; its own, too."""
        if hasattr(type(index), "__index__") and operator.index(index) < 0:
            index = max(operator.index(index) + len(self), 0)
        self._plain_insert(index, bytes(self) if data is self else data)

    def __iadd__(self, data: Any) -> Any:
        self.append(data)
        return self

    def __copy__(self) -> Any:
        return _copied(self, lambda value: value)

    def __deepcopy__(self, memo: Any) -> Any:
        return _copied(self, lambda value: copy.deepcopy(value, memo))

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """The bytes as text."""
        return bytes(self).decode(encoding, errors)


def _slice_bytes(value: Any) -> Any:
    """What may be assigned to a slice, as bytes."""
    if isinstance(value, str):
        raise TypeError("CharBuffer: a slice is assigned bytes, not str; encode() it")
    if hasattr(type(value), "__index__"):  # of which bytes() would make so many zeros
        raise TypeError(f"CharBuffer: a slice is assigned bytes, not {type(value).__name__}")
    return bytes(value)


def _text_of(other: object) -> str | None:
    """What can be compared with text, as it."""
    return str(other) if isinstance(other, str) or _is_own(other, "CString") else None


def _copied(own: Any, copy_attribute: Callable[[Any], Any]) -> Any:
    """A copy, of a class derived in Python too: with its attributes, without its constructor."""
    made_by = next(each for each in type(own).__mro__ if "_pin" in vars(each))
    made = type(own)._adopt(made_by(bytes(own))._take())
    for name, value in getattr(own, "__dict__", {}).items():
        if name != "_handle":
            setattr(made, name, copy_attribute(value))
    return made


class _CStringExtras:
    _own_name = "CString"

    _full_name: Any
    closed: bool
    read: Any
    __len__: Any

    def __bytes__(self) -> bytes:
        data = bytearray(len(self))
        return bytes(data[:self.read(data)]) if data else b""

    def __repr__(self) -> str:
        if self.closed:
            return f"<{self._full_name()}, closed>"
        return f"CString({str(self)!r})"

    __eq__, __lt__, __le__, __gt__, __ge__ = _comparisons(
        "_CStringExtras", str, _text_of)

    def __hash__(self) -> int:
        return hash(str(self))

    def __copy__(self) -> Any:
        return _copied(self, lambda value: value)

    def __deepcopy__(self, memo: Any) -> Any:
        return _copied(self, lambda value: copy.deepcopy(value, memo))


_EXTRAS = {"clib_counter": _CounterExtras, "clib_char_buffer": _CharBufferExtras,
           "clib_c_string": _CStringExtras}

for _extras in _EXTRAS.values():
    for _member in vars(_extras).values():
        if isinstance(_member, types.FunctionType):  # Python's own sentences have it
            _member.__qualname__ = _member.__qualname__.removeprefix("_").replace("Extras.", ".")


# --- Native functions and types of CPython ------------------------------------------------------------

class _CPythonFunction(ctypes.Structure):
    _fields_ = [("fallback", ctypes.py_object), ("raise_failure", ctypes.py_object)]


def _struct(name: str, *fields: Any) -> Any:
    return type(name, (ctypes.Structure,), {"_fields_": [
        (field, ctypes.c_void_p if c_type is None else c_type)
        for field, c_type in zip(fields[::2], fields[1::2])]})


# CPython's, as its stable ABI fixes them.
_PyMethodDef = _struct("PyMethodDef", "name", ctypes.c_char_p, "function", None, "flags",
                       ctypes.c_int, "doc", ctypes.c_char_p)
_PyGetSetDef = _struct("PyGetSetDef", "name", ctypes.c_char_p, "get", None, "set", None, "doc",
                       ctypes.c_char_p, "closure", None)
_PyMemberDef = _struct("PyMemberDef", "name", ctypes.c_char_p, "type", ctypes.c_int, "offset",
                       ctypes.c_ssize_t, "flags", ctypes.c_int, "doc", ctypes.c_char_p)
_PyTypeSlot = _struct("PyType_Slot", "slot", ctypes.c_int, "function", None)
_PyTypeSpec = _struct("PyType_Spec", "name", ctypes.c_char_p, "basicsize", ctypes.c_int, "itemsize",
                      ctypes.c_int, "flags", ctypes.c_uint, "slots", None)

_METH_FASTCALL_KEYWORDS = 0x80 | 0x02
_T_ULONGLONG, _T_PYSSIZET, _READONLY = 18, 19, 1
_TPFLAGS = 1 << 18 | 1 << 10  # Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE
_SLOTS = {"bf_getbuffer": 1, "bf_releasebuffer": 2, "sq_length": 45, "tp_alloc": 47,
          "tp_dealloc": 52, "tp_doc": 56, "tp_init": 60, "tp_iter": 62, "tp_iternext": 63,
          "tp_methods": 64, "tp_members": 72, "tp_getset": 73}
_SLOTS_BY_ROLE = {_CONSTRUCTOR: "tp_init", _DESTRUCTOR: "tp_dealloc", _PIN: "bf_getbuffer",
                  _UNPIN: "bf_releasebuffer"}
_SLOTS_BY_NAME = {"__len__": "sq_length", "__next__": "tp_iternext"}

# Attributes of a class that are not for another one.
_OF_A_CLASS_IN_PYTHON = {"__module__", "__doc__", "__dict__", "__weakref__", "__slots__",
                         "__qualname__", "__annotations__", "__init__", "__del__", "__buffer__",
                         "__static_attributes__", "__firstlineno__"}


class _Signature:
    """A constructor's, made when it is asked for. Python 3.9 drops what stands in the docstring of a
    native type. A class that is derived from it may have another constructor."""

    def __init__(self, owner: type, constructor: _Function) -> None:
        self._owner = owner
        self._constructor = constructor

    def __get__(self, _: object, owner: type) -> Any:
        if owner is not self._owner:
            raise AttributeError("__signature__")
        import inspect
        return inspect.Signature([
            inspect.Parameter(
                value.python_name, inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=value.default if value.is_optional else inspect.Parameter.empty)
            for value in self._constructor.named_parameters])


class _NotNative(Exception):
    """Why a library is used through ctypes."""


def _address_of(name: str) -> int:
    """Of a function or variable of Python's own."""
    return ctypes.addressof(ctypes.c_char.in_dll(ctypes.pythonapi, name))


def _result_for_native(called: Callable[..., Any] | None, result: object) -> int:
    """What clib_python::check_results in describe.h says."""
    if called is None:
        _Binder._keep(_called_too_late(), None)
        return 0
    return _checked_result(called, result)


class _Native:
    """Makes built-in functions and types of a library's thunks. What these structs of CPython refer
    to lives for ever, as the functions may."""

    def __init__(self, binder: _Binder, reader: _Reader) -> None:
        if not _IS_CPYTHON:
            import platform
            raise _NotNative(f"{platform.python_implementation()} is not CPython")
        if "free-threading build" in sys.version:
            raise _NotNative("this is a free-threaded build, whose objects have another layout")
        if reader.python is None:
            raise _NotNative("the library was made with a clib that had no native functions")
        self._binder = binder
        self._kept: list[Any] = []
        self._offset = object.__basicsize__
        table = reader.python
        if not table.check_results:
            raise _NotNative("the library was made with an older clib, before its native functions "
                             "were finished")
        names = reader.native_names()
        addresses = (ctypes.c_void_p * len(names))()
        for i, name in enumerate(names):
            try:
                addresses[i] = _address_of(name)
            except ValueError:
                raise _NotNative(f"this Python has no {name}") from None
        bind = _at(table.bind, False, ctypes.c_int,
                   ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t)
        if bind(addresses, len(names), self._offset) != 0:
            raise _NotNative("another binding or interpreter of this process has set the library up")
        self.trace = _at(table.trace, False, None, ctypes.c_int)
        _at(table.check_results, False, None, ctypes.py_object)(self._keep(_result_for_native))
        self._new_function = _at(_address_of("PyCFunction_NewEx"), False, ctypes.py_object,
                                 ctypes.c_void_p, ctypes.c_void_p, ctypes.py_object)
        self._new_type = _at(_address_of("PyType_FromSpec"), False, ctypes.py_object,
                             ctypes.c_void_p)

    def _keep(self, thing: Any) -> Any:
        self._kept.append(thing)
        return thing

    def _address(self, thing: Any) -> int:
        return ctypes.addressof(self._keep(thing))

    @staticmethod
    def _doc(function: _Function, name: str, receiver: str, doc: str) -> bytes:
        """A docstring, with the signature in the form that inspect finds in it."""
        return f"{name}({_parameter_list(function, receiver)})\n--\n\n{doc}".encode()

    def _method(self, function: _Function, name: str) -> Any:
        return _PyMethodDef(self._keep(name.encode()), function.python_call,
                            _METH_FASTCALL_KEYWORDS,
                            self._keep(self._doc(function, name, "$self", function.doc)))

    def function(self, function: _Function) -> Any:
        """A function of the module, or one of a type that takes no object."""
        definition = self._address(self._method(function, function.python_name))
        return self._new_function(definition, None, self._binder.description.name)

    def _type_spec(self, described: _Type, extras: Any) -> int:
        slots: list[tuple[str, int]] = []
        methods, properties = [], []
        doc = described.doc.encode()
        for function in self._binder.functions_of(described):
            slot = _SLOTS_BY_NAME.get(function.name) if function.role == _METHOD else \
                _SLOTS_BY_ROLE.get(function.role)
            if slot is not None:
                slots.append((slot, function.python_slot))
            if function.role == _CONSTRUCTOR:
                if function.python_call:
                    slots.append(("tp_alloc", function.python_call))
                doc = self._doc(function, described.name, "", described.doc)
            elif function.role == _PROPERTY:
                properties.append(_PyGetSetDef(
                    self._keep(function.python_name.encode()), function.python_slot, None,
                    self._keep(function.doc.encode()) or None, None))
            elif function.role == _METHOD and slot is None:
                methods.append(self._method(function, _attribute(function, extras)))
        slots += [
            ("tp_doc", self._address(ctypes.create_string_buffer(doc))),
            ("tp_methods", self._address((_PyMethodDef * (len(methods) + 1))(*methods))),
            ("tp_getset", self._address((_PyGetSetDef * (len(properties) + 1))(*properties))),
            ("tp_members", self._address((_PyMemberDef * 3)(
                (b"_handle", _T_ULONGLONG, self._offset, 0, None),
                (b"__weaklistoffset__", _T_PYSSIZET, self._offset + 8, _READONLY, None))))]
        if any(slot == "tp_iternext" for slot, _ in slots):
            slots.append(("tp_iter", _address_of("PyObject_SelfIter")))
        filled = (_PyTypeSlot * (len(slots) + 1))(*(
            (_SLOTS[slot], address) for slot, address in slots))
        full_name = f"{self._binder.description.name}.{described.name}".encode()
        return self._address(_PyTypeSpec(self._keep(full_name), self._offset + 24, 0, _TPFLAGS,
                                         self._address(filled)))

    def make_class(self, described: _Type, bases: tuple[type, ...],
                   members: dict[str, Any]) -> Any:
        extras = _extras_of(self._binder.description, described)
        made = self._new_type(self._type_spec(described, extras))
        # Copied and not inherited: objects of a class that is derived from one in Python would be
        # larger, slower and known to the garbage collector, which has no business with them.
        made.__name__ = described.name  # that Python's own sentences have it as of any other class
        native = set(vars(made))
        for base in (*bases[:-1], *bases[-1].__mro__[:-1]):
            members = {**vars(base), **members}
        if "__init__" not in native:
            made.__init__ = _Object.__init__
        for name, member in members.items():
            if name not in native and name not in _OF_A_CLASS_IN_PYTHON:
                setattr(made, name, member)
        made._take, made._put, made.close = _take_native, _put_native, _close
        if sys.version_info < (3, 10):
            for function in self._binder.functions_of(described):
                if function.role == _CONSTRUCTOR:
                    made.__signature__ = _Signature(made, function)
        ctypes.c_void_p.from_address(described.python).value = id(self._keep(made))
        return made

    def connect(self, function: _Function) -> None:
        """Says what a thunk calls for what it does not do itself. Most programs need few of these
        functions, so each is made when it is called first."""
        state = _CPythonFunction.from_address(function.python)

        def fallback(*given: Any, **named: Any) -> Any:
            if function.role == _DESTRUCTOR:
                return _report_pending(function.owner.name)
            state.fallback = self._keep(self._binder.bind(function))
            return state.fallback(*given, **named)

        def raise_failure(code: int, receiver: Any) -> None:
            raise self._binder.failure(function, code, receiver)

        state.fallback, state.raise_failure = self._keep(fallback), self._keep(raise_failure)


# Between these lines Python changes to another thread only before 3.10.
def _take_native(self: Any) -> int:
    handle: int = self._handle
    self._handle = 0
    return handle


def _put_native(self: Any, handle: int) -> bool:
    if not self._handle:
        self._handle = handle
        return True
    return False


for _name in ("__doc__", "__name__", "__qualname__"):
    setattr(_close, _name, getattr(_Object.close, _name))


# --- Loading ----------------------------------------------------------------------------------------

class Library(types.ModuleType):
    """A loaded library: its functions and classes, and `__version__`."""

    __version__: str
    __native__: bool
    __why_not_native__: str
    _binder: _Binder

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        description = self._binder.description
        unknown = [each.python_name for each in description.functions_of(None)
                   if not _is_known(each)]
        unknown += [each.name for each in description.types if not _is_known_type(each)]
        if name in unknown:
            raise AttributeError(f"{self.__name__}.{name} needs a newer clib.py than this one")
        raise AttributeError(f"{self.__file__} has no '{name}'; see what there is with "
                             f"help({self.__name__}), or with python3 -m clib describe")


_loaded: dict[tuple[int, int, bool], Library] = {}
_loading = threading.RLock()


def load(path: str | os.PathLike[str], *, against: str | os.PathLike[str] | None = None,
         native: bool = True) -> Library:
    """The module of a library that describes itself.

    Where that can be, its functions are built-in functions and its objects native; `native=False`,
    or CLIB_NATIVE=0 in the environment, calls it through ctypes as everywhere else, with the same
    results. The module's `__native__` says which it is, and `__why_not_native__` why.

    `against` is a description that was saved with `python3 -m clib describe --json`, or an older
    library: functions that have changed since are refused by name.

    Raises FileNotFoundError, OSError if the library cannot be loaded, ImportError if it is not made
    with clib, is damaged, or has changed, and ValueError if `against` is no description.
    """
    file = _existing(path)
    native = native and os.environ.get("CLIB_NATIVE", "1") != "0"
    status = os.stat(file)
    key = status.st_dev, status.st_ino, native
    with _loading:
        module = _loaded.get(key)
        if module is None:
            module = _loaded[key] = _bind(file, *_open(file), native)
            _trace()
    if against is not None:
        changes = incompatible_changes(_read(against), module._binder.description)
        if changes:
            raise ImportError(f"{file} is not what {os.fspath(against)} says: {', '.join(changes)}; "
                              "use the older library, or save the description of this one")
    return module


def _existing(path: str | os.PathLike[str]) -> str:
    file = os.path.abspath(os.fspath(path))
    if os.path.isdir(file):
        raise IsADirectoryError(21, f"{file} is a folder; pass the path of a file in it", file)
    if not os.path.isfile(file):
        raise FileNotFoundError(2, f"there is no file {file}; build it, or pass the path where it is",
                                file)
    return file


def _damaged(file: str, damage: _Damaged) -> ImportError:
    return ImportError(f"{file} has a description that cannot be used: {damage}; build it anew")


def _open(file: str) -> tuple[Any, _Reader]:
    if _is_cut_off(file):
        raise OSError(f"{file} is cut off: its end is missing; copy or build it anew")
    try:
        library = ctypes.CDLL(file)
    except OSError as error:
        raise OSError(_why_not_loaded(file, str(error))) from None
    try:
        describe_function = library.clib_describe
    except AttributeError:
        raise ImportError(f"{file} is a library, but does not describe itself: it has no "
                          "clib_describe(); list its functions with CLIB_MODULE") from None
    describe_function.restype = ctypes.c_void_p
    try:
        return library, _Reader(describe_function() or 0)
    except _Damaged as damage:
        raise _damaged(file, damage) from None


def _is_cut_off(file: str) -> bool:
    """Whether the end of an ELF file is missing. The system would load it, and the process crash."""
    with open(file, "rb") as opened:
        header = opened.read(64)
        if len(header) < 64 or not header.startswith(b"\x7fELF\x02\x01"):  # 64 bits, little-endian
            return False
        start = int.from_bytes(header[32:40], "little")
        size, count = struct.unpack_from("<HH", header, 54)
        end = opened.seek(0, os.SEEK_END)
        if start + size * count > end:
            return True
        opened.seek(start)
        table = opened.read(size * count)
    segments = (struct.unpack_from("<IIQQQQ", table, i * size) for i in range(count) if size >= 40)
    return any(kind == 1 and offset + length > end for kind, _, offset, _, _, length in segments)


def _why_not_loaded(file: str, reason: str) -> str:
    """One sentence of what the system says."""
    reason = reason.removeprefix(f"Cannot load library {file}: ")  # as PyPy says it first
    missing, found, _ = reason.partition(": cannot open shared object file")
    if found and os.path.basename(missing) and missing != file:
        return (f"{file} needs {missing}, which is not found; install it, or name its folder in "
                "LD_LIBRARY_PATH")
    if "invalid ELF header" in reason or "file too short" in reason or "wrong ELF class" in reason:
        return f"{file} is no shared library for this machine; pass one that is"
    return f"{file} cannot be loaded: {reason.removeprefix(file + ': ')}; build it anew"


def _bind(file: str, library: Any, reader: _Reader, native: bool) -> Library:
    binder = _Binder(file, library, reader)
    if native:
        try:
            binder.native = _Native(binder, reader)
            binder.why_not_native = ""
        except _NotNative as reason:
            binder.why_not_native = str(reason)
        except _Damaged as damage:
            raise _damaged(file, damage) from None
    description = binder.description
    module = Library(description.name, description.doc or None)
    module.__file__ = file
    module.__version__ = description.version
    module.__native__ = binder.native is not None
    module.__why_not_native__ = binder.why_not_native
    module._binder = binder
    for described in filter(_is_known_type, description.types):
        if described.name not in binder.classes:
            build = _build_structure if described.kind == _STRUCT_TYPE else _build_class
            binder.classes[described.name] = build(binder, described)
    for described in description.types:
        if described.kind == _HANDLE_TYPE and described.name in binder.classes:
            _add_functions(binder, described)
    module.__dict__.update(binder.classes)
    for function in binder.functions_of(None):
        if function.role == _FUNCTION:
            if binder.native is not None:
                binder.native.connect(function)
            make = binder.bind if binder.native is None else binder.native.function
            module.__dict__[function.python_name] = make(function)
    module.__dict__["__all__"] = [name for name in module.__dict__ if not name.startswith("_")]
    return module


def _find_own() -> str:
    """Where libclib.so is: where the environment says, beside this file, or where it is installed
    with it."""
    named = os.environ.get(ENVIRONMENT)
    if named:
        if not os.path.isfile(named):
            raise FileNotFoundError(2, f"{ENVIRONMENT} names {named}, where there is no file; name "
                                    "the path of libclib.so", named)
        return named
    names = {"win32": ["clib.dll", "libclib.dll"], "darwin": ["libclib.dylib"]}.get(
        sys.platform, ["libclib.so", "libclib.so.0"])
    here = os.path.dirname(os.path.realpath(__file__))
    for folder in itertools.chain([here], _installed_folders(here)):
        for name in names:
            if os.path.isfile(os.path.join(folder, name)):
                return os.path.join(folder, name)
    raise FileNotFoundError(
        2, f"there is no {names[0]} beside {__file__} nor where it is installed; put it there, or "
        f"name its path in {ENVIRONMENT}", names[0])


def _installed_folders(here: str) -> Iterator[str]:
    """The library folders of the prefix that this file is installed under."""
    import pathlib
    for prefix in pathlib.Path(here).parents:
        if (prefix / "lib").is_dir():
            yield from map(str, [prefix / "lib", *sorted((prefix / "lib").glob("*-linux-*")),
                                 prefix / "lib64"])
            return


def __getattr__(name: str) -> Any:
    if name in ("Counter", "CharBuffer", "CString"):
        value = getattr(load(_find_own()), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'clib' has no attribute '{name}'")


# --- What is alive ------------------------------------------------------------------------------------

def live() -> dict[str, int]:
    """How many objects of each class are alive in this process, whoever made them; classes with none
    are left out."""
    alive: dict[str, int] = {}
    # One that is bound in both ways is one library.
    for module in {key[:2]: module for key, module in list(_loaded.items())}.values():
        binder = module._binder
        for described in binder.description.types:
            count = binder.live(described.symbol.encode())
            if described.kind == _HANDLE_TYPE and count:
                name = f"{module.__name__}.{described.name}"
                alive[name] = alive.get(name, 0) + count
    return alive


def _trace() -> None:
    """Has every object written into the ledgers, if there are any."""
    for module in list(_loaded.values()):
        if module._binder.native is not None:
            module._binder.native.trace(bool(_ledgers))


class no_leaks:  # noqa: N801 - used as a statement
    """`with clib.no_leaks():` raises LeakError if objects made inside, by any thread, are not freed
    at its end."""

    def __enter__(self) -> no_leaks:
        global _ledgers
        self._ledger: _Ledger = []
        with _loading:
            _ledgers = (*_ledgers, self._ledger)
            _trace()
        return self

    def __exit__(self, error_type: object, *_: object) -> None:
        global _ledgers
        with _loading:
            _ledgers = tuple(ledger for ledger in _ledgers if ledger is not self._ledger)
            _trace()
        if error_type is None and self._leaks():
            gc.collect()  # what only a cycle keeps is no leak
            leaks = self._leaks()
            if leaks:
                raise LeakError(leaks)

    def _leaks(self) -> list[tuple[str, str, int]]:
        # One that was made again, by another call of its __init__(), was made there.
        made = {id(each[0]): each for each in self._ledger}  # there is one such weakref an object
        alive = ((reference(), file, line) for reference, file, line in made.values())
        return [(each._full_name(), file, line) for each, file, line in alive
                if each is not None and not each.closed]


# --- Descriptions, shown and saved --------------------------------------------------------------------

_ROLE_NAMES = ["function", "method", "constructor", "destructor", "property", "pin", "unpin",
               "support"]


def _read(path: str | os.PathLike[str]) -> _Description:
    """The description in a library or in a saved file."""
    file = _existing(path)
    with open(file, "rb") as opened:
        if opened.read(1) == b"{":
            return _saved(file, b"{" + opened.read())
    return _open(file)[1].description


def describe(path: str | os.PathLike[str]) -> dict[str, Any]:
    """What a library says of itself, in dicts and lists that json can save."""
    return _saved_form(_read(path))


def _saved_form(description: _Description) -> dict[str, Any]:
    def form(record: Any) -> Any:
        if isinstance(record, _Type):  # is saved once
            return record.symbol
        if isinstance(record, float) and not math.isfinite(record):
            return str(record)  # JSON has no such numbers
        return whole(record) if isinstance(record, _Record) else record

    def whole(record: Any) -> dict[str, Any]:
        saved = {}
        for name in record.saved:
            value = getattr(record, name)
            saved[name] = [form(each) for each in value] if isinstance(value, list) else form(value)
        return saved

    saved = {name: getattr(description, name) for name in ("name", "version", "toolkit", "doc")}
    saved["clib_description"] = _FORMAT
    saved["types"] = [whole(each) for each in description.types]
    saved["functions"] = [whole(each) for each in description.functions]
    return saved


def _saved(file: str, data: bytes) -> _Description:
    """The description that `describe --json` wrote to a file."""
    import json
    try:
        saved = json.loads(data)
        if saved["clib_description"] != _FORMAT:
            raise KeyError("clib_description")
        types = {each["symbol"]: _Type.of_saved(each) for each in saved["types"]}

        def read_value(each: dict[str, Any]) -> _Value:
            made: _Value = _Value.of_saved(each)
            made.type = types[made.type] if made.type else None
            made.callback = read_function(made.callback) if made.callback else None
            if made.kind in (_FLOAT, _DOUBLE) and made.default is not None:
                made.default = float(made.default)
            return made

        def read_function(each: dict[str, Any]) -> _Function:
            made: _Function = _Function.of_saved(each)
            made.owner = types[made.owner] if made.owner else None
            made.result = read_value(made.result)
            made.parameters = [read_value(parameter) for parameter in made.parameters]
            return made

        for described in types.values():
            described.members = [read_value(each) for each in described.members]
        description: _Description = _Description.of_saved(saved)
        description.types = list(types.values())
        description.functions = [read_function(each) for each in description.functions]
        return description
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{file} is no description; save one with python3 -m clib describe --json "
                         "LIBRARY") from None


def incompatible_changes(old: _Description, new: _Description) -> list[str]:
    """What of the old description a program may rely on and does not find in the new one, one
    sentence each. What was added is no such thing."""
    changes = []
    types = {described.name: described for described in new.types}
    for described in old.types:
        now = types.get(described.name)
        if now is None:
            changes.append(f"{described.name} is gone")
        elif (now.kind, now.symbol) != (described.kind, described.symbol) or \
                now.hash != described.hash:
            changes.append(f"the structure {described.name} has another layout"
                           if described.kind == now.kind == _STRUCT_TYPE else
                           f"{described.name} is another type")
    functions = {(function.full_name, function.role): function for function in new.functions}
    symbols = {function.symbol: function for function in new.functions}
    for function in old.functions:
        after = functions.get((function.full_name, function.role))
        if after is None:
            same = symbols.get(function.symbol)
            changes.append(f"{function.full_name} is gone" if same is None else
                           f"{function.full_name}, a {_role_name(function)}, is now "
                           f"{same.full_name}, a {_role_name(same)}")
        elif after.hash != function.hash:
            changes.append(f"{function.full_name} has changed from {_declared(function)} to "
                           f"{_declared(after)}")
        else:
            changes += _changed_parameters(function, after)
    return changes


def _role_name(function: _Function) -> str:
    role: int = function.role
    return _ROLE_NAMES[role] if role < len(_ROLE_NAMES) else "function of a newer clib"


def _declared(function: _Function) -> str:
    return c_declaration(function)[:-1] if _is_known(function) else "something of a newer clib"


def _changed_parameters(old: _Function, new: _Function) -> list[str]:
    """Changes that C does not see, but a caller in Python does."""
    changes = []
    for before, after in zip(old.named_parameters, new.named_parameters):
        name = f"{old.full_name}: the parameter {before.name}"
        if before.name != after.name:
            changes.append(f"{name} is now named {after.name}")
        elif before.is_optional and not after.is_optional:
            changes.append(f"{name} has no default any more")
        elif before.is_optional and _literal(before.default) != _literal(after.default):
            changes.append(f"{name} has another default, {after.default!r} and not "
                           f"{before.default!r}")
        elif before.flags & _NULLABLE and not after.flags & _NULLABLE:
            changes.append(f"{name} may not be None any more")
    return changes


def _description_text(description: _Description) -> str:
    """The table for a person."""
    lines = [f"{description.name} {description.version} (clib {description.toolkit})"]
    lines += [description.doc] if description.doc else []

    def show(function: _Function, indent: str) -> None:
        if not _is_known(function):
            lines.append(f"{indent}{function.python_name}, which needs a newer clib.py than this one")
            return
        result = function.owner.name if function.role == _CONSTRUCTOR else \
            _result_annotation(function.result)
        called = function.owner.name if function.role == _CONSTRUCTOR else function.python_name
        signature = "" if function.role == _PROPERTY else \
            f"({_parameter_list(function, '', _argument_annotation)})"
        notes = [note for note, is_so in (
            ("property", function.role == _PROPERTY), ("may block", function.may_block)) if is_so]
        lines.append(f"{indent}{called}{signature} -> {result}"
                     f"{' (' + ', '.join(notes) + ')' if notes else ''}")
        lines.extend([f"{indent}    {function.doc}"] if function.doc else [])
        lines.append(f"{indent}    {c_declaration(function)}")

    for described in filter(_is_known_type, description.types):
        kind = "structure" if described.kind == _STRUCT_TYPE else "class"
        lines += ["", f"{kind} {described.name}" + (f": {described.doc}" if described.doc else "")]
        for member in described.members:
            lines.append(f"    {member.python_name}: {_result_annotation(member)}, "
                         f"{_c_type(member)} at {member.offset}")
        for function in description.functions_of(described):
            show(function, "    ")
    plain = [each for each in description.functions_of(None) if each.role == _FUNCTION]
    if plain:
        lines += ["", "functions"]
        for function in plain:
            show(function, "    ")
    support = [each for each in description.functions if each.role == _SUPPORT]
    lines += ["", "for callers without a binding",
              *(f"    {c_declaration(function)}" for function in support)]
    return "\n".join(lines) + "\n"


# --- The C header -------------------------------------------------------------------------------------

def _c_type(value: _Value) -> str:
    """The C type of a value that is one C parameter, or a result."""
    constant = "const " if value.flags & _CONST else ""
    kind = value.kind
    if kind in _NUMBER_NAMES:
        return _NUMBER_NAMES[kind]
    if kind == _NONE:
        return "void"
    if kind == _STRUCT:
        return str(value.type.symbol)
    if kind in (_HANDLE, _STRUCT_POINTER):
        return f"{constant}{value.type.symbol}*"
    if kind == _BYTES:
        return "const uint8_t*"
    return f"{constant}char*"


_NOT_IN_C = frozenset("""
    alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t char32_t
    char8_t class co_await co_return co_yield compl concept const const_cast consteval constexpr
    constinit continue decltype default delete do double dynamic_cast else enum explicit export
    extern false float for friend goto if inline int long mutable namespace new noexcept not not_eq
    nullptr operator or or_eq private protected public register reinterpret_cast requires restrict
    return short signed sizeof static static_assert static_cast struct switch template this
    thread_local throw true try typedef typeid typename union unsigned using virtual void volatile
    wchar_t while xor xor_eq""".split())  # the keywords of C and C++, and the macros of stdbool.h


def _c_name(value: _Value) -> str:
    name: str = value.name
    return name + "_" if name in _NOT_IN_C else name


def _pointer_to(function: _Function, name: str) -> str:
    parameters = [_c_parameter(value, "") for value in function.parameters] + ["void* context"]
    return f"{_c_type(function.result)} (*{name})({', '.join(parameters)})"


def _c_parameter(value: _Value, name: str, others: Collection[str] = ()) -> str:
    """A value as it stands in a list of C parameters, where it may be more than one. `others` are
    the names that they may not have."""
    def part(suffix: str) -> str:
        made = f"{name}_{suffix}"
        while made in others:
            made += "_"
        return made

    constant = "const " if value.flags & _CONST else ""
    size = f", size_t {part('size')}" if name else ", size_t"
    named = f" {name}" if name else ""
    if value.kind in (_BYTES, _WRITABLE):
        return f"{constant}char*{named}{size}"
    if value.kind in (_SEQUENCE, _WRITABLE_SEQUENCE):
        element = value.type.symbol if value.element == _STRUCT else _NUMBER_NAMES[value.element]
        return f"{constant}{element}*{named}{size}"
    if value.kind in (_CALLBACK, _KEPT_CALLBACK):
        release = f", void (*{part('release')})(void* context)"
        return (f"{_pointer_to(value.callback, name)}, void* {part('context')}"
                f"{release if value.kind == _KEPT_CALLBACK else ''}")
    return f"{_c_type(value)}{named}"


def c_declaration(function: _Function) -> str:
    """A function as C declares it."""
    names = [_c_name(value) for value in function.parameters]
    parameters = ", ".join(map(_c_parameter, function.parameters, names, itertools.repeat(names)))
    return f"{_c_type(function.result)} {function.symbol}({parameters or 'void'});"


def _header_text(description: _Description) -> str:
    guard = f"{description.name.upper()}_H"
    lines = [f"/* {description.name} {description.version}"
             f"{': ' + _in_comment(description.doc) if description.doc else ''}",
             " *",
             " * NULL or a negative number is a failure: "
             f"{description.name}_last_error() is its sentence and",
             f" * {description.name}_last_status() its code. A function that returns bool, double or a "
             "structure fails",
             " * with false, NaN or zeros, and a status that is not 0. Text that is returned is copied "
             "before the",
             " * thread's next call. */",
             f"#ifndef {guard}", f"#define {guard}", "", "#include <stdbool.h>",
             "#include <stddef.h>", "#include <stdint.h>", "",
             "#ifdef __cplusplus", 'extern "C" {', "#endif", ""]
    for described in filter(_is_known_type, description.types):
        if described.kind == _HANDLE_TYPE:
            lines += _c_comment(described.doc)
            lines.append(f"typedef struct {described.symbol} {described.symbol};")
        else:
            lines += [*_c_comment(described.doc), f"typedef struct {described.symbol} {{",
                      *(f"    {_c_type(member)} {_c_name(member)};" for member in described.members),
                      f"}} {described.symbol};"]
    lines.append("")
    for function in description.functions:
        lines += [*_c_comment(function.doc), c_declaration(function)] if _is_known(function) else \
            _c_comment(f"{function.symbol}() needs a newer clib.py than this one")
    lines += ["", "/* All of this as a table; see clib/ffi/describe.h. */", "struct clib_module;",
              "const struct clib_module* clib_describe(void);", "",
              "#ifdef __cplusplus", "}", "#endif", "", "#endif"]
    return "\n".join(lines) + "\n"


def _c_comment(doc: str) -> list[str]:
    return [f"/* {_in_comment(doc)} */"] if doc else []


def _in_comment(doc: str) -> str:
    return doc.replace("*/", "* /").replace("/*", "/ *")


# --- The stub for editors and type checkers -------------------------------------------------------------

_STUB_IMPORTS = (
    ("builtins.", "import builtins"),
    ("math.", "import math"),
    ("array[", "from array import array"),
    ("Callable[", "from collections.abc import Callable"),
    ("Iterable[", "from collections.abc import Iterable"),
    ("Iterator[", "from collections.abc import Iterator"),
    ("Any", "from typing import Any"),
    ("ClassVar[", "from typing import ClassVar"),
    ("ReadableBuffer", "from _typeshed import ReadableBuffer"),
    ("WriteableBuffer", "from _typeshed import WriteableBuffer"))


def _stub_doc(doc: str) -> list[str]:
    import json
    return [json.dumps(doc, ensure_ascii=False)] if doc else []


def _stub_function(function: _Function, indent: str) -> list[str]:
    name = _def_name(function)
    # Anything can be compared with anything.
    parameters = _parameter_list(
        function, "self",
        (lambda _: "object") if name in ("__eq__", "__ne__") else _argument_annotation)
    result = "None" if function.role == _CONSTRUCTOR else _result_annotation(function.result)
    lines = []
    if function.role == _PROPERTY:
        lines.append(f"{indent}@property")
    elif function.owner is not None and function.role == _FUNCTION:
        lines.append(f"{indent}@staticmethod")
    head = f"{indent}def {name}({parameters}) -> {result}:"
    if not function.doc:
        return [*lines, f"{head} ..."]
    return [*lines, head, *(f"{indent}    {doc}" for doc in _stub_doc(function.doc))]


_STUB_NO_HASH = "    __hash__: ClassVar[None]  # type: ignore[assignment]"


def _stub_extras(extras: Any, name: str) -> list[str]:
    """What a class of clib's own has besides, as its source declares it."""
    import inspect
    lines = []
    for attribute, member in extras.items():
        if attribute == "__hash__" and member is None:
            lines.append(_STUB_NO_HASH)
        elif isinstance(member, types.FunctionType) and not (
                attribute.startswith("_") and not attribute.startswith("__")):
            declared = [
                each.name + (f": {member.__annotations__[each.name]}"
                             if each.name in member.__annotations__ else "") +
                (f" = {each.default!r}" if each.default is not each.empty else "")
                for each in inspect.signature(member).parameters.values()]
            result = member.__annotations__["return"]
            lines.append(f"    def {attribute}({', '.join(declared)}) -> "
                         f"{name if attribute in _RETURN_SELF else result}: ...")
    return lines


_RETURN_SELF = ("__iadd__", "__copy__", "__deepcopy__")


def _stub_class(description: _Description, described: _Type) -> list[str]:
    name = described.name
    lines = [f"class {name}:", *(f"    {doc}" for doc in _stub_doc(described.doc))]
    if described.kind == _STRUCT_TYPE:
        members = [(member.python_name, _result_annotation(member))
                   for member in described.members]
        lines += [f"    {member}: {annotation}" for member, annotation in members]
        given = ", ".join(f"{member}: {annotation} = ..." for member, annotation in members)
        return [*lines, f"    def __init__(self, {given}) -> None: ...",
                f"    def __copy__(self) -> {name}: ...", _STUB_NO_HASH]
    functions = description.functions_of(described)
    names = {function.name for function in functions}
    extras = _extras_of(description, described)
    for function in functions:
        if function.role not in (_DESTRUCTOR, _PIN, _UNPIN) and _is_known(function) and \
                _def_name(function) not in extras:
            lines += _stub_function(function, "    ")
    lines += _stub_extras(extras, name)
    if "__next__" in names and "__iter__" not in names:
        lines.append(f"    def __iter__(self) -> {name}: ...")
    elif not extras and "__len__" in names and "__iter__" not in names:
        # Python iterates over such a type by itself; type checkers have to be told.
        lines += [f"    def __iter__(self) -> Iterator[{_result_annotation(function.result)}]: ..."
                  for function in functions if function.name == "__getitem__" and
                  [each.kind for each in function.named_parameters] == [_INT64]]
    if "__eq__" in names and "__hash__" not in names:
        lines.append(_STUB_NO_HASH)
    if {function.role for function in functions} >= {_PIN, _UNPIN} and "__len__" in names:
        lines += ["    def view(self) -> memoryview: ...",
                  "    def __buffer__(self, flags: int) -> memoryview: ..."]
    return [*lines, "    def close(self) -> None: ...", "    @property",
            "    def closed(self) -> bool: ...",
            f"    def __enter__(self) -> {name}: ...",
            "    def __exit__(self, *_: object) -> None: ..."]


def _with_builtins(description: _Description, stub: str) -> str:
    """The stub, where a type that has lost its name to something in the library has its full name."""
    names = {each.python_name for each in description.functions}
    names.update(each.name for each in description.types)
    names.update(member.python_name for each in description.types for member in each.members)
    lost = names & {"bool", "bytes", "float", "int", "memoryview", "object", "property",
                    "staticmethod", "str"}
    if not lost:
        return stub
    import re
    one = f"({'|'.join(sorted(lost))})"
    type_name = re.compile(rf"(?<=-> ){one}\b|(?<=[ @\[]){one}\b(?![:(])")
    return "\n".join(line if line.lstrip().startswith('"') else
                     type_name.sub(lambda found: f"builtins.{found[0]}", line)
                     for line in stub.split("\n"))


def _stub_text(description: _Description) -> str:
    lines = ["__version__: str"]
    for described in filter(_is_known_type, description.types):
        lines += ["", *_stub_class(description, described)]
    lines.append("")
    for function in description.functions_of(None):
        if function.role == _FUNCTION and _is_known(function):
            lines += _stub_function(function, "")
    body = _with_builtins(description, "\n".join(lines) + "\n")
    imports = [line for word, line in _STUB_IMPORTS if word in body]
    doc = _stub_doc(description.doc)
    return "\n".join([*doc, *imports, "", body] if imports or doc else [body])


# --- The command ------------------------------------------------------------------------------------------

def main(arguments: list[str] | None = None) -> int:
    """The command python3 -m clib. Returns its exit status."""
    import argparse
    import json
    parser = argparse.ArgumentParser(prog="python3 -m clib", description=(
        "What a library made with clib says of itself. A LIBRARY may also be a saved description."))
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (("describe", "print everything that it offers"),
                       ("stub", "print the .pyi for editors and type checkers"),
                       ("header", "print the C header"),
                       ("check", "fail if it does not offer what it offered before")):
        command = commands.add_parser(name, help=text, description=text.capitalize() + ".")
        command.add_argument("library", metavar="LIBRARY")
        if name == "describe":
            command.add_argument("--json", action="store_true",
                                 help="in a form that can be saved and checked against")
        if name == "check":
            command.add_argument("--against", metavar="SAVED", required=True,
                                 help="what describe --json wrote, or an older library")
    given = parser.parse_args(arguments)
    try:
        description = _read(given.library)
        if given.command == "check":
            changes = incompatible_changes(_read(given.against), description)
            print("\n".join(changes) if changes else
                  f"{given.library} offers all that {given.against} does")
            return 1 if changes else 0
        if given.command == "describe" and given.json:
            print(json.dumps(_saved_form(description), indent=1, allow_nan=False))
        else:
            texts = {"describe": _description_text, "stub": _stub_text, "header": _header_text}
            print(texts[given.command](description), end="")
        return 0
    except (OSError, ImportError, ValueError) as error:
        print(f"{parser.prog}: {getattr(error, 'strerror', None) or error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
