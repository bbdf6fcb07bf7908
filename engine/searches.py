"""Several searches of one list → what all of them ask, so that the list is gone through once.

In: the conditions of what is decided together. Out: for a list of records the comparison that every
record must pass to be found by any of a group of searches.
Does not know: code, or facts.

Rules about a citizen's interviews mostly ask for those not before the one at hand, and there are
mostly none: picking them out once leaves nothing for the rules to go through.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from engine.facts import Fact, Scalar
from engine.model import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Constant,
    Not,
    Operand,
    Operator,
    Quantified,
    Quantifier,
    Reference,
    Scope,
)
from engine.shape import conjuncts

_LATER = (Operator.AFTER, Operator.ON_OR_AFTER, Operator.IS)
_EARLIER = (Operator.BEFORE, Operator.ON_OR_BEFORE, Operator.IS)
_MORE = (Operator.MORE_THAN, Operator.AT_LEAST, Operator.IS)
_LESS = (Operator.LESS_THAN, Operator.AT_MOST, Operator.IS)
_FAMILIES = (_LATER, _EARLIER, _MORE, _LESS)


class Asked(NamedTuple):
    """What a group of searches compares, but for the operator."""

    records: str
    subject: str
    operand: tuple[Scope | type, Scalar]


def common_comparisons(conditions: Iterable[Condition]) -> Mapping[Asked, tuple[Fact, Comparison]]:
    """Return for each list what at least two searches among `conditions` ask of its records.

    The comparison is the weakest of theirs: a record that fails it is found by none of them.
    """
    groups: dict[Asked, list[tuple[Fact, Comparison]]] = {}
    for search in _searches(conditions):
        for comparison in _asked_of_records(search):
            asked = _asked(search, comparison)
            groups.setdefault(asked, []).append((search.records, comparison))
    common: dict[Asked, tuple[Fact, Comparison]] = {}
    for asked, group in groups.items():
        weakest = _weakest({comparison.operator for _, comparison in group})
        if len(group) > 1 and weakest is not None:
            common[asked] = (group[0][0], replace(group[0][1], operator=weakest))
    return common


def comparison_asked(
    search: Quantified, common: Mapping[Asked, tuple[Fact, Comparison]]
) -> Asked | None:
    """Return which of the common comparisons this search makes, the first one when several."""
    if not _is_narrowing(search):
        return None
    for comparison in _asked_of_records(search):
        asked = _asked(search, comparison)
        if asked in common:
            return asked
    return None


def _searches(conditions: Iterable[Condition]) -> Iterator[Quantified]:
    for condition in conditions:
        match condition:
            case All(parts) | AnyOf(parts):
                yield from _searches(parts)
            case Not(part):
                yield from _searches((part,))
            case Quantified() if _is_narrowing(condition):
                yield condition
            case _:
                continue


def _is_narrowing(search: Quantified) -> bool:
    """Tell whether records that do not satisfy the `where` do not count; of EVERY they do."""
    return search.quantifier is not Quantifier.EVERY


def _asked_of_records(search: Quantified) -> Iterator[Comparison]:
    """Yield the ordering comparisons of a field with what is the same for all records."""
    for part in conjuncts(search.where):
        if (
            isinstance(part, Comparison)
            and part.subject.scope is Scope.FIELD
            and not part.subject.fact.optional
            and part.subject.fact.looked_up is None
            and any(part.operator in family for family in _FAMILIES)
            and _outside(part.operand) is not None
        ):
            yield part


def _asked(search: Quantified, comparison: Comparison) -> Asked:
    operand = _outside(comparison.operand)
    assert operand is not None  # noqa: S101  # `_asked_of_records` yields no others
    return Asked(search.records.name, comparison.subject.fact.name, operand)


def _outside(operand: Operand) -> tuple[Scope | type, Scalar] | None:
    """Return what tells this operand from others, None when it differs from record to record."""
    match operand:
        case Reference(scope=Scope.FACT, fact=fact) if not fact.optional:
            return Scope.FACT, fact.name
        case Constant(value):
            return type(value), value
        case _:
            return None


def _weakest(operators: set[Operator]) -> Operator | None:
    if len(operators) == 1:
        return next(iter(operators))
    for strict, inclusive, same in _FAMILIES:
        if operators <= {strict, inclusive, same}:
            return inclusive
    return None
