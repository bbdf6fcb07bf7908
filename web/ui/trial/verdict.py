"""Everything that the page says of one trial.

In: a decider, an operation and its facts. Out: `Verdict`.
Does not know: HTML or HTTP. Nothing is stored and nobody is told.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.decide import Decider
from engine.decision import Decision
from engine.facts import Facts, Text
from engine.model import RuleKind
from engine.problems import EvaluationError
from web.ui.trial.earliest import earliest_accepted
from web.ui.trial.timeline import Timeline, timeline_of
from web.ui.trial.trace import MOST_TREES, Branch, branches_of


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision that is not stored, and what the page shows beside it."""

    decision: Decision
    kind: RuleKind
    branches: tuple[Branch, ...]
    timeline: Timeline | None


class NotDecided(ValueError):
    """The rules could not decide on these facts; `why` says it."""

    def __init__(self, why: str) -> None:
        self.why = Text(
            f"Reglerne kan ikke afgøre dette: {why}", f"The rules cannot decide this: {why}"
        )
        super().__init__(why)


def verdict_of(decider: Decider, operation: str, facts: Facts) -> Verdict:
    """Decide with a trace; raises `NotDecided` when a rule cannot be evaluated."""
    rulebook = decider.rulebook
    try:
        decision = decider.decide(operation, facts, traced=True, most_silent=MOST_TREES)
    except EvaluationError as error:
        raise NotDecided(str(error)) from None
    return Verdict(
        decision,
        rulebook.kind_of(operation),
        branches_of(decision, rulebook),
        timeline_of(
            rulebook, operation, facts, earliest_accepted(decider, rulebook, operation, facts)
        ),
    )
