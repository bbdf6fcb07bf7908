"""Chapters: a whole history decided again, up to five million registrations, and twenty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks import replay
from benchmarks.chapter import Chapter, Claim, Figures, Picture, Sheet
from benchmarks.pictures.growth import growth
from benchmarks.wording import duration, size, step, step_of_time, times

ABOUT = """\
An invented history as Parquet is decided again by every rule as of its own moment, and compared
with what was decided: on DuckDB by the plan that the rules are translated to, and row by row by
the compiled engine in two processes. Both decide the same registrations alike before they are
timed. Every run is a process of its own, whose greatest memory is taken; that of the row lane's
two other processes is not in it.
"""
ABOUT_LARGE = """\
The same with the smallest and with the largest history, twenty million registrations: apart,
since making the history takes its time and some gigabytes of disk.
"""
MILLIONS = "5000000"
ROWS, ALONE = "row lane on both cores", "of it deciding alone, on one core"
FLAT = 1.5
"""The most that one registration may take, beside the least, to be called flat."""


def measure(tiny: bool) -> Figures:
    """Measure every size in turn with the row lane."""
    return replay.compare(sizes=(2_000,), rounds=1, by_row=500) if tiny else replay.compare()


def measure_large(tiny: bool) -> Figures:
    """Measure the smallest size and the largest."""
    if tiny:
        return replay.compare(sizes=(1_000, 2_000), rounds=1, by_row=500)
    return replay.compare(sizes=(100_000, 20_000_000), rounds=1)


def sheets(figures: Figures) -> Iterator[Sheet]:
    """Return one row for each size on DuckDB, and the row lane."""
    lanes = {f"DuckDB, {int(number):,}": each for number, each in figures["duckdb"].items()}
    lanes |= {name: figures[name] for name in (ROWS, ALONE)}
    yield Sheet(
        f"{figures['rules']} rules",
        ("", "registrations", "all", "one", "processor time of one", "in a second", "memory"),
        tuple((name, *_cells(each)) for name, each in lanes.items()),
    )


def claims(figures: Figures) -> Iterator[Claim]:
    """Return the wishes of issue 6, point 4; a tiny run has nothing to say."""
    five = figures["duckdb"].get(MILLIONS)
    if five is None:
        return
    yield Claim(
        "5 million registrations, all rules, in under 20 s on DuckDB, two cores",
        duration(five["seconds"]),
        five["seconds"] < 20,
    )
    yield Claim("in under 4 GB", size(five["megabytes at most"]), five["megabytes at most"] < 4000)
    ratio = figures["ratio for one registration"]
    yield Claim(
        "at least 5 times faster than the row lane on both cores",
        f"{times(ratio)}; {times(figures['ratio of processor time'])} in processor time",
        ratio >= 5,
    )


def claims_large(figures: Figures) -> Iterator[Claim]:
    """Return whether time grows with the history alone."""
    of_one = {
        int(number): each["microseconds for one"] for number, each in figures["duckdb"].items()
    }
    most = max(of_one)
    if most < 20_000_000:
        return
    yield Claim(
        "time for one registration flat from 100,000 to 20 million",
        "; ".join(f"{duration(each / 1e6)} with {number:,}" for number, each in of_one.items()),
        of_one[most] <= FLAT * of_one[min(of_one)],
    )


def pictures(figures: Figures) -> Iterator[Picture]:
    """Return the time of one registration over the size of the history."""
    duckdb = [(float(each), one["seconds"]) for each, one in figures["duckdb"].items()]
    by_row = figures[ROWS]
    of_a_row = by_row["microseconds for one"] / 1e6
    yield Picture(
        "replay",
        "time to decide a history again over its number of registrations",
        growth(
            f"A history decided again, {figures['rules']} rules, two cores",
            {
                "row by row (from few)": [(each, of_a_row * each) for each, _ in duckdb],
                "DuckDB": duckdb,
            },
            ("registrations", "time"),
            across=step,
            upwards=step_of_time,
        ),
    )


def _cells(each: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        f"{each['registrations']:,}",
        duration(each["seconds"]),
        duration(each["microseconds for one"] / 1e6),
        duration(each["processor microseconds for one"] / 1e6),
        f"{each['registrations a second']:,}",
        size(each["megabytes at most"]),
    )


CHAPTER = Chapter(
    name="replay",
    title="A history decided again",
    target="benchmark-replay",
    about=ABOUT,
    measure=measure,
    sheets=sheets,
    claims=claims,
    pictures=pictures,
)
LARGE = Chapter(
    name="replay-large",
    title="Twenty million registrations",
    target="benchmark-replay-large",
    about=ABOUT_LARGE,
    measure=measure_large,
    sheets=sheets,
    claims=claims_large,
    on_request=True,
)
