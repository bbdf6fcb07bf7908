"""Tables asked with one day of a decision → the answers of that day, found once.

In: which tables a function asks with which variable for a day. Out: the lines that find them all,
and the expression of one answer.
Does not know: whose key is asked, or whether the day is given: it must be.

What changes in tables changes on few days. All tables that are asked with the same day change
together at the seams of any of them, so one search among the seams finds the answers of all.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.compiled.bindings import Bindings
from engine.lookups import Answers

Written = Mapping[Any, Any] | frozenset[Any]
"""The answers of one day: a set of keys where the answers are yes or no, else by key."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a table answers from the beginning of time, and from each of `seams` on."""

    seams: tuple[date, ...]
    answers: tuple[Written, ...]

    def on(self, day: date) -> Written:
        return self.answers[bisect_right(self.seams, day)]


class DayTables:
    """The tables that one function asks, by the variable of the day."""

    def __init__(self, bindings: Bindings) -> None:
        self._bindings = bindings
        self._of_day: dict[str, dict[Hashable, tuple[str, Changes]]] = {}

    def answer(self, table: Hashable, answers: Answers[Any], key: str, day: str) -> str | None:
        """Return the expression of the answer for `key`; None for a table that is too large."""
        changes = self._bindings.value(("changes", table), lambda: _changes(answers))
        if changes is None:
            return None
        found = self._variable(table, changes, day)
        if answers.otherwise is False:
            return f"({key} in {found})"
        otherwise = self._bindings.once(("otherwise", table), lambda: answers.otherwise)
        return f"{found}.get({key}, {otherwise})"

    def lines(self) -> Iterator[str]:
        """Yield the lines that find the answers of each day."""
        bisect = self._bindings.once("bisect", lambda: bisect_right)
        for day, tables in self._of_day.items():
            seams, rows = self._together(tables)
            variables = "".join(f"{variable}, " for variable, _ in tables.values())
            yield f"{variables}= {rows}[{bisect}({seams}, {day})]"

    def _together(self, tables: Mapping[Hashable, tuple[str, Changes]]) -> tuple[str, str]:
        """Return the expressions of the days on which some table changes, and of the answers."""
        changes = [each for _, each in tables.values()]
        seams = tuple(sorted({seam for each in changes for seam in each.seams}))
        key = tuple(tables)
        return (
            self._bindings.once(("seams", key), lambda: seams),
            self._bindings.once(("rows", key), lambda: _rows(changes, (date.min, *seams))),
        )

    def _variable(self, table: Hashable, changes: Changes, day: str) -> str:
        if not changes.seams:
            return self._bindings.once(("always", table), lambda: changes.answers[0])
        asked = self._of_day.setdefault(day, {})
        if table not in asked:
            number = sum(map(len, self._of_day.values()))
            asked[table] = (f"d{number}", changes)
        return asked[table][0]


def _rows(changes: Sequence[Changes], days: Sequence[date]) -> tuple[tuple[Written, ...], ...]:
    """Return for each of the days what every table answers from it on."""
    return tuple(tuple(each.on(day) for each in changes) for day in days)


def _changes(answers: Answers[Any]) -> Changes | None:
    found = answers.written_out()
    if found is None:
        return None
    written: tuple[Written, ...] = found
    if answers.otherwise is False:
        written = tuple(frozenset(key for key, yes in each.items() if yes) for each in found)
    # every day is on or after the first there is, so what was before it never answers
    if answers.starts[:1] == (date.min,):
        return Changes(answers.starts[1:], written[1:])
    return Changes(answers.starts, written)
