"""Decisions per second on the registration workload: hand-written Python, compiled, durable_rules.

All contestants first decide every registration once and must name the same violations.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.hand_written import broken_rules
from benchmarks.side_by_side import Timing, time_in_turn
from benchmarks.workload import registrations
from engine.compiled.evaluator import compile_program
from engine.decide import Decider
from engine.decision import Evaluator
from engine.durable.evaluator import durable_program
from engine.program import Program, Programs
from engine.reader.load import load_rulebook

ROOT = Path(__file__).resolve().parent.parent
OPERATION = "create_interview"


def compare(count: int = 1000, rounds: int = 15) -> tuple[int, list[Timing]]:
    """Return the number of decisions in a round, and the timings, hand-written Python first."""
    workload = registrations(count)
    rulebook = load_rulebook(ROOT / "rules", ROOT / "config")
    program = Programs(rulebook).for_facts(OPERATION, workload[0])
    compiled, durable = compile_program(program), durable_program(program)
    decider = Decider(rulebook, engines="compiled")
    for facts in workload:
        expected = broken_rules(facts)
        for name, evaluator in (("compiled", compiled), ("durable_rules", durable)):
            found = _named(program, evaluator, facts)
            if found != expected:
                raise AssertionError(f"{name} found {found}, hand-written Python {expected}")
    contestants: dict[str, Callable[[], object]] = {
        "hand-written Python": lambda: [broken_rules(facts) for facts in workload],
        "compiled": lambda: [compiled.firings(facts) for facts in workload],
        "decision in words": lambda: [decider.decide(OPERATION, facts) for facts in workload],
        "decision with full trace": lambda: [
            decider.decide(OPERATION, facts, traced=True) for facts in workload
        ],
        "durable_rules": lambda: [durable.firings(facts) for facts in workload],
    }
    return count, time_in_turn(contestants, rounds)


def _named(program: Program, evaluator: Evaluator, facts: dict[str, Any]) -> list[tuple[str, str]]:
    found = []
    for firing in evaluator.firings(facts):
        clause = program.clauses[firing.clause]
        if clause.version is not None and not clause.rule.id.startswith("participant-"):
            requirement = clause.version.requirements[firing.requirement]
            found.append((clause.rule.id, requirement.code))
    return found
