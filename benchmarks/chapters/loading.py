"""Chapter: how long a rulebook takes to be there."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import loading
from benchmarks.chapter import Chapter, Claim, Figures, Picture, Sheet
from benchmarks.pictures.growth import growth
from benchmarks.wording import duration, share, size, step, step_of_time

ABOUT = """\
Rulebooks of invented rules, shaped like the project's own and added to them: read and checked
anew, or found again in the cache by their content; and whole starts of `samtale check` in
processes of their own, with an empty cache and with a full one. Processor time.
"""
A_THOUSAND = "1000"
READING = ("load and check s", "of that check s", "warm s")
STARTING = ("check cold s", "check warm s", "import s")


def measure(tiny: bool) -> Figures:
    """Measure every size in turn."""
    return loading.compare(sizes=(10,), rounds=1) if tiny else loading.compare(rounds=3)


def sheets(figures: Figures) -> Iterator[Sheet]:
    """Return the reader, then the whole command and memory, with one row for each size."""
    yield Sheet(
        "reading so many rules",
        ("rules", "lines", "read and check", "of that check", "from the cache", "of reading"),
        tuple(
            (
                f"{int(number):,}",
                f"{each['lines']:,}",
                *(duration(each[name]) for name in READING),
                share(each["warm to cold"]),
            )
            for number, each in figures.items()
        ),
    )
    yield Sheet(
        "`samtale check` from start to end, and memory",
        ("rules", "empty cache", "full cache", "starting alone", "the rulebook", "at most"),
        tuple(
            (
                f"{int(number):,}",
                *(duration(each[name]) for name in STARTING),
                size(each["rulebook MB"]),
                size(each["peak while reading MB"]),
            )
            for number, each in figures.items()
        ),
    )


def claims(figures: Figures) -> Iterator[Claim]:
    """Return the wishes of issue 6, point 2, and issue 5 about loading."""
    if A_THOUSAND not in figures:
        return
    each = figures[A_THOUSAND]
    for wanted, name, limit in (
        ("reading and checking 1,000 rules under 1.5 s", "load and check s", 1.5),
        ("warm start from the cache under 0.3 s, 1,000 rules", "warm s", 0.3),
        ("`samtale check` of 1,000 rules under 2 s", "check cold s", 2.0),
    ):
        yield Claim(wanted, duration(each[name]), each[name] < limit)


def pictures(figures: Figures) -> Iterator[Picture]:
    """Return the lines of reading anew and from the cache."""
    series = {
        name: [(float(number), each[key]) for number, each in figures.items()]
        for name, key in (("read and check", "load and check s"), ("from the cache", "warm s"))
    }
    yield Picture(
        "loading",
        "time until a rulebook is there over its number of rules",
        growth(
            "Until a rulebook is there",
            series,
            ("rules", "processor time"),
            across=step,
            upwards=step_of_time,
        ),
    )


CHAPTER = Chapter(
    name="loading",
    title="Reading a rulebook",
    target="benchmark-loading",
    about=ABOUT,
    measure=measure,
    sheets=sheets,
    claims=claims,
    pictures=pictures,
)
