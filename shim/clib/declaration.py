# SPDX-License-Identifier: MIT
"""Declarations in C."""

from __future__ import annotations

from .kinds import of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .description import Function, Value

NOT_IN_C = frozenset("""
    alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t char32_t
    char8_t class co_await co_return co_yield compl concept const const_cast consteval constexpr
    constinit continue decltype default delete do double dynamic_cast else enum explicit export
    extern false float for friend goto if inline int long mutable namespace new noexcept not not_eq
    nullptr operator or or_eq private protected public register reinterpret_cast requires restrict
    return short signed sizeof static static_assert static_cast struct switch template this
    thread_local throw true try typedef typeid typename typeof typeof_unqual union unsigned using
    virtual void volatile wchar_t while xor xor_eq
    _Alignas _Alignof _Atomic _BitInt _Bool _Complex _Decimal128 _Decimal32 _Decimal64 _Generic
    _Imaginary _Noreturn _Static_assert _Thread_local
    NULL __cplusplus __func__ linux offsetof unix
    int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t size_t
    """.split())  # the keywords of C and C++, macros, and the types of a header


def c_names(values: Iterable[Value]) -> list[str]:
    """The names of parameters or members in C. One that has the name of a type that is used beside
    it would hide that."""
    values = list(values)
    taken = {each.name for each in values} | NOT_IN_C
    types = {each.type.symbol for each in values if each.type is not None}
    names = []
    for value in values:
        name = value.name
        if name in NOT_IN_C or name in types:
            while name in taken or name in types:
                name += "_"
            taken.add(name)
        names.append(name)
    return names


def c_type(value: Value) -> str:
    """The C type of a result or a member."""
    return of(value).c_type(value)


def c_declaration(function: Function) -> str:
    """A function as C declares it."""
    names = c_names(function.parameters)
    parameters = ", ".join([of(value).c_parameter(value, name, names)
                            for value, name in zip(function.parameters, names)])
    return f"{c_type(function.result)} {function.symbol}({parameters or 'void'});"
