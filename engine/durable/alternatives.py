"""Conditions → searches: flat conjunctions of relations, the form that durable_rules can hold.

In: a `Program`. Out: `Search`es in layers; a search has alternatives, and an alternative is
a conjunction of relations.
Does not know: how a search is carried out (see `durable`).

A requirement is one search of the request: version `when`, requirement `when` and the denial of
`require`, brought to disjunctive normal form. A quantifier is a search of the records of its list;
how many it found is a field of the request in the next layer, where `any`, `none`, `every` and
counts are relations of that number. A disjunction that would multiply the alternatives beyond
`_MOST_ALTERNATIVES` becomes a search of its own in an earlier layer, so that no rulebook explodes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod

from engine.decision import Firing
from engine.durable.projection import Projection
from engine.durable.relations import OPPOSITE, Conjunction, Relation, relations_of
from engine.facts import Fact
from engine.model import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Constant,
    Constants,
    Not,
    Operand,
    Presence,
    Quantified,
    Quantifier,
    Reference,
    Shifted,
)
from engine.problems import EvaluationError
from engine.program import Program

_MOST_ALTERNATIVES = 24
_MOST_JOINS = 24
"""durable_rules holds 32 expressions in one join, among them its own brackets."""

Alternatives = tuple[Conjunction, ...]
ALWAYS: Alternatives = ((),)
NEVER: Alternatives = ()


@dataclass(frozen=True, slots=True)
class Search:
    """Finds the records of a list (None: the request itself) that satisfy an alternative.

    `firing` is the requirement that is unmet when the request is found.
    """

    number: int
    records: str | None
    alternatives: Alternatives
    layer: int
    firing: Firing | None = None


class Translation:
    """A program as searches; `projection` holds the fields that they read."""

    def __init__(self, program: Program) -> None:
        self.projection = Projection(program)
        self.searches: list[Search] = []
        self._known: dict[tuple[str | None, frozenset[frozenset[Relation]]], Search] = {}
        for position, clause in enumerate(program.clauses):
            for place, condition in enumerate(clause.fires):
                self._add(None, self._alternatives(condition, True, None), Firing(position, place))

    def _add(
        self, records: Fact | None, alternatives: Alternatives, firing: Firing | None = None
    ) -> Search:
        home = records.name if records is not None else None
        key = (home, frozenset(frozenset(each) for each in alternatives))
        if firing is None and key in self._known:
            return self._known[key]
        narrow = tuple(self._narrow(each, records) for each in alternatives)
        layer = max(
            (field.layer for each in narrow for relation in each for field in relation.fields),
            default=0,
        )
        search = Search(len(self.searches), home, narrow, layer, firing)
        self.searches.append(search)
        if firing is None:
            self._known[key] = search
        return search

    def _narrow(self, conjunction: Conjunction, records: Fact | None) -> Conjunction:
        """Move joins beyond what one rule can hold into a search of their own."""
        joins = tuple(relation for relation in conjunction if relation.is_join)
        if len(joins) <= _MOST_JOINS:
            return conjunction
        moved = joins[:_MOST_JOINS]
        rest = tuple(relation for relation in conjunction if relation not in moved)
        return self._narrow((*self._named((moved,), records)[0], *rest), records)

    def _named(self, alternatives: Alternatives, records: Fact | None) -> Alternatives:
        """Make the alternatives a search of their own; return the one relation to its outcome."""
        relations = [relation for each in alternatives for relation in each]
        inside = any(
            field.records is not None for relation in relations for field in relation.fields
        )
        search = self._add(records if inside else None, alternatives)
        if inside and records is not None:
            return (
                (
                    Relation(
                        self.projection.among(search.number, search.layer + 1, records), "$eq", True
                    ),
                ),
            )
        return ((Relation(self.projection.count(search.number, search.layer + 1), "$gte", 1),),)

    # --- conditions -----------------------------------------------------------------------------

    def _alternatives(
        self, condition: Condition, wanted: bool, records: Fact | None
    ) -> Alternatives:
        """Return the alternatives in which `condition` comes out as `wanted`."""
        match condition:
            case All(parts) | AnyOf(parts):
                each = [self._alternatives(part, wanted, records) for part in parts]
                if isinstance(condition, All) is wanted:
                    return self._every_one(each, records)
                return _different(conjunction for part in each for conjunction in part)
            case Not(part):
                return self._alternatives(part, not wanted, records)
            case Presence(subject, given):
                return self._given(subject, given is wanted, records)
            case Comparison():
                return self._comparison(condition, wanted, records)
            case Quantified():
                return self._quantified(condition, wanted)

    def _every_one(self, parts: Sequence[Alternatives], records: Fact | None) -> Alternatives:
        """Return the alternatives in which every part has one that holds."""
        if any(not part for part in parts):
            return NEVER
        parts = list(parts)
        while prod(len(part) for part in parts) > _MOST_ALTERNATIVES:
            widest = max(range(len(parts)), key=lambda position: len(parts[position]))
            parts[widest] = self._named(parts[widest], records)
        together = ALWAYS
        for part in parts:
            together = _different(
                joined
                for first in together
                for second in part
                if (joined := _consistent(first, second)) is not None
            )
        return together

    def _given(self, reference: Reference, given: bool, records: Fact | None) -> Alternatives:
        return ((Relation(self.projection.given(reference, records), "$eq", given),),)

    def _comparison(
        self, comparison: Comparison, wanted: bool, records: Fact | None
    ) -> Alternatives:
        optional = [
            reference
            for reference in (comparison.subject, _reference(comparison.operand))
            if reference is not None and reference.fact.optional and not reference.fact.looked_up
        ]
        present = [self._given(reference, True, records) for reference in optional]
        holds = (relations_of(self.projection, comparison, wanted, records),)
        alternatives = self._every_one([*present, holds], records)
        if comparison.or_absent is wanted:
            for reference in optional:
                alternatives += self._given(reference, False, records)
        return alternatives

    def _quantified(self, condition: Quantified, wanted: bool) -> Alternatives:
        every = condition.quantifier is Quantifier.EVERY
        where = self._alternatives(condition.where, not every, condition.records)
        search = self._add(condition.records, where)
        found = self.projection.count(search.number, search.layer + 1)
        low, high = condition.at_least, condition.at_most
        match condition.quantifier:
            case Quantifier.ANY:
                low, high = 1, None
            case Quantifier.NONE | Quantifier.EVERY:
                low, high = None, 0
            case Quantifier.COUNT:
                pass
        relations = [
            Relation(found, relation, bound)
            for relation, bound in (("$gte", low), ("$lte", high))
            if bound is not None
        ]
        if wanted:
            return (tuple(relations),)
        return tuple((Relation(found, OPPOSITE[each.operator], each.right),) for each in relations)


def _consistent(first: Conjunction, second: Conjunction) -> Conjunction | None:
    """Join two conjunctions; None when one demands what the other denies."""
    joined = tuple(dict.fromkeys((*first, *second)))
    for relation in joined:
        if (
            isinstance(relation.right, bool)
            and Relation(relation.left, relation.operator, not relation.right) in joined
        ):
            return None
    return joined


def _different(conjunctions: Iterable[Conjunction]) -> Alternatives:
    return tuple({frozenset(each): each for each in conjunctions}.values())


def _reference(operand: Operand) -> Reference | None:
    match operand:
        case Reference():
            return operand
        case Shifted(base):
            return base
        case Constant() | Constants():
            return None
        case _:
            raise EvaluationError("a program holds no references to parameters")
