"""Where a history is replayed from: the database, or a folder of Parquet files.

In: a database or a folder, a span of time. Out: chunks with a key each, and the files of a chunk.
Does not know: what is done with the files. The files of a database's chunk hold facts of citizens
and lie in the private folder of the replay; those of a folder are read where they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from typing import Protocol

import duckdb
import pyarrow.parquet as pq

from engine.model import Rulebook
from registry.errors import HistoryUnusable
from registry.history import stored
from registry.history.export import CHUNK_ROWS, export_chunk
from registry.history.folder import HistoryFolder
from registry.history.stored import Span, StoredChunk
from registry.replay_run.work_folder import key_of
from registry.storage import Database

FOLDER_ROWS = 1_000_000
"""Planning a comparison costs as much as some ten thousand decisions."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a history that is compared at once."""

    key: str
    """A hash of its content."""
    rows: int


@dataclass(frozen=True, slots=True)
class ChunkFiles:
    """The files of a chunk by operation, and what is in none of them."""

    files: Mapping[str, tuple[Path, ...]]
    undecidable: Mapping[str, int] = field(default_factory=dict)


class Source(Protocol):
    """A history that can be replayed."""

    def chunks(self) -> Sequence[Chunk]:
        """Return the chunks that there are now, in a fixed order."""

    def files(self, chunk: Chunk, private: Path) -> ChunkFiles:
        """Return the files of a chunk; new ones are made in the folder `private`."""


@dataclass(slots=True)
class DatabaseSource:
    """The decisions of a database, as the rulebooks that are asked read them."""

    database: Database
    span: Span
    rulebooks: Sequence[Rulebook]
    rows: int = CHUNK_ROWS
    _found: dict[str, StoredChunk] = field(default_factory=dict)

    def chunks(self) -> Sequence[Chunk]:
        found = stored.chunks(self.database, self.span, self.rows)
        self._found = {each.key: each for each in found}
        return tuple(Chunk(each.key, each.rows) for each in found)

    def files(self, chunk: Chunk, private: Path) -> ChunkFiles:
        made = export_chunk(
            self.database,
            self.span,
            self._found[chunk.key],
            self.rulebooks,
            private,
            f"{chunk.key}.parquet",
        )
        return ChunkFiles(
            {operation: (path,) for operation, path in made.files.items()}, made.undecidable
        )


@dataclass(slots=True)
class FolderSource:
    """The files of a history folder, so many at once that a chunk has about `rows` decisions.

    None puts all files of an operation into one chunk. Of a file that reaches beyond the span, what
    lies inside is copied.
    """

    folder: HistoryFolder
    span: Span
    rows: int | None = FOLDER_ROWS
    _parts: dict[str, tuple[str, tuple[Path, ...]]] = field(default_factory=dict)

    def chunks(self) -> Sequence[Chunk]:
        chunks = []
        for operation, paths in self._groups():
            rows = sum(rows_within(path, self.span) for path in paths)
            if rows:
                key = key_of([operation, *_spoken(self.span), *(_digest(each) for each in paths)])
                self._parts[key] = (operation, paths)
                chunks.append(Chunk(key, rows))
        return tuple(chunks)

    def files(self, chunk: Chunk, private: Path) -> ChunkFiles:
        operation, paths = self._parts[chunk.key]
        found = tuple(
            within(path, self.span, private / f"{number}-{path.name}")
            for number, path in enumerate(paths)
        )
        return ChunkFiles({operation: found})

    def _groups(self) -> Iterator[tuple[str, tuple[Path, ...]]]:
        for operation, paths in self.folder.files.items():
            group: list[Path] = []
            rows = 0
            for path in paths:
                group.append(path)
                rows += _all_rows(path)
                if self.rows is not None and rows >= self.rows:
                    yield operation, tuple(group)
                    group, rows = [], 0
            if group:
                yield operation, tuple(group)


def rows_within(path: Path, span: Span) -> int:
    """Return how many decisions of a file lie inside the span; a whole file is not read."""
    if _inside(path, span):
        return _all_rows(path)
    with _lying_within(path, span) as found:
        return len(found)


def within(path: Path, span: Span, copy: Path) -> Path:
    """Return the file, or a copy of its decisions inside the span."""
    if _inside(path, span):
        return path
    with _lying_within(path, span) as found:
        found.write_parquet(str(copy), compression="zstd")
    return copy


def _all_rows(path: Path) -> int:
    return int(pq.ParquetFile(path).metadata.num_rows)


@contextmanager
def _lying_within(path: Path, span: Span) -> Iterator[duckdb.DuckDBPyRelation]:
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone = 'UTC'")
        found = connection.read_parquet(str(path))
        if span.begin is not None:
            found = found.filter(f"recorded_at >= {_literal(span.begin)}")
        if span.end is not None:
            found = found.filter(f"recorded_at < {_literal(span.end)}")
        yield found


def _literal(moment: datetime) -> str:
    return f"TIMESTAMPTZ '{moment.astimezone(UTC).isoformat()}'"


def _inside(path: Path, span: Span) -> bool:
    if span == Span():
        return True
    found = _moments(path)
    if found is None:
        return False
    first, last = found
    return (span.begin is None or span.begin <= first) and (span.end is None or last < span.end)


def _moments(path: Path) -> tuple[datetime, datetime] | None:
    """Return the first and the last moment in a file, None where the file does not tell."""
    metadata = pq.ParquetFile(path).metadata
    names = [metadata.schema.column(number).path for number in range(metadata.num_columns)]
    if "recorded_at" not in names:
        raise HistoryUnusable(f"expected a column `recorded_at`, found none in `{path}`")
    place = names.index("recorded_at")
    groups = (metadata.row_group(number).column(place) for number in range(metadata.num_row_groups))
    figures = [each.statistics for each in groups]
    if not figures or any(each is None or not each.has_min_max for each in figures):
        return None
    return min(each.min for each in figures), max(each.max for each in figures)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _spoken(span: Span) -> tuple[str, str]:
    return (
        "" if span.begin is None else span.begin.isoformat(),
        "" if span.end is None else span.end.isoformat(),
    )
