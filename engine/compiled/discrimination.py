"""Many rules → those that a value of one fact leaves to look at.

In: what may fire, with its condition. Out: the fact that tells most of them apart, and for each of
its values what may still fire.
Does not know: code, or facts.

A rule that speaks of interview type 18 alone need not be looked at for any other type. With ten
thousand such rules a decision costs what the few cost that concern it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.decision import Firing
from engine.facts import Fact, FactType, Scalar
from engine.model import (
    Comparison,
    Condition,
    Constant,
    Constants,
    Not,
    Operator,
    Scope,
)

WORTHWHILE = 6
"""So many rules must be told apart: asking for the group costs about as much as their tests."""
MOST_VALUES = 8
"""A rule that names more values than this would be written out too often."""


@dataclass(frozen=True, slots=True)
class Fires:
    """What fires when all `parts` hold; `parts` stand in the order of the rule."""

    firing: Firing
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Groups:
    """What may fire for each value of `fact`; a value that is not named leaves nothing."""

    fact: Fact
    of_value: Mapping[Scalar, Sequence[Fires]]


def told_apart(
    fires: Sequence[Fires], at_least: int = WORTHWHILE
) -> tuple[Groups | None, Sequence[Fires]]:
    """Return the groups, None when nothing is gained, and what belongs to no group.

    Groups are made when they tell `at_least` so many apart.
    """
    counts: Counter[str] = Counter()
    for each in fires:
        counts.update({name for name, *_ in _demanded(each.parts)})
    name, count = max(counts.items(), key=lambda pair: pair[1], default=("", 0))
    if count < at_least:
        return None, fires
    others: list[Fires] = []
    of_value: dict[Scalar, list[Fires]] = {}
    fact: Fact | None = None
    for each in fires:
        found = next((demand for demand in _demanded(each.parts) if demand[0] == name), None)
        if found is None:
            others.append(each)
            continue
        _, fact, values, position = found
        left = Fires(each.firing, each.parts[:position] + each.parts[position + 1 :])
        for value in values:
            of_value.setdefault(value, []).append(left)
    assert fact is not None  # noqa: S101  # counted above
    return Groups(fact, of_value), others


def _demanded(
    parts: Iterable[Condition],
) -> list[tuple[str, Fact, tuple[Scalar, ...], int]]:
    """Return name and fact, the values it must have, and where among the parts that is said."""
    demanded = []
    for position, part in enumerate(parts):
        negated = isinstance(part, Not)
        comparison = part.part if isinstance(part, Not) else part
        if not isinstance(comparison, Comparison):
            continue
        subject = comparison.subject.fact
        if (
            comparison.subject.scope is not Scope.FACT
            or subject.looked_up is not None
            or subject.type is FactType.BOOLEAN
            # an absent fact makes a negated comparison hold, and so does `or: absent`
            or (subject.optional and (negated or comparison.or_absent))
        ):
            continue
        values = _values(comparison, negated)
        if values:
            demanded.append((subject.name, subject, values, position))
    return demanded


def _values(comparison: Comparison, negated: bool) -> tuple[Scalar, ...]:
    wanted = (Operator.IS_NOT, Operator.NOT_IN) if negated else (Operator.IS, Operator.IN)
    match comparison.operator, comparison.operand:
        case operator, Constant(value) if operator is wanted[0]:
            return (value,)
        case operator, Constants(values) if operator is wanted[1] and len(values) <= MOST_VALUES:
            return tuple(dict.fromkeys(values))
        case _:
            return ()
