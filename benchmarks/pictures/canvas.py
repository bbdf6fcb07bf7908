"""A sheet to draw on: marks, words and the colours of a light and a dark page.

In: places in pixels. Out: the text of an SVG.
Does not know: what is drawn.
"""

from __future__ import annotations

from math import ceil, floor, log10
from xml.sax.saxutils import escape

WIDTH = 860
LINE = 26
"""Height of a line of words, with what is between lines."""
SERIES = 6
"""So many colours for series; further ones begin again."""

_STYLE = """
  text { font: 13px system-ui, "Segoe UI", "Liberation Sans", sans-serif; fill: #1f2328; }
  .title { font-size: 16px; font-weight: 600; }
  .small { font-size: 12px; fill: #59636e; }
  .strong { font-weight: 600; }
  .page { fill: #ffffff; }
  .grid { stroke: #d1d9e0; stroke-width: 1; }
  .ours { fill: #0969da; stroke: #0969da; }
  .other { fill: #8c959f; stroke: #8c959f; }
  .yardstick { fill: #1a7f37; stroke: #1a7f37; }
  .s0 { fill: #0969da; stroke: #0969da; } .s1 { fill: #bc4c00; stroke: #bc4c00; }
  .s2 { fill: #1a7f37; stroke: #1a7f37; } .s3 { fill: #8250df; stroke: #8250df; }
  .s4 { fill: #bf3989; stroke: #bf3989; } .s5 { fill: #6e7781; stroke: #6e7781; }
  .p0 { fill: #0969da; } .p1 { fill: #bc4c00; } .p2 { fill: #1a7f37; } .p3 { fill: #8250df; }
  .p4 { fill: #bf3989; } .p5 { fill: #57606a; } .p6 { fill: #9a6700; } .p7 { fill: #1b7c83; }
  .p8 { fill: #cf222e; } .p9 { fill: #4d6a00; } .p10 { fill: #6639ba; } .p11 { fill: #0a3069; }
  .p12 { fill: #953800; } .p13 { fill: #8c959f; }
  .line { fill: none; stroke-width: 2.5; }
  .wanted { stroke: #cf222e; stroke-width: 1.5; stroke-dasharray: 5 4; fill: none; }
  .on { fill: #ffffff; }
  .over { paint-order: stroke; stroke: #ffffff; stroke-width: 4px; stroke-linejoin: round; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .small { fill: #9198a1; } .page { fill: #0d1117; }
    .grid { stroke: #30363d; }
    .ours, .s0 { fill: #4493f8; stroke: #4493f8; } .other { fill: #656c76; stroke: #656c76; }
    .yardstick, .s2 { fill: #3fb950; stroke: #3fb950; } .s1 { fill: #f0883e; stroke: #f0883e; }
    .s3 { fill: #ab7df8; stroke: #ab7df8; } .s4 { fill: #db61a2; stroke: #db61a2; }
    .p0 { fill: #4493f8; } .p1 { fill: #f0883e; } .p2 { fill: #3fb950; } .p3 { fill: #ab7df8; }
    .p4 { fill: #db61a2; } .p5 { fill: #b1bac4; } .p6 { fill: #d29922; } .p7 { fill: #39c5cf; }
    .p8 { fill: #ff7b72; } .p9 { fill: #a5c949; } .p10 { fill: #d2a8ff; } .p11 { fill: #79c0ff; }
    .p12 { fill: #ffa657; } .p13 { fill: #6e7681; }
    .s5 { fill: #9198a1; stroke: #9198a1; } .line { fill: none; }
    .wanted { stroke: #f85149; } .on { fill: #0d1117; }
    .over { stroke: #0d1117; }
  }
"""


class Canvas:
    """Collects marks; `svg` returns them all."""

    def __init__(self, title: str, height: float) -> None:
        self._title, self._height = title, round(height)
        self._marks: list[str] = []
        self.words(16, 28, title, "title")

    def words(self, x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> None:
        place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
        self._marks.append(f'<text {place} class="{kind}">{escape(text)}</text>')

    def bar(self, x: float, y: float, width: float, height: float, kind: str) -> None:
        place = f'x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}" height="{height:.1f}"'
        self._marks.append(f'<rect {place} class="{kind}" stroke="none" rx="2"/>')

    def line(self, points: list[tuple[float, float]], kind: str) -> None:
        places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._marks.append(f'<polyline points="{places}" class="{kind}"/>')

    def dot(self, x: float, y: float, kind: str) -> None:
        self._marks.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" class="{kind}"/>')

    def svg(self) -> str:
        """Return the picture."""
        marks = "\n".join(self._marks)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self._height}" '
            f'width="{WIDTH}" height="{self._height}" role="img">\n'
            f"<title>{escape(self._title)}</title>\n<style>{_STYLE}</style>\n"
            f'<rect width="{WIDTH}" height="{self._height}" class="page" rx="6"/>\n'
            f"{marks}\n</svg>\n"
        )


class LogScale:
    """Places numbers on an axis on which each step is ten times the one before."""

    def __init__(self, values: list[float], begins: float, ends: float) -> None:
        self._low = floor(log10(min(values)) + 1e-9)
        self._high = max(self._low + 1, ceil(log10(max(values)) - 1e-9))
        self._begins, self._ends = begins, ends

    def __call__(self, value: float) -> float:
        part = (log10(value) - self._low) / (self._high - self._low)
        return self._begins + part * (self._ends - self._begins)

    def steps(self) -> list[float]:
        """Return the powers of ten on the axis, with both ends."""
        return [10.0**power for power in range(self._low, self._high + 1)]


def breadth(text: str) -> float:
    """Return about how wide the words are."""
    return len(text) * 7.2
