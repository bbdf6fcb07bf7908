"""How a database writes what a plan says: everything in which databases differ.

In: names, values and pieces of SQL. Out: SQL text of one database.
Does not know: rules. Only what is written by `identifier` and `literal` comes from an analyst, and
neither can end before its own end (`tests/engine/columnar` tries).
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import ClassVar

from engine.columnar.columns import Column, Kind
from engine.facts import Scalar
from engine.problems import EngineError

RECORD = "record:"
"""The record at hand inside a list; no fact has a colon in its name."""
_LARGEST = 2**63 - 1
_MOST_DAYS = 999_999_999


class NotColumnar(EngineError):
    """A rulebook says something that columns cannot hold."""


class Dialect(ABC):
    """One database."""

    name: ClassVar[str]
    patterns_in_lists: ClassVar[bool]
    """Whether a pattern can be tried on every record inside a list."""
    unsure_of: ClassVar[re.Pattern[str] | None] = None
    """The patterns that name a class of characters of which the database may not know all."""
    _types: ClassVar[Mapping[Kind, str]]

    # --- names, types and values ------------------------------------------------------------------

    @abstractmethod
    def identifier(self, name: str) -> str: ...

    @abstractmethod
    def text(self, value: str) -> str: ...

    @abstractmethod
    def instant(self, value: datetime) -> str: ...

    @abstractmethod
    def type_of(self, column: Column) -> str: ...

    @abstractmethod
    def codes(self, values: Sequence[str], kind: Kind) -> str:
        """Return a list of these literals."""

    def literal(self, value: Scalar) -> str:
        """Return a constant; raises `NotColumnar` for a number beyond 64 bits."""
        match value:
            case bool():
                return "TRUE" if value else "FALSE"
            case int():
                return whole(value)
            case str():
                return self.text(value)
            case datetime():
                return self.instant(value)
            case date():
                return f"DATE '{value.isoformat()}'"

    def nothing(self, column: Column) -> str:
        """Return an absent value of the column's type."""
        return f"CAST(NULL AS {self.type_of(column)})"

    # --- records ----------------------------------------------------------------------------------

    def field(self, name: str) -> str:
        """Return a field of the record at hand."""
        return self.part(self.identifier(RECORD), name)

    @abstractmethod
    def part(self, structure: str, name: str) -> str: ...

    @abstractmethod
    def some(self, records: str, test: str) -> str:
        """Return whether a record passes the test."""

    @abstractmethod
    def many(self, records: str, test: str) -> str:
        """Return how many records pass the test."""

    @abstractmethod
    def narrowed(self, records: str, test: str) -> str:
        """Return the records that pass the test."""

    @abstractmethod
    def each_as(self, records: str, sql: str) -> str:
        """Return the list of what `sql` makes of each record at hand."""

    @abstractmethod
    def size(self, records: str) -> str: ...

    @abstractmethod
    def unfolded(self, records: str) -> str:
        """Return a row for every record, where it stands in a select list."""

    # --- tests ------------------------------------------------------------------------------------

    @abstractmethod
    def contains(self, values: str, value: str) -> str: ...

    @abstractmethod
    def shifted(self, day: str, days: int) -> str: ...

    @abstractmethod
    def matches(self, text: str, pattern: str) -> str:
        """Return whether the whole text has the form of the RE2 pattern."""

    def doubt(self, text: str, pattern: str) -> str | None:
        """Return where the text holds what this pattern may not know as the row lane knows it."""
        unsure = self.unsure_of is not None and self.unsure_of.search(pattern) is not None
        return self.is_newer(text) if unsure else None

    def is_newer(self, text: str) -> str:
        """Return whether the text holds a character that the database does not know yet."""
        raise NotImplementedError(f"{self.name} knows what the row lane knows")

    def matches_each(self, records: str, field: str, pattern: str) -> str:
        """Return a list that says of every record whether its field has the form."""
        raise NotImplementedError(f"{self.name} tries patterns inside lists")

    def flag(self, flags: str) -> str:
        """Return what such a list says of the record at hand."""
        raise NotImplementedError(f"{self.name} tries patterns inside lists")

    def length(self, text: str) -> str:
        return f"length({text})"

    # --- answers ----------------------------------------------------------------------------------

    @abstractmethod
    def structure(self, parts: Mapping[str, str]) -> str:
        """Return a structure of named parts."""

    @abstractmethod
    def those_given(self, values: Iterable[str], type_: Column) -> str:
        """Return the list of the values that are not NULL."""

    @abstractmethod
    def whole_hours(self, instant: str) -> str:
        """Return the whole hours since 1970 began in UTC, of an instant after that."""


def whole(value: int) -> str:
    """Return a whole number; raises `NotColumnar` beyond 64 bits."""
    if not -_LARGEST <= value <= _LARGEST:
        raise NotColumnar(
            f"expected a whole number of at most 64 bits, found `{value}`; columns hold no greater"
        )
    return str(value)


def whole_days(days: int) -> int:
    """Return a number of days by which a day can be moved; raises `NotColumnar` for others."""
    if abs(days) > _MOST_DAYS:
        raise NotColumnar(f"expected at most {_MOST_DAYS} days to move a day by, found `{days}`")
    return days
