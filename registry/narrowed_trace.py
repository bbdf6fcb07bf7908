"""A trace without the records that its reader may not see.

In: a decision, and records of lists. Out: the same decision, whose trace knows nothing of them.
Does not know: who may see what. That a rule was broken, and when, stays: the registration itself
would be refused with the same words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.decision import ConditionTrace, Decision, RecordTrace, RequirementTrace, Step
from engine.facts import Record


def without_records(decision: Decision, hidden: Sequence[Record]) -> Decision:
    """Leave out what became of these records; the others are counted anew.

    A record that equals a hidden one is left out too.
    """
    if not hidden:
        return decision
    narrowed = _Narrowed(hidden)
    return replace(decision, steps=tuple(map(narrowed.step, decision.steps)))


class _Narrowed:
    """Copies the parts of a trace."""

    def __init__(self, hidden: Sequence[Record]) -> None:
        self._hidden = hidden

    def step(self, step: Step) -> Step:
        return replace(
            step,
            when=None if step.when is None else self._condition(step.when),
            requirements=tuple(map(self._requirement, step.requirements)),
        )

    def _requirement(self, trace: RequirementTrace) -> RequirementTrace:
        require = None if trace.require is None else self._condition(trace.require)
        return replace(trace, when=self._condition(trace.when), require=require)

    def _condition(self, trace: ConditionTrace) -> ConditionTrace:
        shown = (each for each in trace.records if each.record not in self._hidden)
        return replace(
            trace,
            parts=tuple(map(self._condition, trace.parts)),
            records=tuple(self._record(position, each) for position, each in enumerate(shown)),
        )

    def _record(self, position: int, trace: RecordTrace) -> RecordTrace:
        return replace(trace, position=position, where=self._condition(trace.where))
