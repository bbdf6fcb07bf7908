"""What a condition means, whatever way it is written.

In: a condition. Out: a key that is equal for conditions of which it can be seen that they always
hold together: neither order, nor brackets, nor the way in which something is denied counts.
Does not know: facts. Conditions of different keys may still mean the same; those of one key do.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import assert_never

from engine.model import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Constant,
    Constants,
    Not,
    Operand,
    Operator,
    ParameterReference,
    Presence,
    Quantified,
    Quantifier,
    Reference,
    Shifted,
)
from engine.operators import OPERATORS
from engine.shape import references_of

Key = tuple[Hashable, ...]

_ALL, _ANY = "all", "any"
_LISTED = {Operator.IN: Operator.IS, Operator.NOT_IN: Operator.IS_NOT}


def meaning(condition: Condition, *, denied: bool = False) -> Key:
    """Return the key of the condition, or with `denied` of its opposite."""
    match condition:
        case All(parts):
            return _group(_ANY if denied else _ALL, parts, denied)
        case AnyOf(parts):
            return _group(_ALL if denied else _ANY, parts, denied)
        case Not(part):
            return meaning(part, denied=not denied)
        case Presence(subject, given):
            return ("given", _reference(subject), given is not denied)
        case Comparison():
            return _comparison(condition, denied)
        case Quantified():
            return _quantified(condition, denied)
        case _:
            assert_never(condition)


def same(old: Condition, new: Condition) -> bool:
    """Tell whether the two can be seen to mean the same."""
    return meaning(old) == meaning(new)


def _group(kind: str, parts: Iterable[Condition], denied: bool) -> Key:
    keys: set[Hashable] = set()
    for part in parts:
        key = meaning(part, denied=denied)
        inner = key[1]
        if key[0] == kind and isinstance(inner, frozenset):
            keys |= inner
        else:
            keys.add(key)
    if len(keys) == 1:
        (only,) = keys
        assert isinstance(only, tuple)  # noqa: S101  # every key is one
        return only
    return (kind, frozenset(keys))


def _comparison(comparison: Comparison, denied: bool) -> Key:
    operator, or_absent = comparison.operator, comparison.or_absent
    if denied:
        opposite = OPERATORS[operator].opposite
        if opposite is None:
            return ("not", _comparison(comparison, denied=False))
        # a comparison that nothing was given for is what `or_absent` says, and so is its opposite
        operator, or_absent = opposite, not or_absent
    optional = any(each.fact.optional for each in references_of(comparison))
    operand: Operand = comparison.operand
    if isinstance(operand, Constants) and len(set(map(_value, operand.values))) == 1:
        operator, operand = _LISTED.get(operator, operator), Constant(operand.values[0])
    return (
        operator.value,
        _reference(comparison.subject),
        _operand(operand),
        or_absent and optional,
    )


def _quantified(quantified: Quantified, denied: bool) -> Key:
    name, where = quantified.records.name, quantified.where
    low, high = quantified.at_least or 0, quantified.at_most
    match quantified.quantifier:
        case Quantifier.ANY:
            return ("none" if denied else "some", name, meaning(where))
        case Quantifier.NONE:
            return ("some" if denied else "none", name, meaning(where))
        case Quantifier.EVERY:
            return ("some" if denied else "none", name, meaning(where, denied=True))
        case Quantifier.COUNT if (low, high) == (1, None):
            return ("none" if denied else "some", name, meaning(where))
        case Quantifier.COUNT if (low, high) == (0, 0):
            return ("some" if denied else "none", name, meaning(where))
        case Quantifier.COUNT:
            key: Key = ("count", name, low, high, meaning(where))
            return ("not", key) if denied else key
        case _:
            assert_never(quantified.quantifier)


def _reference(reference: Reference) -> Key:
    return (reference.scope.value, reference.fact.name)


def _value(value: object) -> Key:
    # to Python `True` is 1, and a day at midnight may equal nothing else by accident
    return (type(value).__name__, value)


def _operand(operand: Operand) -> Hashable:
    match operand:
        case Constant(value):
            return _value(value)
        case Constants(values):
            return frozenset(map(_value, values))
        case Reference():
            return _reference(operand)
        case ParameterReference(name):
            return ("parameter", name)
        case Shifted(base, days, sign):
            return ("shifted", _reference(base), _operand(days), sign)
        case _:
            assert_never(operand)
