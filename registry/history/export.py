"""Stored decisions → Parquet files: one chunk for a replay, or a whole folder to keep.

In: a database, the rulebooks whose facts are wanted. Out: files, and what could not be read.
Does not know: what decides. The files of a chunk hold every fact as it was, names of participants
too: they go into a private folder. In a folder to keep, texts of persons are replaced.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from engine.model import Rulebook
from registry.days import from_microseconds
from registry.history import stored
from registry.history.columns import schema_of
from registry.history.folder import empty_folder
from registry.history.manifest import Manifest, write_manifest
from registry.history.rows import Change, Snapshot, as_they_were, snapshot
from registry.history.stand_ins import without_texts
from registry.history.stored import Span, StoredChunk, StoredRow
from registry.storage import Database

CHUNK_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class Exported:
    """The files of one chunk by operation, and the decisions that are in none of them."""

    files: Mapping[str, Path]
    rows: Mapping[str, int]
    undecidable: Mapping[str, int]


def export_chunk(
    database: Database,
    span: Span,
    chunk: StoredChunk,
    rulebooks: Sequence[Rulebook],
    folder: Path,
    name: str,
    change: Change = as_they_were,
) -> Exported:
    """Write the decisions of a chunk below `folder`, one file `name` for each operation.

    Memory is bounded by a page of rows: each page is written as it comes.
    """
    with _Writers(folder, name, rulebooks, change) as writers:
        for page in stored.rows_of(database, span, chunk):
            writers.write(page)
    return Exported(
        {operation: writers.path(operation) for operation in writers.rows},
        dict(writers.rows),
        dict(writers.undecidable),
    )


def export_history(
    database: Database,
    span: Span,
    rulebook: Rulebook,
    folder: Path,
    now: datetime,
    seen: Callable[[int, int], None] = lambda _done, _of: None,
) -> Manifest:
    """Write all decisions of a span into a new folder, without texts of persons."""
    empty_folder(folder)
    rows: Counter[str] = Counter()
    undecidable: Counter[str] = Counter()
    chunks = stored.chunks(database, span, CHUNK_ROWS)
    total, done = sum(each.rows for each in chunks), 0
    for number, chunk in enumerate(chunks):
        part = f"part-{number:05}.parquet"
        made = export_chunk(database, span, chunk, [rulebook], folder, part, without_texts)
        rows.update(made.rows)
        undecidable.update(made.undecidable)
        done += chunk.rows
        seen(done, total)
    manifest = Manifest(
        "database",
        dict(rows),
        *_bounds(database, span),
        rulebook.id,
        now,
        undecidable=dict(undecidable),
    )
    write_manifest(folder, manifest)
    return manifest


def _bounds(database: Database, span: Span) -> tuple[datetime | None, datetime | None]:
    first, last = stored.bounds(database, span)
    if first is None or last is None:
        return None, None
    return from_microseconds(first), from_microseconds(last)


@dataclass(slots=True)
class _Writers:
    """One open Parquet file for each operation that comes along."""

    folder: Path
    name: str
    rulebooks: Sequence[Rulebook]
    change: Change
    rows: Counter[str] = field(default_factory=Counter)
    undecidable: Counter[str] = field(default_factory=Counter)
    _open: dict[str, pq.ParquetWriter] = field(default_factory=dict)
    _schemas: dict[str, pa.Schema] = field(default_factory=dict)

    def __enter__(self) -> _Writers:
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._open.values():
            each.close()

    def path(self, operation: str) -> Path:
        return self.folder / operation / self.name

    def write(self, page: Iterable[StoredRow]) -> None:
        for operation, rows in _by_operation(page):
            made = self._snapshot(operation, rows)
            self.undecidable.update(made.undecidable)
            if made.table.num_rows:
                self._writer(operation).write_table(made.table)
                self.rows[operation] += made.table.num_rows

    def _snapshot(self, operation: str, rows: list[StoredRow]) -> Snapshot:
        if operation not in self._schemas:
            self._schemas[operation] = schema_of(self.rulebooks, operation)
        catalogues = [each.catalogue for each in self.rulebooks]
        return snapshot(rows, self._schemas[operation], catalogues, operation, self.change)

    def _writer(self, operation: str) -> pq.ParquetWriter:
        if operation not in self._open:
            path = self.path(operation)
            path.parent.mkdir(mode=0o700, exist_ok=True)
            self._open[operation] = pq.ParquetWriter(
                path, self._schemas[operation], compression="zstd"
            )
        return self._open[operation]


def _by_operation(page: Iterable[StoredRow]) -> Iterator[tuple[str, list[StoredRow]]]:
    found: dict[str, list[StoredRow]] = defaultdict(list)
    for row in page:
        found[row.operation].append(row)
    yield from found.items()
