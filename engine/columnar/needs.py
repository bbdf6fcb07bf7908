"""What must be there so that a row can be decided.

In: conditions that are asked on certain days. Out: the facts they need, and a SQL expression that
is TRUE in rows that lack one of them; it is never NULL.
Does not know: how a condition is written.

The row lane raises `EvaluationError` for such a row. A list in which a record lacks a field that
is always given counts as lacking: which record is looked at is for no rule to choose.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from engine.columnar.columns import Column, Kind
from engine.columnar.dialect import RECORD, Dialect
from engine.facts import Fact
from engine.model import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Not,
    Presence,
    Quantified,
    Reference,
    Scope,
)
from engine.shape import references_of


def needed(conditions: Iterable[Condition], facts: Mapping[str, Fact]) -> frozenset[str]:
    """Return the given facts that the conditions read, and those that their look-ups ask by."""
    found: set[str] = set()
    for condition in conditions:
        _note(condition, facts, {}, found)
    return frozenset(found)


def _note(
    condition: Condition,
    facts: Mapping[str, Fact],
    fields: Mapping[str, Fact],
    found: set[str],
) -> None:
    match condition:
        case All(parts) | AnyOf(parts):
            for part in parts:
                _note(part, facts, fields, found)
        case Not(part):
            _note(part, facts, fields, found)
        case Quantified(records=records, where=where):
            found.add(records.name)
            _note(where, facts, records.fields, found)
        case Presence(subject):
            _note_reference(subject, facts, fields, found)
        case Comparison():
            for reference in references_of(condition):
                _note_reference(reference, facts, fields, found)


def _note_reference(
    reference: Reference,
    facts: Mapping[str, Fact],
    fields: Mapping[str, Fact],
    found: set[str],
) -> None:
    lookup, in_record = reference.fact.looked_up, reference.scope is Scope.FIELD
    if lookup is None:
        found.update(() if in_record else (reference.fact.name,))
        return
    near = fields if in_record else {}
    for name in (lookup.key, lookup.on):
        if name not in near:
            _note_reference(Reference(Scope.FACT, facts[name]), facts, {}, found)


def lacking(dialect: Dialect, columns: Sequence[Column]) -> str:
    """Return whether one of these columns lacks a value that is always given."""
    tests = [_lacks(dialect, column) for column in columns if not column.optional]
    return f"({' OR '.join(tests)})" if tests else "FALSE"


def _lacks(dialect: Dialect, column: Column) -> str:
    name = dialect.identifier(column.name)
    if column.kind is not Kind.STRUCTURE:
        return f"{name} IS NULL"
    parts = [dialect.identifier(RECORD)]
    parts += [dialect.field(each.name) for each in column.fields if not each.optional]
    incomplete = dialect.some(name, " OR ".join(f"{part} IS NULL" for part in parts))
    return f"{name} IS NULL OR {incomplete}"
