"""Facts → `Decision`: asks the evaluators, holds them against each other, applies gates.

In: a `Rulebook`, an operation and facts. Out: a `Decision`.
Does not know: where facts come from, or what happens with the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from threading import Lock
from typing import Literal, TypeVar, cast

from engine.compiled.evaluator import compile_program
from engine.decision import (
    Advice,
    Decision,
    Evaluator,
    Firing,
    Receiver,
    Step,
    Violation,
)
from engine.durable.evaluator import durable_program
from engine.explain.because import because
from engine.facts import Facts, Record
from engine.model import All, Quantified, Rulebook, RuleKind, RuleSeverity, Version
from engine.problems import EnginesDisagree, EvaluationError
from engine.program import Program, Programs
from engine.trace.tracer import Trace, Tracer

Engines = Literal["both", "compiled", "durable"]
Found = TypeVar("Found", Violation, Advice)
MakeEvaluator = Callable[[Program], Evaluator]

EVALUATORS: Mapping[str, MakeEvaluator] = {
    "compiled": compile_program,
    "durable": durable_program,
}


class _Ready:
    """A program with its evaluators and its tracer.

    `of_records` are the evaluators of the same notices without their `when`: asked with one record
    alone they tell which notices want that record, while the `when` is asked with all records.
    """

    __slots__ = ("evaluators", "of_records", "program", "tracer")

    def __init__(self, program: Program, makers: Iterable[MakeEvaluator]) -> None:
        makers = tuple(makers)
        notices = program.kind is RuleKind.NOTICE
        self.program = program
        self.evaluators = tuple(make(program) for make in makers)
        self.of_records = tuple(make(_without_when(program)) for make in makers) if notices else ()
        self.tracer = Tracer(program)

    def firings(self, facts: Facts) -> tuple[Firing, ...]:
        """Return what fires, when all evaluators say the same."""
        return self._agreed(self.evaluators, facts)

    def wanting(self, facts: Facts, records: str, record: Record) -> set[int]:
        """Return the positions of the notices that want this record of the list `records`."""
        others = {_told_list(version): () for _, version in self.notices()}
        alone = {**facts, **others, records: (record,)}
        return {each.clause for each in self._agreed(self.of_records, alone)}

    def notices(self) -> Iterator[tuple[int, Version]]:
        """Yield the notices in force by their positions."""
        for position, clause in enumerate(self.program.clauses):
            if clause.version is not None and clause.version.told is not None:
                yield position, clause.version

    def named(self, firings: Iterable[Firing]) -> tuple[str, ...]:
        """Return the ids of what fires, in file order."""
        return tuple(self.program.clauses[each.clause].rule.id for each in firings)

    def _agreed(self, evaluators: Iterable[Evaluator], facts: Facts) -> tuple[Firing, ...]:
        first, *others = evaluators
        firings = first.firings(facts)
        for other in others:
            _hold_equal(self.program, firings, other.firings(facts))
        return firings


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
        firings = ready.firings(facts)
        trace = ready.tracer.trace(facts) if traced else None
        if trace is not None:
            _hold_equal(ready.program, firings, trace.firings)
        if ready.program.kind is RuleKind.RULE:
            return _of_rules(ready, firings, facts, trace)
        return Decision(
            operation=operation,
            rulebook=ready.program.rulebook,
            accepted=bool(firings) or ready.program.kind is RuleKind.NOTICE,
            violations=(),
            advice=(),
            holding=ready.named(firings),
            steps=trace if trace is not None else (),
        )

    def accepts(self, operation: str, facts: Facts) -> bool:
        """Tell whether `decide` would accept, without saying why; raises as `decide`."""
        ready = self._ready_for(self._programs.for_facts(operation, facts))
        firings = ready.firings(facts)
        if ready.program.kind is not RuleKind.RULE:
            return bool(firings) or ready.program.kind is RuleKind.NOTICE
        refusing = {
            position
            for position, clause in enumerate(ready.program.clauses)
            if clause.rule.severity is RuleSeverity.REFUSE
        }
        speaking = {each.clause for each in _answering(ready, firings)}
        return not speaking & refusing

    def granted(self, operation: str, facts: Facts) -> tuple[str, ...]:
        """Return the ids of the grants that let the caller in; none: the caller may not.

        Raises as `decide`. An operation without grants lets nobody in.
        """
        ready = self._ready_for(self._programs.for_facts(operation, facts))
        firings = ready.firings(facts)
        return ready.named(firings) if ready.program.kind is RuleKind.GRANT else ()

    def receivers(self, operation: str, facts: Facts) -> tuple[Receiver, ...]:
        """Return whom the notices of `operation` tell, one entry per notice and record.

        Each record is put to the evaluators alone, so that they say of every single one whether it
        is told. Raises as `decide`.
        """
        ready = self._ready_for(self._programs.for_facts(operation, facts))
        speaking = {each.clause for each in ready.firings(facts)}
        if not speaking or ready.program.kind is not RuleKind.NOTICE:
            return ()
        receivers: list[Receiver] = []
        wanting: dict[str, list[tuple[Record, set[int]]]] = {}
        for position, version in ready.notices():
            told, name = version.told, _told_list(version)
            if position not in speaking or told is None:
                continue
            if name not in wanting:
                records = _records(facts, name)
                wanting[name] = [(each, ready.wanting(facts, name, each)) for each in records]
            rule = ready.program.clauses[position].rule
            receivers.extend(
                Receiver(rule.id, told.message, told.organisation_type, record)
                for record, wanted in wanting[name]
                if position in wanted
            )
        return tuple(receivers)

    def _ready_for(self, program: Program) -> _Ready:
        # INVARIANT: `Programs` keeps every program alive, so an id is never used twice.
        ready = self._ready.get(id(program))
        if ready is None:
            with self._lock:
                ready = self._ready.get(id(program))
                if ready is None:
                    ready = self._ready[id(program)] = _Ready(program, self._makers)
        return ready


def _finding(
    kind: type[Found], ready: _Ready, firing: Firing, facts: Facts, trace: Trace | None
) -> Found:
    clause = ready.program.clauses[firing.clause]
    version = clause.version
    assert version is not None  # noqa: S101  # a rule that is not in force does not fire
    requirement = version.requirements[firing.requirement]
    known = ready.program.error_codes.get(requirement.code)
    step = (
        trace.step(firing.clause) if trace is not None else ready.tracer.step(firing.clause, facts)
    )
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


def _of_rules(
    ready: _Ready, firings: tuple[Firing, ...], facts: Facts, trace: Trace | None
) -> Decision:
    """Return the answer of rules: if a gate fires, the gates answer alone."""
    clauses = ready.program.clauses
    firings = _answering(ready, firings)
    steps: Sequence[Step] = trace if trace is not None else ()
    if trace is not None and any(clauses[each.clause].rule.gate for each in firings):
        gates = [position for position, clause in enumerate(clauses) if clause.rule.gate]
        steps = trace.only(gates)
    violations: list[Violation] = []
    advice: list[Advice] = []
    for firing in firings:
        if clauses[firing.clause].rule.severity is RuleSeverity.ADVICE:
            advice.append(_finding(Advice, ready, firing, facts, trace))
        else:
            violations.append(_finding(Violation, ready, firing, facts, trace))
    return Decision(
        operation=ready.program.operation,
        rulebook=ready.program.rulebook,
        accepted=not violations,
        violations=tuple(violations),
        advice=tuple(advice),
        steps=steps,
    )


def _answering(ready: _Ready, firings: tuple[Firing, ...]) -> tuple[Firing, ...]:
    """Return the firings that are answered: if a gate fires, those of the gates alone."""
    clauses = ready.program.clauses
    return tuple(each for each in firings if clauses[each.clause].rule.gate) or firings


def _without_when(program: Program) -> Program:
    """Return the notices of a program as if their `when` held."""
    return replace(
        program,
        clauses=tuple(
            clause
            if clause.version is None
            else replace(clause, version=replace(clause.version, when=All(())))
            for clause in program.clauses
        ),
    )


def _told_list(version: Version) -> str:
    """Return the name of the list whose records a notice tells."""
    told = version.requirements[0].require
    assert isinstance(told, Quantified)  # noqa: S101  # so the reader makes it
    return told.records.name


def _records(facts: Facts, name: str) -> tuple[Record, ...]:
    records = facts.get(name)
    if not isinstance(records, tuple):
        raise EvaluationError(f"fact `{name}` is missing")
    # the catalogue says that the list holds records
    return cast("tuple[Record, ...]", records)


def _hold_equal(program: Program, ours: tuple[Firing, ...], theirs: tuple[Firing, ...]) -> None:
    if ours != theirs:
        differing = sorted(set(ours) ^ set(theirs))
        rules = dict.fromkeys(program.clauses[each.clause].rule.id for each in differing)
        raise EnginesDisagree(program.operation, tuple(rules))
