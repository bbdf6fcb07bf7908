"""Asks the rules about a citizen, and what of the answer the caller may hear.

In: a decider, the caller, the citizen as stored and what the caller states. Out: `Judgement`.
Does not know: transactions, nor any rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engine.decision import Decision
from engine.facts import Facts
from engine.model import Rulebook
from registry.commands import Caller
from registry.days import day_of
from registry.errors import NotFound
from registry.facts import Gathered, citizen_facts, of_catalogue, registration_facts
from registry.interview import NOTHING_KNOWN, CitizenFacts, EarlierInterview
from registry.visibility import may_see, may_see_everyone


class Decides(Protocol):
    """What decides: an `engine.decide.Decider`, or a fake in tests.

    `decide` raises `engine.problems.EvaluationError` when it cannot.
    """

    @property
    def rulebook(self) -> Rulebook:
        """The rules, facts and tables it decides by."""

    def decide(self, operation: str, facts: Facts, *, traced: bool = False) -> Decision:
        """Return the decision; with `traced` it holds a step for every rule."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A decision with the facts it was made on, and the one the caller is told.

    They differ for a citizen whom the caller may not see: the caller is told what would have been
    decided on a citizen of whom nothing is known, so that the answer tells nothing.
    """

    facts: Facts
    decision: Decision
    told: Decision


@dataclass(frozen=True, slots=True)
class Judge:
    """Asks one decider on behalf of one caller at one moment."""

    decider: Decides
    caller: Caller
    recorded_at: datetime
    traced: bool = False

    def on_citizen(
        self,
        operation: str,
        stated: Gathered,
        citizen: CitizenFacts | None,
        others: Callable[[], tuple[EarlierInterview, ...]],
    ) -> Judgement:
        """Decide on a citizen, None when unknown; `others` reads their other interviews.

        Raises `NotFound` for an unknown citizen where the caller may be told so, and where the
        rules would accept a citizen of whom nothing is known.
        """
        if citizen is None:
            if may_see_everyone(self.caller):
                raise NotFound
            return self._on_nobody(operation, stated)
        facts, decision = self._decide(operation, stated, citizen, others())
        if decision.accepted or may_see(self.caller, citizen, day_of(self.recorded_at)):
            return Judgement(facts, decision, decision)
        return Judgement(facts, decision, self._on_nobody(operation, stated).told)

    def on_supposed(
        self,
        operation: str,
        stated: Gathered,
        citizen: CitizenFacts,
        others: tuple[EarlierInterview, ...],
    ) -> Decision:
        """Decide on a citizen whom the caller made up, so that nothing has to be hidden."""
        return self._decide(operation, stated, citizen, others)[1]

    def _on_nobody(self, operation: str, stated: Gathered) -> Judgement:
        facts, decision = self._decide(operation, stated, NOTHING_KNOWN, ())
        if decision.accepted:
            raise NotFound
        return Judgement(facts, decision, decision)

    def _decide(
        self,
        operation: str,
        stated: Gathered,
        citizen: CitizenFacts,
        others: tuple[EarlierInterview, ...],
    ) -> tuple[Facts, Decision]:
        facts = of_catalogue(
            self.decider.rulebook.catalogue,
            operation,
            registration_facts(self.caller, self.recorded_at),
            stated,
            citizen_facts(citizen, others),
        )
        return facts, self.decider.decide(operation, facts, traced=self.traced)
