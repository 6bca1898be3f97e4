# SPDX-License-Identifier: MIT
"""The stub for editors and type checkers."""

from __future__ import annotations

import json
import types

from ..classes import extras_of
from ..description import by_name
from ..kinds import is_known_function, is_known_type, of
from ..layout import (
    CONSTANT, CONSTRUCTOR, DESTRUCTOR, ENUM_TYPE, FLAGS, FUNCTION, MODULE_TYPE, OVERRIDE, PIN,
    PROPERTY, SETTER, STRUCT_TYPE, TRAVERSE, UNPIN,
)
from ..signature import argument_annotation, parameter_list, result_annotation
from ..source import is_index
from .text import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..description import Description, ExceptionInfo, Function, Type, Value

_STUB_IMPORTS = (
    ("builtins.", "import builtins"),
    ("datetime.", "import datetime"),
    ("enum.", "import enum"),
    ("clib.", "import clib"),
    ("math.", "import math"),
    ("os.", "import os"),
    ("pathlib.", "import pathlib"),
    ("array[", "from array import array"),
    ("AbstractSet[", "from collections.abc import Set as AbstractSet"),
    ("Callable[", "from collections.abc import Callable"),
    ("Iterable[", "from collections.abc import Iterable"),
    ("Iterator[", "from collections.abc import Iterator"),
    ("Mapping[", "from collections.abc import Mapping"),
    ("Any", "from typing import Any"),
    ("typing.overload", "import typing"),
    ("ClassVar[", "from typing import ClassVar"),
    ("SupportsIndex", "from typing import SupportsIndex"),
    ("Self", "from typing_extensions import Self"),
    ("ReadableBuffer", "from _typeshed import ReadableBuffer"),
    ("WriteableBuffer", "from _typeshed import WriteableBuffer"))


def _stub_doc(doc: str) -> list[str]:
    return [printable(json.dumps(doc, ensure_ascii=False))] if doc else []


def _stub_function(function: Function, indent: str, is_overload: bool = False) -> list[str]:
    name = function.def_name
    if function.role == CONSTANT:
        annotation = result_annotation(function.result)
        return [f"{indent}{name}: " + (f"ClassVar[{annotation}]" if indent else annotation)]
    parameters = parameter_list(function, "self", _annotation(function))
    result = "None" if function.role == CONSTRUCTOR else result_annotation(function.result)
    if name == "__iter__" and of(function.result).is_container:
        part = function.result.parts[0]
        result = f"Iterator[{result_annotation(part)}]"
    lines = [f"{indent}@typing.overload"] if is_overload else []
    if function.role == SETTER:
        lines.append(f"{indent}@{name}.setter")
    elif function.role == PROPERTY:
        lines.append(f"{indent}@property")
    elif function.owner is not None and function.role == FUNCTION:
        lines.append(f"{indent}@staticmethod")
    head = f"{indent}def {name}({parameters}) -> {result}:"
    if not function.full_doc:
        return [*lines, f"{head} ..."]
    return [*lines, head, *(f"{indent}    {doc}" for doc in _stub_doc(function.full_doc))]


def _annotation(function: Function) -> Callable[[Value], str]:
    """How a parameter is annotated. Anything can be compared with anything."""
    return (lambda _: "object") if function.name in ("__eq__", "__ne__") else argument_annotation


def _overloads(functions: list[Function]) -> list[list[Function]]:
    """The functions of an owner, those of one name together; of those with the same types in Python,
    the first."""
    def types_of(function: Function) -> tuple[tuple[str, bool], ...]:
        annotation = _annotation(function)
        return tuple([(annotation(each), each.is_optional) for each in function.named_parameters])

    known = [each for each in functions if is_known_function(each)]
    return [list({types_of(each): each for each in reversed(group)}.values())[::-1]
            for group in by_name(known)]


_STUB_NO_HASH = "    __hash__: ClassVar[None]  # type: ignore[assignment]"


def _stub_extras(extras: type | None) -> list[str]:
    """What a class of clib's own has besides, as its source declares it."""
    import inspect
    lines = []
    for attribute, member in vars(extras).items() if extras is not None else ():
        if attribute == "__hash__" and member is None:
            lines.append(_STUB_NO_HASH)
        elif attribute in _OVERLOADS:
            lines += [line for arguments, result in _OVERLOADS[attribute] for line in (
                "    @typing.overload", f"    def {attribute}(self, {arguments}) -> {result}: ...")]
        elif isinstance(member, types.FunctionType) and not (
                attribute.startswith("_") and not attribute.startswith("__")):
            declared = [
                each.name + (f": {member.__annotations__[each.name]}"
                             if each.name in member.__annotations__ else "") +
                (f" = {each.default!r}" if each.default is not each.empty else "")
                for each in inspect.signature(member).parameters.values()]
            result = _RESULTS.get(attribute, member.__annotations__["return"])
            lines.append(f"    def {attribute}({', '.join(declared)}) -> {result}: ...")
    return lines


# What the source cannot say, because its functions may return NotImplemented, or look at types.
_RESULTS = {**dict.fromkeys(("__iadd__", "__copy__", "__deepcopy__"), "Self"),
            **dict.fromkeys(("__eq__", "__lt__", "__le__", "__gt__", "__ge__"), "bool")}
_OVERLOADS = {
    "__getitem__": [("index: SupportsIndex", "int"), ("index: slice", "bytes")],
    "__setitem__": [("index: SupportsIndex, value: SupportsIndex", "None"),
                    ("index: slice, value: ReadableBuffer | Iterable[int]", "None")],
}


def _stub_enum(of_type: Type) -> list[str]:
    from ..kinds.enumeration import numbers_of
    base = "enum.IntFlag" if of_type.flags & FLAGS else "enum.IntEnum"
    lines = [f"class {of_type.own_name}({base}):",
             *(f"    {doc}" for doc in _stub_doc(of_type.doc))]
    for member, (name, number) in zip(of_type.members, numbers_of(of_type)):
        lines.append(f"    {name} = {number}")
        lines += [f"    {doc}" for doc in _stub_doc(str(member.default or ""))]
    return lines


def _stub_class(description: Description, of_type: Type) -> list[str]:
    """A class, with those that are in it. A submodule is such a class, too: a stub is one file."""
    if of_type.kind == ENUM_TYPE:
        return _stub_enum(of_type)
    lines = _stub_of_class(description, of_type)
    for each in filter(is_known_type, description.types):
        if each.scope is of_type:
            lines += [f"    {line}" for line in _stub_class(description, each)]
    return lines if len(lines) > 1 else [f"{lines[0]} ..."]


def _stub_of_class(description: Description, of_type: Type) -> list[str]:
    name = of_type.name
    base = f"({', '.join([each.name for each in of_type.bases])})" if of_type.bases else ""
    lines = [f"class {of_type.own_name}{base}:", *(f"    {doc}" for doc in _stub_doc(of_type.doc))]
    if of_type.kind == STRUCT_TYPE:
        members = [(member.python_name, result_annotation(member))
                   for member in of_type.members]
        lines += [f"    {member}: {annotation}" for member, annotation in members]
        parameters = ", ".join(f"{member}: {annotation} = ..." for member, annotation in members)
        receiver = "self"
        while receiver in [member for member, _ in members]:
            receiver += "_"
        for_numpy = [] if "dtype" in dict(members) else ["    dtype: ClassVar[object]"]
        return [*lines, f"    def __init__({receiver}, {parameters}) -> None: ...",
                "    def __copy__(self) -> Self: ...", *for_numpy, _STUB_NO_HASH]
    functions = description.functions_of(of_type)
    if of_type.kind == MODULE_TYPE:
        return lines + [line for overloads in _overloads(functions) for each in overloads
                        for line in _stub_function(each, "    ", len(overloads) > 1)]
    names = {function.name for function in functions}
    extras = extras_of(description, of_type)
    setters = {each.name: each for each in functions if each.role == SETTER}
    for overloads in _overloads(functions):
        function = overloads[0]
        if function.role not in (DESTRUCTOR, SETTER, PIN, UNPIN, OVERRIDE, TRAVERSE) and \
                function.name not in ("_add_overrides", "_set_overrides") and \
                (extras is None or function.def_name not in vars(extras)):
            for each in overloads:
                lines += _stub_function(each, "    ", len(overloads) > 1)
            if function.role == PROPERTY and function.name in setters:  # right after its property
                lines += _stub_function(setters[function.name], "    ")
    lines += _stub_extras(extras)
    if "__next__" in names and "__iter__" not in names:
        lines.append("    def __iter__(self) -> Self: ...")
    elif extras is None and "__len__" in names and "__iter__" not in names:
        # Python iterates over such a type by itself; type checkers have to be told.
        lines += [f"    def __iter__(self) -> Iterator[{result_annotation(function.result)}]: ..."
                  for function in functions if function.name == "__getitem__" and
                  len(function.named_parameters) == 1 and
                  is_index(function, function.named_parameters[0], functions)]
    if "__eq__" in names and "__hash__" not in names:
        lines.append(_STUB_NO_HASH)
    if {function.role for function in functions} >= {PIN, UNPIN} and "__len__" in names:
        lines += ["    def view(self) -> memoryview: ...",
                  "    def __buffer__(self, flags: int) -> memoryview: ..."]
    lines += ["    def close(self) -> None: ...", "    @property",
              "    def closed(self) -> bool: ..."]
    if "__enter__" not in names:
        lines.append("    def __enter__(self) -> Self: ...")
    if "__exit__" not in names:
        lines.append("    def __exit__(self, *_: object) -> None: ...")
    if of_type.has_dynamic_attributes:
        lines += ["    def __getattr__(self, name: str) -> Any: ...",
                  "    def __setattr__(self, name: str, value: Any) -> None: ..."]
    return lines


def _stub_exception(description: Description, exception: ExceptionInfo) -> list[str]:
    built_in = "clib.Error" if exception.builtin == "Error" else \
        f"builtins.{exception.builtin}" if exception.builtin in _type_names(description) else \
        exception.builtin
    bases = [*([exception.base.name] if exception.base is not None else []),
             *([built_in] if exception.builtin else [])]
    members = [(member.python_name, result_annotation(member))
               for member in exception.all_members]
    named = "".join([f", {member}: {annotation} = ..." for member, annotation in members])
    receiver = "self"
    while receiver in [member for member, _ in members]:
        receiver += "_"
    return [f"class {exception.name}({', '.join(bases)}):",
            *(f"    {doc}" for doc in _stub_doc(exception.doc)),
            *(f"    {member.python_name}: {result_annotation(member)}"
              for member in exception.members),
            f"    def __init__({receiver}, *args: object{named}) -> None: ..."]


_BUILTIN = {"bool", "bytes", "dict", "float", "int", "list", "memoryview", "object", "property", "set",
            "staticmethod", "str", "tuple"}
_IMPORTED = {line.split()[-1]: word for word, line in _STUB_IMPORTS if line.startswith("from")}


def _type_names(description: Description) -> set[str]:
    return {each.name for each in description.types} | {each.name for each in description.exceptions}


def _with_lost_names(description: Description, stub: str) -> str:
    """The stub, where a type that has lost its name to something in the library has another one: one
    of Python its full name, an imported one and one of the library itself a `_` before it."""
    inner = {each.python_name for each in description.functions if each.owner is not None}
    inner.update(member.python_name for each in description.types for member in each.members)
    types = _type_names(description)
    names = {each.python_name for each in description.functions} | inner | types
    others = {name: f"builtins.{name}" for name in names & _BUILTIN}
    others.update((_IMPORTED[name], f"_{_IMPORTED[name]}") for name in names & set(_IMPORTED))
    aliases = sorted(types & inner - set(others))
    others.update((name, f"_{name}") for name in aliases)
    if not others:
        return stub
    import re
    one = "|".join(rf"{re.escape(name)}{'' if name.endswith('[') else chr(92) + 'b'}"
                   for name in sorted(others))
    type_name = re.compile(rf"(?<=-> )({one})|(?<=[ @\[])({one})(?![:(]|\.setter)")
    return "\n".join([
        *(line if line.lstrip().startswith(('"', "class ")) else
          type_name.sub(lambda found: others[found[0]], line) for line in stub.split("\n")),
        *(f"_{name} = {name}" for name in aliases), ""][:None if aliases else -1])


def stub_text(description: Description) -> str:
    """The .pyi of a library."""
    lines = ["__version__: str"]
    for of_type in [each for each in description.types if is_known_type(each) and not each.scope]:
        lines += ["", *_stub_class(description, of_type)]
    for exception in description.exceptions:
        lines += ["", *_stub_exception(description, exception)]
    lines.append("")
    for overloads in _overloads(description.functions_of(None)):
        if overloads[0].role in (FUNCTION, CONSTANT):
            for each in overloads:
                lines += _stub_function(each, "", len(overloads) > 1)
    body = _with_lost_names(description, "\n".join(lines) + "\n")
    own = _type_names(description)
    imports = []
    for word, line in _STUB_IMPORTS:
        if f"_{word}" in body and line.startswith("from"):
            imports.append(f"{line} as _{line.split()[-1]}")
        elif word in body and line.split()[-1] not in own:
            imports.append(line)
    doc = _stub_doc(description.doc)
    return "\n".join([*doc, *imports, "", body] if imports or doc else [body])
