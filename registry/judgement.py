"""Asks the rules about a citizen, and what of the answer the caller may hear.

In: what the caller may see, the citizen as stored and what the caller states. Out: `Judgement`.
Does not know: transactions, nor any rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from engine.decision import Decision
from engine.facts import Facts
from registry.days import day_of
from registry.errors import NotFound
from registry.facts import Gathered, citizen_facts, of_catalogue, registration_facts
from registry.interview import NOTHING_KNOWN, CitizenFacts, EarlierInterview
from registry.visibility import Access


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
    """Asks on behalf of one caller what is decided at one moment, which may be a supposed one.

    What the caller may see is never supposed: `access` is that of the present day.
    """

    access: Access
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
            if self.access.sees_everyone():
                raise NotFound
            return self._on_nobody(operation, stated)
        facts, decision = self._decide(operation, stated, citizen, others())
        # whoever may register today hears so; of another day hears only who may see the citizen
        today = day_of(self.recorded_at) == self.access.day
        if (decision.accepted and today) or self.access.sees(citizen):
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
            self.access.decider.rulebook.catalogue,
            operation,
            registration_facts(self.access.caller, self.recorded_at),
            stated,
            citizen_facts(citizen, others),
        )
        return facts, self.access.decider.decide(operation, facts, traced=self.traced)
