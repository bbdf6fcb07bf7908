"""Chapter: one decision of ours, from the bare answer to the whole trace."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import decisions
from benchmarks.chapter import Chapter, Claim, Figures, Picture, Sheet
from benchmarks.chapters import timings
from benchmarks.pictures.bars import OTHER, OURS, YARDSTICK, Bar, bars
from benchmarks.wording import duration, step_of_time, times

ABOUT = """\
The same registrations as above, from the bare answer (which rules are broken) to what a caller is
told in words, and to the full trace: what became of every rule and every condition, with the
values that decided. A trace is recorded while it is decided; steps, JSON and words are made of it
when somebody reads them.
"""
HAND = "hand-written Python"
RECORDED, STEPS, AS_JSON = "trace recorded", "trace as steps", "trace as JSON"
DECISION = "decision with trace recorded"


def measure(tiny: bool) -> Figures:
    """Time all of them in turn."""
    count, taken = decisions.compare(count=20, rounds=1) if tiny else decisions.compare()
    return {"contestants": timings.figures(count, taken)}


def sheets(figures: Figures) -> Iterator[Sheet]:
    """Return all contestants."""
    yield timings.sheet("one decision", figures["contestants"])


def claims(figures: Figures) -> Iterator[Claim]:
    """Return the wish of issue 6, point 1, about the trace."""
    ratios = {name: each["ratio"] for name, each in figures["contestants"].items()}
    yield Claim(
        "one decision with full trace within 10 times hand-written Python",
        f"{times(ratios[RECORDED])} recorded, {times(ratios[DECISION])} with the decision around "
        f"it; {times(ratios[STEPS])} when every step of it is also read, "
        f"{times(ratios[AS_JSON])} when it is written as JSON",
        ratios[RECORDED] <= 10,
        why="The trace records every condition, also those that a decision passes over.",
    )


def pictures(figures: Figures) -> Iterator[Picture]:
    """Return the bars of all contestants, in the order of the table."""
    rows = [
        Bar(name, each["seconds"], duration(each["seconds"]), _kind(name))
        for name, each in figures["contestants"].items()
    ]
    yield Picture(
        "decisions", "one decision, logarithmic", bars("One decision", rows, step_of_time)
    )


def _kind(name: str) -> str:
    if name == HAND:
        return YARDSTICK
    return OTHER if "durable" in name else OURS


CHAPTER = Chapter(
    name="decisions",
    title="One decision, in words and with its trace",
    target="benchmark-rules",
    about=ABOUT,
    measure=measure,
    sheets=sheets,
    claims=claims,
    pictures=pictures,
)
