"""Which columns a history file of an operation has, as an Arrow schema.

In: the rulebooks that will be asked, an operation. Out: the schema: seven columns about the
decision, then one for each fact that is not looked up.
Does not know: where rows come from, nor what decides. Days and instants are those of the facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa

from engine.facts import Fact, FactType
from engine.model import Rulebook
from engine.tables import Table
from registry.errors import HistoryUnusable

FINDING = pa.struct([("rule", pa.string()), ("code", pa.string()), ("refuses", pa.bool_())])
DECISION_COLUMNS = (
    ("decision_id", pa.string()),
    ("recorded_at", pa.timestamp("us", tz="UTC")),
    ("organisation_type", pa.string()),
    ("organisation", pa.string()),
    ("rulebook", pa.string()),
    ("accepted", pa.bool_()),
    ("findings", pa.list_(FINDING)),
)
"""What is known of every decision, in the order of the columns."""

_SCALARS = {
    FactType.TEXT: pa.string(),
    FactType.INTEGER: pa.int64(),
    FactType.BOOLEAN: pa.bool_(),
    FactType.DATE: pa.date32(),
    FactType.INSTANT: pa.timestamp("us", tz="UTC"),
}


def schema_of(rulebooks: Iterable[Rulebook], operation: str) -> pa.Schema:
    """Return the columns that all `rulebooks` ask for, in the order of the first one's catalogue.

    Raises `HistoryUnusable` when two of them give a fact different types.
    """
    facts: dict[str, pa.DataType] = {}
    for rulebook in rulebooks:
        for name, kind in fact_types(rulebook, operation).items():
            if facts.setdefault(name, kind) != kind:
                raise HistoryUnusable(f"the rulebooks give the fact `{name}` different types")
    return pa.schema([*DECISION_COLUMNS, *facts.items()])


def fact_types(rulebook: Rulebook, operation: str) -> Mapping[str, pa.DataType]:
    """Return the Arrow type of every given fact of an operation; none for an unknown one."""
    if operation not in rulebook.catalogue.operations:
        return {}
    known = rulebook.catalogue.of_operations([operation])
    return {
        name: _type_of(fact, rulebook.tables)
        for name, fact in known.items()
        if fact.looked_up is None
    }


def _type_of(fact: Fact, tables: Mapping[str, Table]) -> pa.DataType:
    if fact.type is FactType.RECORDS:
        fields = [
            (part.name, _type_of(part, tables))
            for part in fact.fields.values()
            if part.looked_up is None
        ]
        return pa.list_(pa.struct(fields))
    if fact.type is FactType.CODES:
        return pa.list_(_code(fact, tables))
    return _code(fact, tables) if fact.type is FactType.CODE else _SCALARS[fact.type]


def _code(fact: Fact, tables: Mapping[str, Table]) -> pa.DataType:
    """Return what the keys of the fact's code list are: whole numbers, else text."""
    listed = tables.get(fact.code_list or "")
    whole = listed is not None and listed.key.type is FactType.INTEGER
    return pa.int64() if whole else pa.string()
