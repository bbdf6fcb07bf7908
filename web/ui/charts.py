"""Figures as numbers for small drawings.

In: counts. Out: bars in units of a drawing.
Does not know: SVG, colours or what is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH, HEIGHT = 720, 120
MOST_DAYS = 62
"""A longer time is drawn by months."""


@dataclass(frozen=True, slots=True)
class Column:
    """One day or month: what was accepted stands below, what was refused on top of it."""

    first: date
    left: float
    width: float
    accepted: int
    refused: int
    accepted_height: float
    refused_height: float

    @property
    def top(self) -> float:
        return round(HEIGHT - self.accepted_height - self.refused_height, 1)


@dataclass(frozen=True, slots=True)
class TimeChart:
    """Columns over time; `by_month` says what a column is."""

    columns: tuple[Column, ...]
    by_month: bool
    highest: int


def time_chart(by_day: Mapping[date, tuple[int, int]]) -> TimeChart:
    """Return the chart of accepted and refused by day; days without any have a column too."""
    if not by_day:
        return TimeChart((), False, 0)
    first, last = min(by_day), max(by_day)
    by_month = (last - first).days >= MOST_DAYS
    counts = _by_month(by_day, first, last) if by_month else _by_day(by_day, first, last)
    highest = max(accepted + refused for accepted, refused in counts.values())
    # a few days do not become slabs
    step = min(WIDTH / len(counts), 48.0)
    columns = tuple(
        Column(
            day,
            round(position * step + step * 0.1, 1),
            round(step * 0.8, 1),
            accepted,
            refused,
            round(accepted / highest * HEIGHT, 1),
            round(refused / highest * HEIGHT, 1),
        )
        for position, (day, (accepted, refused)) in enumerate(counts.items())
    )
    return TimeChart(columns, by_month, highest)


def share(part: int, whole: int) -> float:
    """Return how wide a bar is, of 100."""
    return round(part / whole * 100, 1) if whole else 0.0


def _by_day(
    by_day: Mapping[date, tuple[int, int]], first: date, last: date
) -> dict[date, tuple[int, int]]:
    days = (first + timedelta(days=after) for after in range((last - first).days + 1))
    return {day: by_day.get(day, (0, 0)) for day in days}


def _by_month(
    by_day: Mapping[date, tuple[int, int]], first: date, last: date
) -> dict[date, tuple[int, int]]:
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    counts = {date(each // 12, each % 12 + 1, 1): (0, 0) for each in months}
    for day, (accepted, refused) in by_day.items():
        month = day.replace(day=1)
        before = counts[month]
        counts[month] = (before[0] + accepted, before[1] + refused)
    return counts
