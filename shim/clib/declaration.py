# SPDX-License-Identifier: MIT
"""Declarations in C."""

from __future__ import annotations

from .kinds import of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .description import Function, Value

_NOT_IN_C = frozenset("""
    alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t char32_t
    char8_t class co_await co_return co_yield compl concept const const_cast consteval constexpr
    constinit continue decltype default delete do double dynamic_cast else enum explicit export
    extern false float for friend goto if inline int long mutable namespace new noexcept not not_eq
    nullptr operator or or_eq private protected public register reinterpret_cast requires restrict
    return short signed sizeof static static_assert static_cast struct switch template this
    thread_local throw true try typedef typeid typename union unsigned using virtual void volatile
    wchar_t while xor xor_eq""".split())  # the keywords of C and C++, and the macros of stdbool.h


def c_name(value: Value) -> str:
    """The name of a parameter or member in C."""
    return value.name + "_" if value.name in _NOT_IN_C else value.name


def c_type(value: Value) -> str:
    """The C type of a result or a member."""
    return of(value).c_type(value)


def c_declaration(function: Function) -> str:
    """A function as C declares it."""
    names = [c_name(value) for value in function.parameters]
    parameters = ", ".join([of(value).c_parameter(value, name, names)
                            for value, name in zip(function.parameters, names)])
    return f"{c_type(function.result)} {function.symbol}({parameters or 'void'});"
