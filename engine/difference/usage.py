"""Which rules ask which table and which parameter, and by which day.

In: two rulebooks. Out: ids of rules, and the label of the day on which a table is asked.
Does not know: what changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.facts import Fact, Text
from engine.model import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Not,
    Operator,
    ParameterReference,
    Presence,
    Quantified,
    Rule,
    Rulebook,
    Shifted,
)
from engine.shape import reference_in, references_of


@dataclass(frozen=True, slots=True)
class Usage:
    """The rules that ask each table and parameter, in file order."""

    tables: Mapping[str, tuple[str, ...]]
    parameters: Mapping[str, tuple[str, ...]]
    days: Mapping[str, tuple[Text, ...]]

    @classmethod
    def of(cls, old: Rulebook, new: Rulebook) -> Usage:
        """Return who asks what in either rulebook."""
        tables: dict[str, dict[str, None]] = {}
        parameters: dict[str, dict[str, None]] = {}
        days: dict[str, dict[Text, None]] = {}
        for book in (new, old):
            for rule in (rule for file in book.files for rule in file.all):
                for comparison in _comparisons_of(rule):
                    for name in _parameters(comparison):
                        parameters.setdefault(name, {})[rule.id] = None
                    for name, day in _tables(comparison):
                        tables.setdefault(name, {})[rule.id] = None
                        fact = book.catalogue.facts.get(day)
                        label = Text(day, day) if fact is None else fact.label
                        days.setdefault(name, {})[label] = None
        return cls(
            {name: tuple(rules) for name, rules in tables.items()},
            {name: tuple(rules) for name, rules in parameters.items()},
            {name: tuple(labels) for name, labels in days.items()},
        )

    def of_table(self, name: str) -> tuple[str, ...]:
        return self.tables.get(name, ())

    def of_parameter(self, name: str) -> tuple[str, ...]:
        return self.parameters.get(name, ())

    def day_of_table(self, name: str) -> Text | None:
        """Return by which day the table is asked; None when by several, or by none."""
        labels = self.days.get(name, ())
        return labels[0] if len(labels) == 1 else None


def _comparisons_of(rule: Rule) -> Iterator[Comparison]:
    for _, version in rule.versions:
        yield from comparisons(version.when)
        if version.only_where is not None:
            yield from comparisons(version.only_where)
        for requirement in version.requirements:
            yield from comparisons(requirement.when)
            yield from comparisons(requirement.require)


def comparisons(condition: Condition) -> Iterator[Comparison]:
    """Yield every comparison inside the condition."""
    match condition:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from comparisons(part)
        case Not(part):
            yield from comparisons(part)
        case Quantified(where=where):
            yield from comparisons(where)
        case Comparison():
            yield condition
        case Presence():
            return


def _parameters(comparison: Comparison) -> Iterator[str]:
    match comparison.operand:
        case ParameterReference(name) | Shifted(days=ParameterReference(name)):
            yield name


def _tables(comparison: Comparison) -> Iterator[tuple[str, str]]:
    """Yield the tables that are asked, and by which fact or field as the day."""
    for reference in references_of(comparison):
        fact: Fact = reference.fact
        if fact.looked_up is not None:
            yield fact.looked_up.table, fact.looked_up.on
    if comparison.operator is Operator.IN_FORCE_ON and comparison.subject.fact.code_list:
        day = reference_in(comparison.operand)
        yield comparison.subject.fact.code_list, "" if day is None else day.fact.name
