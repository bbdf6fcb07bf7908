"""Lines that show how something grows, on two logarithmic axes.

In: series of points. Out: an SVG.
Does not know: what grows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from benchmarks.pictures.canvas import LINE, SERIES, WIDTH, Canvas, LogScale, breadth

Points = Sequence[tuple[float, float]]
LEFT, TOP, BOTTOM, HEIGHT = 84, 76, 350, 404
_APART = 16
"""Pixels between the names at the ends of lines, so that they can be read."""


def growth(
    title: str,
    series: Mapping[str, Points],
    axes: tuple[str, str],
    *,
    across: Callable[[float], str],
    upwards: Callable[[float], str],
) -> str:
    """Return the series, each with its name at its end; `axes` names what runs across and up."""
    right = WIDTH - max(breadth(name) for name in series) - 30
    points = [point for each in series.values() for point in each]
    x = LogScale([point[0] for point in points], LEFT, right)
    y = LogScale([point[1] for point in points], BOTTOM, TOP)
    canvas = Canvas(title, HEIGHT)
    canvas.words(16, 54, axes[1], "small")
    canvas.words((LEFT + right) / 2, BOTTOM + 42, axes[0], "small", "middle")
    for step in x.steps():
        canvas.line([(x(step), TOP), (x(step), BOTTOM)], "grid")
        canvas.words(x(step), BOTTOM + LINE - 6, across(step), "small", "middle")
    for step in y.steps():
        canvas.line([(LEFT, y(step)), (right, y(step))], "grid")
        canvas.words(LEFT - 8, y(step) + 4, upwards(step), "small", "end")
    places = _apart([y(each[-1][1]) for each in series.values()])
    for number, (name, each) in enumerate(series.items()):
        kind = f"s{number % SERIES}"
        canvas.line([(x(across_), y(up)) for across_, up in each], f"{kind} line")
        for across_, up in each:
            canvas.dot(x(across_), y(up), kind)
        canvas.words(x(each[-1][0]) + 12, places[number] + 4, name)
    return canvas.svg()


def _apart(heights: list[float]) -> list[float]:
    """Return the heights moved so far down that no two names lie upon each other."""
    moved = list(heights)
    lowest = float("-inf")
    for number in sorted(range(len(heights)), key=heights.__getitem__):
        moved[number] = lowest = max(heights[number], lowest + _APART)
    return moved
