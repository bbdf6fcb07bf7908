"""Our own lanes: the rules of `rules/` by the compiled engine and by our use of durable_rules.

Facts are what the registry builds, so nothing is done to them beforehand. Both answer with the
places of rules in the program, as the decider gets them; what a caller is told is timed among the
decisions. Rules about participants look at none here and are left out of the verdict, since the
others do not have them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.engines.contestant import Contestant
from benchmarks.hand_written import Found
from benchmarks.workload import registrations
from engine.compiled.evaluator import compile_program
from engine.decision import Evaluator
from engine.durable.evaluator import durable_program
from engine.model import Rulebook
from engine.program import Program, Programs
from engine.reader.load import load_rulebook

ROOT = Path(__file__).resolve().parent.parent.parent
OPERATION = "create_interview"
OF_PARTICIPANTS = "participant-"


def compiled() -> Contestant:
    """Generate the code once."""
    program = _program(_rulebook())
    return _lane("samtale, compiled", None, program, compile_program(program))


def durable() -> Contestant:
    """Translate the program into rulesets of durable_rules once."""
    program = _program(_rulebook())
    return _lane("samtale, durable_rules", "durable-rules", program, durable_program(program))


def _rulebook() -> Rulebook:
    return load_rulebook(ROOT / "rules", ROOT / "config")


def _program(rulebook: Rulebook) -> Program:
    return Programs(rulebook).for_facts(OPERATION, registrations(1)[0])


def _lane(
    name: str, distribution: str | None, program: Program, evaluator: Evaluator
) -> Contestant:
    return Contestant(name, distribution, evaluator.firings, verdict=_named(program))


def _named(program: Program) -> Callable[[Any], Found]:
    def verdict(firings: Any) -> Found:
        found = []
        for firing in firings:
            clause = program.clauses[firing.clause]
            if clause.version is not None and not clause.rule.id.startswith(OF_PARTICIPANTS):
                requirement = clause.version.requirements[firing.requirement]
                found.append((clause.rule.id, requirement.code))
        return found

    return verdict
