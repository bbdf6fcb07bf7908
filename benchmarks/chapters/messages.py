"""Chapter: messages to one subscriber, in order."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import messages
from benchmarks.chapter import Chapter, Figures, Sheet
from benchmarks.chapters import timings

ABOUT = """\
Messages to one subscriber, in order: fetched in sequences through the whole application, and sent
by webhook through the whole relay (claim, signature, HTTP or HTTPS, mark) to a receiver in a
process of its own. SQLite as it is shipped.
"""


def measure(tiny: bool) -> Figures:
    """Time all of them in turn."""
    count, taken = messages.compare(messages=500, rounds=1) if tiny else messages.compare()
    return {"contestants": timings.figures(count, taken)}


def sheets(figures: Figures) -> Iterator[Sheet]:
    """Return all contestants."""
    yield timings.sheet("one message", figures["contestants"])


CHAPTER = Chapter(
    name="messages",
    title="Messages",
    target="benchmark-messages",
    about=ABOUT,
    measure=measure,
    sheets=sheets,
)
