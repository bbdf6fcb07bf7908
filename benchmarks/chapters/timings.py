"""What ways of doing the same thing took, as plain figures and as a table.

In: timings. Out: figures by name, and their sheet.
Does not know: what was timed.
"""

from __future__ import annotations

from benchmarks.chapter import Figures, Sheet
from benchmarks.side_by_side import Timing
from benchmarks.wording import duration, times


def figures(count: int, timings: list[Timing]) -> Figures:
    """Return seconds of one and the ratio to the first, by contestant."""
    return {each.name: {"seconds": each.seconds / count, "ratio": each.ratio} for each in timings}


def sheet(title: str, contestants: Figures) -> Sheet:
    """Return them as a table, the first one being what the others are compared with."""
    first = next(iter(contestants))
    rows = tuple(
        (name, duration(each["seconds"]), f"{1 / each['seconds']:,.0f}", times(each["ratio"]))
        for name, each in contestants.items()
    )
    return Sheet(title, ("", "one takes", "in a second", f"time, {first} = 1"), rows)
