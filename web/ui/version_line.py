"""The wordings of a rule on a line of time, as numbers for an SVG.

In: first days of wordings, today. Out: where each begins and ends, and the years.
Does not know: rules or colours. The line ends some time after the last day of interest, because
the last wording has no end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH = 720
LEAST = 365 * 3
"""Days that the line shows at least."""
MOST_YEARS = 9


@dataclass(frozen=True, slots=True)
class Stretch:
    """One wording from `left`, `width` wide; `position` counts from 1."""

    left: float
    width: float
    position: int
    now: bool


@dataclass(frozen=True, slots=True)
class VersionLine:
    """What stands on the line; all in units of a drawing that is `WIDTH` wide."""

    stretches: tuple[Stretch, ...]
    years: tuple[tuple[float, int], ...]
    today: float


def version_line(starts: Sequence[date | None], today: date) -> VersionLine:
    """Return the line; a start of None lies before everything that is shown."""
    known = sorted(each for each in starts if each is not None)
    first = min((*known, today))
    last = max((*known, today))
    whole = max(LEAST, (last - first).days)
    margin = timedelta(days=max(60, whole // 12))
    begin = _earlier(first, margin)
    end = _later(
        max(last, first + timedelta(days=min(whole, 3_000_000 - first.toordinal()))), margin
    )
    span = max(1, (end - begin).days)

    def at(day: date) -> float:
        return round((min(max(day, begin), end) - begin).days / span * WIDTH, 1)

    edges = [begin if each is None else each for each in starts]
    stretches = []
    for position, start in enumerate(edges):
        until = edges[position + 1] if position + 1 < len(edges) else end
        now = start <= today and (position + 1 == len(edges) or today < until)
        stretches.append(Stretch(at(start), round(at(until) - at(start), 1), position + 1, now))
    step = max(1, -(-(end.year - begin.year + 1) // MOST_YEARS))
    years = tuple(
        (at(date(year, 1, 1)), year) for year in range(begin.year + 1, end.year + 1, step)
    )
    return VersionLine(tuple(stretches), years, at(today))


def _earlier(day: date, by: timedelta) -> date:
    return day - by if day.toordinal() > by.days else date.min


def _later(day: date, by: timedelta) -> date:
    return day + by if date.max.toordinal() - day.toordinal() > by.days else date.max
