"""How many stored decisions rest on which wording, row and parameter.

In: stored decisions, some at a time, the oldest first; the active rulebook. Out: counts so far.
Does not know: pages, nor whom a decision is about: facts are looked at and forgotten.

A decision rests on a wording that was in force when it was made, whatever came out, and on the
rows that its codes and look-ups name. The numbers are of this process, and made step by step: no
page waits for a hundred thousand decisions, and the write of a decision costs nothing more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Lock
from typing import Any

from engine.facts import Fact, FactType
from engine.model import Rulebook
from engine.pages.rule_examples import parameters_read
from registry.days import day_of
from registry.decision_search import DecisionSearch
from registry.decisions_found import DecisionPosition
from web.ui.uncertain import Key, Kind, key_of

AT_ONCE = 2_000
"""Decisions of one step."""


@dataclass(frozen=True, slots=True)
class Rested:
    """The counts so far: of `counted` decisions out of `stored`."""

    counts: Mapping[Key, int]
    counted: int
    stored: int

    @property
    def finished(self) -> bool:
        return self.counted >= self.stored


@dataclass(slots=True)
class _Progress:
    rulebook: str
    ledger: Ledger
    counts: Counter[Key] = field(default_factory=Counter)
    counted: int = 0
    position: DecisionPosition | None = None


class Resting:
    """Counts decisions of one application; safe to share between threads."""

    def __init__(self, decisions: DecisionSearch, at_once: int = AT_ONCE) -> None:
        self._decisions = decisions
        self._at_once = at_once
        self._progress: _Progress | None = None
        self._lock = Lock()

    def step(self, rulebook: Rulebook) -> Rested:
        """Count some more decisions, unless somebody else is at it, and return what is counted."""
        if self._lock.acquire(blocking=False):
            try:
                self._count(rulebook)
            finally:
                self._lock.release()
        progress = self._progress
        stored = self._decisions.count()
        if progress is None or progress.rulebook != rulebook.id:
            return Rested({}, 0, stored)
        return Rested(Counter(progress.counts), progress.counted, stored)

    def _count(self, rulebook: Rulebook) -> None:
        progress = self._progress
        if progress is None or progress.rulebook != rulebook.id:
            progress = _Progress(rulebook.id, Ledger(rulebook))
        for position, operation, facts in self._decisions.facts_after(
            progress.position, self._at_once
        ):
            progress.counts.update(progress.ledger.keys(operation, facts))
            progress.counted += 1
            progress.position = position
        self._progress = progress


class Ledger:
    """Says what a decision rests on by one rulebook; remembers what it has looked up."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._wordings: dict[tuple[str, tuple[str | None, ...]], frozenset[Key]] = {}
        self._rows: dict[tuple[str, object, str], Key | None] = {}
        self._plans: dict[str, tuple[Callable[[Mapping[str, Any]], Iterator[_Look]], ...]] = {}

    def keys(self, operation: str, facts: Mapping[str, Any]) -> set[Key]:
        """Return every key once; none for an operation that the rulebook does not know."""
        if operation not in self._rulebook.catalogue.operations:
            return set()
        found = set(self._of_rules(operation, facts))
        if operation not in self._plans:
            self._plans[operation] = tuple(self._planned(operation))
        for look in self._plans[operation]:
            for table, key, day in look(facts):
                row = self._row(table, key, day)
                if row is not None:
                    found.add(row)
        return found

    def _of_rules(self, operation: str, facts: Mapping[str, Any]) -> frozenset[Key]:
        rules = self._rulebook.rules_of(operation)
        days = tuple(
            facts.get(rule.dated_by.fact) or facts.get(rule.dated_by.otherwise or "")
            for rule in rules
        )
        known = self._wordings.get((operation, days))
        if known is not None:
            return known
        found: set[Key] = set()
        for rule, stated in zip(rules, days, strict=True):
            day = _day(stated)
            starts = [each for each in rule.versions.starts if day is not None and each <= day]
            if day is None or not starts:
                continue
            found.add(key_of(Kind.RULE, rule.id, start=starts[-1]))
            for name in parameters_read(rule):
                values = [
                    each for each in self._rulebook.parameters[name].values.starts if each <= day
                ]
                if values:
                    found.add(key_of(Kind.PARAMETER, name, start=values[-1]))
        return self._wordings.setdefault((operation, days), frozenset(found))

    def _planned(self, operation: str) -> Iterator[Callable[[Mapping[str, Any]], Iterator[_Look]]]:
        given = self._rulebook.catalogue.of_operations([operation])
        day_names = [rule.dated_by.fact for rule in self._rulebook.rules_of(operation)]
        recorded = day_names[0] if day_names else ""
        for fact in given.values():
            if fact.type is FactType.RECORDS:
                looks = tuple(_looks(part, recorded) for part in fact.fields.values())
                wanted = tuple(each for each in looks if each is not None)
                if wanted:
                    yield _in_records(fact.name, wanted)
            else:
                look = _looks(fact, recorded)
                if look is not None:
                    yield _outside(look)

    def _row(self, table: str, key: object, stated: str) -> Key | None:
        place = (table, key, stated)
        if place not in self._rows:
            self._rows[place] = self._found(table, key, _day(stated))
        return self._rows[place]

    def _found(self, name: str, key: object, day: date | None) -> Key | None:
        table = self._rulebook.tables.get(name)
        history = table.rows.get(key) if table is not None and isinstance(key, int | str) else None
        starts = [each for each in history.starts if day and each <= day] if history else []
        return key_of("row", name, str(key), start=starts[-1]) if starts else None


_Look = tuple[str, object, str]
"""Table, key and the day as it stands in the facts."""
_Wanted = tuple[str, str, str]
"""Table, name of the key, name of the day."""


def _looks(fact: Fact, recorded: str) -> _Wanted | None:
    if fact.looked_up is not None:
        return fact.looked_up.table, fact.looked_up.key, fact.looked_up.on
    if fact.type is FactType.CODE and fact.code_list is not None:
        return fact.code_list, fact.name, recorded
    return None


def _outside(wanted: _Wanted) -> Callable[[Mapping[str, Any]], Iterator[_Look]]:
    table, key, on = wanted

    def look(facts: Mapping[str, Any]) -> Iterator[_Look]:
        if key in facts and on in facts:
            yield table, facts[key], facts[on]

    return look


def _in_records(
    name: str, wanted: tuple[_Wanted, ...]
) -> Callable[[Mapping[str, Any]], Iterator[_Look]]:
    def look(facts: Mapping[str, Any]) -> Iterator[_Look]:
        for record in facts.get(name, ()):
            for table, key, on in wanted:
                # a name is that of a field where the record has one, else of a fact
                value = record.get(key, facts.get(key))
                day = record.get(on, facts.get(on))
                if value is not None and day is not None:
                    yield table, value, day

    return look


def _day(stated: str | None) -> date | None:
    """Return the day of a date or an instant as JSON has it."""
    if not isinstance(stated, str):
        return None
    try:
        return date.fromisoformat(stated)
    except ValueError:
        pass
    try:
        return day_of(datetime.fromisoformat(stated))
    except ValueError:
        return None
