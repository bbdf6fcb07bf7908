"""Small changes of given facts that could turn one condition.

In: facts, a condition of a version (with the list it asks the records of), values that cases use.
Out: changed facts, the plainest first.
Does not know: which of them are wanted; whoever searches asks a `Looker`.

Two facts or fields called `…_at` and `…_on`, an instant and a day, are one moment: whoever moves
the one moves the other, so that a case does not contradict itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from engine.cases.files import Case
from engine.coverage.aims import LENGTHS
from engine.explain.wording import DENMARK
from engine.facts import Fact, Facts, FactType, Lookup, Record, Value
from engine.model import (
    Comparison,
    Condition,
    Constant,
    Constants,
    Presence,
    Quantified,
    Reference,
    Rulebook,
    Scope,
    Shifted,
)

MOST_VALUES = 24
MOST_RECORDS = 8
"""So many values of one fact, and so many known records, are tried."""
_DAY, _SECOND, _YEAR = timedelta(days=1), timedelta(seconds=1), timedelta(days=400)
_UNKNOWN: tuple[Value, ...] = (9999, "ukendt")  # codes that no list has


@dataclass(frozen=True, slots=True)
class Spot:
    """A condition, and the list whose records it is asked of, None outside a `where`."""

    condition: Condition
    records: Fact | None


class Moves:
    """Makes changed facts; knows every value that the cases use."""

    def __init__(self, rulebook: Rulebook, cases: Iterable[Case]) -> None:
        self._tables = rulebook.tables
        self._facts = rulebook.catalogue.facts
        self._values: dict[str, dict[Value, None]] = {}
        self._records: dict[str, list[Record]] = {}
        for case in cases:
            for name, value in case.facts.items():
                self._note(name, value)

    def _note(self, name: str, value: object) -> None:
        if isinstance(value, tuple) and value and isinstance(value[0], Mapping):
            known = self._records.setdefault(name, [])
            for record in value:
                if record not in known:
                    known.append(record)
                for field, part in record.items():
                    self._note(f"{name}[].{field}", part)
        elif value is not None:
            self._values.setdefault(name, {})[value] = None  # type: ignore[index]  # a plain value

    # --- moves ----------------------------------------------------------------------------------

    def turning(self, facts: Facts, spot: Spot) -> Iterator[Facts]:
        """Yield facts in which the condition may come out otherwise."""
        match spot.condition:
            case Quantified(records=records):
                yield from self._lists(facts, records)
            case Presence(subject):
                yield from self._set(facts, spot, subject, [None, *self._known(subject, spot)])
            case Comparison(subject=subject) as comparison:
                values = self._against(facts, spot, comparison)
                yield from self._set(facts, spot, subject, values)
                if isinstance(comparison.operand, Reference):
                    yield from self._other_side(facts, spot, comparison, comparison.operand)
                elif isinstance(comparison.operand, Shifted):
                    yield from self._other_side(facts, spot, comparison, comparison.operand.base)

    def to_day(self, facts: Facts, name: str, day: date) -> Iterator[Facts]:
        """Yield facts in which a day is `day`: everything moved with it, and it alone."""
        found = facts.get(name)
        if isinstance(found, date) and not isinstance(found, datetime):
            yield self.together(facts, (day - found).days)
        yield self._put(facts, name, day)

    def together(self, facts: Facts, days: int) -> Facts:
        """Return facts in which every day and instant outside lists lies so many days later."""
        moved = dict(facts)
        for name, value in facts.items():
            if isinstance(value, datetime):
                moved[name] = _on(value, value.astimezone(DENMARK).date() + days * _DAY)
            elif isinstance(value, date):
                moved[name] = value + days * _DAY
        return moved

    def looking_up(self, facts: Facts, table: str, key: int | str, day: date) -> Iterator[Facts]:
        """Yield facts in which some fact or field looks `key` up in `table` on `day`."""
        for name, fact in self._facts.items():
            if name in facts and fact.code_list == table and fact.type is FactType.CODE:
                yield from self._on_any_day(self._put(facts, name, key), day)
            if fact.looked_up is not None and fact.looked_up.table == table:
                yield from self._keyed(facts, fact.looked_up, None, key, day)
            for field in fact.fields.values():
                lookup = field.looked_up
                if lookup is not None and lookup.table == table and fact.name in facts:
                    yield from self._keyed(facts, lookup, fact, key, day)

    def _keyed(
        self, facts: Facts, lookup: Lookup, records: Fact | None, key: int | str, day: date
    ) -> Iterator[Facts]:
        keyed: Iterable[Facts]
        if records is not None and lookup.key in records.fields:
            keyed = self._with_field(facts, records, lookup.key, key)
        elif lookup.key in facts:
            keyed = [self._put(facts, lookup.key, key)]
        else:
            return
        for each in keyed:
            if records is not None and lookup.on in records.fields:
                yield from self._with_field(each, records, lookup.on, day)
            elif lookup.on in facts:
                yield from self.to_day(each, lookup.on, day)

    def _on_any_day(self, facts: Facts, day: date) -> Iterator[Facts]:
        yield facts
        for name, value in facts.items():
            if isinstance(value, date) and not isinstance(value, datetime):
                yield from self.to_day(facts, name, day)

    def _lists(self, facts: Facts, records: Fact) -> Iterator[Facts]:
        now = _list(facts, records.name)
        known = self._records.get(records.name, [])[:MOST_RECORDS]
        yield {**facts, records.name: ()}
        for record in known:
            yield {**facts, records.name: (record,)}
        for position in range(len(now)):
            yield {**facts, records.name: now[:position] + now[position + 1 :]}
        for record in known:
            yield {**facts, records.name: (*now, record)}

    def _set(
        self, facts: Facts, spot: Spot, subject: Reference, values: Iterable[Value | None]
    ) -> Iterator[Facts]:
        fact, inside = subject.fact, subject.scope is Scope.FIELD
        for value in islice(dict.fromkeys(values), MOST_VALUES):
            if fact.looked_up is not None:
                yield from self._set_looked_up(facts, spot, fact.looked_up, inside=inside)
                return
            if value is None and not fact.optional:
                continue
            if inside and spot.records is not None:
                yield from self._with_field(facts, spot.records, fact.name, value)
            elif fact.name in facts:
                yield self._put(facts, fact.name, value)

    def _set_looked_up(
        self, facts: Facts, spot: Spot, lookup: Lookup, *, inside: bool
    ) -> Iterator[Facts]:
        """Change what a looked-up value is looked up by."""
        keys = [*self._tables[lookup.table].rows, *_UNKNOWN]
        records = spot.records if inside else None
        for key in keys:
            if records is not None and lookup.key in records.fields:
                yield from self._with_field(facts, records, lookup.key, key)
            elif lookup.key in facts and type(facts[lookup.key]) is type(key):
                yield self._put(facts, lookup.key, key)

    def _other_side(
        self, facts: Facts, spot: Spot, comparison: Comparison, operand: Reference
    ) -> Iterator[Facts]:
        """Change the fact that a subject is compared with."""
        if operand.scope is not Scope.FACT or operand.fact.name not in facts:
            return
        lefts = self._now(facts, spot, comparison.subject)
        near = [value for left in lefts for value in _near(left)]
        yield from self._set(facts, spot, operand, [*near, *self._known(operand, spot)])

    def _with_field(
        self, facts: Facts, records: Fact, field: str, value: Value | None
    ) -> Iterator[Facts]:
        """Change one field: of each record there is, and of one that cases know and is added."""
        now = _list(facts, records.name)
        for position, record in enumerate(now):
            changed = _with(record, records.fields, field, value)
            yield {**facts, records.name: (*now[:position], changed, *now[position + 1 :])}
        for record in self._records.get(records.name, [])[: MOST_RECORDS if not now else 2]:
            changed = _with(record, records.fields, field, value)
            yield {**facts, records.name: (*now, changed)}

    def _put(self, facts: Facts, name: str, value: Value | None) -> Facts:
        return {**facts, **_synchronised(facts, self._facts, name, value)}

    def _known(self, subject: Reference, spot: Spot) -> Iterator[Value]:
        fact = subject.fact
        inside = subject.scope is Scope.FIELD and spot.records is not None
        name = f"{spot.records.name}[].{fact.name}" if inside and spot.records else fact.name
        if fact.type is FactType.BOOLEAN:
            yield from (True, False)
        yield from self._values.get(name, {})
        if fact.type is FactType.CODE and fact.code_list is not None:
            keys = list(self._tables[fact.code_list].rows)
            yield from [
                *keys,
                *(each for each in _UNKNOWN if type(each) in {type(key) for key in keys}),
            ]

    def _now(self, facts: Facts, spot: Spot, subject: Reference) -> Iterator[Value]:
        name = subject.fact.name
        if subject.scope is Scope.FIELD and spot.records is not None:
            for record in _list(facts, spot.records.name):
                value = record.get(name)
                if value is not None:
                    yield value
        else:
            found = facts.get(name)
            if found is not None:
                yield found  # type: ignore[misc]  # a list of records is never compared

    def _against(self, facts: Facts, spot: Spot, comparison: Comparison) -> Iterator[Value | None]:
        """Yield values for the subject: on and beside what it is compared with, then known ones."""
        subject = comparison.subject
        for right in self._operands(facts, spot, comparison):
            if comparison.operator in LENGTHS and isinstance(right, int):
                for length in (right, right - 1, right + 1):
                    yield "x" * max(length, 0)
            else:
                yield from _near(right)
        if subject.fact.optional:
            yield None
        yield from self._known(subject, spot)

    def _operands(self, facts: Facts, spot: Spot, comparison: Comparison) -> Iterator[Value]:
        match comparison.operand:
            case Constant(value):
                yield value
            case Constants(values):
                yield from values
            case Reference() as other:
                yield from self._now(facts, spot, other)
            case Shifted(base, Constant(days), sign) if isinstance(days, int):
                for start in self._now(facts, spot, base):
                    if isinstance(start, date):
                        yield start + timedelta(days=days * sign)


def _near(value: Value) -> Iterator[Value]:
    yield value
    if isinstance(value, datetime):
        for away in (_SECOND, _DAY, _YEAR):
            yield from (value - away, value + away)
    elif isinstance(value, date):
        for away in (_DAY, _YEAR):
            yield from (value - away, value + away)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield from (value - 1, value + 1)


def _list(facts: Facts, name: str) -> tuple[Record, ...]:
    found = facts.get(name)
    return found if isinstance(found, tuple) else ()  # type: ignore[return-value]  # records


def _with(record: Record, fields: Mapping[str, Fact], field: str, value: Value | None) -> Record:
    return {**record, **_synchronised(record, fields, field, value)}


def _synchronised(
    values: Mapping[str, object], facts: Mapping[str, Fact], name: str, value: Value | None
) -> dict[str, Value | None]:
    """Return the new value, and that of the other name of the same moment."""
    changed: dict[str, Value | None] = {name: value}
    stem = name[:-3]
    if name.endswith("_at") and isinstance(value, datetime) and f"{stem}_on" in values:
        changed[f"{stem}_on"] = value.astimezone(DENMARK).date()
    moment = values.get(f"{stem}_at")
    if (
        name.endswith("_on")
        and facts[name].type is FactType.DATE
        and isinstance(value, date)
        and isinstance(moment, datetime)
    ):
        changed[f"{stem}_at"] = _on(moment, value)
    return changed


def _on(moment: datetime, day: date) -> datetime:
    """Return the same time of day, as clocks in Denmark show it, on another day."""
    local = moment.astimezone(DENMARK)
    return local.replace(year=day.year, month=day.month, day=day.day, fold=0).astimezone(UTC)
