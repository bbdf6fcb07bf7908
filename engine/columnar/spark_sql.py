"""The SQL of Spark 4.

In: names, values and pieces of SQL. Out: SQL text.
Does not know: the package pyspark; it only writes what Spark reads. Spark has no RE2: patterns are
asked of two functions that whoever runs the plan registers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import ClassVar

from engine.columnar.columns import Column, Kind
from engine.columnar.dialect import RECORD, Dialect

MATCHES = "samtale_matches"
"""The function of two texts that whoever runs a plan on Spark must register: RE2, whole text."""
MATCHES_EACH = "samtale_matches_each"
"""The same for a list of texts; what is NULL in it stays NULL."""


class Spark(Dialect):
    """Spark SQL 4: no RE2, so that patterns are asked of functions that its lane registers."""

    name = "spark"
    # a function written in Python cannot be called inside a list
    patterns_in_lists = False
    _types: ClassVar[Mapping[Kind, str]] = {
        Kind.WHOLE: "BIGINT",
        Kind.TEXT: "STRING",
        Kind.BOOLEAN: "BOOLEAN",
        Kind.DAY: "DATE",
        Kind.INSTANT: "TIMESTAMP",
    }
    _place = "`place:`"

    def identifier(self, name: str) -> str:
        return "`" + name.replace("`", "``") + "`"

    def text(self, value: str) -> str:
        # backslashes escape, and `${…}` is replaced even inside a text
        return "'" + "".join(_plain_or_escaped(each) for each in value) + "'"

    def instant(self, value: datetime) -> str:
        moment = value.astimezone(UTC).replace(tzinfo=None)
        return f"TIMESTAMP '{moment.isoformat(' ')}Z'"

    def type_of(self, column: Column) -> str:
        if column.kind is Kind.STRUCTURE:
            fields = (
                f"{self.identifier(each.name)}: {self.type_of(each)}" for each in column.fields
            )
            one = f"STRUCT<{', '.join(fields)}>"
        else:
            one = self._types[column.kind]
        return f"ARRAY<{one}>" if column.listed else one

    def codes(self, values: Sequence[str], kind: Kind) -> str:
        return f"CAST(array({', '.join(values)}) AS ARRAY<{self._types[kind]}>)"

    def some(self, records: str, test: str) -> str:
        if self._place in test:
            return f"({self.many(records, test)} > 0)"
        return f"exists({records}, {self.identifier(RECORD)} -> {test})"

    def many(self, records: str, test: str) -> str:
        return f"size({self.narrowed(records, test)})"

    def narrowed(self, records: str, test: str) -> str:
        return f"filter({records}, ({self.identifier(RECORD)}, {self._place}) -> {test})"

    def part(self, structure: str, name: str) -> str:
        return f"{structure}.{self.identifier(name)}"

    def each_as(self, records: str, sql: str) -> str:
        return f"transform({records}, {self.identifier(RECORD)} -> {sql})"

    def size(self, records: str) -> str:
        return f"size({records})"

    def unfolded(self, records: str) -> str:
        return f"explode({records})"

    def contains(self, values: str, value: str) -> str:
        # NULL, where Python says False, when the value is not among values of which one is NULL
        return f"coalesce(array_contains({values}, {value}), FALSE)"

    def shifted(self, day: str, days: int) -> str:
        return f"date_add({day}, {days})"

    def matches(self, text: str, pattern: str) -> str:
        return f"{MATCHES}({text}, {self.text(pattern)})"

    def matches_each(self, records: str, field: str, pattern: str) -> str:
        texts = f"transform({records}, {self.identifier(RECORD)} -> {self.field(field)})"
        return f"{MATCHES_EACH}({texts}, {self.text(pattern)})"

    def flag(self, flags: str) -> str:
        return f"get({flags}, {self._place})"

    def structure(self, parts: Mapping[str, str]) -> str:
        named = (f"{self.text(name)}, {sql}" for name, sql in parts.items())
        return f"named_struct({', '.join(named)})"

    def those_given(self, values: Iterable[str], type_: Column) -> str:
        one = self.identifier(RECORD)
        every = f"CAST(array({', '.join(values)}) AS {self.type_of(type_)})"
        return f"filter({every}, {one} -> {one} IS NOT NULL)"

    def whole_hours(self, instant: str) -> str:
        return f"(unix_micros({instant}) div 3600000000)"


def _plain_or_escaped(character: str) -> str:
    if character.isascii() and (character.isalnum() or character in " _-.:/"):
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(
        f"\\u{units[place] * 256 + units[place + 1]:04x}" for place in range(0, len(units), 2)
    )


SPARK: Dialect = Spark()
