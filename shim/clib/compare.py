# SPDX-License-Identifier: MIT
"""What has changed between two descriptions."""

from __future__ import annotations

from .declaration import c_declaration
from .kinds import is_known_function
from .layout import ENUM_TYPE, ROLE_NAMES, STRUCT_TYPE
from .signature import literal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .description import Description, ExceptionInfo, Function, Type


def incompatible_changes(old: Description, new: Description) -> list[str]:
    """What of the old description a program may rely on and does not find in the new one, one
    sentence each. An addition is no such change."""
    changes = []
    types = {each.name: each for each in new.types}
    for before in old.types:
        now = types.get(before.name)
        if now is None:
            changes.append(f"{before.name} is gone")
        elif (now.kind, now.symbol, now.hash) != (before.kind, before.symbol, before.hash):
            changes.append(f"the structure {before.name} has another layout"
                           if before.kind == now.kind == STRUCT_TYPE else
                           f"{before.name} is another type")
        elif before.kind == ENUM_TYPE:
            changes += _changed_members(before, now)
        else:
            changes += [f"{before.name} is not derived from {base.name} any more"
                        for base in before.bases
                        if base.name not in [each.name for each in now.bases]]
    exceptions = {each.name: each for each in new.exceptions}
    for exception in old.exceptions:
        after_it = exceptions.get(exception.name)
        if after_it is None:
            changes.append(f"the exception {exception.name} is gone")
            continue
        if after_it.status != exception.status:
            changes.append(f"the exception {exception.name} has another status, {after_it.status} "
                           f"and not {exception.status}; list new ones after the old")
        members = {(each.name, each.kind) for each in after_it.all_members}
        changes += [f"{exception.name}.{each.name} is gone, or of another type"
                    for each in exception.all_members if (each.name, each.kind) not in members]
        lost = _bases(exception) - _bases(after_it)
        changes += [f"{exception.name} is no {each} any more" for each in sorted(lost)]
    functions: dict[tuple[str, int], list[Function]] = {}
    for function in new.functions:
        functions.setdefault((function.full_name, function.role), []).append(function)
    symbols = {function.symbol: function for function in new.functions}
    for function in old.functions:
        overloads = functions.get((function.full_name, function.role), [])
        same_symbol = [each for each in overloads if each.symbol == function.symbol]
        after = next(iter(same_symbol or overloads), None)
        if after is None:
            same = symbols.get(function.symbol)
            changes.append(f"{function.full_name} is gone" if same is None else
                           f"{function.full_name}, a {_role_name(function)}, is now "
                           f"{same.full_name}, a {_role_name(same)}")
        elif after.hash != function.hash:
            changes.append(f"{function.full_name} has changed from {_declaration(function)} to "
                           f"{_declaration(after)}")
        else:
            if function.is_exported and not after.is_exported:
                changes.append(f"{function.full_name} has no symbol for C any more, which was "
                               f"{function.symbol}")
            changes += _changed_parameters(function, after)
    return changes


def _changed_members(old: Type, new: Type) -> list[str]:
    """Of an enum."""
    numbers = {each.name: each.offset for each in new.members}
    return [f"{old.name}.{each.name} " + (
        "has another number" if each.name in numbers else "is gone")
        for each in old.members if numbers.get(each.name) != each.offset]


def _bases(exception: ExceptionInfo) -> set[str]:
    """The names of the classes that it is derived from."""
    base = exception.base
    return {each for each in (exception.builtin, *([base.name, *_bases(base)] if base else ()))
            if each}


def _role_name(function: Function) -> str:
    role = function.role
    return ROLE_NAMES[role] if role < len(ROLE_NAMES) else "function of a newer clib"


def _declaration(function: Function) -> str:
    return c_declaration(function)[:-1] if is_known_function(function) else \
        "something of a newer clib"


def _changed_parameters(old: Function, new: Function) -> list[str]:
    """Changes that C does not see, but a caller in Python does."""
    changes = []
    for before, after in zip(old.named_parameters, new.named_parameters):
        name = f"{old.full_name}: the parameter {before.name}"
        if before.name != after.name:
            changes.append(f"{name} is now named {after.name}")
        elif before.is_optional and not after.is_optional:
            changes.append(f"{name} has no default any more")
        elif before.is_optional and literal(before) != literal(after):
            changes.append(f"{name} has another default, {after.default!r} and not "
                           f"{before.default!r}")
        elif not before.is_keyword_only and after.is_keyword_only:
            changes.append(f"{name} is passed by its name only")
        elif before.is_nullable and not after.is_nullable:
            changes.append(f"{name} may not be None any more")
    return changes
