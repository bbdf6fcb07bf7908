"""Everything that cases should try of a rulebook: sides of conditions, boundaries, date seams.

In: a rulebook. Out: its aims, in the order of the files.
Does not know: cases, nor how an aim is reached.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from engine.coverage.paths import Path, conditions_of
from engine.dated import SINCE_EVER
from engine.explain.because import condition_sentence
from engine.explain.wording import day, words
from engine.facts import Scalar, Text
from engine.model import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Constants,
    Operator,
    Presence,
    Quantified,
    Quantifier,
    Rule,
    Rulebook,
    RuleKind,
    Version,
)
from engine.problems import NOWHERE, Place
from engine.shape import references_of
from engine.tables import Row, Table

ORDERING = (
    Operator.BEFORE,
    Operator.ON_OR_BEFORE,
    Operator.AFTER,
    Operator.ON_OR_AFTER,
    Operator.LESS_THAN,
    Operator.AT_MOST,
    Operator.MORE_THAN,
    Operator.AT_LEAST,
)
LENGTHS = (Operator.LENGTH_AT_LEAST, Operator.LENGTH_AT_MOST)
LISTS = (Operator.IN, Operator.NOT_IN)


class AimKind(StrEnum):
    """What an aim is about."""

    DEMAND = "demand"
    """A demand of a version is met or not met; of a grant or notice, it speaks up or is silent."""
    CONDITION = "condition"
    """One condition is true, false, or true because the fact is absent, and that decides."""
    BOUNDARY = "boundary"
    """A value lies on a limit or next to it, or is one member of a list, and that decides."""
    SEAM = "seam"
    """The last day before a wording begins and its first day, and that decides."""
    ROW = "row"
    """The same for a row of a table."""


@dataclass(frozen=True, slots=True)
class Aim:
    """One thing that a case should try.

    `side` is `satisfied` or `violated`; `true`, `false` or `absent`; `below`, `equal` or `above` a
    limit; `member` with its `value`; `before` or `on` the first day of a wording or a row.
    """

    kind: AimKind
    rule: str
    """Id of the rule, grant or notice; empty for a row of a table."""
    valid_from: date
    """First day of the version, or of the row."""
    path: Path
    """Where the condition stands in the version; table and key for a row."""
    side: str
    value: Scalar | None = None
    sentence: Text = field(default=Text("", ""), compare=False)
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def text(self) -> Text:
        """What a case should show, in words."""
        side = SIDES[self.side]
        return Text(f"{self.sentence.da}: {side.da}", f"{self.sentence.en}: {side.en}")


SIDES = {
    "satisfied": Text("opfyldt", "satisfied"),
    "violated": Text("brudt", "violated"),
    "granting": Text("giver adgang eller besked", "speaks up"),
    "silent": Text("tavs", "silent"),
    "true": Text("holder, og det afgør", "holds, and that decides"),
    "false": Text("holder ikke, og det afgør", "does not hold, and that decides"),
    "absent": Text("oplysningen mangler, og det afgør", "the fact is absent, and that decides"),
    "below": Text("lige under grænsen", "just below the limit"),
    "equal": Text("netop på grænsen", "on the limit"),
    "above": Text("lige over grænsen", "just above the limit"),
    "member": Text("netop den værdi", "this very value"),
    "before": Text("dagen før", "the day before"),
    "on": Text("den første dag", "the first day"),
}


def aims_of(rulebook: Rulebook) -> tuple[Aim, ...]:
    """Return every aim: version by version, and then those of the tables that rules look up."""
    rules = [rule for file in rulebook.files for rule in file.all]
    return (
        *(
            aim
            for rule in rules
            for _, version in rule.versions
            for aim in _of_version(rule, version, rulebook)
        ),
        *_of_tables(rulebook, rules),
    )


def demand_sides(rule: Rule) -> tuple[str, str]:
    """Return what the two sides of a demand are called."""
    return ("satisfied", "violated") if rule.kind is RuleKind.RULE else ("granting", "silent")


def _of_version(rule: Rule, version: Version, rulebook: Rulebook) -> Iterator[Aim]:
    start = version.valid_from
    if start != SINCE_EVER:
        first = Text(f"ordlyden fra {day(start).da}", f"the wording from {day(start).en}")
        for side in ("before", "on"):
            yield Aim(AimKind.SEAM, rule.id, start, (), side, None, first, version.place)
    for position, demand in enumerate(version.requirements):
        named = demand.code if rule.kind is RuleKind.RULE else rule.id
        told = Text(f"kravet {named}", f"the demand {named}")
        for side in demand_sides(rule):
            path: Path = ("requirements", position)
            yield Aim(AimKind.DEMAND, rule.id, start, path, side, None, told, demand.place)
    for path, condition in conditions_of(version):
        sentence = condition_sentence(condition, rulebook.tables)
        for kind, side, value in _sides(condition):
            about = sentence if value is None else _member(condition, value, rulebook)
            yield Aim(kind, rule.id, start, path, side, value, about, condition.place)


def _sides(condition: Condition) -> Iterator[tuple[AimKind, str, Scalar | None]]:
    for side in ("true", "false"):
        yield AimKind.CONDITION, side, None
    match condition:
        case Comparison(operator=operator, operand=operand, or_absent=or_absent):
            if or_absent and any(each.fact.optional for each in references_of(condition)):
                yield AimKind.CONDITION, "absent", None
            if operator in ORDERING or operator in LENGTHS:
                for side in ("below", "equal", "above"):
                    yield AimKind.BOUNDARY, side, None
            if operator in LISTS and isinstance(operand, Constants):
                for value in operand.values:
                    yield AimKind.BOUNDARY, "member", value
        case Quantified(Quantifier.COUNT, _, _, at_least, at_most):
            for bound, beyond in ((at_least, "below"), (at_most, "above")):
                if bound is not None and not (bound == 0 and beyond == "below"):
                    yield AimKind.BOUNDARY, "equal", bound
                    yield AimKind.BOUNDARY, beyond, bound
        case All() | AnyOf() | Presence() | Quantified() | _:
            return


def _member(condition: Condition, value: Scalar, rulebook: Rulebook) -> Text:
    sentence = condition_sentence(condition, rulebook.tables)
    if isinstance(condition, Quantified):
        return Text(f"{sentence.da} ({value})", f"{sentence.en} ({value})")
    assert isinstance(condition, Comparison)  # noqa: S101  # only these have members
    fact = condition.subject.fact
    named = words(value, fact.type, fact.code_list, rulebook.tables)
    return Text(f"{sentence.da}, {named.da}", f"{sentence.en}, {named.en}")


def _of_tables(rulebook: Rulebook, rules: list[Rule]) -> Iterator[Aim]:
    for name in dict.fromkeys(_tables_read(rules)):
        table = rulebook.tables[name]
        for key, history in table.rows.items():
            before: Row | None = None
            for start, row in history:
                if start != SINCE_EVER and _differ(before, row):
                    yield from _of_row(table, key, start, row)
                before = row


def _of_row(table: Table, key: int | str, start: date, row: Row) -> Iterator[Aim]:
    first = Text(
        f"{table.title.da}, {key}: rækken fra {day(start).da}",
        f"{table.title.en}, {key}: the row from {day(start).en}",
    )
    for side in ("before", "on"):
        yield Aim(AimKind.ROW, "", start, (table.name, key), side, None, first, row.place)


def _differ(before: Row | None, row: Row) -> bool:
    """Tell whether something but the name changes when the row begins."""
    if before is None or before.withdrawn:
        return not row.withdrawn
    return (before.values, False, before.only_with) != (row.values, row.withdrawn, row.only_with)


def tables_of(comparison: Comparison) -> Iterator[str]:
    """Yield the tables in which a comparison looks something up."""
    for each in references_of(comparison):
        if each.fact.looked_up is not None:
            yield each.fact.looked_up.table
    code_list = comparison.subject.fact.code_list
    if comparison.operator is Operator.IN_FORCE_ON and code_list is not None:
        yield code_list


def _tables_read(rules: list[Rule]) -> Iterator[str]:
    for rule in rules:
        for _, version in rule.versions:
            for _, condition in conditions_of(version):
                if isinstance(condition, Comparison):
                    yield from tables_of(condition)
