"""The SQL of DuckDB 2.

In: names, values and pieces of SQL. Out: SQL text.
Does not know: the package of that name; it only writes what DuckDB reads. DuckDB has RE2 itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import ClassVar

from engine.columnar.columns import Column, Kind
from engine.columnar.dialect import RECORD, Dialect

_NEWER = r"[\x{2FFC}-\x{2FFF}\x{31EF}\x{2EBF0}-\x{2EE5D}]"
"""What Unicode 15.1 added: DuckDB 2.0 has RE2 with Unicode 15.0, and knows them in no class."""


class DuckDB(Dialect):
    """DuckDB 2: RE2 of its own, `lambda` in lists."""

    name = "duckdb"
    patterns_in_lists = True
    unsure_of = re.compile(r"\\[pP](L|S|\{\^?(L|Lo|S|So|Han)\})")
    _types: ClassVar[Mapping[Kind, str]] = {
        Kind.WHOLE: "BIGINT",
        Kind.TEXT: "VARCHAR",
        Kind.BOOLEAN: "BOOLEAN",
        Kind.DAY: "DATE",
        Kind.INSTANT: "TIMESTAMP WITH TIME ZONE",
    }

    def identifier(self, name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    def text(self, value: str) -> str:
        # a text of SQL ends at its first NUL
        parts = ["'" + part.replace("'", "''") + "'" for part in value.split("\0")]
        return parts[0] if len(parts) == 1 else f"({' || chr(0) || '.join(parts)})"

    def instant(self, value: datetime) -> str:
        moment = value.astimezone(UTC).replace(tzinfo=None)
        return f"TIMESTAMPTZ '{moment.isoformat(' ')}+00'"

    def type_of(self, column: Column) -> str:
        if column.kind is Kind.STRUCTURE:
            fields = (
                f"{self.identifier(each.name)} {self.type_of(each)}" for each in column.fields
            )
            one = f"STRUCT({', '.join(fields)})"
        else:
            one = self._types[column.kind]
        return f"{one}[]" if column.listed else one

    def codes(self, values: Sequence[str], kind: Kind) -> str:
        return f"CAST([{', '.join(values)}] AS {self._types[kind]}[])"

    def part(self, structure: str, name: str) -> str:
        return f"struct_extract({structure}, {self.text(name)})"

    def each_as(self, records: str, sql: str) -> str:
        return f"list_transform({records}, lambda {self.identifier(RECORD)} : {sql})"

    def size(self, records: str) -> str:
        return f"len({records})"

    def unfolded(self, records: str) -> str:
        return f"unnest({records})"

    def some(self, records: str, test: str) -> str:
        return f"(len({self.narrowed(records, test)}) > 0)"

    def many(self, records: str, test: str) -> str:
        return f"len({self.narrowed(records, test)})"

    def narrowed(self, records: str, test: str) -> str:
        return f"list_filter({records}, lambda {self.identifier(RECORD)} : {test})"

    def contains(self, values: str, value: str) -> str:
        return f"list_contains({values}, {value})"

    def shifted(self, day: str, days: int) -> str:
        return f"({day} + ({days}))"

    def matches(self, text: str, pattern: str) -> str:
        return f"regexp_full_match({text}, {self.text(pattern)})"

    def is_newer(self, text: str) -> str:
        return f"coalesce(regexp_matches({text}, {self.text(_NEWER)}), FALSE)"

    def structure(self, parts: Mapping[str, str]) -> str:
        named = (f"{self.identifier(name)} := {sql}" for name, sql in parts.items())
        return f"struct_pack({', '.join(named)})"

    def those_given(self, values: Iterable[str], type_: Column) -> str:
        one = self.identifier(RECORD)
        every = f"CAST([{', '.join(values)}] AS {self.type_of(type_)})"
        return f"list_filter({every}, lambda {one} : {one} IS NOT NULL)"

    def whole_hours(self, instant: str) -> str:
        return f"(epoch_us({instant}) // 3600000000)"


DUCKDB: Dialect = DuckDB()
