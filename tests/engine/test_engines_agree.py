"""Random rulebooks and random facts: every engine means the same, and a broken one is found out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.compiled.codegen import Grouping
from engine.compiled.evaluator import compile_program
from engine.decide import Decider
from engine.decision import Evaluator
from engine.durable.evaluator import durable_program
from engine.facts import Facts
from engine.model import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Not,
    Operator,
    Presence,
    Quantified,
    Quantifier,
    Rulebook,
    RuleKind,
    RuleSeverity,
    Shifted,
)
from engine.problems import EnginesDisagree
from engine.program import Program, Programs
from engine.trace.tracer import Tracer
from tests.engine import invented, invented_rules
from tests.engine.oracle import expected_firings, expected_receivers, traced_firings
from tests.engine.strategies import alike_rulebooks, facts, rulebooks

# Every ruleset stays in the process for good, so a rulebook is asked about several sets of facts:
# 320 rulebooks, 2,560 sets. `make campaign-engines` tries a million in processes that end.
RULEBOOKS, SETS = 320, 8
ENOUGH = settings(
    max_examples=RULEBOOKS,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@ENOUGH
@given(rulebooks(), st.lists(facts(), min_size=SETS, max_size=SETS))
def test_every_engine_finds_what_the_language_means(book: Rulebook, sets: list[Facts]) -> None:
    programs = Programs(book)
    for number, given_facts in enumerate(sets):
        operation = invented.OPERATIONS[number % len(invented.OPERATIONS)]
        program = programs.for_facts(operation, given_facts)
        expected = expected_firings(book, operation, given_facts)
        assert expected == compile_program(program).firings(given_facts)
        assert expected == compile_program(program, Grouping(1, 1, 1, 1)).firings(given_facts)
        assert expected == durable_program(program).firings(given_facts)
        assert expected == traced_firings(Tracer(program), given_facts)


@settings(ENOUGH, max_examples=160)
@given(alike_rulebooks(), st.lists(facts(), min_size=SETS, max_size=SETS))
def test_rules_that_are_alike_are_decided_as_if_each_stood_alone(
    book: Rulebook, sets: list[Facts]
) -> None:
    programs = Programs(book)
    for given_facts in sets:
        program = programs.for_facts("register", given_facts)
        expected = expected_firings(book, "register", given_facts)
        for grouping in (Grouping(1, 1, 1, 1), Grouping(3, 3, 2, 4), Grouping(100, 100)):
            compiled = compile_program(program, grouping)
            assert expected == compiled.firings(given_facts)


@settings(ENOUGH, max_examples=80)
@given(rulebooks([RuleKind.RULE]), st.lists(facts(), min_size=4, max_size=4))
def test_a_decision_returns_what_fired_and_only_the_gates_when_a_gate_fired(
    book: Rulebook, sets: list[Facts]
) -> None:
    rules = book.rules_of("register")
    for given_facts in sets:
        fired = expected_firings(book, "register", given_facts)
        fired = tuple(each for each in fired if rules[each.clause].gate) or fired
        refusals = [
            rules[each.clause].id
            for each in fired
            if rules[each.clause].severity is RuleSeverity.REFUSE
        ]

        decision = Decider(book).decide("register", given_facts, traced=True)

        assert refusals == [violation.rule for violation in decision.violations]
        assert len(fired) - len(refusals) == len(decision.advice)
        assert (not refusals) == decision.accepted


@settings(ENOUGH, max_examples=80)
@given(rulebooks([RuleKind.GRANT]), st.lists(facts(), min_size=4, max_size=4))
def test_access_is_what_some_grant_gives(book: Rulebook, sets: list[Facts]) -> None:
    grants = book.rules_of("register")
    decider = Decider(book)
    for given_facts in sets:
        fired = expected_firings(book, "register", given_facts)
        holding = tuple(grants[each.clause].id for each in fired)

        decision = decider.decide("register", given_facts, traced=True)

        assert holding == decision.holding == decider.granted("register", given_facts)
        assert bool(holding) == decision.accepted
        assert () == decision.violations == decision.advice
        assert () == decider.receivers("register", given_facts)


@settings(ENOUGH, max_examples=160)
@given(rulebooks([RuleKind.NOTICE]), st.lists(facts(), min_size=4, max_size=4))
def test_a_notice_tells_exactly_the_records_it_is_about(book: Rulebook, sets: list[Facts]) -> None:
    notices = book.rules_of("register")
    decider = Decider(book)
    for given_facts in sets:
        fired = expected_firings(book, "register", given_facts)
        expected = expected_receivers(book, "register", given_facts)

        decision = decider.decide("register", given_facts, traced=True)
        receivers = [
            (each.notice, each.message, each.organisation_type, each.record)
            for each in decider.receivers("register", given_facts)
        ]

        assert expected == receivers
        assert {each[0] for each in expected} == set(decision.holding)
        assert tuple(notices[each.clause].id for each in fired) == decision.holding
        assert decision.accepted
        assert () == decider.granted("register", given_facts)


# --- a broken engine is found out -----------------------------------------------------------------

Change = Callable[[Condition], Condition]
Make = Callable[[Program], Evaluator]


def changed(condition: Condition, change: Change) -> Condition:
    """Apply `change` to every condition, the innermost first."""
    match condition:
        case All(parts) | AnyOf(parts):
            condition = replace(condition, parts=tuple(changed(part, change) for part in parts))
        case Not(part):
            condition = replace(condition, part=changed(part, change))
        case Quantified(where=where):
            condition = replace(condition, where=changed(where, change))
        case Comparison() | Presence():
            pass
    return change(condition)


def broken(make: Make, change: Change) -> Make:
    """Return an engine that reads every condition wrongly in the same way."""

    def make_broken(program: Program) -> Evaluator:
        clauses = []
        for clause in program.clauses:
            if clause.version is not None:
                requirements = tuple(
                    replace(
                        each,
                        when=changed(each.when, change),
                        require=changed(each.require, change),
                    )
                    for each in clause.version.requirements
                )
                when = All(tuple(changed(part, change) for part in clause.version.when.parts))
                version = replace(clause.version, when=when, requirements=requirements)
                clause = replace(clause, version=version)
            clauses.append(clause)
        return make(replace(program, clauses=tuple(clauses)))

    return make_broken


def without_last_requirement(make: Make) -> Make:
    """Return an engine that forgets the last requirement of every rule."""

    def make_forgetful(program: Program) -> Evaluator:
        clauses = tuple(
            clause
            if clause.version is None
            else replace(
                clause,
                version=replace(clause.version, requirements=clause.version.requirements[:-1]),
            )
            for clause in program.clauses
        )
        return make(replace(program, clauses=clauses))

    return make_forgetful


def read_as(wrong: Operator, instead_of: Operator) -> Change:
    def change(condition: Condition) -> Condition:
        if isinstance(condition, Comparison) and condition.operator is instead_of:
            return replace(condition, operator=wrong)
        return condition

    return change


def read_quantifier_as(wrong: Quantifier, instead_of: Quantifier) -> Change:
    def change(condition: Condition) -> Condition:
        if isinstance(condition, Quantified) and condition.quantifier is instead_of:
            return replace(condition, quantifier=wrong)
        return condition

    return change


def forget_or_absent(condition: Condition) -> Condition:
    return replace(condition, or_absent=False) if isinstance(condition, Comparison) else condition


def forget_absence(condition: Condition) -> Condition:
    return All(()) if isinstance(condition, Presence) else condition


def take_as_held(operator: Operator) -> Change:
    def change(condition: Condition) -> Condition:
        unasked = isinstance(condition, Comparison) and condition.operator is operator
        return All(()) if unasked else condition

    return change


def shift_the_other_way(condition: Condition) -> Condition:
    match condition:
        case Comparison(operand=Shifted(sign=sign) as shifted):
            return replace(condition, operand=replace(shifted, sign=-sign))
    return condition


def count_one_more(condition: Condition) -> Condition:
    if isinstance(condition, Quantified) and condition.at_least is not None:
        return replace(condition, at_least=condition.at_least + 1)
    return condition


FAULTS: dict[str, Change] = {
    **{
        f"{right.value} read as {wrong.value}": read_as(wrong, right)
        for right, wrong in (
            (Operator.IS, Operator.IS_NOT),
            (Operator.IS_NOT, Operator.IS),
            (Operator.IN, Operator.NOT_IN),
            (Operator.NOT_IN, Operator.IN),
            # off by one instant, day or unit, and no more
            (Operator.BEFORE, Operator.ON_OR_BEFORE),
            (Operator.ON_OR_BEFORE, Operator.BEFORE),
            (Operator.AFTER, Operator.ON_OR_AFTER),
            (Operator.ON_OR_AFTER, Operator.AFTER),
            (Operator.LESS_THAN, Operator.AT_MOST),
            (Operator.AT_MOST, Operator.LESS_THAN),
            (Operator.MORE_THAN, Operator.AT_LEAST),
            (Operator.AT_LEAST, Operator.MORE_THAN),
            (Operator.INCLUDES, Operator.EXCLUDES),
            (Operator.EXCLUDES, Operator.INCLUDES),
            (Operator.LENGTH_AT_LEAST, Operator.LENGTH_AT_MOST),
            (Operator.LENGTH_AT_MOST, Operator.LENGTH_AT_LEAST),
        )
    },
    "any read as every": read_quantifier_as(Quantifier.EVERY, Quantifier.ANY),
    "every read as any": read_quantifier_as(Quantifier.ANY, Quantifier.EVERY),
    "none read as any": read_quantifier_as(Quantifier.ANY, Quantifier.NONE),
    "or: absent forgotten": forget_or_absent,
    "given forgotten": forget_absence,
    "patterns not asked": take_as_held(Operator.MATCHES),
    "codes never out of force": take_as_held(Operator.IN_FORCE_ON),
    "days added and not taken away": shift_the_other_way,
    "at_least counted one too high": count_one_more,
}


def trials() -> Iterator[tuple[Rulebook, list[Facts]]]:
    for seed in range(400):
        draws = invented.Draws(Random(seed).randrange)
        book = invented_rules.rulebook(draws)
        yield book, [invented.facts(draws) for _ in range(6)]


def is_found_out(first: Make, second: Make) -> bool:
    for book, sets in trials():
        decider = Decider(book, evaluators={"compiled": first, "durable": second})
        for given_facts in sets:
            try:
                decider.decide("register", given_facts)
            except EnginesDisagree:
                return True
    return False


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_compiled_engine_is_found_out(fault: str) -> None:
    assert is_found_out(broken(compile_program, FAULTS[fault]), durable_program)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_durable_engine_is_found_out(fault: str) -> None:
    assert is_found_out(compile_program, broken(durable_program, FAULTS[fault]))


def test_an_engine_that_forgets_requirements_is_found_out() -> None:
    assert is_found_out(compile_program, without_last_requirement(durable_program))
    assert is_found_out(without_last_requirement(compile_program), durable_program)


def test_the_disagreement_names_the_operation_and_the_rules() -> None:
    def never(_: Condition) -> Condition:
        return AnyOf(())

    book, given_facts = next(
        (book, given_facts)
        for book, sets in trials()
        for given_facts in sets
        if expected_firings(book, "register", given_facts)
    )
    evaluators = {"compiled": compile_program, "durable": broken(durable_program, never)}

    with pytest.raises(EnginesDisagree) as caught:
        Decider(book, evaluators=evaluators).decide("register", given_facts)

    assert "register" == caught.value.operation
    assert set(caught.value.rules) <= {rule.id for rule in book.rules_of("register")}
