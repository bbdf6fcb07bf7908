"""Reads: one interview, the interviews of a citizen, and decisions that are not stored.

In: a unit of work that reads, a caller, a moment and a wish. Out: interviews, a page, a decision.
Does not know: the audit log; its owner writes the line, about whom `about` says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.decision import Decision
from registry import citizens, interviews
from registry.about import NOBODY_KNOWN, About
from registry.citizens import StoredCitizen
from registry.commands import Caller, FindInterviews, WhatIf
from registry.days import day_of
from registry.errors import NotFound
from registry.facts import Gathered, interview_facts, participant_facts
from registry.interview import EarlierInterview, Interview
from registry.judgement import Decides, Judge
from registry.outcome import Page
from registry.storage import UnitOfWork
from registry.visibility import may_see


@dataclass(slots=True)
class Reading:
    """One look at what is stored; `about` tells whom it concerned, also when it failed."""

    unit: UnitOfWork
    caller: Caller
    read_at: datetime
    about: About = NOBODY_KNOWN

    def interview(self, interview_id: str) -> Interview:
        """Return the current version; raises `NotFound`."""
        citizen = self._citizen_of(interview_id)
        interview = interviews.find(self.unit, interview_id)
        if interview is None or not self._sees(citizen):
            raise NotFound
        return interview

    def page(self, query: FindInterviews) -> Page:
        """Return a page of a citizen's interviews; raises `NotFound`."""
        citizen = self._citizen(query.cpr)
        if citizen is None or not self._sees(citizen):
            raise NotFound
        return interviews.page(self.unit, citizen.citizen_id, query)

    def decision(self, decider: Decides, what_if: WhatIf) -> Decision:
        """Decide with a trace and store nothing; raises `NotFound` as a registration would."""
        stored = self._stored(what_if)
        judge = Judge(decider, self.caller, what_if.recorded_at or self.read_at, traced=True)
        stated = interview_facts(what_if.content) | self._participants(what_if)
        if what_if.citizen is not None:
            others = self._others(what_if, stored if self._sees(stored) else None)
            return judge.on_supposed(what_if.operation, stated, what_if.citizen, others)
        return judge.on_citizen(
            what_if.operation,
            stated,
            None if stored is None else stored.facts,
            lambda: self._others(what_if, stored),
        ).told

    def _stored(self, what_if: WhatIf) -> StoredCitizen | None:
        """Return the citizen meant; an interview that is named must be one the caller may see."""
        if what_if.interview_id is None:
            return None if what_if.cpr is None else self._citizen(what_if.cpr)
        citizen = self._citizen_of(what_if.interview_id)
        if citizen is None or not self._sees(citizen):
            raise NotFound
        if what_if.cpr not in {None, citizen.cpr}:
            raise NotFound
        return citizen

    def _participants(self, what_if: WhatIf) -> Gathered:
        if what_if.content.participants is not None or what_if.interview_id is None:
            return participant_facts(what_if.content.participants or ())
        return participant_facts(self.interview(what_if.interview_id).participants)

    def _others(
        self, what_if: WhatIf, stored: StoredCitizen | None
    ) -> tuple[EarlierInterview, ...]:
        if what_if.earlier_interviews is not None:
            return what_if.earlier_interviews
        if stored is None:
            return ()
        return interviews.others_of(self.unit, stored.citizen_id, leaving_out=what_if.interview_id)

    def _citizen(self, cpr: str) -> StoredCitizen | None:
        citizen = citizens.find_by_cpr(self.unit, cpr)
        self.about = About(None if citizen is None else citizen.citizen_id)
        return citizen

    def _citizen_of(self, interview_id: str) -> StoredCitizen | None:
        citizen_id = interviews.citizen_of(self.unit, interview_id)
        self.about = About(citizen_id, interview_id)
        return None if citizen_id is None else citizens.find_by_id(self.unit, citizen_id)

    def _sees(self, citizen: StoredCitizen | None) -> bool:
        return citizen is not None and may_see(self.caller, citizen.facts, day_of(self.read_at))
