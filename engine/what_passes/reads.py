"""What a rule reads, and what it holds it against.

In: the rules of an operation, in all their wordings. Out: per rule the names of all facts that can
change its answer; every pair of things that are compared.
Does not know: facts of a request, or whether anything holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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
    Rule,
    Scope,
)
from engine.shape import facts_read, references_of


@dataclass(frozen=True, slots=True)
class Compared:
    """One comparison, and the list of records it looks into, if it stands in a `where`."""

    comparison: Comparison
    records: Fact | None


def conditions_of(rule: Rule) -> Iterator[Condition]:
    """Yield every condition of every wording."""
    for _, version in rule.versions:
        yield version.when
        if version.only_where is not None:
            yield version.only_where
        for requirement in version.requirements:
            yield requirement.when
            yield requirement.require


def compared_in(rule: Rule) -> Iterator[Compared]:
    """Yield every comparison of every wording."""
    for condition in conditions_of(rule):
        yield from _compared(condition, None)


def read_by(rule: Rule, facts: Mapping[str, Fact]) -> frozenset[str]:
    """Return the facts that a request gives and that can change what the rule says.

    Those it names, those by which it looks something up, and those that choose its wording.
    """
    named = {rule.dated_by.fact}
    if rule.dated_by.otherwise is not None:
        named.add(rule.dated_by.otherwise)
    for condition in conditions_of(rule):
        named |= facts_read(condition)
    for compared in compared_in(rule):
        for reference in references_of(compared.comparison):
            named |= _asked_by(reference)
    return _given(named, facts)


def _asked_by(reference: Reference) -> set[str]:
    """Return the facts that a looked-up fact or field is looked up by."""
    looked_up = reference.fact.looked_up
    return set() if looked_up is None else {looked_up.key, looked_up.on}


def _given(names: set[str], facts: Mapping[str, Fact]) -> frozenset[str]:
    """Replace looked-up facts by those that they are looked up by, however often."""
    waiting, found, seen = list(names), set(), set(names)
    while waiting:
        name = waiting.pop()
        fact = facts.get(name)
        if fact is None:
            continue  # a field of a record, which is no fact of its own
        if fact.looked_up is None:
            found.add(name)
            continue
        for asked in (fact.looked_up.key, fact.looked_up.on):
            if asked not in seen:
                seen.add(asked)
                waiting.append(asked)
    return frozenset(found)


def _compared(condition: Condition, records: Fact | None) -> Iterator[Compared]:
    match condition:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _compared(part, records)
        case Not(part):
            yield from _compared(part, records)
        case Quantified(records=of, where=where):
            yield from _compared(where, of)
        case Comparison():
            yield Compared(condition, records)
        case Presence():
            return


def is_fact(reference: Reference, name: str) -> bool:
    """Tell whether the reference is the fact of that name, not a field of a record."""
    return reference.scope is Scope.FACT and reference.fact.name == name
