"""Chapter: the analysts' pages on the server."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import workbench
from benchmarks.chapter import Chapter, Claim, Figures, Sheet
from benchmarks.wording import digits, duration

ABOUT = """\
Every page of the navigation as the server makes it for an analyst, the verdict on *Prøv en samtale*
as somebody types, and the check in *Ret* of a file that somebody types in, with the project's own
rules and with a thousand more. Processor time of the server; the first time stands apart, since
what a rulebook gives is kept until the next. Kilobytes are not compressed.
"""
OWN, MANY = "0", "1000"
FIRST, VERDICT, CHECK = "/", "the verdict", "the check"
WEIGHT = "kilobytes of the first page with all it brings"


def measure(tiny: bool) -> Figures:
    """Visit all pages with both rulebooks."""
    return workbench.compare(sizes=(0,), rounds=1) if tiny else workbench.compare()


def sheets(figures: Figures) -> Iterator[Sheet]:
    """Return one table for each rulebook."""
    for number, each in figures.items():
        yield Sheet(
            f"with {int(number):,} rules on top of the project's own",
            ("", "the first time", "then", "kB"),
            tuple(
                (
                    f"`{name}`" if name.startswith("/") else name,
                    duration(page["milliseconds at first"] / 1e3),
                    duration(page["milliseconds"] / 1e3),
                    digits(page["kilobytes"]),
                )
                for name, page in each["pages"].items()
            ),
        )


def claims(figures: Figures) -> Iterator[Claim]:
    """Return the wishes of issue 5."""
    own = figures[OWN]["pages"]
    first, weight = own[FIRST]["milliseconds at first"], figures[OWN][WEIGHT]
    yield Claim(
        "the first page under 100 ms on the server and under 200 kB",
        f"{duration(first / 1e3)} the first time; {digits(weight)} kB with all that it brings",
        first < 100 and weight < 200,
    )
    verdict = own[VERDICT]["milliseconds"]
    yield Claim(
        "verdict as you type under 50 ms on the server", duration(verdict / 1e3), verdict < 50
    )
    if MANY not in figures:
        return
    pages = figures[MANY]["pages"]
    check = pages[CHECK]["milliseconds"]
    yield Claim(
        "1,000 rules: check of the file that is typed in under 2 s",
        duration(check / 1e3),
        check < 2000,
    )
    paths = [each for each in pages if each.startswith("/")]
    slowest = max(paths, key=lambda name: _most(pages, name))
    yield Claim(
        "1,000 rules: pages under 300 ms",
        f"the slowest is `{slowest}`: "
        f"{duration(pages[slowest]['milliseconds at first'] / 1e3)} the first time, "
        f"{duration(pages[slowest]['milliseconds'] / 1e3)} then",
        _most(pages, slowest) < 300,
        why="A page that shows the files as they stand reads them all on the first visit after one "
        "of them has changed.",
    )


def _most(pages: Figures, name: str) -> float:
    return float(max(pages[name]["milliseconds at first"], pages[name]["milliseconds"]))


CHAPTER = Chapter(
    name="workbench",
    title="The analysts' pages",
    target="benchmark-workbench",
    about=ABOUT,
    measure=measure,
    sheets=sheets,
    claims=claims,
)
