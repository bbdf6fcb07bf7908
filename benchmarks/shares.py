"""Shares of several wholes as stacked bars in SVG, readable on light and on dark ground.

In: a title, bars, the parts in their order. Out: the text of a picture.
Does not know: what is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, LEFT, BAR, GAP = 880, 16, 34, 58
SMALLEST_NAMED = 0.035
"""A narrower segment has no room for its figure; the legend has it."""
COLOURS = (
    "#8a8f98",
    "#b5793a",
    "#c9a227",
    "#8c9a2f",
    "#9c3d54",
    "#4a6fa5",
    "#6f8fc0",
    "#3d7f7a",
    "#5aa36a",
    "#8fbf7f",
    "#a178b8",
    "#7d4fa0",
    "#c06aa8",
    "#d98fb0",
)
STYLE = """
text{font:13px system-ui,sans-serif;fill:#1b1f24}
.title{font-weight:600;font-size:15px}.share{fill:#fff;font-size:11px;text-anchor:middle}
@media(prefers-color-scheme:dark){text{fill:#e6e6e6}.share{fill:#fff}}
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """One whole: its name, and the share of each part (they add up to 1)."""

    name: str
    shares: Mapping[str, float]


def draw(title: str, bars: Sequence[Bar], parts: Sequence[str]) -> str:
    """Return the picture; parts without a share in any bar are left out."""
    shown = [part for part in parts if any(bar.shares.get(part, 0) >= 0.0005 for bar in bars)]
    colours = dict(zip(parts, COLOURS, strict=False))
    lines = [f'<text class="title" x="{LEFT}" y="24">{escape(title)}</text>']
    top = 40
    for bar in bars:
        lines += _bar(bar, shown, colours, top)
        top += GAP
    lines += _legend(shown, colours, top + 12)
    height = top + 12 + 22 * -(-len(shown) // 4)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">'
        f"<title>{escape(title)}</title><style>{STYLE}</style>{''.join(lines)}</svg>\n"
    )


def _bar(bar: Bar, parts: Sequence[str], colours: Mapping[str, str], top: int) -> list[str]:
    lines = [f'<text x="{LEFT}" y="{top + 12}">{escape(bar.name)}</text>']
    whole, left = WIDTH - 2 * LEFT, float(LEFT)
    for part in parts:
        share = bar.shares.get(part, 0)
        width = share * whole
        words = escape(f"{part}: {share:.1%}")
        lines.append(
            f'<rect x="{left:.1f}" y="{top + 18}" width="{width:.1f}" height="{BAR - 6}" '
            f'fill="{colours[part]}"><title>{words}</title></rect>'
        )
        if share >= SMALLEST_NAMED:
            middle = left + width / 2
            figure = f"{share:.0%}"
            lines.append(f'<text class="share" x="{middle:.1f}" y="{top + 36}">{figure}</text>')
        left += width
    return lines


def _legend(parts: Sequence[str], colours: Mapping[str, str], top: int) -> list[str]:
    lines = []
    column = (WIDTH - 2 * LEFT) // 4
    for number, part in enumerate(parts):
        left, line = LEFT + number % 4 * column, top + number // 4 * 22
        lines.append(
            f'<rect x="{left}" y="{line - 11}" width="12" height="12" fill="{colours[part]}"/>'
            f'<text x="{left + 18}" y="{line}">{escape(part)}</text>'
        )
    return lines
