"""What the registry asks about rules, as a protocol.

In: nothing. Out: `Decides`, which `engine.decide.Decider` is.
Does not know: how an answer is found.
"""

from __future__ import annotations

from typing import Protocol

from engine.decision import Decision, Receiver
from engine.facts import Facts
from engine.model import Rulebook


class Decides(Protocol):
    """What decides: an `engine.decide.Decider`, or a fake in tests.

    Its methods raise `engine.problems.EvaluationError` when they cannot.
    """

    @property
    def rulebook(self) -> Rulebook:
        """The rules, facts and tables it decides by."""

    def decide(self, operation: str, facts: Facts, *, traced: bool = False) -> Decision:
        """Return the decision; with `traced` it holds a step for every rule."""

    def granted(self, operation: str, facts: Facts) -> tuple[str, ...]:
        """Return the ids of the grants that let the caller in; none: the caller may not."""

    def receivers(self, operation: str, facts: Facts) -> tuple[Receiver, ...]:
        """Return whom the notices of `operation` tell, one entry per notice and record."""
