"""Documents of facts → columns at once, where all of them are as a registration writes them.

In: JSON texts, the columns they must have. Out: a table that is exactly what the strict reader of
facts gives row by row (`rows`), or None: then somebody has to look at every row.
Does not know: why a document is not as it should be, nor whose it is.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Sequence

import pyarrow as pa
import pyarrow.json as pj

from engine.columnar.columns import Column, Kind
from registry.replay.arrow import schema_of, type_of


def table_of(documents: Sequence[str], columns: Sequence[Column]) -> pa.Table | None:
    """Return the facts of the documents in their order, None when one of them is in doubt."""
    if not documents or not all(_is_plain(each) for each in documents):
        return None
    text = "\n".join(documents).encode()
    stated = pa.schema([(each.name, _as_stated(type_of(each))) for each in columns])
    options = pj.ParseOptions(explicit_schema=stated, unexpected_field_behavior="ignore")
    reading = pj.ReadOptions(use_threads=False, block_size=len(text) + 1)
    try:
        found = pj.read_json(io.BytesIO(text), reading, options)
        table = found.select([each.name for each in columns]).cast(schema_of(columns))
    except (pa.ArrowException, UnicodeError):
        return None
    if table.num_rows != len(documents) or not _is_whole(table, columns):
        return None
    return table.combine_chunks()


def _is_plain(document: str) -> bool:
    """Tell whether a text is one object whose texts stand in their final form."""
    return (
        document.startswith("{")
        and "\\u" not in document
        and unicodedata.is_normalized("NFC", document)
    )


def _as_stated(kind: pa.DataType) -> pa.DataType:
    """Return how a type stands in JSON: days and instants are texts, of which more is asked."""
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return pa.string()
    if pa.types.is_list(kind):
        return pa.list_(_as_stated(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([(each.name, _as_stated(each.type)) for each in kind])
    return kind


def _is_whole(table: pa.Table, columns: Iterable[Column]) -> bool:
    return all(
        _is_given(each, chunk) for each in columns for chunk in table.column(each.name).chunks
    )


def _is_given(column: Column, values: pa.Array) -> bool:
    """Tell whether everything is there that is never left out."""
    if values.null_count and not column.optional:
        return False
    if not column.listed:
        return True
    entries = values.flatten()
    if entries.null_count:
        return False
    return column.kind is not Kind.STRUCTURE or all(
        _is_given(part, entries.field(part.name)) for part in column.fields
    )
