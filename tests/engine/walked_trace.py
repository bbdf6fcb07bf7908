"""The trace by walking the model, one condition after another: the independent definition.

In: a `Program` and facts. Out: one `Step` per rule, with every sub-condition and the values that
it looked at, also for rules that did not fire.
Does not know: generated code. The recorded trace of `engine.trace` is held against it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import assert_never

from engine.decision import (
    ConditionTrace,
    Outcome,
    RecordTrace,
    RequirementTrace,
    Seen,
    Step,
)
from engine.explain.because import condition_sentence
from engine.facts import Fact, Facts, Record, Text, Value
from engine.lookups import in_force_function, lookup_function
from engine.model import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Constant,
    Constants,
    Not,
    Operator,
    ParameterReference,
    Presence,
    Quantified,
    Quantifier,
    Reference,
    Requirement,
    Scope,
    Shifted,
)
from engine.operators import OPERATORS
from engine.problems import EvaluationError
from engine.program import Clause, Program
from engine.shape import reference_in

Look = Callable[[Facts, Record], ConditionTrace]
"""What a condition becomes: facts and the record at hand (empty outside a `where`) to its trace."""

NO_RECORD: Record = {}


class WalkingTracer:
    """Traces the rules of one program; immutable, safe to share between threads."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._in_force = {name: in_force_function(table) for name, table in program.tables.items()}
        self._clauses = tuple(self._clause(clause) for clause in program.clauses)

    def steps(self, facts: Facts) -> tuple[Step, ...]:
        """Return one step per rule, in file order; raises `EvaluationError`."""
        return tuple(self.step(position, facts) for position in range(len(self._clauses)))

    def step(self, clause: int, facts: Facts) -> Step:
        """Return what became of the rule at position `clause` of the program."""
        try:
            return self._clauses[clause](facts)
        except KeyError as missing:
            raise EvaluationError(f"fact `{missing.args[0]}` is missing") from None
        except (TypeError, OverflowError) as fault:
            rule = self._program.clauses[clause].rule.id
            raise EvaluationError(f"rule `{rule}` could not be traced") from fault

    def _clause(self, clause: Clause) -> Callable[[Facts], Step]:
        rule, version = clause.rule, clause.version
        if version is None:
            codes = tuple(
                dict.fromkeys(each.code for _, past in rule.versions for each in past.requirements)
            )
            absent = Step(rule.id, rule.title, codes, Outcome.NOT_IN_FORCE, kind=rule.kind)
            return lambda _: absent
        when = self._condition(version.when)
        demands = tuple(self._requirement(each) for each in version.requirements)
        codes = tuple(dict.fromkeys(each.code for each in version.requirements))

        def step(facts: Facts) -> Step:
            concerned = when(facts, NO_RECORD)
            met = tuple(demand(facts) for demand in demands) if concerned.holds else ()
            outcomes = {each.outcome for each in met}
            outcome = next(
                (each for each in (Outcome.VIOLATED, Outcome.SATISFIED) if each in outcomes),
                Outcome.NOT_APPLICABLE,
            )
            return Step(
                rule.id, rule.title, codes, outcome, version.valid_from, concerned, met, rule.kind
            )

        return step

    def _requirement(self, requirement: Requirement) -> Callable[[Facts], RequirementTrace]:
        when, require = self._condition(requirement.when), self._condition(requirement.require)

        def demand(facts: Facts) -> RequirementTrace:
            concerned = when(facts, NO_RECORD)
            if not concerned.holds:
                return RequirementTrace(requirement.code, Outcome.NOT_APPLICABLE, concerned, None)
            met = require(facts, NO_RECORD)
            outcome = Outcome.SATISFIED if met.holds else Outcome.VIOLATED
            return RequirementTrace(requirement.code, outcome, concerned, met)

        return demand

    # --- conditions -----------------------------------------------------------------------------

    def _condition(self, condition: Condition, fields: Mapping[str, Fact] | None = None) -> Look:
        sentence = condition_sentence(condition, self._program.tables)
        where = str(condition.place) if condition.place.file else ""
        fields = fields or {}
        match condition:
            case All(parts) | AnyOf(parts):
                joined = all if isinstance(condition, All) else any
                guards = isinstance(condition, All)
                looks = tuple((part, self._condition(part, fields)) for part in parts)

                def look_at_parts(facts: Facts, record: Record) -> ConditionTrace:
                    traces = _in_turn(looks, facts, record, guarded=guards)
                    return ConditionTrace(
                        sentence, joined(bool(each.holds) for each in traces), (), traces, (), where
                    )

                return look_at_parts
            case Not(part):
                inner = self._condition(part, fields)

                def look_at_not(facts: Facts, record: Record) -> ConditionTrace:
                    trace = inner(facts, record)
                    return ConditionTrace(sentence, not trace.holds, (), (trace,), (), where)

                return look_at_not
            case Presence(subject, given):
                value = self._value(subject, fields)

                def look_at_presence(facts: Facts, record: Record) -> ConditionTrace:
                    found = value(facts, record)
                    seen = (Seen(subject.fact.name, subject.fact.label, found),)
                    return ConditionTrace(
                        sentence, (found is not None) is given, seen, (), (), where
                    )

                return look_at_presence
            case Comparison():
                return self._comparison(condition, fields, sentence, where)
            case Quantified():
                return self._quantified(condition, sentence, where)
            case _:
                assert_never(condition)

    def _comparison(
        self, comparison: Comparison, fields: Mapping[str, Fact], sentence: Text, where: str
    ) -> Look:
        subject, test = comparison.subject, self._test(comparison)
        value = self._value(subject, fields)
        label, name, or_absent = subject.fact.label, subject.fact.name, comparison.or_absent
        other = reference_in(comparison.operand)
        operand = self._operand(comparison, fields)

        def look_at_comparison(facts: Facts, record: Record) -> ConditionTrace:
            left, right = value(facts, record), operand(facts, record)
            seen: tuple[Seen, ...] = (Seen(name, label, left),)
            if other is not None:
                seen += (Seen(other.fact.name, other.fact.label, right),)
            holds = or_absent if left is None or right is None else test(left, right)
            return ConditionTrace(sentence, holds, seen, (), (), where)

        return look_at_comparison

    def _test(self, comparison: Comparison) -> Callable[[Value, Value], bool]:
        if comparison.operator is Operator.IN_FORCE_ON:
            code_list = comparison.subject.fact.code_list
            assert code_list is not None  # the reader refuses others
            in_force = self._in_force[code_list]
            return lambda code, day: in_force(code, day)  # type: ignore[arg-type]  # types checked when read
        return OPERATORS[comparison.operator].holds

    def _operand(
        self, comparison: Comparison, fields: Mapping[str, Fact]
    ) -> Callable[[Facts, Record], Value | None]:
        match comparison.operand:
            case Constant(value):
                return lambda _facts, _record: value
            case Constants(values):
                return lambda _facts, _record: values
            case Reference() as reference:
                return self._value(reference, fields)
            case Shifted(base, Constant(days), sign):
                start = self._value(base, fields)
                assert isinstance(days, int)  # the reader refuses others
                shift = timedelta(days=days * sign)

                def moved(facts: Facts, record: Record) -> Value | None:
                    day = start(facts, record)
                    return day + shift if isinstance(day, date) else None

                return moved
            case ParameterReference() | Shifted():
                raise AssertionError("a program holds no references to parameters")
            case operand:
                assert_never(operand)

    def _quantified(self, condition: Quantified, sentence: Text, place: str) -> Look:
        fact = condition.records
        where = self._condition(condition.where, fact.fields)
        lowest = condition.at_least if condition.at_least is not None else 0
        highest = condition.at_most

        def enough(matching: int, total: int) -> bool:
            match condition.quantifier:
                case Quantifier.ANY:
                    return matching > 0
                case Quantifier.NONE:
                    return matching == 0
                case Quantifier.EVERY:
                    return matching == total
                case Quantifier.COUNT:
                    return lowest <= matching and (highest is None or matching <= highest)

        def look_at_records(facts: Facts, _: Record) -> ConditionTrace:
            records = facts[fact.name]
            if not isinstance(records, tuple | list):
                raise KeyError(fact.name)
            traces = []
            for position, record in enumerate(records):
                trace = where(facts, record)  # type: ignore[arg-type]  # the catalogue says records
                traces.append(RecordTrace(position, record, bool(trace.holds), trace))  # type: ignore[arg-type]  # as above
            matching = sum(each.holds for each in traces)
            return ConditionTrace(
                sentence, enough(matching, len(traces)), (), (), tuple(traces), place
            )

        return look_at_records

    # --- values ---------------------------------------------------------------------------------

    def _value(
        self, reference: Reference, fields: Mapping[str, Fact]
    ) -> Callable[[Facts, Record], Value | None]:
        fact = reference.fact
        in_record = reference.scope is Scope.FIELD
        if fact.looked_up is None:
            return _plain_value(fact, in_record=in_record)
        lookup = fact.looked_up
        find = lookup_function(lookup, self._program.tables)
        key, day = (
            _plain_value(fields[name], in_record=True)
            if in_record and name in fields
            else _plain_value(self._program.facts[name], in_record=False)
            for name in (lookup.key, lookup.on)
        )
        return lambda facts, record: find(key(facts, record), day(facts, record))  # type: ignore[arg-type]  # scalar key and date, checked when read


def _plain_value(fact: Fact, *, in_record: bool) -> Callable[[Facts, Record], Value | None]:
    name = fact.name
    if in_record:
        return lambda _, record: record[name]

    def value(facts: Facts, _: Record) -> Value | None:
        found = facts.get(name) if fact.optional else facts[name]
        if found is None and not fact.optional:
            raise KeyError(name)
        return found  # type: ignore[return-value]  # a list of records is never compared

    return value


def _in_turn(
    looks: tuple[tuple[Condition, Look], ...], facts: Facts, record: Record, *, guarded: bool
) -> tuple[ConditionTrace, ...]:
    """Look at the parts in the author's order; behind a failed guard a part is not looked at."""
    absent: set[str] = set()
    traces = []
    for part, look in looks:
        if guarded and isinstance(part, Comparison) and absent & _names(part):
            traces.append(replace(look(facts, record), holds=None))
            continue
        trace = look(facts, record)
        if isinstance(part, Presence) and part.given and not trace.holds:
            absent.add(part.subject.fact.name)
        traces.append(trace)
    return tuple(traces)


def _names(comparison: Comparison) -> set[str]:
    other = reference_in(comparison.operand)
    return {comparison.subject.fact.name} | ({other.fact.name} if other is not None else set())
