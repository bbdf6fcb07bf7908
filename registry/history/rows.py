"""Stored decisions → a table of columns, as they were at their own moment.

In: rows of the table `decision` with what spoke up in each, a schema, a catalogue. Out: a table,
and how many decisions the catalogue no longer reads, by the key of the reason.
Does not know: the database, nor files. No reason holds a value of a fact.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import pyarrow as pa

from engine.facts import Catalogue, Facts, FactsError, read_facts
from registry.days import from_microseconds
from registry.history.reasons import Why, key_of
from registry.history.stored import StoredRow

_INDEX = re.compile(r"\[\d+\]")


Change = Callable[[Facts, Catalogue], Facts]
"""What is done to facts before they are written."""


def as_they_were(facts: Facts, _: Catalogue) -> Facts:
    """Change nothing."""
    return facts


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The decisions of one operation as a table, and those that could not be read."""

    table: pa.Table
    undecidable: Mapping[str, int]


def snapshot(
    rows: Iterable[StoredRow],
    schema: pa.Schema,
    catalogues: Sequence[Catalogue],
    operation: str,
    change: Change = as_they_were,
) -> Snapshot:
    """Return the rows of one operation under `schema`, with the facts that a catalogue names.

    Other facts are left out: no rule can ask for them. A fact that is missing or of another type
    for one of the catalogues makes a decision undecidable.
    """
    undecidable: Counter[str] = Counter()
    kept: list[dict[str, Any]] = []
    for row in rows:
        facts = _of_all(row, catalogues, operation, change)
        if isinstance(facts, str):
            undecidable[facts] += 1
        else:
            kept.append(_about(row) | facts)
    table, refused = _table(kept, schema)
    if refused:
        undecidable[key_of(Why.COLUMN)] += refused
    return Snapshot(table, undecidable)


def _of_all(
    row: StoredRow, catalogues: Sequence[Catalogue], operation: str, change: Change
) -> dict[str, Any] | str:
    facts: dict[str, Any] = {}
    for catalogue in catalogues:
        found = _facts(row, catalogue, operation)
        if isinstance(found, str):
            return found
        facts = {**change(found, catalogue), **facts}
    return facts


def _facts(row: StoredRow, catalogue: Catalogue, operation: str) -> Facts | str:
    """Return the facts of a row as values, or why there are none."""
    if operation not in catalogue.operations:
        return key_of(Why.OPERATION, operation)
    try:
        plain = orjson.loads(row.facts)
        return read_facts(catalogue, operation, known_facts(plain, catalogue, operation))
    except FactsError as error:
        fault = error.faults[0]
        why = Why.MISSING if fault.message.endswith("found nothing") else Why.TYPE
        return key_of(why, _INDEX.sub("", fault.where))
    except (orjson.JSONDecodeError, AttributeError, TypeError):
        return key_of(Why.DOCUMENT)


def known_facts(
    plain: Mapping[str, object], catalogue: Catalogue, operation: str
) -> Mapping[str, object]:
    """Return of the facts, and of the fields of records, what the catalogue lets be given."""
    known = catalogue.of_operations([operation])
    kept: dict[str, object] = {}
    for name, value in plain.items():
        fact = known.get(name)
        if fact is None or fact.looked_up is not None:
            continue
        fields = {part.name for part in fact.fields.values() if part.looked_up is None}
        kept[name] = _trimmed(value, fields) if fields else value
    return kept


def _trimmed(records: object, fields: set[str]) -> object:
    if not isinstance(records, list):
        return records
    return [
        {name: value for name, value in each.items() if name in fields}
        if isinstance(each, Mapping)
        else each
        for each in records
    ]


def _about(row: StoredRow) -> dict[str, Any]:
    return {
        "decision_id": row.decision_id,
        "recorded_at": from_microseconds(row.recorded_at),
        "organisation_type": row.organisation_type,
        "organisation": row.organisation,
        "rulebook": row.rulebook,
        "accepted": row.accepted,
        "findings": [
            {"rule": each.rule, "code": each.code, "refuses": each.refuses} for each in row.found
        ],
    }


def _table(rows: Sequence[dict[str, Any]], schema: pa.Schema) -> tuple[pa.Table, int]:
    """Return the rows as a table, and how many do not fit the columns."""
    try:
        return pa.Table.from_pylist(rows, schema=schema), 0
    except (pa.ArrowException, OverflowError, TypeError):
        fitting = [row for row in rows if _fits(row, schema)]
        return pa.Table.from_pylist(fitting, schema=schema), len(rows) - len(fitting)


def _fits(row: dict[str, Any], schema: pa.Schema) -> bool:
    try:
        pa.Table.from_pylist([row], schema=schema)
    except (pa.ArrowException, OverflowError, TypeError):
        return False
    return True
