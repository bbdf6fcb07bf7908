"""Fact catalogue → the columns of a table that holds one set of facts in every row.

In: a catalogue, its tables and an operation. Out: `Column`s in the order of the catalogue, plain
values of which anybody can make a schema.
Does not know: SQL, Arrow, or where the table comes from.

A column has the name of its fact. A list of records is one column, a list of structures with the
fields that are given, in the order of the catalogue. Looked-up facts and fields have no column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.facts import Catalogue, Fact, FactType
from engine.tables import Table


class Kind(StrEnum):
    """What stands in a column; how a database writes it is a matter of its `Dialect`."""

    WHOLE = "whole number"
    """64 bits, with a sign."""
    TEXT = "text"
    BOOLEAN = "boolean"
    DAY = "day"
    INSTANT = "instant"
    """Microseconds, in UTC."""
    STRUCTURE = "structure"


@dataclass(frozen=True, slots=True)
class Column:
    """One column, or one field of a structure.

    `listed` says that it holds a list of values of its kind: codes, or records when the kind is
    STRUCTURE. A value that is not `optional` is always there.
    """

    name: str
    kind: Kind
    optional: bool = False
    listed: bool = False
    fields: tuple[Column, ...] = ()


_KINDS = {
    FactType.TEXT: Kind.TEXT,
    FactType.INTEGER: Kind.WHOLE,
    FactType.BOOLEAN: Kind.BOOLEAN,
    FactType.DATE: Kind.DAY,
    FactType.INSTANT: Kind.INSTANT,
}


def columns_of(
    catalogue: Catalogue, tables: Mapping[str, Table], operation: str
) -> tuple[Column, ...]:
    """Return the column of every fact that is given to `operation`, in catalogue order."""
    facts = catalogue.of_operations([operation])
    return tuple(column_of(fact, tables) for fact in facts.values() if fact.looked_up is None)


def column_of(fact: Fact, tables: Mapping[str, Table]) -> Column:
    """Return the column that holds a given fact or field."""
    if fact.type is FactType.RECORDS:
        fields = tuple(
            column_of(part, tables) for part in fact.fields.values() if part.looked_up is None
        )
        return Column(fact.name, Kind.STRUCTURE, fact.optional, listed=True, fields=fields)
    return Column(
        fact.name,
        kind_of(fact.type, fact.code_list, tables),
        fact.optional,
        listed=fact.type is FactType.CODES,
    )


def kind_of(type_: FactType, code_list: str | None, tables: Mapping[str, Table]) -> Kind:
    """Return the kind of a value of this type; codes are what the keys of their list are."""
    if type_ not in (FactType.CODE, FactType.CODES):
        return _KINDS[type_]
    assert code_list is not None  # noqa: S101  # the reader gives every code its list
    key = tables[code_list].key
    return kind_of(key.type, key.code_list, tables)
