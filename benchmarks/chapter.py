"""What a benchmark is to the house: how it is measured, and how its figures are shown and judged.

In: nothing. Out: `Chapter` and its parts. Everything that is shown is made of the figures of a run,
so that nothing is claimed that the run does not print.
Does not know: any benchmark, the results file, or how a page or a picture is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Figures = dict[str, Any]
"""Plain numbers and names, as `compare()` returns them and the results file keeps them."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of figures in words; the first column names what was measured."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure that was wanted, beside what was measured."""

    wanted: str
    measured: str
    reached: bool
    why: str = ""
    """Said when it is not reached."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing of the figures; the page says `caption` where it cannot be seen."""

    name: str
    caption: str
    svg: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A benchmark: measured by `measure`, shown by the others from what that returned."""

    name: str
    title: str
    target: str
    """The make target that repeats it."""
    about: str
    """What is compared with what, and how; no figures."""
    measure: Callable[[bool], Figures]
    """Called with true it runs once in tiny sizes, to show that it runs."""
    sheets: Callable[[Figures], Iterable[Sheet]]
    claims: Callable[[Figures], Iterable[Claim]] = lambda figures: ()
    pictures: Callable[[Figures], Iterable[Picture]] = lambda figures: ()
    notes: Callable[[Mapping[str, Figures]], Iterable[str]] = lambda sections: ()
    """Sentences that follow from the figures of several benchmarks, given by their names."""
    missing: Callable[[], list[str]] = list
    """What it needs that is not there, e.g. packages."""
