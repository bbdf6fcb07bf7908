"""How looked-up facts and `in force on` find their answer in the tables.

In: a `Lookup` of the catalogue and the tables. Out: fast functions from key and day to value.
Does not know: whose key it is, nor which evaluator asks. All evaluators share these functions:
looking up is access to tables, not a judgement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from engine.facts import Lookup, Scalar, Value
from engine.tables import Row, Table

Find = Callable[[Scalar | None, date | None], Value]
InForce = Callable[[Scalar | None, date | None], bool]


def lookup_function(lookup: Lookup, tables: Mapping[str, Table]) -> Find:
    """Return a function from key and day to the value of the column, `otherwise` without a row.

    A key or day that is not given has no row.
    """
    table, column, otherwise = tables[lookup.table], lookup.column, lookup.otherwise
    timeless = _timeless(table, column)

    def find(key: Scalar | None, day: date | None) -> Value:
        if key in timeless:
            # INVARIANT: a timeless key has one row for every day, so the day need not be asked.
            return timeless[key] if day is not None else otherwise
        row = _row(table, key, day)
        return otherwise if row is None else row.values[column]

    return find


def in_force_function(table: Table) -> InForce:
    """Return a function from code and day to whether the code is in force on that day."""

    def in_force(key: Scalar | None, day: date | None) -> bool:
        return _row(table, key, day) is not None

    return in_force


def _row(table: Table, key: Scalar | None, day: date | None) -> Row | None:
    if key is None or day is None or isinstance(key, date):
        return None
    return table.find(key, day)


def _timeless(table: Table, column: str) -> dict[Scalar | None, Value]:
    """Return the keys whose value in `column` is the same on every day."""
    return {
        key: row.values[column]
        for key, history in table.rows.items()
        for start, row in history
        if len(history) == 1 and start == date.min and not row.withdrawn and row.only_with is None
    }
