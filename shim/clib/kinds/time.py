# SPDX-License-Identifier: MIT
"""Durations, and points in time: nanoseconds in C, which Python's module datetime rounds down to
microseconds."""

from __future__ import annotations

from ..items import MASK
from .integer import INT64
from .kind import Kind, wrong_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping
    from typing import Any

    from ..description import Default, Value
    from ..items import Item, Items
    from .kind import Call, CType, Source

SECOND = 1_000_000_000


def nanoseconds_of(duration: datetime.timedelta) -> int:
    return (duration.days * 86400 + duration.seconds) * SECOND + duration.microseconds * 1000


class Duration(Kind):
    c_name = "int64_t"
    annotation = "datetime.timedelta"

    def default(self, integer: int, number: float) -> Default:
        return number

    def saved_default(self, saved: Default) -> Default:
        return None if saved is None else float(saved)

    def c_parameters(self, value: Value, classes: Mapping[str, Any]) -> list[CType]:
        return [INT64.ctype]

    def argument_annotation(self, value: Value) -> str:
        return "datetime.timedelta | float"

    def nanoseconds(self, argument: Any) -> int | None:
        """The nanoseconds of an argument, or None if it is of another type."""
        import datetime
        if isinstance(argument, datetime.timedelta):
            return nanoseconds_of(argument)
        if isinstance(argument, float):
            return round(argument * SECOND)
        if isinstance(argument, int) and not isinstance(argument, bool):
            return argument * SECOND
        return None

    expected = "datetime.timedelta, or a number of seconds"

    def to_c(self, argument: Any, value: Value, where: str, call: Call) -> list[object]:
        try:
            number = self.nanoseconds(argument)
        except (ValueError, OverflowError):  # not a number, infinite, or no time of the calendar
            raise ValueError(f"{where} is {argument}, which is no time that C++ knows") from None
        if number is None:
            raise wrong_type(where, self.expected, argument)
        if not INT64.least <= number <= INT64.greatest:
            raise OverflowError(f"{where} is {argument}, {self.range}")
        return [number]

    range = "longer than 2**63 nanoseconds, about 292 years"

    def to_python(self, value: Any) -> object:
        import datetime
        return datetime.timedelta(0, value // SECOND, value % SECOND // 1000)

    def result_source(self, value: Value, source: Source) -> str:
        source.names["_to_python"] = self.to_python
        return "_to_python(result)"

    def callback_argument(self, value: Value, arguments: Iterator[Any]) -> object:
        return self.to_python(next(arguments))

    def fits(self, argument: Any, value: Value, classes: Mapping[str, Any]) -> bool:
        return self._is_time(argument)

    def _is_time(self, argument: object) -> bool:
        import datetime
        return isinstance(argument, getattr(datetime, self.annotation.rpartition(".")[2]))

    def to_item(self, argument: Any, value: Value, where: str, call: Call, items: Items) -> Item:
        number, = self.to_c(argument, value, where, call)
        assert isinstance(number, int)
        return self.number, 0, number & MASK, 0

    def from_item(self, item: Item, address: int, value: Value,
                  classes: Mapping[str, Any]) -> object:
        return self.to_python(INT64.from_bits(item[2]))

    def from_argument(self, argument: object) -> object:
        return self.nanoseconds(argument) if self._is_time(argument) else None


class Time(Duration):
    """In Python a datetime with the time zone UTC. One that has none is in local time."""

    annotation = "datetime.datetime"
    expected = "datetime.datetime"
    range = "which is not in the years from 1678 to 2261, as C++ has them"

    def argument_annotation(self, value: Value) -> str:
        return self.annotation

    def nanoseconds(self, argument: Any) -> int | None:
        import datetime
        if not isinstance(argument, datetime.datetime):
            return None
        return nanoseconds_of(argument.astimezone(datetime.timezone.utc) - self.epoch())

    def epoch(self) -> datetime.datetime:
        import datetime
        return datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)

    def to_python(self, value: Any) -> object:
        return self.epoch() + super().to_python(value)  # type: ignore[operator]


KINDS = (Duration(33, "DURATION"), Time(34, "TIME"))
