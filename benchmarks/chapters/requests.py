"""Chapter: one POST with the rules step and without it."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import requests
from benchmarks.chapter import Chapter, Figures, Sheet
from benchmarks.chapters import timings

ABOUT = """\
The real application (JSON, checks, token, transaction, disk) with a decider that accepts
everything without looking, and with the rules by one engine and by both. SQLite as it is shipped,
with `synchronous=FULL`.
"""


def measure(tiny: bool) -> Figures:
    """Time all of them in turn."""
    count, taken = requests.compare(posts=9, rounds=1) if tiny else requests.compare()
    return {"contestants": timings.figures(count, taken)}


def sheets(figures: Figures) -> Iterator[Sheet]:
    """Return all contestants."""
    yield timings.sheet("one POST of an interview", figures["contestants"])


CHAPTER = Chapter(
    name="requests",
    title="What the rules cost in a request",
    target="benchmark-requests",
    about=ABOUT,
    measure=measure,
    sheets=sheets,
)
