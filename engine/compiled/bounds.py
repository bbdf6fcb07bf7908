"""Many rules that bound the same fact → a tree in which whole branches are passed over.

In: what may fire, with its condition. Out: a tree; each branch says the weakest bounds that all its
rules demand.
Does not know: code, or facts.

Rules for ages below 1, below 2, … below 300 stand sorted by that bound: where the weakest bound of
a branch does not hold, none of its rules can fire. The rules keep all their own tests, so a
branch that is entered needlessly costs time and changes no answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from engine.compiled.discrimination import Fires
from engine.model import Comparison, Condition, Constant, Not, Operator, Scope
from engine.operators import OPERATORS

_BRANCHES = 4

_UPPER = {
    Operator.BEFORE: False,
    Operator.ON_OR_BEFORE: True,
    Operator.LESS_THAN: False,
    Operator.AT_MOST: True,
}
"""What bounds from above, and whether the bound itself is inside."""
_LOWER = {
    Operator.AFTER: False,
    Operator.ON_OR_AFTER: True,
    Operator.MORE_THAN: False,
    Operator.AT_LEAST: True,
}


class Side(NamedTuple):
    """One side of a fact."""

    fact: str
    upper: bool


@dataclass(frozen=True, slots=True)
class Branch:
    """What may fire only where all `bounds` hold: either `branches` or, at the end, `fires`."""

    bounds: tuple[Comparison, ...]
    size: int
    branches: tuple[Branch, ...] = ()
    fires: tuple[Fires, ...] = ()

    def all_fires(self) -> tuple[Fires, ...]:
        """Return what may fire in the branch and in those inside it."""
        return self.fires + tuple(one for each in self.branches for one in each.all_fires())


@dataclass(frozen=True, slots=True)
class _Bounded:
    fires: Fires
    bounds: Mapping[Side, Comparison]


def in_order(
    fires: Sequence[Fires], at_least: int, leaf: int
) -> tuple[Branch | None, Sequence[Fires]]:
    """Return a tree of what is bounded on the side that most bound, and what is not.

    None when fewer than `at_least` are; a branch of at most `leaf` is not divided further.
    """
    bounded = [_Bounded(each, _bounds(each.parts)) for each in fires]
    counts = Counter(side for each in bounded for side in each.bounds)
    side, number = max(counts.items(), key=lambda pair: pair[1], default=(None, 0))
    if side is None or number < at_least:
        return None, fires
    inside = [each for each in bounded if side in each.bounds]
    inside.sort(key=lambda each: _place(each.bounds[side], side))
    return (
        _branch(inside, {}, leaf),
        [each.fires for each in bounded if side not in each.bounds],
    )


def _branch(bounded: Sequence[_Bounded], above: Mapping[Side, Comparison], leaf: int) -> Branch:
    weakest = _weakest(each.bounds for each in bounded)
    bounds = tuple(bound for side, bound in weakest.items() if bound != above.get(side))
    if len(bounded) <= leaf:
        return Branch(bounds, len(bounded), fires=tuple(each.fires for each in bounded))
    width = -(-len(bounded) // _BRANCHES)
    portions = (bounded[start : start + width] for start in range(0, len(bounded), width))
    branches = tuple(_branch(portion, weakest, leaf) for portion in portions)
    return Branch(bounds, len(bounded), branches)


def _weakest(bounds: Iterable[Mapping[Side, Comparison]]) -> Mapping[Side, Comparison]:
    """Return the weakest bound of each side that all bound."""
    first, *others = bounds
    weakest = dict(first)
    for other in others:
        weakest = {
            side: _weaker(side, bound, other[side])
            for side, bound in weakest.items()
            if side in other
        }
    return weakest


def _weaker(side: Side, first: Comparison, second: Comparison) -> Comparison:
    """Return the bound that leaves more values."""
    choose = max if side.upper else min
    return choose(first, second, key=lambda bound: _place(bound, side))


def _bounds(parts: Iterable[Condition]) -> Mapping[Side, Comparison]:
    """Return what the parts demand of each side of a fact."""
    found: dict[Side, Comparison] = {}
    for part in parts:
        bound = _bound(part)
        if bound is not None:
            found.setdefault(Side(bound.subject.fact.name, bound.operator in _UPPER), bound)
    return found


def _bound(part: Condition) -> Comparison | None:
    """Return the comparison of a fact with a constant that holds whenever the part does."""
    match part:
        case Not(Comparison(operator=operator) as denied) if not denied.subject.fact.optional:
            opposite = OPERATORS[operator].opposite
            return _bound(replace(denied, operator=opposite)) if opposite is not None else None
        case Comparison(operand=Constant()) if (
            part.subject.scope is Scope.FACT
            and not part.or_absent
            and (part.operator in _UPPER or part.operator in _LOWER)
        ):
            return part
        case _:
            return None


def _place(bound: Comparison, side: Side) -> tuple[Any, bool]:
    """Return where among the values the bound cuts: before its own value, or behind it."""
    assert isinstance(bound.operand, Constant)  # noqa: S101  # `_bound` returns no others
    behind = _UPPER[bound.operator] if side.upper else not _LOWER[bound.operator]
    return bound.operand.value, behind
