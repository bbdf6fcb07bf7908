"""Figures in words: three digits, and the unit in which they read well.

In: a number of seconds, bytes or times. Out: text.
Does not know: what was measured.
"""

from __future__ import annotations

from math import floor, log10


def digits(value: float, significant: int = 3) -> str:
    """Return the number with so many digits that mean something: 1,530; 15.3; 0.153."""
    if value == 0:
        return "0"
    places = significant - 1 - floor(log10(abs(value)))
    return f"{round(value, places):,.{max(0, places)}f}"


def duration(seconds: float, significant: int = 3) -> str:
    """Return a time in µs, ms, s or min."""
    # a hair less than the limit is the limit, however it was computed
    nearly = seconds * (1 + 1e-9)
    for limit, factor, unit in ((1e-3, 1e6, "µs"), (1.0, 1e3, "ms"), (120.0, 1.0, "s")):
        if nearly < limit:
            return f"{digits(seconds * factor, significant)} {unit}"
    return f"{digits(seconds / 60, significant)} min"


def step_of_time(seconds: float) -> str:
    """Return the words of a step on an axis of time."""
    return duration(seconds, 1)


def step(value: float) -> str:
    """Return the words of a step on an axis of numbers."""
    return digits(value, 1)


def times(ratio: float) -> str:
    """Return how many times as much."""
    return f"{digits(ratio)}×"


def size(megabytes: float) -> str:
    """Return an amount of memory."""
    return f"{digits(megabytes)} MB" if megabytes < 1000 else f"{digits(megabytes / 1000)} GB"


def share(part: float) -> str:
    """Return a part of one in per cent."""
    return f"{digits(part * 100, 2 if part < 0.1 else 3)} %"
