"""Facts → `Decision`: asks the evaluators, holds them against each other, applies gates.

In: a `Rulebook`, an operation and facts. Out: a `Decision`.
Does not know: where facts come from, or what happens with the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import Literal, TypeVar

from engine.compiled import Evaluator, compile_program
from engine.decision import Advice, Decision, Firing, Outcome, Step, Violation
from engine.durable import durable_program
from engine.explain import because
from engine.facts import Facts
from engine.model import Rulebook, RuleSeverity
from engine.problems import EnginesDisagree
from engine.program import Program, Programs
from engine.trace import Tracer

Engines = Literal["both", "compiled", "durable"]
Found = TypeVar("Found", Violation, Advice)
MakeEvaluator = Callable[[Program], Evaluator]

EVALUATORS: Mapping[str, MakeEvaluator] = {
    "compiled": compile_program,
    "durable": durable_program,
}


class _Ready:
    """A program with its evaluators and its tracer."""

    __slots__ = ("evaluators", "program", "tracer")

    def __init__(self, program: Program, makers: Iterable[MakeEvaluator]) -> None:
        self.program = program
        self.evaluators = tuple(make(program) for make in makers)
        self.tracer = Tracer(program)


class Decider:
    """Decides with one rulebook; safe to share between threads.

    With `engines` = both, the default, every decision is made twice and `EnginesDisagree` is raised
    when the answers differ. Tests hand in faulty evaluators through `evaluators`.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        engines: Engines = "both",
        evaluators: Mapping[str, MakeEvaluator] = EVALUATORS,
    ) -> None:
        self.rulebook = rulebook
        self._programs = Programs(rulebook)
        chosen = tuple(evaluators) if engines == "both" else (engines,)
        self._makers = tuple(evaluators[name] for name in chosen)
        self._ready: dict[int, _Ready] = {}
        self._lock = Lock()

    def decide(self, operation: str, facts: Facts, *, traced: bool = False) -> Decision:
        """Decide `operation` on `facts`; with `traced`, one step per rule is in the decision.

        Raises `EvaluationError` when a rule cannot be evaluated and `EnginesDisagree` when the
        evaluators (or the trace) differ; no rule is ever skipped.
        """
        ready = self._ready_for(self._programs.for_facts(operation, facts))
        program = ready.program
        firings = ready.evaluators[0].firings(facts)
        for other in ready.evaluators[1:]:
            _hold_equal(program, firings, other.firings(facts))
        steps = ready.tracer.steps(facts) if traced else ()
        if traced:
            _hold_equal(program, firings, _firings_of(steps))

        gates = tuple(each for each in firings if program.clauses[each.clause].rule.gate)
        if gates:
            firings = gates
            steps = tuple(
                step
                for step, clause in zip(steps, program.clauses, strict=False)
                if clause.rule.gate
            )
        violations: list[Violation] = []
        advice: list[Advice] = []
        for firing in firings:
            if program.clauses[firing.clause].rule.severity is RuleSeverity.ADVICE:
                advice.append(_finding(Advice, ready, firing, facts))
            else:
                violations.append(_finding(Violation, ready, firing, facts))
        return Decision(
            operation=operation,
            rulebook=program.rulebook,
            accepted=not violations,
            violations=tuple(violations),
            advice=tuple(advice),
            steps=steps,
        )

    def _ready_for(self, program: Program) -> _Ready:
        # INVARIANT: `Programs` keeps every program alive, so an id is never used twice.
        ready = self._ready.get(id(program))
        if ready is None:
            with self._lock:
                ready = self._ready.get(id(program))
                if ready is None:
                    ready = self._ready[id(program)] = _Ready(program, self._makers)
        return ready


def _finding(kind: type[Found], ready: _Ready, firing: Firing, facts: Facts) -> Found:
    clause = ready.program.clauses[firing.clause]
    version = clause.version
    assert version is not None  # noqa: S101  # a rule that is not in force does not fire
    requirement = version.requirements[firing.requirement]
    known = ready.program.error_codes.get(requirement.code)
    step = ready.tracer.step(firing.clause, facts)
    return kind(
        rule=clause.rule.id,
        code=requirement.code,
        new_code=known.new_code if known is not None else None,
        field=requirement.field,
        message=requirement.message,
        valid_from=version.valid_from,
        basis=version.basis,
        because=because(clause, step, firing.requirement, ready.program.tables),
    )


def _firings_of(steps: tuple[Step, ...]) -> tuple[Firing, ...]:
    return tuple(
        Firing(position, number)
        for position, step in enumerate(steps)
        for number, requirement in enumerate(step.requirements)
        if requirement.outcome is Outcome.VIOLATED
    )


def _hold_equal(program: Program, ours: tuple[Firing, ...], theirs: tuple[Firing, ...]) -> None:
    if ours != theirs:
        differing = sorted(set(ours) ^ set(theirs))
        rules = dict.fromkeys(program.clauses[each.clause].rule.id for each in differing)
        raise EnginesDisagree(program.operation, tuple(rules))
