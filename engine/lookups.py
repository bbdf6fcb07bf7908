"""How looked-up facts and `in force on` find their answer in the tables.

In: a `Lookup` of the catalogue and the tables. Out: fast functions from key and day to value, and
which keys have the same answer on every day.
Does not know: whose key it is, nor which evaluator asks. All evaluators share these functions:
looking up is access to tables, not a judgement.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Generic, TypeVar

from engine.facts import Lookup, Scalar, Value
from engine.tables import Row, Table

Answer = TypeVar("Answer", covariant=True)
Find = Callable[[Scalar | None, date | None], Value]
InForce = Callable[[Scalar | None, date | None], bool]


MOST_WRITTEN_OUT = 20_000
"""So many answers of one table may be written out day by day; a larger table is searched."""


class Answers(Generic[Answer]):
    """What a table answers for each key and day; `otherwise` where it has no row in force.

    Everything that dates an answer, rows and the switches that some rows hang on, is worked out
    once: for each key the days on which its answer changes, and the answers between them.
    """

    __slots__ = ("_of_key", "_otherwise", "_timeless")

    def __init__(self, table: Table, answer: Callable[[Row], Answer], otherwise: Answer) -> None:
        self._otherwise = otherwise
        self._timeless: dict[Scalar | None, Answer] = {}
        self._of_key: dict[Scalar, tuple[tuple[date, ...], tuple[Answer, ...]]] = {}
        for key, history in table.rows.items():
            days = set(history.starts)
            for _, row in history:
                days.update(row.only_with.starts if row.only_with is not None else ())
            starts = tuple(sorted(days))
            rows = [table.find(key, day) for day in starts]
            answers = tuple(otherwise if row is None else answer(row) for row in rows)
            self._of_key[key] = (starts, (otherwise, *answers))
            if starts == (date.min,):
                self._timeless[key] = answers[0]

    @property
    def otherwise(self) -> Answer:
        """The answer for a key that has no row in force."""
        return self._otherwise

    @property
    def starts(self) -> tuple[date, ...]:
        """The days on which the answer for some key changes, ascending."""
        return tuple(sorted({day for starts, _ in self._of_key.values() for day in starts}))

    def written_out(self) -> tuple[Mapping[Scalar, Answer], ...] | None:
        """Return the answers before the first of `starts`, and from each of them on.

        Keys without a row in force are left out. None when that would take too much room.
        """
        if len(self.starts) * len(self._of_key) > MOST_WRITTEN_OUT:
            return None
        return (
            {},
            *(
                {
                    key: answers[position]
                    for key, (starts, answers) in self._of_key.items()
                    if (position := bisect_right(starts, day))
                }
                for day in self.starts
            ),
        )

    @property
    def timeless(self) -> Mapping[Scalar | None, Answer]:
        """The keys whose answer is the same on every day, with it."""
        return self._timeless

    @property
    def histories(self) -> Iterator[tuple[Scalar, tuple[date, ...], tuple[Answer, ...]]]:
        """For every key the days on which its answer changes, and the answers around them."""
        for key, (starts, answers) in self._of_key.items():
            yield key, starts, answers

    def find(self, key: Scalar | None, day: date | None) -> Answer:
        """Return the answer for `key` on `day`; a key or day that is not given has no row."""
        dated = self._of_key.get(key) if key is not None and day is not None else None
        if dated is None or day is None:
            return self._otherwise
        starts, answers = dated
        return answers[bisect_right(starts, day)]


def looked_up(lookup: Lookup, tables: Mapping[str, Table]) -> Answers[Value]:
    """Return what the column of the table answers."""
    column = lookup.column
    return Answers(tables[lookup.table], lambda row: row.values[column], lookup.otherwise)


def in_force(table: Table) -> Answers[bool]:
    """Return whether the code list holds a code on a day."""
    return Answers(table, lambda _: True, otherwise=False)


def lookup_function(lookup: Lookup, tables: Mapping[str, Table]) -> Find:
    """Return a function from key and day to the value of the column, `otherwise` without a row."""
    return looked_up(lookup, tables).find


def in_force_function(table: Table) -> InForce:
    """Return a function from code and day to whether the code is in force on that day."""
    return in_force(table).find
