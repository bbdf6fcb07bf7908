"""`docs/performance.md`, made of the results file alone.

In: the results and the chapters. Out: the page, and the pictures it shows.
Does not know: how anything is measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.chapter import Chapter, Claim, Sheet
from benchmarks.results_file import Results
from benchmarks.wording import digits, duration

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = DOCS / "performance.md"
PICTURES = DOCS / "pictures"

HEAD = """\
# Performance

How fast it is, beside what it can be compared with. This page and its pictures are written by
`python -m benchmarks --page` from `benchmarks/results.json`, and a test holds them equal: every
figure here was printed by a run. Times are from one machine; ratios were taken side by side in one
run, and they are what carries over. `make benchmark` repeats everything that needs nothing extra,
and each chapter names the target that repeats it alone.
"""
VERDICTS = {True: "**reached**", False: "not reached"}


def files(results: Results, chapters: Iterable[Chapter]) -> dict[Path, str]:
    """Return what is written: the page and every picture on it."""
    chapters = tuple(chapters)
    written = {
        PICTURES / f"{picture.name}.svg": picture.svg
        for chapter in chapters
        if chapter.name in results
        for picture in chapter.pictures(results[chapter.name]["figures"])
    }
    return {PAGE: page(results, chapters), **written}


def page(results: Results, chapters: Iterable[Chapter]) -> str:
    """Return the text of the page."""
    chapters = tuple(chapters)
    parts = [HEAD, _wanted(results, chapters)]
    parts += ["\n".join(_chapter(each, results)) for each in chapters]
    return "\n".join(parts)


def _wanted(results: Results, chapters: Iterable[Chapter]) -> str:
    rows = [
        (claim.wanted, claim.measured, VERDICTS[claim.reached], f"`make {chapter.target}`")
        for chapter in chapters
        for claim in _claims(chapter, results)
    ]
    return "\n".join(
        ("## What was wanted", "", *_table(("wanted", "measured", "", "repeat it by"), rows), "")
    )


def _claims(chapter: Chapter, results: Results) -> tuple[Claim, ...]:
    if chapter.name not in results:
        return ()
    return tuple(chapter.claims(results[chapter.name]["figures"]))


def _chapter(chapter: Chapter, results: Results) -> Iterator[str]:
    yield from (f"## {chapter.title}", "", chapter.about.strip(), "")
    section = results.get(chapter.name)
    if section is None:
        yield from (f"Not measured yet: `make {chapter.target}`.", "")
        return
    figures = section["figures"]
    for claim in chapter.claims(figures):
        if not claim.reached:
            yield from (f"Not reached: {claim.wanted}. {claim.why}".rstrip(), "")
    for note in chapter.notes({name: each["figures"] for name, each in results.items()}):
        yield from (note, "")
    for picture in chapter.pictures(figures):
        yield from (f"![{picture.caption}](pictures/{picture.name}.svg)", "")
    for sheet in chapter.sheets(figures):
        yield from (*_sheet(sheet), "")
    yield from (f"{_circumstances(section['measured'])} Repeat it by `make {chapter.target}`.", "")


def _circumstances(measured: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in measured["versions"].items())
    return (
        f"Measured on {measured['on']}: {measured['machine']}, {measured['system']}, "
        f"Python {measured['python']}; load of the machine before it "
        f"{digits(measured['load before'], 2)}; it took {duration(measured['seconds'])}. "
        f"{versions}."
    )


def _sheet(sheet: Sheet) -> Iterator[str]:
    yield from (f"*{sheet.title}*", "")
    yield from _table(sheet.headings, sheet.rows)


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield f"|---|{'---:|' * (len(headings) - 1)}"
    for row in rows:
        yield f"| {' | '.join(each.replace('|', '/') for each in row)} |"
