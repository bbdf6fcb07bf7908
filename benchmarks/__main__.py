"""Run benchmarks by name: print their figures, keep them, and write the page and its pictures.

In: names of benchmarks; without any, all that need nothing extra. Out: tables on the terminal,
`benchmarks/results.json`, `docs/performance.md` and `docs/pictures/`. With `--quick` everything
runs once in tiny sizes, to show that it runs, and nothing is kept. Ends with 3 when something that
a benchmark needs is missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from time import monotonic

import click
from rich.console import Console
from rich.table import Table

from benchmarks import results_file
from benchmarks.chapter import Chapter, Figures, Sheet
from benchmarks.contents import CHAPTERS
from benchmarks.page import VERDICTS, files

NAMES = {chapter.name: chapter for chapter in CHAPTERS}
COULD_NOT_RUN = 3


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(sorted(NAMES)))
@click.option("--quick", is_flag=True, help="Once in tiny sizes; nothing is kept.")
@click.option("--page", is_flag=True, help="Measure nothing; write page and pictures anew.")
@click.option(
    "--results",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep the figures in this file, also those of --quick, and write no page.",
)
def main(names: tuple[str, ...], quick: bool, page: bool, results: Path | None) -> None:
    """Measure what is named, in the order of the page."""
    console = Console()
    kept_in = results or (None if quick else results_file.RESULTS)
    for chapter in () if page else _chosen(names):
        console.rule(chapter.title)
        _run(chapter, quick, kept_in, console)
    if kept_in == results_file.RESULTS:
        write_page()


def _chosen(names: tuple[str, ...]) -> list[Chapter]:
    if not names:
        return [chapter for chapter in CHAPTERS if not chapter.missing()]
    chosen = [chapter for chapter in CHAPTERS if chapter.name in names]
    for chapter in chosen:
        if missing := chapter.missing():
            click.echo(
                f"benchmark `{chapter.name}` needs {', '.join(missing)}, not installed here; "
                f"run `make {chapter.target}`",
                err=True,
            )
            raise SystemExit(COULD_NOT_RUN)
    return chosen


def _run(chapter: Chapter, quick: bool, kept_in: Path | None, console: Console) -> None:
    load, began = results_file.load(), monotonic()
    section = results_file.section(chapter.measure(quick), load, monotonic() - began)
    show(chapter, section["figures"], console)
    if kept_in is not None:
        results_file.keep(chapter.name, section, kept_in)


def show(chapter: Chapter, figures: Figures, console: Console) -> None:
    """Print the tables, and what was wanted beside what was measured."""
    for sheet in chapter.sheets(figures):
        console.print(_table(sheet))
    for claim in chapter.claims(figures):
        verdict = VERDICTS[claim.reached].strip("*")
        console.print(f"wanted: {claim.wanted}: {claim.measured}: {verdict}", highlight=False)


def _table(sheet: Sheet) -> Table:
    table = Table(title=sheet.title)
    for number, heading in enumerate(sheet.headings):
        table.add_column(heading, justify="right" if number else "left")
    for row in sheet.rows:
        table.add_row(*row)
    return table


def write_page(chapters: Iterable[Chapter] = CHAPTERS) -> None:
    """Write the page and its pictures from the results file."""
    for path, text in files(results_file.read(), chapters).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
