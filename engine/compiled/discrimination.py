"""Many rules → those that a value of one fact leaves to look at.

In: what may fire, with its condition. Out: the fact (or the field of the records of a list) that
tells most of them apart, and for each of its values what may still fire.
Does not know: code, or facts.

A rule that speaks of interview type 18 alone need not be looked at for any other type, nor one that
asks for a contact group that the citizen never had. With ten thousand such rules a decision costs
what the few cost that concern it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from engine.decision import Firing
from engine.facts import Fact, FactType, Scalar
from engine.model import (
    Comparison,
    Condition,
    Constant,
    Constants,
    Not,
    Operator,
    Quantified,
    Quantifier,
    Scope,
)
from engine.shape import conjuncts

MOST_VALUES = 64
"""A rule that names more values than this would stand in too many groups."""


@dataclass(frozen=True, slots=True)
class Fires:
    """What fires when all `parts` hold; `parts` stand in the order of the rule."""

    firing: Firing
    parts: tuple[Condition, ...]


class Telling(NamedTuple):
    """What tells rules apart: the value of a fact, or of a field of some record of a list."""

    fact: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Groups:
    """What may fire for each value; a value that is not named leaves nothing.

    `field` is set when the value is that of a field of the records of `fact`.
    """

    telling: Telling
    fact: Fact
    field: Fact | None
    of_value: Mapping[Scalar, Sequence[Fires]]


class _Demand(NamedTuple):
    """Which values a condition demands; `answered` when the group leaves nothing to ask of it."""

    telling: Telling
    fact: Fact
    field: Fact | None
    values: tuple[Scalar, ...]
    position: int
    answered: bool


def told_apart(
    fires: Sequence[Fires], at_least: int, told: Collection[Telling] = ()
) -> tuple[Groups | None, Sequence[Fires]]:
    """Return the groups, None when nothing is gained, and what belongs to no group.

    Groups are made when they tell `at_least` apart, by what tells the most apart; `told` has told
    all of these apart already.
    """
    demands = [list(_demanded(each.parts, told)) for each in fires]
    best = _best(demands, at_least)
    if best is None:
        return None, fires
    others: list[Fires] = []
    of_value: dict[Scalar, list[Fires]] = {}
    for each, demanded in zip(fires, demands, strict=True):
        demand = next((demand for demand in demanded if demand.telling == best.telling), None)
        if demand is None:
            others.append(each)
            continue
        left = _without(each, demand.position) if demand.answered else each
        for value in demand.values:
            of_value.setdefault(value, []).append(left)
    return Groups(best.telling, best.fact, best.field, of_value), others


def _best(demands: Iterable[Sequence[_Demand]], at_least: int) -> _Demand | None:
    """Return a demand of the kind that most make; of several such the one with most values."""
    found: dict[Telling, tuple[int, set[Scalar], _Demand]] = {}
    for demanded in demands:
        for demand in {each.telling: each for each in demanded}.values():
            number, values, first = found.get(demand.telling, (0, set(), demand))
            values.update(demand.values)
            found[demand.telling] = (number + 1, values, first)
    number, _, best = max(
        found.values(), key=lambda each: (each[0], len(each[1])), default=(0, set(), None)
    )
    return best if number >= at_least else None


def _without(fires: Fires, position: int) -> Fires:
    return Fires(fires.firing, fires.parts[:position] + fires.parts[position + 1 :])


def _demanded(parts: Iterable[Condition], told: Collection[Telling]) -> Iterator[_Demand]:
    for position, part in enumerate(parts):
        negated = isinstance(part, Not)
        inner = part.part if isinstance(part, Not) else part
        match inner:
            case Comparison():
                subject = inner.subject.fact
                values = _values(inner, negated) if inner.subject.scope is Scope.FACT else ()
                if values:
                    yield _Demand(Telling(subject.name), subject, None, values, position, True)
            case Quantified() if _needs_a_record(inner, negated):
                yield from _demanded_of_records(inner, position, told)


def _needs_a_record(search: Quantified, negated: bool) -> bool:
    match search.quantifier:
        case Quantifier.ANY:
            return not negated
        case Quantifier.NONE:
            return negated
        case Quantifier.COUNT:
            return not negated and search.at_least is not None and search.at_least > 0
        case Quantifier.EVERY:
            return False


def _demanded_of_records(
    search: Quantified, position: int, told: Collection[Telling]
) -> Iterator[_Demand]:
    """Yield the values that a field of some record must have.

    Lists of values are left out: a rule in two groups would fire once for each of two records.
    """
    for part in conjuncts(search.where):
        if isinstance(part, Comparison) and part.subject.scope is Scope.FIELD:
            field, values = part.subject.fact, _values(part, negated=False)
            telling = Telling(search.records.name, field.name)
            if len(values) == 1 and telling not in told:
                yield _Demand(telling, search.records, field, values, position, False)


def _values(comparison: Comparison, negated: bool) -> tuple[Scalar, ...]:
    """Return the values of which the subject must have one; none when that is not so."""
    subject = comparison.subject.fact
    if (
        subject.looked_up is not None
        or subject.type is FactType.BOOLEAN
        # an absent value makes a negated comparison hold, and so does `or: absent`
        or (subject.optional and (negated or comparison.or_absent))
    ):
        return ()
    wanted = (Operator.IS_NOT, Operator.NOT_IN) if negated else (Operator.IS, Operator.IN)
    match comparison.operator, comparison.operand:
        case operator, Constant(value) if operator is wanted[0]:
            return (value,)
        case operator, Constants(values) if operator is wanted[1] and len(values) <= MOST_VALUES:
            return tuple(dict.fromkeys(values))
        case _:
            return ()
