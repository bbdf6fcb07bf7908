"""What a table of the history holds, and how it is read so that a plan finds every column it wants.

In: the Arrow schema of a table. Out: the SQL that gives the columns of plans, NULL where the table
lacks them, and which facts are missed.
Does not know: rules, or what is done with the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa

from engine.columnar.columns import Column, Kind
from engine.columnar.dialect import RECORD, Dialect
from registry.errors import RegistryError
from registry.replay.arrow import type_of


class NotReplayable(RegistryError):
    """A table of the history cannot be decided again."""


def read_columns(
    dialect: Dialect, schema: pa.Schema, columns: Iterable[Column]
) -> Mapping[str, str]:
    """Return for every column the SQL that reads it from a table of this schema."""
    found = {name: schema.field(name).type for name in schema.names}
    return {column.name: _read(dialect, column, found.get(column.name)) for column in columns}


def reading(
    dialect: Dialect,
    source: str,
    schema: pa.Schema,
    columns: Iterable[Column],
    also: Iterable[str] = (),
) -> str:
    """Return the query, in parentheses, of these columns, and of `also` as they are."""
    named = dict(read_columns(dialect, schema, columns))
    for name in also:
        if name in schema.names:
            named.setdefault(name, dialect.identifier(name))
    listed = ", ".join(f"{sql} AS {dialect.identifier(name)}" for name, sql in named.items())
    return f"(SELECT {listed} FROM {source} AS history)"


def missed(schema: pa.Schema, columns: Iterable[Column]) -> frozenset[str]:
    """Return the columns, and fields of them, that are always given and that the table lacks."""
    names: set[str] = set()
    for column in columns:
        if column.name not in schema.names:
            names.update(() if column.optional else (column.name,))
        elif column.kind is Kind.STRUCTURE:
            known = _fields(schema.field(column.name).type)
            names.update(
                f"{column.name}.{each.name}"
                for each in column.fields
                if not each.optional and each.name not in known
            )
    return frozenset(names)


def _read(dialect: Dialect, column: Column, found: pa.DataType | None) -> str:
    if found is None:
        return dialect.nothing(column)
    if _alike(column, found):
        return dialect.identifier(column.name)
    known = _fields(found) if column.kind is Kind.STRUCTURE else {}
    if not known or not all(
        _alike(each, known[each.name]) for each in column.fields if each.name in known
    ):
        raise NotReplayable(
            f"expected {type_of(column)} in column `{column.name}` of the history, found {found}"
        )
    parts = {
        each.name: dialect.field(each.name) if each.name in known else dialect.nothing(each)
        for each in column.fields
    }
    whole = (
        f"CASE WHEN {dialect.identifier(RECORD)} IS NOT NULL THEN {dialect.structure(parts)} END"
    )
    return dialect.each_as(dialect.identifier(column.name), whole)


def _alike(column: Column, found: pa.DataType) -> bool:
    """Tell whether values of this Arrow type are read as the column, whatever parts are called."""
    if column.listed:
        if not (pa.types.is_list(found) or pa.types.is_large_list(found)):
            return False
        found = found.value_type
    match column.kind:
        case Kind.WHOLE:
            return bool(pa.types.is_int64(found))
        case Kind.TEXT:
            return bool(pa.types.is_string(found) or pa.types.is_large_string(found))
        case Kind.BOOLEAN:
            return bool(pa.types.is_boolean(found))
        case Kind.DAY:
            return bool(pa.types.is_date32(found))
        case Kind.INSTANT:
            return bool(pa.types.is_timestamp(found) and found.unit == "us" and found.tz)
        case Kind.STRUCTURE:
            known = _fields(found)
            return all(
                each.name in known and _alike(each, known[each.name]) for each in column.fields
            )


def _fields(found: pa.DataType) -> Mapping[str, pa.DataType]:
    one = found.value_type if pa.types.is_list(found) or pa.types.is_large_list(found) else found
    if not pa.types.is_struct(one):
        return {}
    return {one.field(place).name: one.field(place).type for place in range(one.num_fields)}
