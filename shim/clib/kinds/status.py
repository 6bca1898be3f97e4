# SPDX-License-Identifier: MIT
"""A clib_status: int64_t. As a result it says nothing but success."""

from __future__ import annotations

from .integer import Integer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..description import Value
    from .kind import Source


class Status(Integer):
    def result_annotation(self, value: Value) -> str:
        return "None"

    def argument_annotation(self, value: Value) -> str:
        return "int"

    def result_source(self, value: Value, source: Source) -> str:
        return "None"


KINDS = (Status(12, "STATUS", "int64_t", "q"),)
