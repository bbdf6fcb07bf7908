"""Where everything of a time line stands in its picture.

In: a `Timeline`. Out: `Drawing`: the same with heights in pixels and positions in per cent.
Does not know: SVG or colours. Positions across are per cent, so that text keeps its size on a
narrow screen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.facts import Text
from web.ui.trial.timeline import Bar, Dot, Mark, Tick, Timeline

_TOP = 52
_TITLE = 20
_ROW = 26
_GAP = 12
_AXIS = 26
_LEFT = 0.3
_RIGHT = 0.7


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """A period: `y` in pixels, the rest in per cent of the width."""

    bar: Bar
    y: int
    x: str
    width: str


@dataclass(frozen=True, slots=True)
class DrawnDot:
    """An interview."""

    dot: Dot
    y: int
    x: str


@dataclass(frozen=True, slots=True)
class DrawnLane:
    """One lane: `y` of its title, `line` of the thread its dots stand on."""

    title: Text
    y: int
    line: int
    bars: tuple[DrawnBar, ...]
    dots: tuple[DrawnDot, ...]


@dataclass(frozen=True, slots=True)
class DrawnMark:
    """A line across, and where its name stands."""

    mark: Mark
    x: str
    y: int
    anchor: str


@dataclass(frozen=True, slots=True)
class DrawnTick:
    """A day on the axis."""

    tick: Tick
    x: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture so many pixels high and as wide as there is room."""

    height: int
    lanes: tuple[DrawnLane, ...]
    marks: tuple[DrawnMark, ...]
    ticks: tuple[DrawnTick, ...]
    axis: int
    timeline: Timeline


def drawn(timeline: Timeline) -> Drawing:
    """Return the picture: marks named at the top, then one lane under another, then the axis."""
    lanes: list[DrawnLane] = []
    y = _TOP
    for lane in timeline.lanes:
        rows = max(len(lane.bars), 1)
        first = y + _TITLE
        lanes.append(
            DrawnLane(
                lane.title,
                y,
                first + _ROW // 2,
                tuple(
                    DrawnBar(bar, first + number * _ROW, _percent(bar.starts), _wide(bar))
                    for number, row in enumerate(lane.bars)
                    for bar in row
                ),
                tuple(DrawnDot(dot, first + _ROW // 2, _percent(dot.at)) for dot in lane.dots),
            )
        )
        y = first + rows * _ROW + _GAP
    return Drawing(
        y + _AXIS,
        tuple(lanes),
        tuple(
            DrawnMark(mark, _percent(mark.at), 14 + 20 * number, _anchor(mark.at))
            for number, mark in enumerate(timeline.marks)
        ),
        tuple(_ticks(timeline)),
        y,
        timeline,
    )


def _ticks(timeline: Timeline) -> Iterator[DrawnTick]:
    for tick in timeline.ticks:
        yield DrawnTick(tick, _percent(tick.at), _anchor(tick.at, 0.08, 0.92))


def _wide(bar: Bar) -> str:
    # a period of a day is still seen
    return _percent(max(bar.ends - bar.starts, 0.006))


def _percent(position: float) -> str:
    return f"{position * 100:.2f}%"


def _anchor(position: float, left: float = _LEFT, right: float = _RIGHT) -> str:
    if position < left:
        return "start"
    return "end" if position > right else "middle"
