"""Writes an invented history into a folder: facts, and what a rulebook decides on them.

In: a wish, a rulebook, an empty folder. Out: the folder of a history, and its manifest.
Does not know: what is invented. Refused registrations are written too, as a registry stores them;
nobody in it is a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb

from engine.columnar.columns import Column, columns_of
from engine.columnar.duckdb_sql import DuckDB
from engine.columnar.plan import Plan, plan_of
from engine.columnar.steps import Steps
from engine.model import Rulebook
from registry.errors import HistoryUnusable
from registry.history.columns import schema_of
from registry.history.folder import empty_folder
from registry.history.manifest import Manifest, write_manifest
from registry.synthesis.invention import Invention, Wish, invention
from registry.synthesis.known_tables import known_tables

MEMORY = "2GB"
_SOURCE = "synthesized"


def synthesize(
    wish: Wish,
    rulebook: Rulebook,
    folder: Path,
    seen: Callable[[int, int], None] = lambda _done, _of: None,
    *,
    threads: int = 1,
    memory: str = MEMORY,
) -> Manifest:
    """Write the history that was wished for, and return its manifest.

    `seen` is told how many registrations are written, of how many. Raises `HistoryUnusable` for a
    folder in use and for a catalogue with facts that cannot be invented.
    """
    empty_folder(folder)
    with invention(wish, known_tables(rulebook, wish.last), memory=memory, threads=threads) as made:
        writing = _Writing(made, rulebook, folder)
        number = 0
        while writing.total < wish.registrations:
            if not made.invent(wish.registrations - writing.total) and number > _PATIENCE:
                raise HistoryUnusable("these days are too few for that many registrations")
            writing.write(number)
            number += 1
            seen(writing.total, wish.registrations)
    manifest = Manifest(
        _SOURCE,
        dict(writing.rows),
        writing.first,
        writing.last,
        rulebook.id,
        seed=wish.seed,
    )
    write_manifest(folder, manifest)
    return manifest


_PATIENCE = 100
"""Chunks without any registration after which a wish cannot be met."""


@dataclass(slots=True)
class _Writing:
    """What has been written so far."""

    made: Invention
    rulebook: Rulebook
    folder: Path
    rows: Counter[str] = field(default_factory=Counter)
    first: datetime | None = None
    last: datetime | None = None

    @property
    def total(self) -> int:
        return self.rows.total()

    def write(self, number: int) -> None:
        """Write what is invented now, one file for each operation."""
        for operation in self.made.operations():
            file = self.folder / operation / f"part-{number:05}.parquet"
            file.parent.mkdir(mode=0o700, exist_ok=True)
            decided = self._decided(operation)
            decided.write_parquet(str(file), compression="zstd")
        self._note()

    def _decided(self, operation: str) -> duckdb.DuckDBPyRelation:
        """Return the registrations of an operation with what the rulebook decides on them."""
        steps = Steps(DuckDB())
        plan = plan_of(self.rulebook, operation, steps)
        facts = self.made.facts(operation, self._columns(operation), steps.dialect)
        wanted = self._wanted(operation, plan)
        return self.made.connection.sql(steps.query(f"({facts})", wanted))

    def _columns(self, operation: str) -> tuple[Column, ...]:
        """Return the columns of the facts; raises for one that must be there and is not made."""
        rulebook = self.rulebook
        columns = columns_of(rulebook.catalogue, rulebook.tables, operation)
        invented = self.made.columns()
        for each in columns:
            if each.name not in invented and not each.optional:
                raise HistoryUnusable(f"the fact `{each.name}` cannot be invented; it is a new one")
        return columns

    def _wanted(self, operation: str, plan: Plan) -> dict[str, str]:
        """Return the SQL of every column of the file, in its order."""
        decided = {
            "rulebook": plan.dialect.literal(self.rulebook.id),
            "accepted": plan.accepted,
            "findings": plan.findings,
        }
        names = schema_of([self.rulebook], operation).names
        return {name: decided.get(name) or plan.dialect.identifier(name) for name in names}

    def _note(self) -> None:
        """Add what was written to the counts and moments."""
        counts = (
            "SELECT operation, count(*), min(recorded_at), max(recorded_at) FROM fact GROUP BY 1"
        )
        for operation, many, first, last in self.made.connection.sql(counts).fetchall():
            self.rows[operation] += many
            self.first = first if self.first is None else min(self.first, first)
            self.last = last if self.last is None else max(self.last, last)
