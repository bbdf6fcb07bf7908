"""A trace of few silent rules is part of the whole trace, and holds all that speak up."""

from __future__ import annotations

from functools import cache

import pytest

from benchmarks.large_rulebooks import large_rulebook
from benchmarks.workload import registrations
from engine.agreement import Agreement
from engine.compiled.evaluator import compile_program
from engine.decide import Decider
from engine.decision import Decision, Outcome, Step
from engine.facts import Facts
from engine.model import Rulebook, RuleKind
from engine.problems import EnginesDisagree
from engine.program import Program
from engine.reader.rulebook import read_rulebook

OPERATION = "create_interview"
RULES = 220
"""So many that a trace is recorded in several parts."""


@cache
def _book() -> Rulebook:
    rulebook, _ = read_rulebook(large_rulebook(RULES))
    assert rulebook is not None
    return rulebook


@cache
def _decider() -> Decider:
    return Decider(_book(), "compiled")


def _speaks(step: Step) -> bool:
    return step.outcome is (Outcome.VIOLATED if step.kind is RuleKind.RULE else Outcome.SATISFIED)


def _expected(whole: Decision, most: int) -> list[Step]:
    silent = [step for step in whole.steps if not _speaks(step)][:most]
    return [step for step in whole.steps if _speaks(step) or step in silent]


@pytest.mark.parametrize("most", [0, 1, 63, 64, 65, 150, RULES + 100])
def test_of_the_silent_rules_the_first_ones_have_a_step(most: int) -> None:
    spoke = 0
    for facts in registrations(12):
        whole = _decider().decide(OPERATION, facts, traced=True)
        part = _decider().decide(OPERATION, facts, traced=True, most_silent=most)
        assert _expected(whole, most) == list(part.steps)
        assert len(whole.steps) == len(part.steps) + part.left_out
        assert (whole.violations, whole.advice) == (part.violations, part.advice)
        spoke += len(part.violations)
    assert spoke
    assert 0 == whole.left_out


def test_without_a_trace_nothing_is_left_out() -> None:
    (facts,) = registrations(1)
    decision = _decider().decide(OPERATION, facts, most_silent=3)
    assert ((), 0) == (tuple(decision.steps), decision.left_out)


def test_when_a_gate_fires_the_gates_alone_are_told_of() -> None:
    (facts,) = registrations(1)
    stranger = {**facts, "caller.organisation": "999", "caller.organisation_type": "job_centre"}
    gates = [rule.id for rule in _book().rules_of(OPERATION) if rule.gate]
    whole = _decider().decide(OPERATION, stranger, traced=True)
    assert gates == [step.rule for step in whole.steps]
    part = _decider().decide(OPERATION, stranger, traced=True, most_silent=0)
    assert [each.rule for each in part.violations] == [step.rule for step in part.steps]
    assert len(gates) == len(part.steps) + part.left_out


def test_what_is_recorded_is_held_against_what_the_engines_say() -> None:
    class Inventive:
        """Says of a rule that it is broken when it is not."""

        def __init__(self, program: Program) -> None:
            self._right = compile_program(program)

        def firings(self, facts: Facts):
            found = self._right.firings(facts)
            free = set(range(RULES)) - {each.clause for each in found}
            return tuple(sorted((*found, type(found[0])(max(free), 0))))

    facts = next(
        each for each in registrations(50) if _decider().decide(OPERATION, each).violations
    )
    program = _decider()._programs.for_facts(OPERATION, facts)
    agreement = Agreement(program, (Inventive,))
    firings = agreement.firings(facts)
    with pytest.raises(EnginesDisagree):
        agreement.traces(facts, firings, 0)
