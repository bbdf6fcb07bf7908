"""Bars side by side on a logarithmic axis.

In: rows of name, number and words. Out: an SVG.
Does not know: what was measured.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.pictures.canvas import LINE, WIDTH, Canvas, LogScale, breadth

OURS, OTHER, YARDSTICK = "ours", "other", "yardstick"


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: its name, its length, what is written at its end, and whose it is."""

    name: str
    value: float
    words: str
    kind: str = OTHER


def bars(title: str, rows: Sequence[Bar], axis: Callable[[float], str]) -> str:
    """Return the rows in their order, each with its name before and its words behind it."""
    names = max(breadth(row.name) for row in rows) + 28
    behind = max(breadth(row.words) for row in rows) + 16
    # a bar has a length even where its value is the lowest of its step
    lengths = [row.value for row in rows]
    scale = LogScale([min(lengths) / 1.5, max(lengths)], names, WIDTH - behind)
    top, bottom = 48, 48 + LINE * len(rows)
    canvas = Canvas(title, bottom + 34)
    for step in scale.steps():
        canvas.line([(scale(step), top), (scale(step), bottom + 4)], "grid")
        canvas.words(scale(step), bottom + 20, axis(step), "small", "middle")
    for number, row in enumerate(rows):
        y = top + LINE * number
        weight = "" if row.kind == OTHER else "strong"
        canvas.words(names - 12, y + 17, row.name, weight, "end")
        canvas.bar(names, y + 4, scale(row.value) - names, LINE - 8, row.kind)
        canvas.words(scale(row.value) + 8, y + 17, row.words, f"over {weight}")
    return canvas.svg()
