"""Parquet files → those that have the same columns together.

In: paths. Out: Arrow schemas, each with its files.
Does not know: what the columns mean. Files written under an older catalogue have other columns, and
each kind is read in its own way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def by_schema(files: Iterable[Path]) -> Sequence[tuple[pa.Schema, list[Path]]]:
    """Return the schemas in the order in which they are met, each with its files."""
    kinds: list[tuple[pa.Schema, list[Path]]] = []
    for file in files:
        schema = pq.read_schema(file).remove_metadata()
        for known, alike in kinds:
            if known.equals(schema):
                alike.append(file)
                break
        else:
            kinds.append((schema, [file]))
    return kinds
