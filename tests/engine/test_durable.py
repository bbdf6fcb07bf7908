"""What is special to durable_rules: its limits, its types, its silence, its memory."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from engine.compiled.evaluator import compile_program
from engine.decision import Firing
from engine.durable.alternatives import Translation
from engine.durable.evaluator import _Durable, _rulesets, durable_program
from engine.model import (
    All,
    AnyOf,
    Comparison,
    Constant,
    Constants,
    Not,
    Operator,
    Quantified,
    Quantifier,
    Shifted,
)
from engine.problems import EvaluationError
from tests.engine import invented
from tests.engine.invented import INSTANTS
from tests.engine.one_rule import VISITS, fact, facts_with, field, program_of, visit

FIRES, HOLDS = (Firing(0, 0),), ()


# --- types ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("given", "wanted"),
    [("1", 1), (1, "1"), ("", 0), ("true", True), ("0", False), ("é", "e"), ("a", "A")],
)
def test_values_that_only_look_alike_are_different(given: object, wanted: object) -> None:
    program = program_of(Comparison(fact("text"), Operator.IS, Constant(wanted)))  # type: ignore[arg-type]

    assert FIRES == durable_program(program).firings(facts_with(text=given))


def test_two_facts_of_equal_text_are_equal_though_no_rule_names_the_text() -> None:
    program = program_of(Comparison(fact("text"), Operator.IS, fact("maybe_text")))

    durable = durable_program(program)

    assert HOLDS == durable.firings(facts_with(text="ukendt", maybe_text="ukendt"))
    assert FIRES == durable.firings(facts_with(text="ukendt", maybe_text="andet"))


def test_a_text_that_no_rule_names_is_in_no_list() -> None:
    program = program_of(
        Comparison(fact("text"), Operator.IN, Constants(("a", "c"))),
        Comparison(fact("text"), Operator.IN, Constants(("b", "d"))),
    )

    durable = durable_program(program)

    assert (Firing(0, 1),) == durable.firings(facts_with(text="c"))
    assert (Firing(0, 0),) == durable.firings(facts_with(text="b"))
    assert (Firing(0, 0), Firing(0, 1)) == durable.firings(facts_with(text="e"))


def test_a_microsecond_is_seen() -> None:
    program = program_of(Comparison(fact("at"), Operator.AFTER, fact("maybe_at")))
    moment = INSTANTS[0]

    durable = durable_program(program)

    assert HOLDS == durable.firings(
        facts_with(at=moment + timedelta(microseconds=1), maybe_at=moment)
    )
    assert FIRES == durable.firings(facts_with(at=moment, maybe_at=moment))


def test_a_number_wider_than_durable_rules_is_an_error_and_no_refusal() -> None:
    program = program_of(Comparison(fact("count"), Operator.LESS_THAN, Constant(5)))

    with pytest.raises(EvaluationError):
        durable_program(program).firings(facts_with(count=2**62))


@pytest.mark.parametrize("value", [None, "fem", 1.5])
def test_a_missing_or_wrongly_typed_fact_is_an_error_and_no_refusal(value: object) -> None:
    program = program_of(Comparison(fact("count"), Operator.LESS_THAN, Constant(5)))

    with pytest.raises(EvaluationError):
        durable_program(program).firings(facts_with(count=value))


def test_a_missing_list_of_records_is_an_error_and_no_refusal() -> None:
    program = program_of(Quantified(Quantifier.NONE, VISITS, All(())))

    with pytest.raises(EvaluationError):
        durable_program(program).firings(facts_with(visits=None))


# --- limits ---------------------------------------------------------------------------------------
def test_more_rules_than_one_ruleset_holds_are_all_evaluated() -> None:
    program = program_of(
        *(Comparison(fact("count"), Operator.IS_NOT, Constant(number % 2)) for number in range(150))
    )

    durable = durable_program(program)

    assert isinstance(durable, _Durable)
    assert 5 == len(durable._shards)
    fired = durable.firings(facts_with(count=1))
    assert tuple(Firing(0, number) for number in range(1, 150, 2)) == fired


def test_choices_within_choices_do_not_multiply() -> None:
    choices = [
        AnyOf(
            tuple(
                All(
                    (
                        Comparison(fact("count"), Operator.IS, Constant(10 * column + row)),
                        Comparison(fact("maybe_count"), Operator.IS, Constant(row)),
                    )
                )
                for row in range(6)
            )
        )
        for column in range(8)
    ]
    program = program_of(AnyOf(tuple(choices)), Not(All(tuple(choices))))

    searches = Translation(program).searches

    # 8 times 6 choices for one requirement, 6 to the power of 8 for the other, if multiplied
    assert 500 > sum(len(search.alternatives) for search in searches)
    for count in (11, 75, 76):
        given = facts_with(count=count, maybe_count=count % 10)
        assert compile_program(program).firings(given) == durable_program(program).firings(given)


def test_a_record_compared_with_more_facts_than_one_join_holds() -> None:
    where = All(
        tuple(
            Comparison(
                field("day"),
                Operator.ON_OR_BEFORE,
                Shifted(fact("day"), Constant(n), 1),
            )
            for n in range(70)
        )
    )
    program = program_of(Quantified(Quantifier.NONE, VISITS, where))
    day = invented.DAYS[0]

    durable = durable_program(program)

    assert FIRES == durable.firings(facts_with(day=day, visits=(visit(day=day),)))
    assert HOLDS == durable.firings(
        facts_with(day=day, visits=(visit(day=day + timedelta(days=1)),))
    )


def test_a_thousand_records_are_counted_exactly() -> None:
    program = program_of(
        Quantified(
            Quantifier.COUNT,
            VISITS,
            Comparison(field("count"), Operator.LESS_THAN, fact("count")),
            at_least=999,
            at_most=999,
        )
    )

    durable = durable_program(program)

    visits = tuple(visit(count=number) for number in range(1000))
    assert HOLDS == durable.firings(facts_with(count=999, visits=visits))
    assert FIRES == durable.firings(facts_with(count=998, visits=visits))


def test_ten_thousand_evaluations_leave_no_session_behind() -> None:
    # without `delete_state` durable_rules gives up after some 8,000
    durable = durable_program(
        program_of(Comparison(fact("count"), Operator.LESS_THAN, Constant(5)))
    )

    given = facts_with(count=5)

    assert {FIRES} == {durable.firings(given) for _ in range(10_000)}


def test_threads_that_share_a_program_do_not_see_each_other() -> None:
    program = program_of(
        Comparison(fact("count"), Operator.IS, Constant(0)),
        Quantified(Quantifier.ANY, VISITS, Comparison(field("count"), Operator.IS, fact("count"))),
    )
    durable = durable_program(program)
    compiled = compile_program(program)
    sets = [
        facts_with(count=number % 3, visits=tuple(visit(count=n) for n in range(number % 4)))
        for number in range(400)
    ]

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(durable.firings, sets))

    assert [compiled.firings(given) for given in sets] == answers


def test_the_same_rules_read_again_make_no_further_ruleset() -> None:
    program = program_of(Comparison(fact("count"), Operator.LESS_THAN, Constant(77)))
    durable_program(program)
    made = len(_rulesets)

    durable_program(replace(program))

    assert made == len(_rulesets)
