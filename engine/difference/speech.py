"""Conditions, days and names in words, for whoever tells of a difference.

In: two rulebooks. Out: clauses, names of codes and stretches of days in Danish and English.
Does not know: what changed.

Names of codes are taken from both rulebooks, the new one first: what was removed keeps its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from engine.dated import SINCE_EVER
from engine.difference.timeline import Days
from engine.difference.values import Change
from engine.explain.grammar import Danish, English, Form, Grammar
from engine.explain.sentences import Teller, listed, version_sentence
from engine.explain.wording import AND, day, series, words
from engine.facts import Fact, FactType, Text, Value
from engine.model import Condition, Rule, Rulebook, Version
from engine.tables import Column, Parameter, Table


@dataclass(frozen=True, slots=True)
class Speech:
    """Says the parts of two rulebooks; parameters are shown with the value they have at last."""

    tables: Mapping[str, Table]
    parameters: Mapping[str, Parameter]
    records: Fact | None = None
    """The list whose record is at hand."""

    @classmethod
    def of(cls, old: Rulebook, new: Rulebook) -> Speech:
        """Return the speech for two rulebooks."""
        tables = dict(old.tables)
        for name, table in new.tables.items():
            before = old.tables.get(name)
            rows = table.rows if before is None else {**before.rows, **table.rows}
            tables[name] = replace(table, rows=rows)
        return cls(tables, {**old.parameters, **new.parameters})

    def among(self, records: Fact) -> Speech:
        """Return the speech for the `where` of a list."""
        return replace(self, records=records)

    def clause(self, condition: Condition) -> Text:
        """Return a condition as it stands after *that* and *when*."""
        return Text(*(self._clause(grammar, condition) for grammar in (Danish(), English())))

    def _clause(self, grammar: Grammar, condition: Condition) -> str:
        teller = Teller(grammar, self.tables, self.parameters)
        if self.records is not None:
            teller = teller.in_record(grammar.pronoun(listed(self.records, grammar.language)))
        return teller.say(condition, Form.CLAUSE)

    def wording(self, rule: Rule, version: Version) -> Text:
        """Return one wording of a rule as sentences."""
        return version_sentence(version, self.tables, self.parameters, rule.severity, rule.kind)

    def value(self, value: Value | None, of: Fact | Column) -> Text:
        """Return a value as the fact or column has it, codes with their names."""
        return words(value, of.type, of.code_list, self.tables)

    def key(self, key: int | str, table: Table) -> Text:
        """Return the key of a row with its name."""
        code_list = table.key.code_list
        if code_list is None and is_code_list(table):
            code_list = table.name
        said = words(key, FactType.CODE, code_list, self.tables)
        if code_list == table.name:
            return said
        label = table.key.label
        return Text(f"{label.da} {said.da}", f"{label.en} {said.en}")


def is_code_list(table: Table) -> bool:
    """Tell whether the rows of the table have names."""
    return any(row.name is not None for history in table.rows.values() for _, row in history)


def days_in_words(days: Days) -> Text:
    """Return `fra 1. januar 2027 til og med 31. december 2027`, `alle dage`."""
    until = None if days.until is None else day(days.until - timedelta(days=1))
    if days.first == SINCE_EVER:
        if until is None:
            return Text("alle dage", "on every day")
        return Text(f"til og med {until.da}", f"up to and including {until.en}")
    first = day(days.first)
    if until is None:
        return Text(f"fra {first.da}", f"from {first.en}")
    return Text(f"fra {first.da} til og med {until.da}", f"from {first.en} to {until.en}")


def when(change: Change) -> Text | None:
    """Return on which days a change counts, and by which date; None when it does on all of them.

    `fra 1. januar 2027 (registreringsdagen)`. No sentence of a change says it, so that whoever
    shows one shows this beside it.
    """
    if not change.days:
        return None
    told, by = joined(tuple(days_in_words(each) for each in change.days)), change.counted_by
    return told if by is None else Text(f"{told.da} ({by.da})", f"{told.en} ({by.en})")


def joined(parts: tuple[Text, ...]) -> Text:
    """Return `a, b og c`."""
    return Text(
        series(tuple(each.da for each in parts), AND.da),
        series(tuple(each.en for each in parts), AND.en),
    )
