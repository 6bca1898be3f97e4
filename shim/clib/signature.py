# SPDX-License-Identifier: MIT
"""What stands between the brackets of a def."""

from __future__ import annotations

from .kinds import of
from .layout import CONSTRUCTOR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .description import Function, Value


def literal(value: Value) -> str:
    """The default of a parameter in Python source."""
    default = value.default
    return repr(default) if default is None or isinstance(default, str) else \
        of(value).literal(default, value)


def native_literal(value: Value) -> str:
    """The same for the signature of a native function."""
    default = value.default
    return repr(default) if default is None or isinstance(default, str) else \
        of(value).default_in_signature(default, value)


def receiver_name(receiver: str, function: Function) -> str:
    """The name of the object, which no parameter has."""
    names = [each.python_name for each in function.named_parameters]
    while receiver in names:
        receiver += "_"
    return receiver


def parameter_list(function: Function, receiver: str,
                   annotation: Callable[[Value], str] | None = None,
                   literal: Callable[[Value], str] = literal) -> str:
    """The parameters; `receiver` is the name of the object, if there is one."""
    parameters = [receiver_name(receiver, function)] if receiver and (
        function.takes_object or function.role == CONSTRUCTOR) else []
    is_keyword_only = False
    for value in function.named_parameters:
        if value.is_keyword_only and not is_keyword_only:
            is_keyword_only = True
            parameters.append("*")
        parameter = value.python_name
        if annotation is not None:
            parameter += f": {annotation(value)}"
        if value.is_optional:
            parameter += ("=" if annotation is None else " = ") + literal(value)
        parameters.append(parameter)
    if drops_arguments(function):
        parameters.append("*_" if annotation is None else "*_: object")
    return ", ".join(parameters)


def drops_arguments(function: Function) -> bool:
    """Whether it is an __exit__ that does not want to know what was raised."""
    return function.takes_object and function.name == "__exit__" and not function.named_parameters


def argument_annotation(value: Value) -> str:
    annotation = of(value).argument_annotation(value)
    return f"{annotation} | None" if value.is_nullable and not annotation.endswith(" | None") else \
        annotation


def result_annotation(value: Value) -> str:
    return of(value).result_annotation(value)
