# SPDX-License-Identifier: MIT
"""Reads the description of a loaded library, and checks it: its checksums, and every pointer before
it is followed. A damaged description is an exception, never a crash."""

from __future__ import annotations

from sys import byteorder

try:
    from zlib import crc32
except ImportError:  # a Python that was built without zlib
    from binascii import crc32

from .description import (
    Damaged, Description, ExceptionInfo, Function, Type, Value, put_into_scopes,
)
from .foreign import bytes_at
from .kinds import is_known_function, is_known_type, kind_of
from .layout import (
    CONSTANT, CONSTRUCTOR, DEFAULT_VALUE, ENUM_TYPE, EXCEPTION_INFO, FORMAT, FUNCTION,
    FUNCTION_INFO, HANDLE_TYPE, MAGIC, METHOD, MODULE, MODULE_TYPE, OVERRIDE, PROPERTY, PYTHON,
    PYTHON_STRUCTURE, SETTER, SLOTS_BY_ROLE, STRUCT_TYPE, Struct, TRAVERSE, TYPE_INFO, VALUE,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from .description import Default
    from .layout import Layout

LONGEST = 4096  # of structs
LONGEST_TEXT = 1 << 20
DEEPEST = 8  # of callbacks that take callbacks

READABLE, WRITABLE, RUNNABLE = "r", "w", "x"
_WHAT_IS_MISSING = {READABLE: "nothing", WRITABLE: "nothing to write to", RUNNABLE: "no function"}


class Segment:
    """Memory from `start` up to `end`, with the rights that a process has there."""

    __slots__ = ("start", "end", "rights", "data")

    def __init__(self, start: int, end: int, rights: str) -> None:
        self.start = start
        self.end = end
        self.rights = rights
        self.data = b""  # a copy, which is faster to read; b"" if there is none


LARGEST_COPY = 1 << 20


def _segments_of_process() -> list[Segment]:
    segments = []
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
            for line in maps:
                addresses, _, rest = line.partition(" ")
                start, _, end = addresses.partition("-")
                segments.append(Segment(int(start, 16), int(end, 16), rest[:3]))
    except OSError:  # not Linux: nothing can be checked
        segments = [Segment(1, 1 << 64, "rwx")]
    return segments


def _copy_of(start: int, size: int) -> bytes:
    """A copy of this process's memory. The system makes it where that can be: it refuses what would
    end the process, a page of a file that was cut off for example, and it reads what lies between a
    library's variables, which AddressSanitizer lets nobody else read. Raises Damaged."""
    try:
        memory = open("/proc/self/mem", "rb", buffering=0)
    except OSError:  # not Linux
        return bytes_at(start, size)
    with memory:
        try:
            memory.seek(start)
            data = memory.read(size) or b""
        except (OSError, OverflowError):
            data = b""
    if len(data) != size:
        raise Damaged(f"it points to {start + len(data):#x}, where nothing can be read")
    return data


class Memory:
    """Memory that may be read. The segments of a library say so for nearly all of a description; the
    process is asked only about other addresses, because that takes longer."""

    def __init__(self, segments: Iterable[Segment] = ()) -> None:
        self._segments = list(segments)
        self._is_complete = False  # whether these are the segments of the whole process
        # Those of the last text and record: most are in the same ones.
        self._text_segment = self._record_segment = Segment(0, 0, "")

    def _segment(self, address: int, right: str) -> Segment:
        for segment in self._segments:
            if segment.start <= address < segment.end and right in segment.rights:
                return segment
        if not self._is_complete:
            self._segments, self._is_complete = _segments_of_process(), True
            return self._segment(address, right)
        raise Damaged(f"it points to {address:#x}, where there is {_WHAT_IS_MISSING[right]}")

    def room(self, address: int, right: str = READABLE) -> int:
        """The number of bytes from there on that can be read, written or run."""
        return self._segment(address, right).end - address

    def _segment_to_read(self, address: int) -> Segment:
        """The segment of an address, with a copy of its bytes if it is not too large for that."""
        segment = self._segment(address, READABLE)
        size = segment.end - segment.start
        if not segment.data and not self._is_complete and size <= LARGEST_COPY:
            segment.data = _copy_of(segment.start, size)
        return segment

    def read(self, address: int, size: int) -> bytes:
        """Bytes that one segment has."""
        segment = self._segment(address, READABLE)
        start = address - segment.start
        if segment.data:
            return segment.data[start:start + size]
        # What the library itself has in memory can be read; asking the system takes longer.
        return _copy_of(address, size) if self._is_complete else bytes_at(address, size)

    def text(self, address: int) -> bytes:
        """The text at an address, without its NUL."""
        segment = self._text_segment
        if not segment.start <= address < segment.end:
            segment = self._text_segment = self._segment_to_read(address)
        if segment.data:
            start = address - segment.start
            end = segment.data.find(0, start, start + LONGEST_TEXT)
            if end >= 0:
                return segment.data[start:end]
        else:
            size = 1024  # most are shorter
            while size <= LONGEST_TEXT:
                text, nul, _ = _copy_of(address, min(segment.end - address, size)).partition(b"\0")
                if nul:
                    return text
                size *= 32
        raise Damaged("a text in it has no end")

    def record(self, layout: Layout, address: int) -> tuple[Any, ...]:
        """The members of a struct. The first is its size."""
        segment = self._record_segment
        if not segment.start <= address < segment.end:
            segment = self._record_segment = self._segment_to_read(address)
        room = segment.end - address
        if segment.data and room >= layout.size:  # nearly always
            record = layout.struct.unpack_from(segment.data, address - segment.start)
            if layout.size <= record[0] <= min(room, LONGEST):
                return record
        if room < 8:
            raise Damaged(f"it points to {address:#x}, where there is too little")
        data = self.read(address, min(layout.size, room))
        size = int.from_bytes(data[:4], byteorder)
        if not 8 <= size <= room or size > LONGEST:
            raise Damaged(f"a part of it has a size of {size} bytes")
        return layout.struct.unpack(data) if size >= layout.size else layout.unpack(data[:size])

    def records(self, layout: Layout, address: int,
                count: int) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """An array of structs, each with its address. Each says how long it is."""
        if count > 65536:
            raise Damaged(f"it counts {count} of something")
        for _ in range(count):
            record = self.record(layout, address)
            yield address, record
            address += record[0]


_ONE, _THREE = Struct("<Q"), Struct("<QQQ")
_SCOPE = TYPE_INFO.names.index("scope")
_DEFAULT = Struct("<qd")


def _decoded(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise Damaged("a text in it is not UTF-8") from None


def _check(checksum: int, name: str, parts: Iterable[bytes]) -> None:
    if crc32(b"".join(parts)) != checksum:
        if not name.isprintable():
            name = "a part of it"
        raise Damaged(f"{name} does not have the checksum that it should have")


class ModuleTable:
    """The functions of a library that belong to no description: addresses, or 0."""

    __slots__ = ("live", "callback_failed", "set_interpreter_lock", "forget_callbacks", "python",
                 "set_signal_check", "raise_later", "set_exception_forgetting", "symbol_of",
                 "exception_raised")

    def __init__(self, live: int, callback_failed: int, set_interpreter_lock: int,
                 forget_callbacks: int, python: int, set_signal_check: int,
                 raise_later: int, set_exception_forgetting: int, symbol_of: int,
                 exception_raised: int) -> None:
        self.live = live
        self.callback_failed = callback_failed
        self.set_interpreter_lock = set_interpreter_lock
        self.forget_callbacks = forget_callbacks
        self.python = python
        self.set_signal_check = set_signal_check
        self.raise_later = raise_later
        self.set_exception_forgetting = set_exception_forgetting
        self.symbol_of = symbol_of
        self.exception_raised = exception_raised


class PythonTable:
    """What native functions need of Python, and the functions that set them up."""

    __slots__ = ("names", "bind", "trace", "check_results", "object_of", "put_handle",
                 "take_handle", "unbind", "set_callables", "set_converter", "tell_exceptions",
                 "exceptions")

    def __init__(self, names: list[str], bind: int, trace: int, check_results: int,
                 object_of: int, put_handle: int, take_handle: int, unbind: int,
                 set_callables: int, set_converter: int, tell_exceptions: int,
                 exceptions: int) -> None:
        self.names = names
        self.bind = bind
        self.trace = trace
        self.check_results = check_results
        self.object_of = object_of
        self.put_handle = put_handle
        self.take_handle = take_handle
        self.unbind = unbind
        self.set_callables = set_callables
        self.set_converter = set_converter
        self.tell_exceptions = tell_exceptions
        self.exceptions = exceptions


class Reader:
    """Reads one description, from the address that clib_describe() returns."""

    def __init__(self, address: int, memory: Memory | None = None) -> None:
        self._memory = Memory() if memory is None else memory
        self._types: dict[int, Type] = {}
        self._texts: dict[int, tuple[bytes, str]] = {}
        self._depth = 0  # of callbacks in callbacks, and of values in values
        self.description, self.table = self._read(address)

    @staticmethod
    def _check_begin(memory: Memory, address: int) -> None:
        if memory.room(address) < 12:
            raise Damaged("it is too short")
        magic, version = Struct("=4xII").unpack(memory.read(address, 12))
        if magic != MAGIC:
            raise Damaged("it does not begin as one")
        if version == 1:
            raise OldFormat
        if version != FORMAT:
            raise Damaged(f"it is of format {version}, and this clib reads {FORMAT}")

    def _text(self, address: int) -> tuple[bytes, str]:
        """The text at an address, with its NUL as checksums have it, and as Python has it."""
        both = self._texts.get(address)
        if both is None:
            text = self._memory.text(address)
            both = self._texts[address] = text + b"\0", _decoded(text)
        return both

    def _read(self, address: int) -> tuple[Description, ModuleTable]:
        memory = self._memory
        self._check_begin(memory, address)
        (_, _, _, checksum, name_at, version_at, toolkit_at, doc_at, types_at, type_count,
         functions_at, function_count, live, failed, lock, forget, python, signals,
         later, forgetting, symbol_of, exceptions_at, exception_count, raised) = memory.record(
             MODULE, address)
        for each in (live, failed, lock, forget, signals, later, forgetting, symbol_of, raised):
            if each:
                memory.room(each, RUNNABLE)
        (plain_name, name), (plain_version, version), (_, toolkit), (plain_doc, doc) = [
            self._text(each) for each in (name_at, version_at, toolkit_at, doc_at)]
        scopes: dict[Type, int] = {}
        for at, record in memory.records(TYPE_INFO, types_at, type_count):
            # Known from now on, so that no structure is a member of itself.
            self._types[at] = self._type(record)
            scopes[self._types[at]] = record[_SCOPE]
        put_into_scopes({each: self._type_at(scope) for each, scope in scopes.items()})
        types = list(self._types.values())
        _check_scopes(types)
        functions = [self._function(record, True) for _, record in
                     memory.records(FUNCTION_INFO, functions_at, function_count)]
        exceptions = self._exceptions(exceptions_at, exception_count)
        counts = [len(types), len(functions)]
        checksums = [each.checksum for each in types] + [each.checksum for each in functions] + \
            [each.checksum for each in exceptions]
        _check(checksum, "its list", [plain_name, plain_version, plain_doc, *map(
            _ONE.pack, counts + checksums)])
        return (Description(name, version, toolkit, doc, types, functions, exceptions),
                ModuleTable(live, failed, lock, forget, python, signals, later, forgetting,
                            symbol_of, raised))

    def _exceptions(self, address: int, count: int) -> list[ExceptionInfo]:
        found: dict[int, ExceptionInfo] = {}
        for at, (_, checksum, status, name_at, doc_at, base_at, builtin_at, members_at,
                 member_count) in self._memory.records(EXCEPTION_INFO, address, count):
            (plain_name, name), (plain_doc, doc), (plain_builtin, builtin) = [
                self._text(each) for each in (name_at, doc_at, builtin_at)]
            if base_at not in (0, *found):
                raise Damaged("it points to an exception that it does not list before")
            base = [*found].index(base_at) if base_at else count
            members, plain = self._values(members_at, member_count)
            found[at] = ExceptionInfo(status, name, doc, found.get(base_at), builtin, members,
                                      checksum)
            _check(checksum, name, [
                _ONE.pack(status & (1 << 64) - 1), plain_name, plain_doc, _ONE.pack(base),
                plain_builtin, _ONE.pack(member_count), *plain])
        return [*found.values()]

    def python_table(self, functions: Iterable[Function]) -> PythonTable | None:
        """What the native functions need, or None if there are none. Each address that will be
        called or written to is checked here."""
        if self.table.python == 0:
            return None
        memory = self._memory
        _, count, names_at, *calls = memory.record(PYTHON, self.table.python)
        if calls[-1] == 0:  # the last member, which a library of an older clib does not have
            return PythonTable([], *calls)
        for function in functions:
            memory.room(function.python, WRITABLE)
            for address, is_needed in (
                    (function.python_call,
                     function.role in (FUNCTION, METHOD, CONSTANT, OVERRIDE, TRAVERSE)),
                    (function.python_slot,
                     function.role in (PROPERTY, SETTER) or function.role in SLOTS_BY_ROLE)):
                if address or is_needed:
                    memory.room(address, RUNNABLE)
        for each in filter(is_known_type, self.description.types):
            if each.kind in (HANDLE_TYPE, ENUM_TYPE):
                memory.room(each.python, WRITABLE)
            elif each.kind == STRUCT_TYPE and each.python:
                self._check_structure(each)
        memory.room(calls[-1], WRITABLE)
        for address in calls[:-1]:
            memory.room(address, RUNNABLE)
        size = 8 * count
        if memory.room(names_at) < size:
            raise Damaged(f"it counts {count} of something")
        addresses = Struct(f"{count}P").unpack(memory.read(names_at, size))
        return PythonTable([self._text(each)[1] for each in addresses],
                           *calls)

    def _check_structure(self, of_type: Type) -> None:
        """The functions of a native structure."""
        memory, size = self._memory, 16 * len(of_type.members)
        memory.room(of_type.python, WRITABLE)
        (_, _, _, _, *functions, members_at, _, _) = PYTHON_STRUCTURE.unpack(
            memory.read(of_type.python, PYTHON_STRUCTURE.size))
        if memory.room(members_at) < size:
            raise Damaged(f"it counts {len(of_type.members)} of something")
        for address in (*functions, *Struct(f"{size // 8}P").unpack(memory.read(members_at, size))):
            memory.room(address, RUNNABLE)

    def _type(self, record: tuple[Any, ...]) -> Type:
        text = self._text
        (_, kind, flags, checksum, hash_, symbol_at, name_at, doc_at, byte_size, alignment,
         members_at, member_count, python, _, base_at, more_at, more_count) = record
        plain_symbol, symbol = text(symbol_at)
        plain_name, name = text(name_at)
        plain_doc, doc = text(doc_at)
        members, plain = self._values(members_at, member_count)
        bases = self._bases(base_at, more_at, more_count)
        of_type = Type(symbol, name, doc, kind, flags, hash_, byte_size, alignment, members,
                       checksum, python, bases, symbol_at)
        _check(checksum, name, [
            _THREE.pack(kind, flags, hash_), plain_symbol, plain_name, plain_doc,
            _THREE.pack(byte_size, alignment, member_count), *plain,
            *[base.symbol.encode() + b"\0" for base in bases]])
        return of_type

    def _bases(self, first: int, more_at: int, more_count: int) -> list[Type]:
        addresses = [first] if first else []
        if more_count:
            if self._memory.room(more_at) < 8 * more_count:
                raise Damaged(f"it counts {more_count} of something")
            addresses += Struct(f"{more_count}P").unpack(self._memory.read(more_at, 8 * more_count))
        found = [self._type_at(each) for each in addresses]
        if len(set(addresses)) != len(addresses) or (more_count and not first):
            raise Damaged("a type in it has a base twice, or has no first one")
        return [each for each in found if each is not None]

    def _type_at(self, address: int) -> Type | None:
        if address == 0:
            return None
        if address not in self._types:
            raise Damaged("it points to a type that it does not list")
        return self._types[address]

    def _values(self, address: int, count: int) -> tuple[list[Value], list[bytes]]:
        """Values, and what their checksum is of."""
        both = [self._value(record) for _, record in self._memory.records(VALUE, address, count)]
        return [value for value, _ in both], [plain for _, plain in both]

    def _value(self, record: tuple[Any, ...]) -> tuple[Value, bytes]:
        (_, kind, element, flags, name_at, type_at, callback_at, offset, default_at, parts_at,
         part_count, count) = record
        plain_name, name = self._text(name_at)
        value = Value(name, kind, element, flags,
                      self._type_at(type_at) if type_at else None,
                      self._callback(callback_at) if callback_at else None, offset)
        plain = _THREE.pack(kind, element, flags) + plain_name + _ONE.pack(offset)
        if default_at:
            value.default, default = self._default(kind, default_at)
            plain += default
        if part_count:
            self._descend()
            value.parts, parts = self._values(parts_at, part_count)
            self._depth -= 1
            value.count = count
            plain += _ONE.pack(count) + _ONE.pack(part_count) + b"".join(parts)
        return value, plain

    def _descend(self) -> None:
        if self._depth == DEEPEST:
            raise Damaged("its callbacks, or values in values, have no end")
        self._depth += 1

    def _default(self, kind: int, address: int) -> tuple[Default, bytes]:
        _, _, integer, number, text_at = self._memory.record(DEFAULT_VALUE, address)
        default: Default
        if text_at:
            text, default = self._text(text_at)
        else:
            text = b"\0"
            known = kind_of(kind)
            default = None if known is None else known.default(integer, number)
        return default, _DEFAULT.pack(integer, number) + text

    def _callback(self, address: int) -> Function:
        self._descend()
        signature = self._function(self._memory.record(FUNCTION_INFO, address), False)
        self._depth -= 1
        return signature

    def _parameter_docs(self, parameters: list[Value], address: int) -> list[bytes]:
        """Gives each parameter its doc. Returns what their checksum is of."""
        count = len(parameters)
        if self._memory.room(address) < 8 * count:
            raise Damaged(f"it counts {count} of something")
        texts = [self._text(each)
                 for each in Struct(f"{count}P").unpack(self._memory.read(address, 8 * count))]
        for value, (_, doc) in zip(parameters, texts):
            value.doc = doc
        return [plain for plain, _ in texts]

    def _function(self, record: tuple[Any, ...], is_listed: bool) -> Function:
        (_, role, flags, checksum, hash_, symbol_at, name_at, doc_at, owner_at, result_at,
         parameters_at, parameter_count, _, entry, python_call, python_slot, python,
         docs_at) = record
        text = self._text
        plain_symbol, symbol = text(symbol_at)
        plain_name, name = text(name_at)
        plain_doc, doc = text(doc_at)
        result, plain_result = self._value(self._memory.record(VALUE, result_at))
        parameters, plain = self._values(parameters_at, parameter_count)
        if docs_at:
            plain += self._parameter_docs(parameters, docs_at)
        function = Function(symbol, name, doc, self._type_at(owner_at), role, flags, hash_, result,
                            parameters, checksum, entry, python_call, python_slot, python)
        if is_listed or checksum:  # signatures of callbacks may do without
            _check(checksum, symbol or "the signature of a callback", [
                _THREE.pack(role, flags, hash_), plain_symbol, plain_name, plain_doc,
                plain_result, _ONE.pack(parameter_count), *plain])
        if is_listed:
            self._memory.room(entry, RUNNABLE)
            _check_owner(function)
        return function


def _check_scopes(types: list[Type]) -> None:
    for each in types:
        if each.scope is not None and each.scope.kind not in (HANDLE_TYPE, MODULE_TYPE):
            raise Damaged(f"{each.symbol} in it belongs to another type than it says")


class OldFormat(Exception):
    """A description of format 1, of clib 0.1."""


def _check_owner(function: Function) -> None:
    of_owner = function.parameters[:1] if function.takes_object else \
        [function.result] if function.role == CONSTRUCTOR else None
    if of_owner is not None and (
            function.owner is None or [each.type for each in of_owner] != [function.owner]) and \
            is_known_function(function):
        raise Damaged(f"{function.symbol} in it belongs to another type than it says")
