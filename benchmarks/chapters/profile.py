"""Chapter: where the time of one POST goes."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import request_profile
from benchmarks.chapter import Chapter, Claim, Figures, Picture, Sheet
from benchmarks.pictures.shares import Whole, shares
from benchmarks.wording import digits, duration, share

ABOUT = """\
One accepted POST of an interview, on both databases and with the rules by one engine and by both.
The application is sampled in its process while it is called without a socket; what a call over a
socket to the shipped server takes longer is the part of server, sockets and client. *Rules,
checking and JSON* is all that a bare insert of the same rows would not do: reading and checking
the request, facts, rules, words, the answer, the stored documents and their hash.
"""
JUDGED = "rules, checking and JSON"


def measure(tiny: bool) -> Figures:
    """Profile each database with each setting of engines."""
    if tiny:
        return request_profile.compare(posts=8, rounds=1, databases=("SQLite",))
    return request_profile.compare()


def sheets(figures: Figures) -> Iterator[Sheet]:
    """Return the parts, and every statement of a POST with one engine."""
    yield Sheet(
        "one POST",
        ("", "over a socket", "in the process", JUDGED, "statements"),
        tuple(
            (
                name,
                duration(each["milliseconds"] / 1e3),
                duration(each["milliseconds without server"] / 1e3),
                share(each[JUDGED]),
                digits(each["statements of a POST"]),
            )
            for name, each in figures.items()
        ),
    )
    for name, each in figures.items():
        if name.endswith("compiled"):
            yield Sheet(
                f"every statement, {name.partition(',')[0]}",
                ("statement", "in a POST", "one takes"),
                tuple(
                    (f"`{one['text']}`", digits(one["times"]), duration(one["microseconds"] / 1e6))
                    for one in each["statements"]
                ),
            )


def claims(figures: Figures) -> Iterator[Claim]:
    """Return the wish of issue 6, point 3, about what is not the database's."""
    most = max(each[JUDGED] for each in figures.values())
    yield Claim(
        "rules, checking and JSON together under 20 % of a POST",
        "; ".join(f"{share(each[JUDGED])} ({name})" for name, each in figures.items()),
        most < 0.2,
        why="The largest parts stand in the picture.",
    )


def pictures(figures: Figures) -> Iterator[Picture]:
    """Return the shares of all parts."""
    wholes = [
        Whole(name, duration(each["milliseconds"] / 1e3), each["shares"])
        for name, each in figures.items()
    ]
    yield Picture(
        "request_profile",
        "shares of the time of one POST by part",
        shares("Where the time of one POST goes", wholes),
    )


CHAPTER = Chapter(
    name="profile",
    title="Where the time of one POST goes",
    target="benchmark-requests",
    about=ABOUT,
    measure=measure,
    sheets=sheets,
    claims=claims,
    pictures=pictures,
)
