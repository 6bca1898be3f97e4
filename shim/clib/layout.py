# SPDX-License-Identifier: MIT
"""The structs and numbers of clib/ffi/describe.h. The numbers of the kinds are in clib.kinds.
tests/abi/test_tables.py compares each entry with the header."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from struct import Struct as Struct
    from typing import Any
else:
    from _struct import Struct  # what the module struct is made of

IS_CPYTHON = sys.implementation.name == "cpython"

MAGIC = 0x42494C43
FORMAT = 2

# enum clib_value_flag
CONST, NULLABLE, DEFAULT, CALLED_ONCE, GIVEN, KEYWORD_ONLY = 1, 2, 4, 8, 16, 32
STRIDED, CONVERTIBLE, LENT, BORROWED = 64, 128, 256, 512
ALL_VALUE_FLAGS = 1023

# enum clib_role
(FUNCTION, METHOD, CONSTRUCTOR, DESTRUCTOR, PROPERTY, PIN, UNPIN, SUPPORT, SETTER,
 CONSTANT, OVERRIDE, TRAVERSE) = range(12)
ROLE_NAMES = ("function", "method", "constructor", "destructor", "property", "pin", "unpin",
              "support", "setter", "constant", "override", "traverse")

# enum clib_function_flag
MAY_BLOCK, NOT_EXPORTED, IMPLICIT = 1, 2, 4
ALL_FUNCTION_FLAGS = 7

# enum clib_call_flag
UNLOCKED = 1

# enum clib_type_flag
FLAGS, DYNAMIC_ATTRIBUTES = 1, 2
ALL_TYPE_FLAGS = 3

# enum clib_type_kind
HANDLE_TYPE, STRUCT_TYPE, ENUM_TYPE, MODULE_TYPE = 1, 2, 3, 4


class Layout:
    """The members of a C struct: their names, and their codes in the struct module."""

    __slots__ = ("names", "size", "struct")

    def __init__(self, members: str) -> None:
        pairs = [member.split(":") for member in members.split()]
        self.names = tuple([name for name, _ in pairs])
        self.struct = Struct("".join([code for _, code in pairs]))
        self.size = self.struct.size

    def unpack(self, data: bytes) -> tuple[Any, ...]:
        """The members of a struct that says how long it is. A member that a library of an older clib
        does not have is 0."""
        return self.struct.unpack(data[:self.size].ljust(self.size, b"\0"))


VALUE = Layout("size:I kind:I element:I flags:I name:P type:P callback:P offset:Q default_value:P "
               "parts:P part_count:Q count:Q")
DEFAULT_VALUE = Layout("size:I flags:I integer:q number:d text:P")
FUNCTION_INFO = Layout(
    "size:I role:I flags:I checksum:I hash:Q symbol:P name:P doc:P owner:P result:P parameters:P "
    "parameter_count:Q address:P entry:P python_call:P python_slot:P python:P "
    "parameter_docs:P")
TYPE_INFO = Layout(
    "size:I kind:I flags:I checksum:I hash:Q symbol:P name:P doc:P byte_size:Q alignment:Q "
    "members:P member_count:Q python:P scope:P base:P more_bases:P more_base_count:Q")
MODULE = Layout(
    "size:I magic:I format:I checksum:I name:P version:P toolkit:P doc:P types:P type_count:Q "
    "functions:P function_count:Q live:P callback_failed:P set_interpreter_lock:P "
    "forget_callbacks:P python:P set_signal_check:P raise_later:P "
    "set_exception_forgetting:P symbol_of:P exceptions:P exception_count:Q exception_raised:P")
PYTHON_MEMBERS = Layout("count:Q numbers:P objects:P")
PYTHON_STRUCTURE = Layout(
    "base:3P byte_size:Q make:P free:P init:P compare:P get_buffer:P members:P "
    "names:P format:P")
PYTHON = Layout(
    "size:I name_count:I names:P bind:P trace:P check_results:P object_of:P "
    "put_handle:P take_handle:P unbind:P set_callables:P set_converter:P tell_exceptions:P "
    "exceptions:P")
EXCEPTION_INFO = Layout(
    "size:I checksum:I status:q name:P doc:P base:P builtin:P members:P member_count:Q")

# Members of MODULE that are functions.
MODULE_FUNCTIONS = ("live", "callback_failed", "set_interpreter_lock", "forget_callbacks",
                    "set_signal_check", "raise_later", "set_exception_forgetting",
                    "symbol_of", "exception_raised")

# What fills a slot of a native type, by the role of the function, and by its name.
SLOTS_BY_ROLE = {CONSTRUCTOR: "tp_init", DESTRUCTOR: "tp_dealloc", PIN: "bf_getbuffer",
                 UNPIN: "bf_releasebuffer", TRAVERSE: "tp_traverse"}
SLOTS_BY_NAME = {"__len__": "sq_length", "__next__": "tp_iternext"}
