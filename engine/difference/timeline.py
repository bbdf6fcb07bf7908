"""Two histories side by side: from which day to which day does which entry meet which?

In: two `Dated` of the same thing. Out: one `Stretch` of days for every pair of entries in force
together, in the order of time; they follow one another without a gap.
Does not know: what the entries are, or whether they differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from engine.dated import SINCE_EVER, Dated

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True, order=True)
class Days:
    """The days from `first` on and before `until`; `date.min` is since ever, None is for ever."""

    first: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Stretch(Generic[Entry]):
    """Days on which the same old entry meets the same new one; None where a history is silent."""

    days: Days
    old: Entry | None
    new: Entry | None
    began: bool
    """Whether the new history has an entry that begins on the first of these days."""
    had_begun: bool
    """Whether the old history has one."""


def stretches(old: Dated[Entry] | None, new: Dated[Entry] | None) -> Iterator[Stretch[Entry]]:
    """Yield the days of every pair of entries; None is a history that was never written."""
    old_starts = frozenset() if old is None else frozenset(old.starts)
    new_starts = frozenset() if new is None else frozenset(new.starts)
    starts = sorted({SINCE_EVER} | old_starts | new_starts)
    for first, until in zip(starts, [*starts[1:], None], strict=True):
        yield Stretch(
            Days(first, until),
            None if old is None else old.on(first),
            None if new is None else new.on(first),
            first in new_starts,
            first in old_starts,
        )


def merged(days: Iterable[Days]) -> tuple[Days, ...]:
    """Return the same days, in order, with those that follow one another as one."""
    told: list[Days] = []
    for each in sorted(days, key=lambda one: one.first):
        if told and told[-1].until == each.first:
            told[-1] = Days(told[-1].first, each.until)
        else:
            told.append(each)
    return tuple(told)
