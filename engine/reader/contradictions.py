"""Conditions that can never hold, because two tests of one conjunction exclude each other.

In: conditions. Out: a problem at the test that leaves no value.
Does not know: which values really occur, nor anything that two different facts imply.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from engine.model import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Constant,
    Constants,
    Not,
    Operator,
    Presence,
    Quantified,
    Scope,
    Version,
)
from engine.problems import Place
from engine.reader.reading import Problems

Ordered = int | date


@dataclass(slots=True)
class _Possible:
    """What is left for one fact, or for the length of one text."""

    first: Place
    allowed: frozenset[object] | None = None
    excluded: set[object] = field(default_factory=set)
    least: Ordered | None = None
    most: Ordered | None = None

    def is_empty(self) -> bool:
        if self.allowed is not None:
            return not any(self._fits(value) for value in self.allowed)
        return self.least is not None and self.most is not None and _below(self.most, self.least)

    def _fits(self, value: object) -> bool:
        if value in self.excluded:
            return False
        if not isinstance(value, int | date):
            return True
        return not (
            (self.least is not None and _below(value, self.least))
            or (self.most is not None and _below(self.most, value))
        )


def check_contradictions(version: Version, problems: Problems) -> None:
    """Report every conjunction of one version that can never hold."""
    _conjunction([version.when], problems)
    for requirement in version.requirements:
        _conjunction([version.when, requirement.when], problems)
        _conjunction([requirement.require], problems)
    if version.only_where is not None:
        _conjunction([version.only_where], problems)


def _conjunction(conditions: Iterable[Condition], problems: Problems) -> None:
    possible: dict[tuple[Scope, str, bool], _Possible] = {}
    presence: dict[tuple[Scope, str], bool] = {}
    for part in _flat(conditions):
        match part:
            case AnyOf(parts):
                for branch in parts:
                    _conjunction([branch], problems)
            case Not(inner):
                _conjunction([inner], problems)
            case Quantified(where=where):
                _conjunction([where], problems)
            case Presence(subject, given):
                if presence.setdefault((subject.scope, subject.fact.name), given) is not given:
                    _report(subject.fact.name, part.place, None, problems)
            case Comparison(subject, _, _, False):
                _narrow(part, possible, problems)
            case _:
                pass


def _flat(conditions: Iterable[Condition]) -> Iterator[Condition]:
    for condition in conditions:
        if isinstance(condition, All):
            yield from _flat(condition.parts)
        else:
            yield condition


def _narrow(
    comparison: Comparison,
    possible: dict[tuple[Scope, str, bool], _Possible],
    problems: Problems,
) -> None:
    """Take away what a comparison with a written value excludes; others say nothing here."""
    operator, operand = comparison.operator, comparison.operand
    subject = comparison.subject
    of_length = operator in (Operator.LENGTH_AT_LEAST, Operator.LENGTH_AT_MOST)
    key = (subject.scope, subject.fact.name, of_length)
    left = possible.get(key)
    if left is None:
        left = possible[key] = _Possible(comparison.place)
    if left.is_empty():
        return
    values = operand.values if isinstance(operand, Constants) else ()
    if isinstance(operand, Constant):
        values = (operand.value,)
    if not values:
        return
    _apply(left, operator, values)
    if left.is_empty():
        _report(subject.fact.name, comparison.place, left.first, problems)


def _apply(left: _Possible, operator: Operator, values: tuple[object, ...]) -> None:
    value = values[0]
    match operator:
        case Operator.IS | Operator.IN:
            these = frozenset(values)
            left.allowed = these if left.allowed is None else left.allowed & these
        case Operator.IS_NOT | Operator.NOT_IN:
            left.excluded.update(values)
        case Operator.AT_LEAST | Operator.ON_OR_AFTER | Operator.LENGTH_AT_LEAST:
            _raise_least(left, value)
        case Operator.MORE_THAN | Operator.AFTER:
            _raise_least(left, _next(value, 1))
        case Operator.AT_MOST | Operator.ON_OR_BEFORE | Operator.LENGTH_AT_MOST:
            _lower_most(left, value)
        case Operator.LESS_THAN | Operator.BEFORE:
            _lower_most(left, _next(value, -1))
        case _:
            pass


def _next(value: object, step: int) -> object:
    if isinstance(value, date):
        return value if value in (date.min, date.max) else value + timedelta(days=step)
    return value + step if isinstance(value, int) else value


def _raise_least(left: _Possible, value: object) -> None:
    if isinstance(value, int | date) and (left.least is None or _below(left.least, value)):
        left.least = value


def _lower_most(left: _Possible, value: object) -> None:
    if isinstance(value, int | date) and (left.most is None or _below(value, left.most)):
        left.most = value


def _below(one: Ordered, other: Ordered) -> bool:
    if isinstance(one, date) and isinstance(other, date):
        return one < other
    return isinstance(one, int) and isinstance(other, int) and one < other


def _report(name: str, place: Place, first: Place | None, problems: Problems) -> None:
    against = "its other tests" if first is None else f"the test at {first}"
    problems.error(
        "never-holds",
        place,
        f"`{name}` can never meet this together with {against}",
        "remove one of the tests, or put them into `any_of`",
    )
