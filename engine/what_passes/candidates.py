"""Which other values of a fact could make a difference?

In: the rules of an operation, the tables and parameters, and the facts of a request. Out: for a
fact the values at which some comparison turns, nearest first.
Does not know: whether any of them is accepted; whoever asks decides each one.

Between two values at which a comparison turns nothing turns, so these values and their neighbours
(a day, a minute or a unit away) stand for all others. Texts are not made up: of them only values
that stand in a rule, or that the rules compare with, are tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from engine.dated import SINCE_EVER
from engine.explain.wording import DENMARK
from engine.facts import Fact, Facts, FactType, Scalar, Value
from engine.model import (
    Constant,
    Constants,
    Operand,
    ParameterReference,
    Reference,
    Rule,
    Rulebook,
    Scope,
    Shifted,
)
from engine.shape import reference_in, references_of
from engine.what_passes.reads import Compared, compared_in

_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Turning:
    """Finds the values at which the rules of an operation turn."""

    rulebook: Rulebook
    rules: tuple[Rule, ...]
    facts: Facts

    def values_of(self, fact: Fact, derived: Iterable[Fact] = ()) -> tuple[Value | None, ...]:
        """Return other values of `fact`, nearest first; None is to leave it out.

        `derived` are the facts that follow from it: an instant is also moved, at the same time of
        the day in Denmark, to the days at which one of them turns.
        """
        was = self.facts.get(fact.name)
        found: set[Value | None] = {None} if fact.optional else set()
        for value in self._turns(fact):
            found.update(_neighbours(value, fact.type))
        if fact.type is FactType.BOOLEAN:
            found |= {True, False}
        if isinstance(was, datetime):
            for other in derived:
                if other.type is FactType.DATE:
                    days = {
                        near
                        for each in self._turns(other)
                        for near in _neighbours(each, FactType.DATE)
                    }
                    found.update(moved for each in days for moved in _same_time_on(each, was))
        if fact.type is FactType.CODES:
            found = set(_other_lists(was, found))
        apart = {value for value in found if value != was}
        return tuple(sorted(apart, key=lambda value: self._distance(fact, was, value)))

    def _distance(self, fact: Fact, was: Any, value: Any) -> tuple[object, ...]:
        """Return how far a value is: leaving out is farthest, but for texts, which nobody sees."""
        if value is None:
            return (0 if fact.type is FactType.TEXT else 2, 0, 0, "")
        unnamed = int(self._has_no_name(fact, value))
        match was, value:
            case datetime(), datetime():
                days = abs((_day(value) - _day(was)).days)
                # a full minute is easier to say, and no less near, than a part of one
                return (1, days, bool(value.second or value.microsecond), abs(value - was))
            case (date(), date()) if not isinstance(was, datetime):
                return (1, abs((value - was).days), 0, value)
            case (int(), int()) if fact.type is FactType.INTEGER:
                return (1, abs(value - was), 0, value)
            case tuple(), tuple():
                return (1, len(set(value) ^ set(was)), 0, str(value))
            case _ if fact.type is FactType.CODE:
                return (1, unnamed, self._position(fact, value), str(value))
        return (1, unnamed, 0, str(value))

    def _position(self, fact: Fact, code: Scalar) -> int:
        """Return where a code stands in its list, which is in the order of its author."""
        table = self.rulebook.tables.get(fact.code_list or "")
        keys: list[object] = [] if table is None else list(table.rows)
        return keys.index(code) if code in keys else len(keys)

    def _has_no_name(self, fact: Fact, code: object) -> bool:
        table = self.rulebook.tables.get(fact.code_list or "")
        if table is None or code not in table.rows:
            return True
        return all(row.name is None for _, row in table.rows[code])  # type: ignore[index]  # it is there

    # --- where the rules turn -------------------------------------------------------------------

    def _turns(self, fact: Fact) -> set[Value]:
        found: set[Value] = set()
        if fact.code_list is not None and fact.code_list in self.rulebook.tables:
            found |= set(self.rulebook.tables[fact.code_list].rows)
        for rule in self.rules:
            if fact.name in (rule.dated_by.fact, rule.dated_by.otherwise):
                found |= set(rule.versions.starts)
                for parameter in self.rulebook.parameters.values():
                    found |= set(parameter.values.starts)
            for compared in compared_in(rule):
                found |= set(self._at(compared, fact))
        return {value for value in found if value != SINCE_EVER}

    def _at(self, compared: Compared, fact: Fact) -> Iterator[Value]:
        """Yield the values of `fact` at which one comparison turns."""
        comparison = compared.comparison
        for reference in references_of(comparison):
            yield from self._looked_up(reference, fact)
        if _is(comparison.subject, fact):
            yield from self._values(comparison.operand, compared.records)
        other = reference_in(comparison.operand)
        if other is None or not _is(other, fact):
            return
        code_list = comparison.subject.fact.code_list
        if fact.type is FactType.DATE and code_list in self.rulebook.tables:
            yield from self._starts(code_list or "")
        shifts = [0]
        if isinstance(comparison.operand, Shifted):
            operand = comparison.operand
            shifts = [-operand.sign * days for days in self._numbers(operand.days)]
        for value in self._of_reference(comparison.subject, compared.records):
            yield from _shifted(value, shifts)

    def _looked_up(self, reference: Reference, fact: Fact) -> Iterator[Value]:
        lookup = reference.fact.looked_up
        if lookup is None or lookup.table not in self.rulebook.tables:
            return
        if lookup.key == fact.name:
            yield from self.rulebook.tables[lookup.table].rows
        if lookup.on == fact.name:
            yield from self._starts(lookup.table)

    def _starts(self, table: str) -> Iterator[date]:
        """Yield the days on which a row begins, or a switch that rows depend on."""
        for history in self.rulebook.tables[table].rows.values():
            for start, row in history:
                yield start
                if row.only_with is not None:
                    yield from row.only_with.starts

    def _values(self, operand: Operand, records: Fact | None) -> Iterator[Value]:
        match operand:
            case Constant(value):
                yield value
            case Constants(values):
                yield from values
            case ParameterReference(name):
                yield from (value for _, value in self.rulebook.parameters[name].values)
            case Reference():
                yield from self._of_reference(operand, records)
            case Shifted(base, days, sign):
                shifts = [sign * each for each in self._numbers(days)]
                for moved in self._of_reference(base, records):
                    yield from _shifted(moved, shifts)

    def _numbers(self, days: Constant | ParameterReference) -> list[int]:
        return [value for value in self._values(days, None) if isinstance(value, int)]

    def _of_reference(self, reference: Reference, records: Fact | None) -> Iterator[Value]:
        lookup = reference.fact.looked_up
        if lookup is not None:
            if lookup.table in self.rulebook.tables:
                for history in self.rulebook.tables[lookup.table].rows.values():
                    yield from (
                        row.values[lookup.column]
                        for _, row in history
                        if lookup.column in row.values
                    )
            yield lookup.otherwise
            return
        for found in self._found(reference, records):
            if found is not None:
                yield found

    def _found(self, reference: Reference, records: Fact | None) -> Iterator[Value | None]:
        if reference.scope is Scope.FACT:
            value: Any = self.facts.get(reference.fact.name)
            yield value
        elif records is not None:
            listed: Any = self.facts.get(records.name) or ()
            yield from (record.get(reference.fact.name) for record in listed)


def _is(reference: Reference, fact: Fact) -> bool:
    return reference.scope is Scope.FACT and reference.fact.name == fact.name


def _neighbours(value: Value, kind: FactType) -> Iterator[Value]:
    """Yield the value and what lies next to it, as far as it is a value of that type."""
    try:
        match value:
            case datetime() if kind is FactType.INSTANT:
                full = value.replace(second=0, microsecond=0)
                yield from (value, full, full + _MINUTE, value - _MINUTE, value + _MINUTE)
                yield from (value - timedelta.resolution, value + timedelta.resolution)
            case date() if kind is FactType.DATE and not isinstance(value, datetime):
                yield from (value, value - _DAY, value + _DAY)
            case bool():
                yield from (value,) if kind is FactType.BOOLEAN else ()
            case int() if kind is FactType.INTEGER:
                yield from (value, value - 1, value + 1)
            case int() | str() if kind in (FactType.CODE, FactType.CODES):
                yield value
            case str() if kind is FactType.TEXT:
                yield value
            case tuple() if kind in (FactType.CODE, FactType.CODES):
                yield from value
    except OverflowError:  # the first and the last day there are have one neighbour
        return


def _shifted(value: Value, shifts: Iterable[int]) -> Iterator[Value]:
    for days in shifts:
        if not days:
            yield value
        elif isinstance(value, date) and not isinstance(value, datetime):
            try:
                yield value + timedelta(days=days)
            except OverflowError:
                continue


def _day(moment: datetime) -> date:
    try:
        return moment.astimezone(DENMARK).date()
    except OverflowError:
        return moment.date()


def _same_time_on(day: Value, moment: datetime) -> Iterator[datetime]:
    """Yield the moment at the same Danish time of another day."""
    if isinstance(day, date):
        try:
            clock: time = moment.astimezone(DENMARK).timetz().replace(tzinfo=None)
            yield datetime.combine(day, clock, DENMARK).astimezone(UTC)
        except OverflowError:
            return


def _other_lists(was: object, codes: Iterable[Any]) -> Iterator[tuple[Scalar, ...]]:
    """Yield the list with one code more or one code less."""
    listed: tuple[Scalar, ...] = was if isinstance(was, tuple) else ()
    for code in codes:
        if code in listed:
            yield tuple(each for each in listed if each != code)
        elif code is not None:
            yield (*listed, code)


def derived_from(
    fact: Fact, facts: Facts, derive: Any, catalogue: Mapping[str, Fact]
) -> tuple[Fact, ...]:
    """Return the facts that move when `fact` does, found by moving it.

    `derive` is asked with the fact years earlier and later, so that whatever follows from it moves.
    """
    was = facts.get(fact.name)
    if not isinstance(was, date):
        return ()
    moved: set[str] = set()
    for days in (-800, 800):
        try:
            other = derive({**facts, fact.name: was + timedelta(days=days)})
        except OverflowError:
            continue
        moved |= {name for name, value in other.items() if value != facts.get(name)}
    return tuple(catalogue[name] for name in sorted(moved - {fact.name}) if name in catalogue)
