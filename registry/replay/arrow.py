"""Columns of facts in Arrow: their types, sets of facts → a table, rows of a table → facts.

In: `engine.columnar.columns`. Out: Arrow schemas and tables; facts as the engine wants them.
Does not know: rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

import pyarrow as pa

from engine.columnar.columns import Column, Kind
from engine.facts import Facts

_TYPES = {
    Kind.WHOLE: pa.int64(),
    Kind.TEXT: pa.string(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.DAY: pa.date32(),
    Kind.INSTANT: pa.timestamp("us", tz="UTC"),
}


def type_of(column: Column) -> pa.DataType:
    """Return the Arrow type of a column."""
    if column.kind is Kind.STRUCTURE:
        one = pa.struct([pa.field(each.name, type_of(each)) for each in column.fields])
    else:
        one = _TYPES[column.kind]
    return pa.list_(one) if column.listed else one


def schema_of(columns: Iterable[Column]) -> pa.Schema:
    """Return the schema of a table that holds a set of facts in every row."""
    return pa.schema([pa.field(column.name, type_of(column)) for column in columns])


def table_of(columns: Sequence[Column], sets: Iterable[Facts]) -> pa.Table:
    """Return a table of sets of facts; a number beyond 64 bits raises `OverflowError`."""
    rows = [{column.name: facts.get(column.name) for column in columns} for facts in sets]
    return pa.Table.from_pylist(rows, schema=schema_of(columns))


def facts_of(columns: Sequence[Column], batch: pa.RecordBatch) -> Iterator[Facts]:
    """Yield the facts in every row of a batch."""
    return facts_in_rows(columns, batch.to_pylist())


def facts_in_rows(columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> Iterator[Facts]:
    """Yield the facts in rows as Arrow gives them; what a row has no column for is not given."""
    for row in rows:
        yield {each.name: _facts(each, row[each.name]) for each in columns if each.name in row}


def _facts(column: Column, value: Any) -> Any:
    """Return one fact; a list with an incomplete record counts as not given."""
    if value is None or not column.listed:
        return value
    if column.kind is not Kind.STRUCTURE:
        return tuple(value)
    records = cast("list[Mapping[str, Any] | None]", value)
    if not all(_is_whole(column, record) for record in records):
        return None
    return tuple(
        {each.name: _facts(each, _field(record, each)) for each in column.fields}
        for record in records
    )


def _is_whole(column: Column, record: Mapping[str, Any] | None) -> bool:
    return record is not None and all(
        each.optional or record.get(each.name) is not None for each in column.fields
    )


def _field(record: Mapping[str, Any] | None, column: Column) -> Any:
    return None if record is None else record.get(column.name)
