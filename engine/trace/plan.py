"""Rules → where in a record the truth of each condition stands, and the values it looked at.

In: a clause of a program. Out: `ClausePlan`, which whoever records and whoever reads work from.
Does not know: code, facts, or words.

A record holds for a clause one flat tuple: the truth of every comparison of its `when`, and where
that holds one tuple for every demand, made alike. A list takes one place: for each of its records
the tuple of its `where`. What follows from the comparisons (`all`, `not`, the outcome) is not
recorded. Neither are values that stand in the facts or in a record of theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import assert_never

from engine.facts import FactType
from engine.model import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Constant,
    Not,
    Operand,
    Operator,
    Presence,
    Quantified,
    Reference,
    Requirement,
    Scope,
    Shifted,
    Version,
)
from engine.shape import reference_in


class Origin(Enum):
    """Where a value that was looked at is found again."""

    FACT = auto()
    FIELD = auto()
    """In the record at hand."""
    PLACE = auto()
    """In the trace itself: it was looked up for a record, or worked out."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value is found; `place` counts when the origin is PLACE."""

    reference: Reference
    origin: Origin
    place: int = -1


@dataclass(frozen=True, slots=True)
class LeafPlan:
    """A comparison or presence: the place of its truth, and what it looked at."""

    condition: Comparison | Presence
    truth: int
    seen: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class JoinedPlan:
    """What follows from its parts."""

    condition: All | AnyOf | Not
    parts: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class SearchPlan:
    """A quantifier: the place of what became of its records."""

    condition: Quantified
    place: int
    where: Plan
    places: int
    """How many the `where` takes in the tuple of a record."""


Plan = LeafPlan | JoinedPlan | SearchPlan


@dataclass(frozen=True, slots=True)
class DemandPlan:
    """One demand of a clause; `require` is looked at when `when` holds."""

    when: Plan
    places_of_when: int
    require: Plan
    places: int


@dataclass(frozen=True, slots=True)
class ClausePlan:
    """A clause; the demands stand behind what the `when` takes, from `demands_from` on."""

    when: Plan
    demands_from: int
    demands: tuple[DemandPlan, ...]


@dataclass(slots=True)
class _Places:
    """The places of one tuple; so many are taken."""

    taken: int = 0

    def take(self) -> int:
        self.taken += 1
        return self.taken - 1


def plan_of(version: Version) -> ClausePlan:
    """Return where the parts of one wording of a rule are recorded."""
    places = _Places()
    when = _plan(version.when, places)
    return ClausePlan(when, places.taken, tuple(map(_demand, version.requirements)))


def _demand(requirement: Requirement) -> DemandPlan:
    places = _Places()
    when = _plan(requirement.when, places)
    places_of_when = places.taken
    require = _plan(requirement.require, places)
    return DemandPlan(when, places_of_when, require, places.taken)


def _plan(condition: Condition, places: _Places) -> Plan:
    match condition:
        case All(parts) | AnyOf(parts):
            return JoinedPlan(condition, tuple(_plan(part, places) for part in parts))
        case Not(part):
            return JoinedPlan(condition, (_plan(part, places),))
        case Presence(subject):
            asked = _source(subject, subject, places)
            return LeafPlan(condition, places.take(), (asked,))
        case Comparison(subject, _, operand):
            seen: tuple[Source, ...] = (_source(subject, subject, places),)
            other = reference_in(operand)
            if other is not None:
                seen += (_source(operand, other, places),)
            if _says_itself(condition, seen[0]):
                return LeafPlan(condition, seen[0].place, seen)
            return LeafPlan(condition, places.take(), seen)
        case Quantified(where=where):
            of_record = _Places()
            plan = _plan(where, of_record)
            return SearchPlan(condition, places.take(), plan, of_record.taken)
        case _:
            assert_never(condition)


def _says_itself(comparison: Comparison, source: Source) -> bool:
    """Tell whether the value that is looked at is the truth of the comparison."""
    return (
        source.origin is Origin.PLACE
        and comparison.operator is Operator.IS
        and comparison.operand == Constant(True)
        and comparison.subject.fact.type is FactType.BOOLEAN
        and not comparison.subject.fact.optional
    )


def _source(operand: Operand, reference: Reference, places: _Places) -> Source:
    in_record = reference.scope is Scope.FIELD
    if isinstance(operand, Shifted) or (in_record and reference.fact.looked_up is not None):
        return Source(reference, Origin.PLACE, places.take())
    return Source(reference, Origin.FIELD if in_record else Origin.FACT)
