"""Chapter: POST requests beside a bare Flask that inserts the same rows."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import bare
from benchmarks.chapter import Chapter, Claim, Figures, Picture, Sheet
from benchmarks.pictures.growth import growth
from benchmarks.wording import digits, share, step

ABOUT = """\
A bare Flask parses the JSON and inserts the rows that one accepted POST of ours writes, equally
large, in one transaction with the same durability: no token, no checks, no rules, no audit chain.
Both stand behind their real servers, the contestants take turns, and callers, servers and database
share the machine. The part is what ours reaches of the bare server's requests in a second, the
median over the rounds; from one run to the next it differs by some hundredths.
"""
CONTESTANTS = ("bare", "engines both", "engines compiled")
WANTED = 0.75


def measure(tiny: bool) -> Figures:
    """Measure both databases with each number of client threads."""
    if tiny:
        return bare.compare(posts=8, rounds=1, threads=(2,), databases=("SQLite",))
    return bare.compare(posts=240, rounds=9)


def sheets(figures: Figures) -> Iterator[Sheet]:
    """Return one table for each database."""
    for database, rows in figures.items():
        yield Sheet(
            f"{database}, requests in a second",
            ("callers", "bare", "engines both", "of bare", "engines compiled", "of bare"),
            tuple(
                (
                    number.partition(" ")[0],
                    digits(each["bare, a second"]),
                    digits(each["engines both, a second"]),
                    share(each["engines both, part of bare"]),
                    digits(each["engines compiled, a second"]),
                    share(each["engines compiled, part of bare"]),
                )
                for number, each in rows.items()
            ),
        )


def claims(figures: Figures) -> Iterator[Claim]:
    """Return the wish of issue 6, point 3, for each setting of engines."""
    for engines in CONTESTANTS[1:]:
        parts = {
            database: [each[f"{engines}, part of bare"] for each in rows.values()]
            for database, rows in figures.items()
        }
        lowest = min(min(each) for each in parts.values())
        yield Claim(
            f"at least 75 % of the throughput of a bare Flask with the same rows, {engines}",
            "; ".join(
                f"{share(min(each))} to {share(max(each))} on {database}"
                for database, each in parts.items()
            ),
            lowest >= WANTED,
            why="Where the rest goes stands in the picture of one POST.",
        )


def pictures(figures: Figures) -> Iterator[Picture]:
    """Return the lines of each database over the number of callers."""
    for database, rows in figures.items():
        series = {
            name: [
                (float(number.partition(" ")[0]), each[f"{name}, a second"])
                for number, each in rows.items()
            ]
            for name in CONTESTANTS
        }
        yield Picture(
            f"bare_{database.lower()}",
            f"requests in a second over the number of callers, {database}",
            growth(
                f"POST on {database} beside a bare Flask with the same rows",
                series,
                ("callers at a time", "in a second"),
                across=step,
                upwards=step,
            ),
        )


CHAPTER = Chapter(
    name="bare",
    title="Beside a bare Flask",
    target="benchmark-requests",
    about=ABOUT,
    measure=measure,
    sheets=sheets,
    claims=claims,
    pictures=pictures,
)
