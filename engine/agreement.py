"""A program, the evaluators that must agree on it, and its trace.

In: a `Program` and the makers of evaluators. Out: what fires, when all say the same; the traces of
what fires, or of every rule.
Does not know: what an answer is made of (see `decide`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from engine.decision import Evaluator, Firing, Step
from engine.explain.because import Memory
from engine.facts import Facts, Record
from engine.model import All, Quantified, RuleKind, RuleSeverity, Version
from engine.problems import EnginesDisagree
from engine.program import Program
from engine.trace.tracer import Trace, Tracer

MakeEvaluator = Callable[[Program], Evaluator]


class Agreement:
    """A program with its evaluators and its tracer.

    `of_records` are the evaluators of the same notices without their `when`: asked with one record
    alone they tell which notices want that record, while the `when` is asked with all records.
    """

    __slots__ = ("_evaluators", "_of_records", "_tracer", "gates", "memory", "program", "refusing")

    def __init__(self, program: Program, makers: Iterable[MakeEvaluator]) -> None:
        makers = tuple(makers)
        notices = program.kind is RuleKind.NOTICE
        rules = [clause.rule for clause in program.clauses]
        self.program = program
        self.memory: Memory = {}
        self.gates = frozenset(place for place, rule in enumerate(rules) if rule.gate)
        self.refusing = frozenset(
            place for place, rule in enumerate(rules) if rule.severity is RuleSeverity.REFUSE
        )
        self._evaluators = tuple(make(program) for make in makers)
        self._of_records = tuple(make(_without_when(program)) for make in makers) if notices else ()
        self._tracer = Tracer(program)

    def firings(self, facts: Facts) -> tuple[Firing, ...]:
        """Return what fires, when all evaluators say the same."""
        return self._agreed(self._evaluators, facts)

    def traces(
        self, facts: Facts, firings: tuple[Firing, ...], most_silent: int | None = None
    ) -> Traces:
        """Return what became of the rules; they must fire what the evaluators say.

        When a gate fires, the gates alone are told of; of the rules that do not speak up, the first
        `most_silent`.
        """
        gated = any(each.clause in self.gates for each in firings)
        told: Collection[int] = self.gates if gated else range(len(self.program.clauses))
        left_out: frozenset[int] = frozenset()
        if most_silent is not None:
            silent = sorted(set(told) - {each.clause for each in firings})
            left_out = frozenset(silent[most_silent:])
        if not left_out:
            trace = self._tracer.trace(facts)
            _hold_equal(self.program, firings, trace.firings)
            return Traces(trace, told, 0)
        told = frozenset(told) - left_out
        trace = self._tracer.trace(facts, told)
        recorded = tuple(each for each in firings if trace.holds(each.clause))
        _hold_equal(self.program, recorded, trace.firings)
        return Traces(trace, told, len(left_out))

    def trace_of(self, firing: Firing, facts: Facts) -> Trace:
        """Return what became of the rule that fires, alone."""
        return self._tracer.trace_of(firing.clause, facts)

    def answering(self, firings: tuple[Firing, ...]) -> tuple[Firing, ...]:
        """Return the firings that are answered: if a gate fires, those of the gates alone."""
        if not firings or not self.gates:
            return firings
        return tuple(each for each in firings if each.clause in self.gates) or firings

    def wanting(self, facts: Facts, records: str, record: Record) -> set[int]:
        """Return the positions of the notices that want this record of the list `records`."""
        others = {told_list(version): () for _, version in self.notices()}
        alone = {**facts, **others, records: (record,)}
        return {each.clause for each in self._agreed(self._of_records, alone)}

    def notices(self) -> Iterator[tuple[int, Version]]:
        """Yield the notices in force by their positions."""
        for position, clause in enumerate(self.program.clauses):
            if clause.version is not None and clause.version.told is not None:
                yield position, clause.version

    def named(self, firings: Iterable[Firing]) -> tuple[str, ...]:
        """Return the ids of what fires, in file order."""
        return tuple(self.program.clauses[each.clause].rule.id for each in firings)

    def _agreed(self, evaluators: tuple[Evaluator, ...], facts: Facts) -> tuple[Firing, ...]:
        firings = evaluators[0].firings(facts)
        for other in evaluators[1:]:
            _hold_equal(self.program, firings, other.firings(facts))
        return firings


class Traces(NamedTuple):
    """What became of the rules that are told of, and how many others there are."""

    trace: Trace
    told: Collection[int]
    """Their positions in the program."""
    left_out: int

    def steps(self) -> tuple[Step, ...]:
        """Return one step for each, in file order."""
        return self.trace.steps_of(self.told)


def told_list(version: Version) -> str:
    """Return the name of the list whose records a notice tells."""
    told = version.requirements[0].require
    assert isinstance(told, Quantified)  # noqa: S101  # so the reader makes it
    return told.records.name


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


def _hold_equal(program: Program, ours: tuple[Firing, ...], theirs: tuple[Firing, ...]) -> None:
    if ours != theirs:
        differing = sorted(set(ours) ^ set(theirs))
        rules = dict.fromkeys(program.clauses[each.clause].rule.id for each in differing)
        raise EnginesDisagree(program.operation, tuple(rules))
