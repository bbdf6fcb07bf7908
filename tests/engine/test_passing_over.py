"""Rules that are passed over could not have fired: with and without it every answer is the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from random import Random

import pytest

from engine.compiled.codegen import Grouping
from engine.compiled.evaluator import compile_program
from engine.decision import Firing
from engine.durable.evaluator import durable_program
from engine.model import (
    All,
    Comparison,
    Condition,
    Constant,
    Constants,
    Not,
    Operator,
    Quantified,
    Quantifier,
)
from engine.problems import EvaluationError
from engine.program import Program, Programs
from tests.engine import invented, invented_alike
from tests.engine.invented import DAYS, KINDS
from tests.engine.one_rule import VISITS, fact, facts_with, field, program_of, visit
from tests.engine.oracle import expected_firings

NEVER = 10**9
NOT_AT_ALL = Grouping(NEVER, NEVER)
GROUPINGS = (
    NOT_AT_ALL,
    Grouping(),
    Grouping(1, 1, 1, 1),
    Grouping(2, 2, 1, 4),
    Grouping(NEVER, 2, 2, 8),
    Grouping(2, NEVER),
)


def program_that_fires_when(*conditions: Condition) -> Program:
    """Return a program of one rule with one requirement for each of the conditions."""
    return program_of(*map(Not, conditions))


def fired(program: Program, grouping: Grouping, **changes: object) -> list[int]:
    firings = compile_program(program, grouping).firings(facts_with(**changes))
    return [each.requirement for each in firings]


@pytest.mark.parametrize("seed", range(24))
def test_many_random_rules_fire_as_if_none_were_passed_over(seed: int) -> None:
    draws = invented.Draws(Random(seed).randrange)
    book = invented_alike.of_rules(draws, 20 + 20 * (seed % 8))
    programs = Programs(book)
    engines: dict[int, list[object]] = {}
    for _ in range(25):
        given = invented.facts(draws)
        program = programs.for_facts("register", given)
        if id(program) not in engines:
            engines[id(program)] = [compile_program(program, each) for each in GROUPINGS]
        expected = expected_firings(book, "register", given)
        for engine in engines[id(program)]:
            assert expected == engine.firings(given)  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", range(12))
def test_the_rulesets_that_are_not_asked_would_have_found_nothing(seed: int) -> None:
    draws = invented.Draws(Random(1000 + seed).randrange)
    book = invented_alike.of_rules(draws, 40)
    programs = Programs(book)
    for _ in range(12):
        given = invented.facts(draws)
        program = programs.for_facts("register", given)
        all_asked = durable_program(program, ask_all_of=NEVER).firings(given)
        assert all_asked == durable_program(program, ask_all_of=0).firings(given)
        assert all_asked == expected_firings(book, "register", given)


@pytest.mark.parametrize("grouping", GROUPINGS)
@pytest.mark.parametrize(
    ("operator", "holds"),
    [
        (Operator.LESS_THAN, lambda value, bound: value < bound),
        (Operator.AT_MOST, lambda value, bound: value <= bound),
        (Operator.MORE_THAN, lambda value, bound: value > bound),
        (Operator.AT_LEAST, lambda value, bound: value >= bound),
    ],
)
def test_a_bound_is_kept_to_the_unit(operator: Operator, holds: object, grouping: Grouping) -> None:
    bounds = [0, 1, 2, 2, 3, 5, 5, 8, 13, 21, 34, 55, 89, 89, 144, 233, 377]
    program = program_that_fires_when(
        *(Comparison(fact("count"), operator, Constant(bound)) for bound in bounds)
    )
    for value in sorted({bound + step for bound in bounds for step in (-1, 0, 1)}):
        expected = [number for number, bound in enumerate(bounds) if holds(value, bound)]  # type: ignore[operator]
        assert expected == fired(program, grouping, count=value)


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_mixed_bounds_on_two_facts_are_all_kept(grouping: Grouping) -> None:
    chance = Random(5)
    pairs = [(chance.randrange(30), date(2024, 1, 1 + chance.randrange(28))) for _ in range(90)]
    operators = (Operator.LESS_THAN, Operator.AT_MOST)
    program = program_that_fires_when(
        *(
            All(
                (
                    Comparison(fact("count"), operators[number % 2], Constant(count)),
                    Not(Comparison(fact("day"), Operator.BEFORE, Constant(day))),
                )
            )
            for number, (count, day) in enumerate(pairs)
        )
    )
    for count in range(-1, 31):
        for day in (date(2024, 1, 1), date(2024, 1, 14), date(2024, 1, 15), date(2024, 2, 1)):
            expected = [
                number
                for number, (limit, first) in enumerate(pairs)
                if (count <= limit if number % 2 else count < limit) and day >= first
            ]
            assert expected == fired(program, grouping, count=count, day=day)


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_an_optional_fact_that_is_absent_is_within_no_bounds_and_in_no_group(
    grouping: Grouping,
) -> None:
    conditions: list[Condition] = []
    for number in range(12):
        within = Comparison(fact("maybe_count"), Operator.AT_MOST, Constant(number))
        named = Comparison(fact("maybe_kind"), Operator.IS, Constant(KINDS[number % 5]))
        conditions += [
            within,
            replace(within, or_absent=True),
            named,
            replace(named, or_absent=True),
            Not(Comparison(fact("maybe_kind"), Operator.IS_NOT, Constant(KINDS[number % 5]))),
        ]
    program = program_that_fires_when(*conditions)
    assert [number for number in range(60) if number % 5 in (1, 3, 4)] == fired(
        program, grouping, maybe_count=None, maybe_kind=None
    )


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_a_rule_that_names_several_values_fires_once_for_each_of_them(grouping: Grouping) -> None:
    lists = [KINDS[: 1 + number % 5] for number in range(20)]
    program = program_that_fires_when(
        *(Comparison(fact("kind"), Operator.IN, Constants(values)) for values in lists)
    )
    for kind in KINDS:
        expected = [number for number, values in enumerate(lists) if kind in values]
        assert expected == fired(program, grouping, kind=kind)


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_a_rule_about_some_record_fires_once_however_many_records_are_such(
    grouping: Grouping,
) -> None:
    program = program_that_fires_when(
        *(
            Quantified(
                Quantifier.ANY,
                VISITS,
                All((Comparison(field("kind"), Operator.IS, Constant(KINDS[number % 5])),)),
            )
            for number in range(20)
        )
    )
    visits = (visit(kind=3), visit(kind=3), visit(kind=17))
    assert [2, 3, 7, 8, 12, 13, 17, 18] == fired(program, grouping, visits=visits)
    assert [] == fired(program, grouping, visits=())


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_a_rule_about_no_record_is_never_passed_over(grouping: Grouping) -> None:
    program = program_that_fires_when(
        *(
            Quantified(
                Quantifier.NONE,
                VISITS,
                Comparison(field("kind"), Operator.IS, Constant(KINDS[number % 5])),
            )
            for number in range(20)
        )
    )
    others = [number for number in range(20) if number % 5 != 2]
    assert others == fired(program, grouping, visits=(visit(kind=3),))


def test_only_the_rules_that_are_asked_about_are_written() -> None:
    program = program_that_fires_when(
        *(
            All(
                (
                    Comparison(fact("day"), Operator.IS, Constant(date(2024, 1, 1 + number))),
                    Comparison(fact("count"), Operator.MORE_THAN, Constant(number)),
                )
            )
            for number in range(28)
        )
    )
    compiled = compile_program(program)
    assert 1 == len(compiled.sources)  # type: ignore[attr-defined]
    given = facts_with(day=date(2024, 1, 5), count=100)
    assert (Firing(0, 4),) == compiled.firings(given) == compiled.firings(given)
    assert 2 == len(compiled.sources)  # type: ignore[attr-defined]


def test_a_fact_is_missed_also_by_rules_that_are_passed_over() -> None:
    program = program_that_fires_when(
        *(
            All(
                (
                    Comparison(fact("kind"), Operator.IS, Constant(KINDS[0])),
                    Comparison(fact("count"), Operator.MORE_THAN, Constant(number)),
                )
            )
            for number in range(20)
        )
    )
    given = {**facts_with(kind=KINDS[1]), "case.count": None}
    with pytest.raises(EvaluationError, match=r"fact `case\.count` is missing"):
        compile_program(program).firings(given)


def test_threads_that_ask_for_the_same_group_first_get_the_same_answer() -> None:
    program = program_that_fires_when(
        *(
            All(
                (
                    Comparison(fact("kind"), Operator.IS, Constant(KINDS[number % 5])),
                    Comparison(fact("day"), Operator.IS, Constant(DAYS[number % 6])),
                )
            )
            for number in range(300)
        )
    )
    sets = [facts_with(kind=KINDS[n % 5], day=DAYS[n % 6]) for n in range(600)]
    plain = compile_program(program, NOT_AT_ALL)
    expected = [plain.firings(given) for given in sets]
    compiled = compile_program(program)
    with ThreadPoolExecutor(8) as threads:
        assert expected == list(threads.map(compiled.firings, sets))
