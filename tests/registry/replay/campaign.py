"""A long search for a difference: `python -m tests.registry.replay.campaign`.

In: how many registrations, and the first seed. Out: a table, and for each row on which DuckDB and
the compiled engine differ the seed of its chunk and its number in it. Exit code 1 when they differ.

The rulebook is the project's, and a second one with versions of several days, so that seams are
met; registrations lie on and around the days on which something changes.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from engine.columnar.columns import columns_of
from engine.dated import Dated
from engine.model import Rule, Rulebook
from registry.replay import duckdb_lane
from registry.replay.arrow import table_of
from registry.replay.comparison import Answer
from registry.replay.row_lane import Rows
from tests.registry.replay.history import OPERATION, SEAMS, project_rulebook, registrations

OF_A_CHUNK = 5_000


def with_seams(book: Rulebook) -> Rulebook:
    """Return the rulebook with every rule withdrawn on one day and back on another."""
    files = tuple(
        replace(file, rules=tuple(_with_seams(rule, at) for at, rule in enumerate(file.rules)))
        for file in book.files
    )
    return replace(book, id="sha256:seams", files=files)


def _with_seams(rule: Rule, place: int) -> Rule:
    (start, version), *_ = rule.versions
    gone, back = SEAMS[2 + place % 2], SEAMS[3 + place % 2]
    days: dict[date, bool] = {start: False, gone: True, back: False}
    return replace(
        rule,
        versions=Dated(
            [
                (day, replace(version, valid_from=day, withdrawn=True, requirements=()))
                if withdrawn
                else (day, replace(version, valid_from=day))
                for day, withdrawn in days.items()
            ]
        ),
    )


def search(seed: int) -> tuple[Counter[str], list[str]]:
    """Decide a chunk of registrations by both rulebooks and both lanes."""
    counts: Counter[str] = Counter()
    differing: list[str] = []
    book = project_rulebook()
    sets = registrations(OF_A_CHUNK, seed)
    for name, each in (("the project's", book), ("with seams", with_seams(book))):
        columns = columns_of(each.catalogue, each.tables, OPERATION)
        table = table_of(columns, sets)
        found = duckdb_lane.decide_table(table, OPERATION, each, threads=1).to_pylist()
        rows = Rows(each, OPERATION)
        for number, (facts, row) in enumerate(zip(sets, found, strict=True)):
            expected = rows.answer(facts)
            counts["decisions"] += 1
            counts["refused"] += expected is not None and not expected.accepted
            counts["findings"] += len(row["findings"] or ())
            if expected != _answer(row):
                differing.append(f"seed {seed}, row {number}, rulebook {name}")
    counts["registrations"] += len(sets)
    return counts, differing


def _answer(row: dict[str, object]) -> Answer | None:
    if row["undecidable"]:
        return None
    findings: list[dict[str, object]] = row["findings"]  # type: ignore[assignment]
    codes = sorted({str(each["code"]) for each in findings if each["refuses"]})
    advice = sorted({str(each["code"]) for each in findings if not each["refuses"]})
    return Answer(bool(row["accepted"]), tuple(codes), tuple(advice))


def _seeds(first: int, wanted: int) -> Iterator[int]:
    yield from range(first, first + -(-wanted // OF_A_CHUNK))


@click.command()
@click.option("--registrations", default=500_000, show_default=True, help="How many to decide.")
@click.option("--seed", default=0, show_default=True, help="Seed of the first chunk.")
@click.option("--processes", default=2, show_default=True, help="How many at the same time.")
def campaign(registrations: int, seed: int, processes: int) -> None:
    """Search for registrations that DuckDB and the compiled engine decide differently."""
    console = Console()
    counts: Counter[str] = Counter()
    differing: list[str] = []
    began = time.monotonic()
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes) as pool, Progress(console=console) as progress:
        bar = progress.add_task("registrations", total=registrations)
        try:
            for found, wrong in pool.imap_unordered(search, _seeds(seed, registrations)):
                counts += found
                differing += wrong
                progress.update(bar, completed=counts["registrations"])
                for each in wrong[:10]:
                    progress.console.print(each, highlight=False)
        except KeyboardInterrupt:
            progress.console.print("stopped early")
    console.print(_table(counts, len(differing), time.monotonic() - began))
    sys.exit(1 if differing else 0)


def _table(counts: Counter[str], differing: int, seconds: float) -> Table:
    table = Table(title="DuckDB against the compiled engine")
    table.add_column("what")
    table.add_column("number", justify="right")
    for name in ("registrations", "decisions", "refused", "findings"):
        table.add_row(name, f"{counts[name]:,}")
    table.add_row("decided differently", f"{differing:,}")
    table.add_row("seconds", f"{seconds:,.0f}")
    return table


if __name__ == "__main__":
    campaign()
