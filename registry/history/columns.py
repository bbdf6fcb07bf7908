"""Which columns a history file of an operation has, as an Arrow schema.

In: the rulebooks that will be asked, an operation. Out: the schema: seven columns about the
decision, then one for each fact that is not looked up.
Does not know: where rows come from, nor what decides. Days and instants are those of the facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa

from engine.columnar.columns import columns_of
from engine.model import Rulebook
from registry.errors import HistoryUnusable
from registry.replay.arrow import type_of

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


def schema_of(rulebooks: Iterable[Rulebook], operation: str) -> pa.Schema:
    """Return the columns that all `rulebooks` ask for, in the order of the first one's catalogue.

    Raises `HistoryUnusable` when two of them give a fact different types.
    """
    facts: dict[str, pa.DataType] = {}
    for rulebook in rulebooks:
        for name, kind in _fact_types(rulebook, operation).items():
            if facts.setdefault(name, kind) != kind:
                raise HistoryUnusable(f"the rulebooks give the fact `{name}` different types")
    return pa.schema([*DECISION_COLUMNS, *facts.items()])


def _fact_types(rulebook: Rulebook, operation: str) -> Mapping[str, pa.DataType]:
    """Return the type of every given fact of an operation; none for an unknown one."""
    if operation not in rulebook.catalogue.operations:
        return {}
    columns = columns_of(rulebook.catalogue, rulebook.tables, operation)
    return {each.name: type_of(each) for each in columns}
