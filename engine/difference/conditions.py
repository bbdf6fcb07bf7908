"""Which conditions changed, from what to what.

In: the conjuncts of an old and a new condition. Out: what was added, removed or replaced; of a
list of values which ones came and went, and of a list of records what changed inside its `where`.
Does not know: words, or in what part of a rule the conditions stand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.difference.meaning import Key, meaning, same
from engine.facts import Scalar
from engine.model import (
    AnyOf,
    Comparison,
    Condition,
    Constant,
    Constants,
    Operator,
    Presence,
    Quantified,
    Reference,
)
from engine.shape import conjuncts


@dataclass(frozen=True, slots=True)
class Added:
    """A condition that was not there before."""

    new: Condition


@dataclass(frozen=True, slots=True)
class Removed:
    """A condition that is there no more."""

    old: Condition


@dataclass(frozen=True, slots=True)
class Replaced:
    """A condition that stands where another one stood."""

    old: Condition
    new: Condition


@dataclass(frozen=True, slots=True)
class Values:
    """A subject that may be more, fewer or other values; each is said by a comparison."""

    old: Comparison
    new: Comparison
    gained: Comparison | None
    """The subject is one of the values that now fit."""
    lost: Comparison | None
    """The subject is one of the values that fit no more."""


@dataclass(frozen=True, slots=True)
class Within:
    """The same list of records is asked about the same number of records with another `where`."""

    old: Quantified
    new: Quantified
    changes: tuple[ConditionChange, ...]


ConditionChange = Added | Removed | Replaced | Values | Within

_ONE_OF = (Operator.IS, Operator.IN)
_NONE_OF = (Operator.IS_NOT, Operator.NOT_IN)


def condition_changes(old: Condition, new: Condition) -> tuple[ConditionChange, ...]:
    """Return what differs between two conditions; nothing when they mean the same."""
    if same(old, new):
        return ()
    left, right = _without(old, new), _without(new, old)
    changes: list[ConditionChange] = []
    for part in right:
        partner = _likest(part, left)
        if partner is None:
            changes.append(Added(part))
        else:
            left.remove(partner)
            changes.append(_change(partner, part))
    changes.extend(Removed(part) for part in left)
    # what is the same part by part and differs as a whole is said as a whole
    return tuple(changes) or (Replaced(old, new),)


def _without(condition: Condition, other: Condition) -> list[Condition]:
    """Return the conjuncts that the other condition does not have."""
    there = {meaning(part) for part in conjuncts(other)}
    kept: dict[Key, Condition] = {}
    for part in conjuncts(condition):
        key = meaning(part)
        if key not in there:
            kept.setdefault(key, part)
    return list(kept.values())


def _likest(part: Condition, among: Iterable[Condition]) -> Condition | None:
    found = max(among, key=lambda other: _likeness(other, part), default=None)
    return None if found is None or not _likeness(found, part) else found


def _likeness(old: Condition, new: Condition) -> int:
    """Tell how likely the new condition is the old one, changed; 0 when it is another one."""
    match old, new:
        case Comparison(), Comparison() if _alike(old.subject, new.subject):
            return 4 if old.operator is new.operator or _values(old, new) is not None else 3
        case ((Comparison() | Presence()), (Comparison() | Presence())):
            return 2 if _alike(old.subject, new.subject) else 0
        case Quantified(), Quantified() if old.records.name == new.records.name:
            return 4 if _asks_alike(old, new) else 3
        case AnyOf(), AnyOf():
            shared = {meaning(part) for part in old.parts} & {meaning(part) for part in new.parts}
            return 3 if shared else 1
    return 0


def _change(old: Condition, new: Condition) -> ConditionChange:
    match old, new:
        case Comparison(), Comparison():
            return _values(old, new) or Replaced(old, new)
        case Quantified(), Quantified() if _asks_alike(old, new):
            return Within(old, new, condition_changes(old.where, new.where))
    return Replaced(old, new)


def _alike(old: Reference, new: Reference) -> bool:
    # a fact keeps its name when its label or type changes
    return (old.scope, old.fact.name) == (new.scope, new.fact.name)


def _asks_alike(old: Quantified, new: Quantified) -> bool:
    return (old.quantifier, old.at_least, old.at_most) == (
        new.quantifier,
        new.at_least,
        new.at_most,
    )


def _values(old: Comparison, new: Comparison) -> Values | None:
    """Return which values came and went, when the two are lists of which some values stayed."""
    if not _alike(old.subject, new.subject) or old.or_absent is not new.or_absent:
        return None
    before, after = _listed(old), _listed(new)
    if not before or not after:
        return None
    gained = [each for each in after if each not in before]
    lost = [each for each in before if each not in after]
    for operators in (_ONE_OF, _NONE_OF):
        if old.operator in operators and new.operator in operators:
            if len(gained) == len(after):
                return None
            if operators is _NONE_OF:
                gained, lost = lost, gained
            return Values(old, new, _one_of(new, gained), _one_of(new, lost))
    return None


def _listed(comparison: Comparison) -> tuple[Scalar, ...]:
    match comparison.operand:
        case Constants(values):
            return values
        case Constant(value) if not isinstance(value, bool):
            return (value,)
    return ()


def _one_of(comparison: Comparison, values: Iterable[Scalar]) -> Comparison | None:
    listed = tuple(values)
    if not listed:
        return None
    if len(listed) == 1:
        return Comparison(comparison.subject, Operator.IS, Constant(listed[0]))
    return Comparison(comparison.subject, Operator.IN, Constants(listed))
