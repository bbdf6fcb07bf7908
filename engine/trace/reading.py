"""A record → the step that it tells of.

In: the plan of a clause, and what was recorded of it. Out: a `Step`.
Does not know: how it was recorded. The words of conditions are made when they are first read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from operator import attrgetter
from typing import Any, assert_never

from engine.decision import (
    ConditionTrace,
    Outcome,
    RecordTrace,
    RequirementTrace,
    Seen,
    Step,
)
from engine.explain.because import condition_sentence
from engine.facts import Record, Text
from engine.model import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Presence,
    Quantifier,
    Rule,
    Version,
)
from engine.program import Clause
from engine.shape import reference_in
from engine.tables import Table
from engine.trace.plan import (
    ClausePlan,
    DemandPlan,
    JoinedPlan,
    LeafPlan,
    Origin,
    Plan,
    SearchPlan,
    Source,
)
from engine.when_read import TextWhenRead

Places = tuple[Any, ...]
"""What was recorded, by place; lists of such tuples where a place is that of a list."""
Known = Mapping[str, Any]
"""The values of the facts."""
Read = Callable[[Places, Known, Record], ConditionTrace]
ReadStep = Callable[[Places | None, Known], Step]

_NO_RECORD: Record = {}
_HOLDS = attrgetter("holds")


def step_reader(clause: Clause, plan: ClausePlan | None, tables: Mapping[str, Table]) -> ReadStep:
    """Return what makes a step of the record of a clause."""
    if plan is None or clause.version is None:
        absent = _not_in_force(clause.rule)
        return lambda _places, _known: absent
    return _of_version(clause.rule, clause.version, plan, tables)


def _not_in_force(rule: Rule) -> Step:
    codes = (each.code for _, past in rule.versions for each in past.requirements)
    return Step(
        rule.id, rule.title, tuple(dict.fromkeys(codes)), Outcome.NOT_IN_FORCE, kind=rule.kind
    )


def _of_version(
    rule: Rule, version: Version, plan: ClausePlan, tables: Mapping[str, Table]
) -> ReadStep:
    readers = _Readers(tables)
    when = readers.condition(plan.when)
    demands = tuple(
        readers.demand(requirement.code, demand)
        for requirement, demand in zip(version.requirements, plan.demands, strict=True)
    )
    codes = tuple(dict.fromkeys(each.code for each in version.requirements))

    def read(places: Places | None, known: Known) -> Step:
        assert places is not None  # noqa: S101  # a clause in force is recorded
        concerned = when(places, known, _NO_RECORD)
        of_demands = places[plan.demands_from :] if concerned.holds else ()
        met = tuple(demand(own, known) for demand, own in zip(demands, of_demands, strict=False))
        return Step(
            rule.id,
            rule.title,
            codes,
            _outcome(met),
            version.valid_from,
            concerned,
            met,
            rule.kind,
        )

    return read


def _outcome(met: tuple[RequirementTrace, ...]) -> Outcome:
    outcomes = {each.outcome for each in met}
    worst = (Outcome.VIOLATED, Outcome.SATISFIED)
    return next((each for each in worst if each in outcomes), Outcome.NOT_APPLICABLE)


class _Readers:
    """Makes the readers of one clause."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self._tables = tables

    def demand(self, code: str, plan: DemandPlan) -> Callable[[Places, Known], RequirementTrace]:
        when, require = self.condition(plan.when), self.condition(plan.require)

        def read(places: Places, known: Known) -> RequirementTrace:
            concerned = when(places, known, _NO_RECORD)
            if not concerned.holds:
                return RequirementTrace(code, Outcome.NOT_APPLICABLE, concerned, None)
            met = require(places, known, _NO_RECORD)
            outcome = Outcome.SATISFIED if met.holds else Outcome.VIOLATED
            return RequirementTrace(code, outcome, concerned, met)

        return read

    def condition(self, plan: Plan) -> Read:
        match plan:
            case LeafPlan():
                return self._leaf(plan)
            case JoinedPlan(condition=All()):
                return self._all(plan)
            case JoinedPlan():
                return self._joined(plan)
            case SearchPlan():
                return self._search(plan)
            case _:
                assert_never(plan)

    def _leaf(self, plan: LeafPlan) -> Read:
        sentence, where = self._told(plan.condition)
        truth = plan.truth
        first, *others = (_seen(source) for source in plan.seen)
        if not others:
            return lambda places, known, record: ConditionTrace(
                sentence, places[truth], (first(places, known, record),), (), (), where
            )
        (other,) = others
        return lambda places, known, record: ConditionTrace(
            sentence,
            places[truth],
            (first(places, known, record), other(places, known, record)),
            (),
            (),
            where,
        )

    def _all(self, plan: JoinedPlan) -> Read:
        sentence, where = self._told(plan.condition)
        parts = tuple(self.condition(part) for part in plan.parts)
        guards = tuple(_guards(plan.parts, position) for position in range(len(plan.parts)))

        def read(places: Places, known: Known, record: Record) -> ConditionTrace:
            traces = [part(places, known, record) for part in parts]
            holds = all(map(_HOLDS, traces))
            if not holds:
                for position, guarded_by in enumerate(guards):
                    if any(not traces[each].holds for each in guarded_by):
                        traces[position] = replace(traces[position], holds=None)
            return ConditionTrace(sentence, holds, (), tuple(traces), (), where)

        return read

    def _joined(self, plan: JoinedPlan) -> Read:
        """Return the reader of `any_of` or `not`."""
        sentence, where = self._told(plan.condition)
        parts = tuple(self.condition(part) for part in plan.parts)
        either = isinstance(plan.condition, AnyOf)

        def read(places: Places, known: Known, record: Record) -> ConditionTrace:
            traces = tuple([part(places, known, record) for part in parts])
            holds = any(map(_HOLDS, traces))
            return ConditionTrace(sentence, holds is either, (), traces, (), where)

        return read

    def _search(self, plan: SearchPlan) -> Read:
        sentence, where = self._told(plan.condition)
        inner, place, name = self.condition(plan.where), plan.place, plan.condition.records.name
        enough = _enough(plan)

        def read(places: Places, known: Known, _: Record) -> ConditionTrace:
            traces: list[RecordTrace] = []
            matching = 0
            for own, record in zip(places[place], known[name], strict=True):
                trace = inner(own, known, record)
                holds = bool(trace.holds)
                matching += holds
                traces.append(RecordTrace(len(traces), record, holds, trace))
            holds = enough(matching, len(traces))
            return ConditionTrace(sentence, holds, (), (), tuple(traces), where)

        return read

    def _told(self, condition: Condition) -> tuple[Text, str]:
        where = str(condition.place) if condition.place.file else ""
        return TextWhenRead(partial(condition_sentence, condition, self._tables)), where


def _enough(plan: SearchPlan) -> Callable[[int, int], bool]:
    condition = plan.condition
    lowest = condition.at_least if condition.at_least is not None else 0
    highest = condition.at_most
    match condition.quantifier:
        case Quantifier.ANY:
            return lambda matching, _: matching > 0
        case Quantifier.NONE:
            return lambda matching, _: matching == 0
        case Quantifier.EVERY:
            return lambda matching, total: matching == total
        case Quantifier.COUNT:
            return lambda matching, _: (
                lowest <= matching and (highest is None or matching <= highest)
            )


def _guards(parts: tuple[Plan, ...], position: int) -> tuple[int, ...]:
    """Return the parts before this comparison that ask whether what it compares is given.

    Where such a one fails the comparison counts as not looked at.
    """
    part = parts[position]
    if not (isinstance(part, LeafPlan) and isinstance(part.condition, Comparison)):
        return ()
    other = reference_in(part.condition.operand)
    names = {part.condition.subject.fact.name} | ({other.fact.name} if other else set())
    return tuple(
        number
        for number, earlier in enumerate(parts[:position])
        if isinstance(earlier, LeafPlan)
        and isinstance(earlier.condition, Presence)
        and earlier.condition.given
        and earlier.condition.subject.fact.name in names
    )


def _seen(source: Source) -> Callable[[Places, Known, Record], Seen]:
    fact = source.reference.fact
    name, label, place = fact.name, fact.label, source.place
    match source.origin:
        case Origin.FACT:
            return lambda _places, known, _record: Seen(name, label, known[name])
        case Origin.FIELD:
            return lambda _places, _known, record: Seen(name, label, record[name])
        case Origin.PLACE:
            return lambda places, _known, _record: Seen(name, label, places[place])
        case _:
            assert_never(source.origin)
