"""Decisions per second on the registration workload: hand-written Python, compiled, durable_rules.

All contestants first decide every registration once and must name the same violations. What a
trace costs is told apart: recording it, making steps of it, and writing them as JSON; so is a
decision with its violations, and with the reasons of each in words.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from benchmarks.hand_written import broken_rules
from benchmarks.side_by_side import Timing, time_in_turn
from benchmarks.workload import registrations
from engine.compiled.evaluator import compile_program
from engine.decide import Decider
from engine.decision import Decision, Evaluator
from engine.durable.evaluator import durable_program
from engine.program import Program, Programs
from engine.reader.load import load_rulebook
from engine.trace.tracer import Tracer
from web.api.wire_decisions import show_step

ROOT = Path(__file__).resolve().parent.parent
OPERATION = "create_interview"


def compare(count: int = 1000, rounds: int = 15) -> tuple[int, list[Timing]]:
    """Return the number of decisions in a round, and the timings, hand-written Python first."""
    workload = registrations(count)
    rulebook = load_rulebook(ROOT / "rules", ROOT / "config")
    program = Programs(rulebook).for_facts(OPERATION, workload[0])
    compiled, durable, tracer = compile_program(program), durable_program(program), Tracer(program)
    decider = Decider(rulebook, engines="compiled")
    for facts in workload:
        expected = broken_rules(facts)
        for name, evaluator in (("compiled", compiled), ("durable_rules", durable)):
            found = _named(program, evaluator, facts)
            if found != expected:
                raise AssertionError(f"{name} found {found}, hand-written Python {expected}")
        if tracer.trace(facts).firings != compiled.firings(facts):
            raise AssertionError("the trace fires something else than the compiled engine")
    contestants: dict[str, Callable[[dict[str, Any]], object]] = {
        "hand-written Python": broken_rules,
        "compiled": compiled.firings,
        "trace recorded": tracer.trace,
        "trace as steps": tracer.steps,
        "trace as JSON": lambda facts: orjson.dumps([show_step(s) for s in tracer.steps(facts)]),
        "decision": lambda facts: decider.decide(OPERATION, facts),
        "decision in words": lambda facts: _read(decider.decide(OPERATION, facts)),
        "decision with trace recorded": lambda facts: decider.decide(OPERATION, facts, traced=True),
        "durable_rules": durable.firings,
    }
    runs = {name: _round(decide, workload) for name, decide in contestants.items()}
    return count, time_in_turn(runs, rounds, at_least=0.02)


def _round(
    decide: Callable[[dict[str, Any]], object], workload: list[dict[str, Any]]
) -> Callable[[], object]:
    def run() -> None:
        for facts in workload:
            decide(facts)

    return run


def _read(decision: Decision) -> list[object]:
    """Read the reasons of everything that was found, as an answer to a refusal does."""
    return [tuple(each.because) for each in (*decision.violations, *decision.advice)]


def _named(program: Program, evaluator: Evaluator, facts: dict[str, Any]) -> list[tuple[str, str]]:
    found = []
    for firing in evaluator.firings(facts):
        clause = program.clauses[firing.clause]
        if clause.version is not None and not clause.rule.id.startswith("participant-"):
            requirement = clause.version.requirements[firing.requirement]
            found.append((clause.rule.id, requirement.code))
    return found
