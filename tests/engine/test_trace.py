"""The recorded trace says of every condition what the walk through the model says of it."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.decide import Decider
from engine.facts import Facts
from engine.model import Rulebook
from engine.problems import EvaluationError
from engine.program import Programs
from engine.shape import facts_needed
from engine.trace.tracer import Tracer
from tests.engine import invented, invented_rules
from tests.engine.oracle import expected_firings
from tests.engine.strategies import alike_rulebooks, facts, rulebooks
from tests.engine.test_engines_agree import ENOUGH
from tests.engine.walked_trace import WalkingTracer


def traced_alike(book: Rulebook, sets: Sequence[Facts]) -> None:
    programs = Programs(book)
    for number, given_facts in enumerate(sets):
        operation = invented.OPERATIONS[number % len(invented.OPERATIONS)]
        program = programs.for_facts(operation, given_facts)
        expected = WalkingTracer(program).steps(given_facts)

        trace = Tracer(program).trace(given_facts)

        assert expected == trace.steps()
        assert expected_firings(book, operation, given_facts) == trace.firings


@settings(ENOUGH, max_examples=250)
@given(rulebooks(), st.lists(facts(), min_size=8, max_size=8))
def test_every_step_is_that_of_the_walk_through_the_model(
    book: Rulebook, sets: list[Facts]
) -> None:
    traced_alike(book, sets)


@settings(ENOUGH, max_examples=100)
@given(alike_rulebooks(), st.lists(facts(), min_size=8, max_size=8))
def test_rules_that_are_alike_are_traced_as_the_walk_traces_them(
    book: Rulebook, sets: list[Facts]
) -> None:
    traced_alike(book, sets)


@settings(ENOUGH, max_examples=60)
@given(rulebooks(), facts())
def test_one_rule_alone_is_traced_as_among_all(book: Rulebook, given_facts: Facts) -> None:
    program = Programs(book).for_facts("register", given_facts)
    tracer = Tracer(program)
    trace = tracer.trace(given_facts)
    for position, step in enumerate(trace.steps()):
        assert step == trace.step(position)
        assert step == tracer.step(position, given_facts)
        assert (step,) == trace.steps_of([position])


@settings(ENOUGH, max_examples=60)
@given(rulebooks(), facts())
def test_a_trace_keeps_the_values_it_was_recorded_with(book: Rulebook, given_facts: Facts) -> None:
    program = Programs(book).for_facts("register", given_facts)
    tracer, changing = Tracer(program), dict(given_facts)
    expected = tracer.steps(given_facts)

    trace = tracer.trace(changing)
    changing.clear()

    assert expected == trace.steps()


@settings(ENOUGH, max_examples=60)
@given(rulebooks(), facts())
def test_a_fact_that_rules_need_is_missed(book: Rulebook, given_facts: Facts) -> None:
    program = Programs(book).for_facts("register", given_facts)
    asked = [condition for clause in program.clauses for condition in clause.fires]
    for name in facts_needed(asked, program.facts):
        gone = {key: value for key, value in given_facts.items() if key != name}
        with pytest.raises(EvaluationError, match=f"fact `{name}` is missing"):
            Tracer(program).trace(gone)


def test_a_traced_decision_is_read_as_often_as_wanted() -> None:
    book, given_facts = _some()
    decision = Decider(book, engines="compiled").decide("register", given_facts, traced=True)
    assert list(decision.steps) == list(decision.steps)
    assert decision.steps[0] == next(iter(decision.steps))
    assert len(decision.steps) == len(list(decision.steps))
    with pytest.raises(IndexError):
        decision.steps[len(decision.steps)]


def _some() -> tuple[Rulebook, Facts]:
    draws = invented.Draws(Random(3).randrange)
    return invented_rules.rulebook(draws), invented.facts(draws)
