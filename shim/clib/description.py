# SPDX-License-Identifier: MIT
"""The description of a library, as Python objects."""

from __future__ import annotations

from .layout import (
    CONSTRUCTOR, DEFAULT, DESTRUCTOR, DYNAMIC_ATTRIBUTES, IMPLICIT, KEYWORD_ONLY, MAY_BLOCK, METHOD, MODULE_TYPE, NOT_EXPORTED, NULLABLE, PIN, PROPERTY,
    OVERRIDE, SETTER, TRAVERSE, UNPIN,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Union

    Default = Union[int, float, str, None]


class Damaged(Exception):
    """The description of a library is not whole, or none at all."""


# Those of the module keyword, which takes longer to import than this. A test compares them.
KEYWORDS = frozenset("""False None True and as assert async await break class continue def del elif
    else except finally for from global if import in is lambda nonlocal not or pass raise return try
    while with yield""".split())


def python_name(name: str) -> str:
    """The name of something of C++ in Python."""
    return name + "_" if name in KEYWORDS or name == "__debug__" else name


class Value:
    """A parameter, a result, a member of a structure or of an enum, or a part of another value. The offset
    of an enum's member is its number, and the default its doc."""

    __slots__ = ("name", "kind", "element", "flags", "type", "callback", "offset", "default", "parts",
                 "count", "doc")

    def __init__(self, name: str, kind: int, element: int = 0, flags: int = 0,
                 type: Type | None = None, callback: Function | None = None, offset: int = 0,
                 default: Default = None, parts: list[Value] = [], count: int = 0,
                 doc: str = "") -> None:
        self.name = name
        self.kind = kind
        self.element = element
        self.flags = flags
        self.type = type
        self.callback = callback
        self.offset = offset
        self.default = default
        self.parts = parts
        self.count = count  # of a list that always has as many items, else 0
        self.doc = doc

    def renamed(self, name: str) -> Value:
        """The same under another name."""
        return Value(name, self.kind, self.element, self.flags, self.type, self.callback, self.offset,
                     self.default, self.parts, self.count, self.doc)

    @property
    def python_name(self) -> str:
        return python_name(self.name)

    @property
    def is_optional(self) -> bool:
        return bool(self.flags & DEFAULT)

    @property
    def is_nullable(self) -> bool:
        return bool(self.flags & NULLABLE)

    @property
    def is_keyword_only(self) -> bool:
        return bool(self.flags & KEYWORD_ONLY)

    @property
    def class_type(self) -> Type:
        """The type of an object or a structure."""
        if self.type is None:
            raise Damaged(f"'{self.name}' in it is of another type than it says")
        return self.type

    @property
    def signature(self) -> Function:
        """The signature of a callback."""
        if self.callback is None:
            raise Damaged(f"'{self.name}' in it is a callback without a signature")
        return self.callback


class Function:
    """A function of C++, or the signature of a callback. The addresses are 0 in a description that
    comes from a file."""

    __slots__ = ("symbol", "name", "doc", "owner", "role", "flags", "hash", "result", "parameters",
                 "checksum", "entry", "python_call", "python_slot", "python", "is_hidden")

    def __init__(self, symbol: str, name: str, doc: str, owner: Type | None, role: int, flags: int,
                 hash: int, result: Value, parameters: list[Value], checksum: int = 0,
                 entry: int = 0, python_call: int = 0, python_slot: int = 0,
                 python: int = 0) -> None:
        self.symbol = symbol
        self.name = name
        self.doc = doc
        self.owner = owner
        self.role = role
        self.flags = flags
        self.hash = hash
        self.result = result
        self.parameters = parameters
        self.checksum = checksum
        self.entry = entry
        self.python_call = python_call
        self.python_slot = python_slot
        self.python = python
        self.is_hidden = False  # C should find its symbol, and does not

    @property
    def python_name(self) -> str:
        return python_name(self.name)

    @property
    def def_name(self) -> str:
        """The name of the function that Python calls."""
        if self.role == OVERRIDE:
            return f"_override_{self.name}"
        return "__init__" if self.role == CONSTRUCTOR else self.python_name

    @property
    def takes_object(self) -> bool:
        return self.role in (METHOD, DESTRUCTOR, PROPERTY, SETTER, PIN, UNPIN, TRAVERSE)

    @property
    def named_parameters(self) -> list[Value]:
        """What the caller passes: all but the object."""
        return self.parameters[1:] if self.takes_object else self.parameters

    @property
    def full_doc(self) -> str:
        """Its doc, and those of its parameters."""
        parts = [f"{each.python_name}: {each.doc}" for each in self.named_parameters if each.doc]
        return "\n\n".join(filter(None, [self.doc, "\n".join(parts)]))

    @property
    def may_block(self) -> bool:
        return bool(self.flags & MAY_BLOCK)

    @property
    def is_implicit(self) -> bool:
        """Whether a constructor also makes the object where one is to be passed."""
        return self.role == CONSTRUCTOR and bool(self.flags & IMPLICIT)

    @property
    def is_exported(self) -> bool:
        """Whether C can call it by its symbol."""
        return not self.flags & NOT_EXPORTED

    @property
    def class_type(self) -> Type:
        """The type that the function belongs to."""
        if self.owner is None:
            raise Damaged(f"{self.symbol} in it belongs to no type")
        return self.owner

    @property
    def full_name(self) -> str:
        """The name that a caller knows: Tokenizer.count, Tokenizer, mean."""
        if self.owner is None:
            return self.python_name
        if self.role == CONSTRUCTOR:
            return self.owner.name
        return f"{self.owner.name}.{self.python_name}"


class Type:
    """A class, a structure or an enum."""

    __slots__ = ("symbol", "name", "doc", "kind", "flags", "hash", "byte_size", "alignment",
                 "members", "checksum", "python", "members_by_number", "bases", "symbol_at", "conversions",
                 "own_name", "scope", "module_path")

    def __init__(self, symbol: str, name: str, doc: str, kind: int, flags: int, hash: int,
                 byte_size: int, alignment: int, members: list[Value], checksum: int = 0,
                 python: int = 0, bases: Sequence[Type] = (), symbol_at: int = 0) -> None:
        self.symbol = symbol
        self.name = self.own_name = python_name(name)  # Outer.Inner, and Inner
        self.scope: Type | None = None  # the type or submodule that it is in
        self.module_path = ""  # of the module that it is in
        self.doc = doc
        self.kind = kind
        self.flags = flags
        self.hash = hash
        self.byte_size = byte_size
        self.alignment = alignment
        self.members = members
        self.checksum = checksum
        self.python = python
        self.members_by_number: object = None  # of an enum that has a class
        self.bases = bases
        self.symbol_at = symbol_at  # the address of its symbol
        self.conversions: list[Function] = []  # the constructors that are implicit
        self._set_module()

    def put_into(self, scope: Type | None) -> None:
        """Says what it is in, which is in its own place by then."""
        if scope is not None:
            self.scope = scope
            self.name = f"{scope.name}.{self.own_name}"
            self.module_path = scope.module_path
            self._set_module()

    def _set_module(self) -> None:
        if self.kind == MODULE_TYPE:
            self.module_path = self.name
            self.symbol = f"module {self.name}"  # as no type of C++ has it

    def module_name(self, library: str) -> str:
        """The full name of the module that it is in."""
        return f"{library}.{self.module_path}" if self.module_path else library

    @property
    def qualified_name(self) -> str:
        """Its name in that module."""
        return self.name[len(self.module_path) + 1 if self.module_path else 0:]

    @property
    def base(self) -> Type | None:
        """The first that it is derived from."""
        return self.bases[0] if self.bases else None

    @property
    def roots(self) -> list[Type]:
        """Those of its bases that have none, or itself."""
        return [root for each in self.bases for root in each.roots] or [self]

    @property
    def root(self) -> Type:
        """The first of its bases, or itself."""
        return self if self.base is None else self.base.root

    @property
    def has_dynamic_attributes(self) -> bool:
        """Whether objects have attributes of their own, which anybody can set."""
        return bool(self.flags & DYNAMIC_ATTRIBUTES)


def by_name(functions: list[Function]) -> list[list[Function]]:
    """The functions of one owner, those of one name together: the overloads of one function."""
    groups: dict[tuple[str, int], list[Function]] = {}
    for each in functions:
        groups.setdefault((each.name, each.role), []).append(each)
    return list(groups.values())


def put_into_scopes(scopes: dict[Type, Type | None]) -> None:
    """Gives each type the one that it is in. Raises Damaged."""
    def put(of_type: Type, depth: int) -> None:
        scope = scopes.pop(of_type, None)
        if scope is not None:
            if depth == 0:
                raise Damaged("its submodules have no end")
            put(scope, depth - 1)
            of_type.put_into(scope)

    for each in list(scopes):
        put(each, 8)


class ExceptionInfo:
    """An exception of the library's own. `builtin` is a base that Python has, "Error" that of clib."""

    __slots__ = ("status", "name", "doc", "base", "builtin", "members", "checksum")

    def __init__(self, status: int, name: str, doc: str, base: ExceptionInfo | None, builtin: str,
                 members: list[Value], checksum: int = 0) -> None:
        self.status = status
        self.name = python_name(name)
        self.doc = doc
        self.base = base
        self.builtin = builtin
        self.members = members
        self.checksum = checksum

    @property
    def all_members(self) -> list[Value]:
        """Those of its bases first."""
        return [*(self.base.all_members if self.base is not None else ()), *self.members]


class Description:
    """A whole library."""

    __slots__ = ("name", "version", "toolkit", "doc", "types", "functions", "exceptions")

    def __init__(self, name: str, version: str, toolkit: str, doc: str, types: list[Type],
                 functions: list[Function], exceptions: list[ExceptionInfo]) -> None:
        self.name = name
        self.version = version
        self.toolkit = toolkit
        self.doc = doc
        self.types = types
        self.functions = functions
        self.exceptions = exceptions
        for each in functions:
            if each.is_implicit:
                each.class_type.conversions.append(each)

    def functions_of(self, owner: Type | None) -> list[Function]:
        return [each for each in self.functions if each.owner is owner]
