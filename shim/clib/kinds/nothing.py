# SPDX-License-Identifier: MIT
"""void: the result of a function that has none. Its entry returns the status."""

from __future__ import annotations

from .kind import Kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..description import Value
    from .kind import Source


class Nothing(Kind):
    c_name = "void"
    annotation = "None"

    def result_source(self, value: Value, source: Source) -> str:
        return "None"


KINDS = (Nothing(0, "NONE"),)
