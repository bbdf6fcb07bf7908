"""Wholes cut into shares, one bar for each whole.

In: for each whole its parts. Out: an SVG.
Does not know: what the parts are.
"""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.pictures.canvas import LINE, SERIES, WIDTH, Canvas, breadth

THICK, GAP = 34, 16
_READABLE = 34
"""A part narrower than this is not written into; the legend tells its share."""


def shares(title: str, wholes: Mapping[str, Mapping[str, float]]) -> str:
    """Return the wholes, each cut by its parts' shares, with one legend for all."""
    parts = list(dict.fromkeys(part for whole in wholes.values() for part in whole))
    names = max(breadth(name) for name in wholes) + 28
    legend = 48 + (THICK + GAP) * len(wholes) + 8
    lines = _legend_lines(parts, wholes)
    canvas = Canvas(title, legend + LINE * len(lines) + 12)
    for number, (name, whole) in enumerate(wholes.items()):
        y = 48 + (THICK + GAP) * number
        canvas.words(names - 12, y + THICK / 2 + 5, name, "strong", "end")
        _bar(canvas, whole, parts, names, y)
    for number, (part, words) in enumerate(lines):
        y = legend + LINE * number
        canvas.bar(names, y, 14, 14, _kind(parts, part))
        canvas.words(names + 22, y + 12, words)
    return canvas.svg()


def _bar(
    canvas: Canvas, whole: Mapping[str, float], parts: list[str], begins: float, y: float
) -> None:
    total = sum(whole.values())
    x = begins
    for part, value in whole.items():
        width = value / total * (WIDTH - 24 - begins)
        canvas.bar(x, y, width - 1, THICK, _kind(parts, part))
        if width >= _READABLE:
            percent = f"{value / total:.0%}".replace("%", " %")
            canvas.words(x + width / 2, y + THICK / 2 + 5, percent, "on", "middle")
        x += width


def _kind(parts: list[str], part: str) -> str:
    return f"s{parts.index(part) % SERIES}"


def _legend_lines(
    parts: list[str], wholes: Mapping[str, Mapping[str, float]]
) -> list[tuple[str, str]]:
    lines = []
    for part in parts:
        each = (
            f"{name} {whole.get(part, 0) / sum(whole.values()):.1%}".replace("%", " %")
            for name, whole in wholes.items()
        )
        lines.append((part, f"{part}: {', '.join(each)}"))
    return lines
