"""Chapter: POST requests in a second on PostgreSQL, beside bare inserts of the same rows."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import throughput
from benchmarks.chapter import Chapter, Figures, Picture, Sheet
from benchmarks.pictures.growth import growth
from benchmarks.wording import digits, step, times

ABOUT = """\
The service as it is shipped (gunicorn, two processes) on PostgreSQL, with more and more callers,
beside bare inserts of the rows that one POST writes: no rules, no checks, no HTTP, no lock, and
the same durability. Callers, servers and database share the machine.
"""


def measure(tiny: bool) -> Figures:
    """Measure both with each number of callers in turn."""
    loads = throughput.compare(seconds=0.2, rounds=1) if tiny else throughput.compare()
    return {
        "loads": [
            {
                "callers": load.threads,
                "posts a second": load.posts,
                "inserts a second": load.inserts,
            }
            for load in loads
        ]
    }


def sheets(figures: Figures) -> Iterator[Sheet]:
    """Return one row for each number of callers."""
    yield Sheet(
        "in a second",
        ("callers", "POST", "bare inserts", "inserts in a POST"),
        tuple(
            (
                str(load["callers"]),
                digits(load["posts a second"]),
                digits(load["inserts a second"]),
                times(load["inserts a second"] / load["posts a second"]),
            )
            for load in figures["loads"]
        ),
    )


def pictures(figures: Figures) -> Iterator[Picture]:
    """Return both lines over the number of callers."""
    series = {
        name: [(load["callers"], load[f"{key} a second"]) for load in figures["loads"]]
        for name, key in (("bare inserts", "inserts"), ("POST", "posts"))
    }
    yield Picture(
        "throughput",
        "POST and bare inserts in a second over the number of callers",
        growth(
            "POST on PostgreSQL, beside bare inserts of its rows",
            series,
            ("callers at a time", "in a second"),
            across=step,
            upwards=step,
        ),
    )


CHAPTER = Chapter(
    name="throughput",
    title="Requests in a second on PostgreSQL",
    target="benchmark-requests",
    about=ABOUT,
    measure=measure,
    sheets=sheets,
    pictures=pictures,
)
