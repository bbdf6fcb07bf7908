"""Wholes cut into shares, a bar for each whole, and a legend that gives every share as a number.

In: wholes and their parts. Out: an SVG.
Does not know: what the parts are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.pictures.canvas import LINE, WIDTH, Canvas, breadth

EDGE, THICK, GAP, TOP = 16, 30, 14, 48
COLOURS = 14
"""So many parts can be told apart; further ones take the first colours again."""
_READABLE = 34
"""A part narrower than this is not written into; the legend tells its share."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A bar: its name, what is written behind that, and its parts."""

    name: str
    words: str
    parts: Mapping[str, float]

    def share(self, part: str) -> float:
        """Return the share of that part, 0 when there is none."""
        return self.parts.get(part, 0.0) / sum(self.parts.values())


def shares(title: str, wholes: Sequence[Whole]) -> str:
    """Return the wholes, each cut by its parts' shares, all parts in the order of the first."""
    parts = list(dict.fromkeys(part for whole in wholes for part in whole.parts))
    height = LINE + THICK + GAP
    legend = TOP + height * len(wholes) + 20
    canvas = Canvas(title, legend + 2 * 16 + LINE * len(parts) + 16)
    for number, whole in enumerate(wholes):
        y = TOP + height * number
        canvas.words(EDGE, y + 16, f"{whole.name}: {whole.words}", "strong")
        _bar(canvas, whole, parts, y + LINE)
    _legend(canvas, wholes, parts, legend)
    return canvas.svg()


def _bar(canvas: Canvas, whole: Whole, parts: list[str], y: float) -> None:
    x = float(EDGE)
    for part in parts:
        width = whole.share(part) * (WIDTH - 2 * EDGE)
        if not width:
            continue
        canvas.bar(x, y, width - 1, THICK, _kind(parts, part))
        if width >= _READABLE:
            percent = f"{whole.share(part):.0%}".replace("%", " %")
            canvas.words(x + width / 2, y + THICK / 2 + 5, percent, "on", "middle")
        x += width


def _legend(canvas: Canvas, wholes: Sequence[Whole], parts: list[str], top: float) -> None:
    column = EDGE + 22 + max(map(breadth, parts))
    ends = list(_ends(wholes, column))
    for end, whole in zip(ends, wholes, strict=True):
        for number, line in enumerate(whole.name.split(", ")):
            canvas.words(end, top + 16 * number, line, "small", "end")
    for number, part in enumerate(parts):
        y = top + 2 * 16 + 8 + LINE * number
        canvas.bar(EDGE, y - 12, 14, 14, _kind(parts, part))
        canvas.words(EDGE + 22, y, part)
        for end, whole in zip(ends, wholes, strict=True):
            canvas.words(end, y, f"{whole.share(part):.1%}".replace("%", " %"), "", "end")


def _ends(wholes: Sequence[Whole], begins: float) -> Iterator[float]:
    """Return where the columns of numbers end."""
    for whole in wholes:
        begins += max(max(map(breadth, whole.name.split(", "))), 60) + 18
        yield begins


def _kind(parts: list[str], part: str) -> str:
    return f"p{parts.index(part) % COLOURS}"
