"""A third opinion: the meaning of the language, written from its description and nothing else.

In: a rulebook, an operation and facts. Out: the firings that must come out, and who is told.
Does not know: the engines; it shares no code with them but the model and the tables, and binds
versions and parameters itself. Slow and plain on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from engine.decision import Firing, Outcome
from engine.facts import Facts
from engine.model import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Constant,
    Constants,
    Not,
    ParameterReference,
    Presence,
    Quantified,
    Reference,
    Requirement,
    Rule,
    Rulebook,
    Shifted,
    Version,
)
from engine.trace.tracer import Tracer


def expected_firings(book: Rulebook, operation: str, facts: Facts) -> tuple[Firing, ...]:
    """Return what speaks up in the versions in force: of rules what is not met."""
    fired = []
    for position, rule, version, asked in _in_force(book, operation, facts):
        for number, requirement in enumerate(version.requirements):
            concerned = asked.holds(version.when) and asked.holds(requirement.when)
            if concerned and speaks(rule, version, requirement, asked):
                fired.append(Firing(position, number))
    return tuple(fired)


def expected_receivers(
    book: Rulebook, operation: str, facts: Facts
) -> list[tuple[str, str, str, Any]]:
    """Return notice, message, organisation type and record of whoever must be told."""
    receivers = []
    for _, rule, version, asked in _in_force(book, operation, facts):
        if version.told is None or not asked.holds(version.when):
            continue
        told: Any = version.requirements[0].require
        records: Any = facts[told.records.name]
        receivers += [
            (rule.id, version.told.message, version.told.organisation_type, record)
            for record in records
            if asked.holds(told.where, record, told.records.fields)
        ]
    return receivers


def speaks(rule: Rule, version: Version, requirement: Requirement, asked: Oracle) -> bool:
    """Whether a requirement speaks up: unmet of a rule; held, and open, of the others."""
    if rule.kind.value == "rule":
        return not asked.holds(requirement.require)
    # every operation of the invented catalogue gives every fact, so `only_where` is always asked
    seen = version.only_where is None or asked.holds(version.only_where)
    return seen and asked.holds(requirement.require)


def _in_force(
    book: Rulebook, operation: str, facts: Facts
) -> Iterator[tuple[int, Rule, Version, Oracle]]:
    for position, rule in enumerate(book.rules_of(operation)):
        day = facts[rule.dated_by.fact]
        if day is None and rule.dated_by.otherwise is not None:
            day = facts[rule.dated_by.otherwise]
        assert isinstance(day, date)
        begun = [version for start, version in rule.versions if start <= day]
        if begun and not begun[-1].withdrawn:
            yield position, rule, begun[-1], Oracle(book, facts, day)


def traced_firings(tracer: Tracer, facts: Facts) -> tuple[Firing, ...]:
    """Return the firings that the trace tells of, to be held against the others."""
    speaking = {"rule": Outcome.VIOLATED, "grant": Outcome.SATISFIED, "notice": Outcome.SATISFIED}
    return tuple(
        Firing(position, number)
        for position, step in enumerate(tracer.steps(facts))
        for number, requirement in enumerate(step.requirements)
        if requirement.outcome is speaking[step.kind.value]
    )


class Oracle:
    """The meaning of conditions for one set of facts, on the day that chose the version."""

    def __init__(self, book: Rulebook, facts: Facts, day: date) -> None:
        self.book, self.facts, self.day = book, facts, day

    def holds(self, condition: Condition, record: Any = None, fields: Any = None) -> bool:
        match condition:
            case All(parts):
                return all(self.holds(part, record, fields) for part in parts)
            case AnyOf(parts):
                return any(self.holds(part, record, fields) for part in parts)
            case Not(part):
                return not self.holds(part, record, fields)
            case Presence(subject, given):
                return (self.value(subject, record, fields) is not None) == given
            case Quantified(quantifier, records, where):
                listed: Any = self.facts[records.name]
                number = sum(self.holds(where, each, records.fields) for each in listed)
                match quantifier.value:
                    case "any":
                        return number > 0
                    case "none":
                        return number == 0
                    case "every":
                        return number == len(listed)
                low = condition.at_least if condition.at_least is not None else 0
                high = condition.at_most if condition.at_most is not None else len(listed)
                return low <= number <= high
            case Comparison(subject, operator, operand):
                left = self.value(subject, record, fields)
                right = self.value(operand, record, fields)
                if left is None or right is None:
                    return condition.or_absent
                if operator.value == "in_force_on":
                    assert subject.fact.code_list is not None
                    return self.row(subject.fact.code_list, left, right) is not None
                return bool(MEANING[operator.value](left, right))

    def value(self, operand: Any, record: Any, fields: Any) -> Any:
        match operand:
            case Constant(value):
                return value
            case Constants(values):
                return values
            case ParameterReference(name):
                return [
                    value for start, value in self.book.parameters[name].values if start <= self.day
                ][-1]
            case Shifted(base, days, sign):
                day = self.value(base, record, fields)
                return None if day is None else day + sign * timedelta(self.value(days, None, None))
            case Reference(scope, fact):
                inside = scope.value == "field"
                return self.named(fact, record if inside else None, fields if inside else None)

    def named(self, fact: Any, record: Any, fields: Any) -> Any:
        lookup = fact.looked_up
        if lookup is None:
            return self.facts.get(fact.name) if record is None else record[fact.name]
        key, day = (
            self.named(fields[name], record, fields)
            if record is not None and name in fields
            else self.named(self.book.catalogue.facts[name], None, None)
            for name in (lookup.key, lookup.on)
        )
        row = None if key is None or day is None else self.row(lookup.table, key, day)
        return lookup.otherwise if row is None else row.values[lookup.column]

    def row(self, table: str, key: Any, day: date) -> Any:
        begun = [row for start, row in self.book.tables[table].rows.get(key, ()) if start <= day]
        if not begun or begun[-1].withdrawn:
            return None
        if begun[-1].only_with is not None:
            switches = [value for start, value in begun[-1].only_with if start <= day]
            return begun[-1] if switches and switches[-1] else None
        return begun[-1]


MEANING: dict[str, Any] = {
    "is": lambda left, right: left == right,
    "is_not": lambda left, right: left != right,
    "in": lambda left, right: left in right,
    "not_in": lambda left, right: left not in right,
    "before": lambda left, right: left < right,
    "on_or_before": lambda left, right: left <= right,
    "after": lambda left, right: left > right,
    "on_or_after": lambda left, right: left >= right,
    "less_than": lambda left, right: left < right,
    "at_most": lambda left, right: left <= right,
    "more_than": lambda left, right: left > right,
    "at_least": lambda left, right: left >= right,
    "includes": lambda left, right: right in left,
    "excludes": lambda left, right: right not in left,
    # the patterns of the tests mean the same to `re` as to RE2
    "matches": lambda left, right: re.fullmatch(right, left) is not None,
    "length_at_least": lambda left, right: len(left) >= right,
    "length_at_most": lambda left, right: len(left) <= right,
}
