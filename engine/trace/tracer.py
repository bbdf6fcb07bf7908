"""`Program` + facts → what became of every rule, and why.

In: a `Program` and facts. Out: a `Trace`: what fires, and one `Step` per rule with every
sub-condition and the values that it looked at, also for rules that did not fire.
Does not know: which violations are returned (see `decide`), nor how a step is printed.

Recording a trace costs little more than deciding; the steps, with their words, are made of the
record when somebody reads them. What fires is found here anew, so that `decide` can hold it against
what the evaluators say. Code and words are made when they are first needed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from threading import Lock
from typing import Any, NamedTuple

from engine.compiled.bindings import Bindings
from engine.decision import Firing, Step
from engine.facts import Facts
from engine.problems import EvaluationError
from engine.program import Program
from engine.trace.plan import plan_of
from engine.trace.reading import Places, ReadStep, step_reader
from engine.trace.recording import Planned, Recording

_CLAUSES_TOGETHER = 64
"""So many clauses are recorded by one function."""

Recorded = tuple[list[Firing], tuple[Any, ...], tuple[Places | None, ...]]
"""What fires, the values of the facts, and the record of each clause."""


class Tracer:
    """Traces the rules of one program; safe to share between threads."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._planned: dict[int, Planned] = {}
        self._bindings = Bindings(program.tables)
        self._recorders: dict[tuple[int, int], _Recorder] = {}
        self._readers: dict[int, ReadStep] = {}
        self._lock = Lock()

    def trace(self, facts: Facts, wanted: Iterable[int] | None = None) -> Trace:
        """Return what fires and became of every rule, in file order; raises `EvaluationError`.

        Where positions are `wanted`, it holds these and may hold others.
        """
        chunks = None if wanted is None else {each // _CLAUSES_TOGETHER for each in wanted}
        parts = []
        number = len(self._program.clauses)
        for first in range(0, number, _CLAUSES_TOGETHER):
            if chunks is not None and first // _CLAUSES_TOGETHER not in chunks:
                continue
            end = min(first + _CLAUSES_TOGETHER, number)
            parts.append(self._recorder(first, end).record(facts))
        return Trace(self, parts)

    def steps(self, facts: Facts) -> tuple[Step, ...]:
        """Return one step per rule, in file order; raises `EvaluationError`."""
        return self.trace(facts).steps()

    def trace_of(self, clause: int, facts: Facts) -> Trace:
        """Return what became of the rule at position `clause` of the program, alone."""
        return Trace(self, [self._recorder(clause, clause + 1).record(facts)])

    def step(self, clause: int, facts: Facts) -> Step:
        """Return what became of the rule at position `clause` of the program."""
        return self.trace_of(clause, facts).step(clause)

    def reader(self, clause: int) -> ReadStep:
        """Return what makes a step of the record of a clause."""
        if clause not in self._readers:
            planned = self._plan(clause)
            self._readers[clause] = step_reader(planned.clause, planned.plan, self._program.tables)
        return self._readers[clause]

    def _plan(self, position: int) -> Planned:
        if position not in self._planned:
            clause = self._program.clauses[position]
            plan = None if clause.version is None else plan_of(clause.version)
            self._planned[position] = Planned(position, clause, plan)
        return self._planned[position]

    def _recorder(self, first: int, end: int) -> _Recorder:
        recorder = self._recorders.get((first, end))
        if recorder is None:
            with self._lock:
                clauses = [self._plan(position) for position in range(first, end)]
                recorder = _Recorder(self._program, self._bindings, clauses)
                self._recorders[first, end] = recorder
        return recorder


class _Recorder:
    """Records some clauses that follow one another."""

    __slots__ = ("_function", "_operation", "facts", "first")

    def __init__(self, program: Program, bindings: Bindings, clauses: Sequence[Planned]) -> None:
        recording = Recording(program, bindings)
        source = recording.write("record", clauses)
        self.first, self.facts = clauses[0].position, recording.facts
        self._operation = program.operation
        self._function: Callable[[Facts], Recorded]
        self._function, _ = bindings.function("record", source, f"trace of {program.operation}")

    def record(self, facts: Facts) -> Part:
        try:
            return Part(self, *self._function(facts))
        except KeyError as missing:
            raise EvaluationError(f"fact `{missing.args[0]}` is missing") from None
        except (TypeError, OverflowError) as fault:
            raise EvaluationError(
                f"a rule of operation `{self._operation}` could not be traced"
            ) from fault


class Part(NamedTuple):
    """What was recorded of some clauses that follow one another."""

    recorder: _Recorder
    fired: list[Firing]
    values: tuple[Any, ...]
    """Of the facts that the recorder looks at, in its order."""
    records: tuple[Places | None, ...]


class Trace:
    """What was recorded of one decision; steps are made when they are asked for."""

    __slots__ = ("_parts", "_tracer")

    def __init__(self, tracer: Tracer, parts: Sequence[Part]) -> None:
        self._tracer = tracer
        self._parts = parts

    @property
    def firings(self) -> tuple[Firing, ...]:
        """What speaks up, sorted."""
        if len(self._parts) == 1:
            return tuple(self._parts[0].fired)
        return tuple([firing for part in self._parts for firing in part.fired])

    def holds(self, clause: int) -> bool:
        """Tell whether the rule at position `clause` was recorded."""
        return any(
            part.recorder.first <= clause < part.recorder.first + len(part.records)
            for part in self._parts
        )

    def steps(self) -> tuple[Step, ...]:
        """Return one step per rule that was recorded, in file order."""
        return tuple(self._made(None))

    def steps_of(self, clauses: Collection[int]) -> tuple[Step, ...]:
        """Return the steps of the rules at these positions, in file order."""
        return tuple(self._made(clauses))

    def step(self, clause: int) -> Step:
        """Return what became of the rule at position `clause` of the program."""
        (step,) = self._made((clause,))
        return step

    def _made(self, wanted: Collection[int] | None) -> Iterator[Step]:
        for part in self._parts:
            first = part.recorder.first
            positions: Sequence[int] = range(first, first + len(part.records))
            if wanted is not None:
                positions = [each for each in positions if each in wanted]
            known = dict(zip(part.recorder.facts, part.values, strict=True)) if positions else {}
            for position in positions:
                yield self._tracer.reader(position)(part.records[position - first], known)
