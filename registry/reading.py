"""Reads: one interview, its versions, a citizen's interviews, and decisions that are not stored.

In: a unit of work that reads, what decides, a caller, a moment and a wish. Out: interviews,
versions, a page, a decision: only what the caller may see on the day of that moment.
Does not know: the audit log; its owner writes the line, about whom `about` says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.decision import Decision
from engine.facts import Record
from registry import citizens, interviews, other_interviews
from registry.about import NOBODY_KNOWN, About
from registry.citizens import StoredCitizen
from registry.commands import FindInterviews, FindVersions, WhatIf
from registry.errors import NotFound
from registry.facts import Gathered, interview_facts, interview_records, participant_facts
from registry.interview import EarlierInterview, Interview
from registry.judgement import Judge
from registry.narrowed_trace import without_records
from registry.outcome import KnownCitizen, Page, VersionPage
from registry.storage import UnitOfWork
from registry.visibility import Access, View


@dataclass(slots=True)
class Reading:
    """One look at what is stored; `about` tells whom it concerned, also when it failed."""

    unit: UnitOfWork
    access: Access
    read_at: datetime
    about: About = NOBODY_KNOWN

    def interview(self, interview_id: str, as_of: datetime | None = None) -> Interview:
        """Return the current version, or the one that was current then; raises `NotFound`.

        An earlier version is seen by who may see both it and the current one.
        """
        view, interview = self._seen(interview_id)
        if as_of is None:
            return interview
        earlier = interviews.find(self.unit, interview_id, as_of)
        if earlier is None or not view.shows(earlier):
            raise NotFound
        return earlier

    def versions(self, query: FindVersions) -> VersionPage:
        """Return a page of the versions the caller may see; raises `NotFound`."""
        view, _ = self._seen(query.interview_id)
        return interviews.versions(self.unit, query, view.shows)

    def page(self, query: FindInterviews) -> Page:
        """Return a page of a citizen's interviews; raises `NotFound`."""
        citizen = self._citizen(query.cpr)
        view = None if citizen is None else self.access.view(citizen.facts)
        if citizen is None or view is None:
            raise NotFound

        def shows(interview: Interview) -> bool:
            return view.shows(interview) and (
                query.as_of is None or view.whole or self._shows_now(view, interview)
            )

        return interviews.page(self.unit, citizen.citizen_id, query, shows)

    def known(self, cpr: str) -> KnownCitizen:
        """Return what the rules would know of a citizen; raises `NotFound`.

        Only to who may see every interview of the citizen: the rules look at all of them.
        """
        citizen = self._citizen(cpr)
        view = None if citizen is None else self.access.view(citizen.facts)
        if citizen is None or view is None or not view.whole:
            raise NotFound
        return KnownCitizen(
            citizen.facts,
            other_interviews.others_of(self.unit, citizen.citizen_id, leaving_out=None).interviews,
        )

    def decision(self, what_if: WhatIf) -> Decision:
        """Decide with a trace and store nothing; raises `NotFound` as a registration would.

        The rules look at all of the citizen's interviews, the trace shows those the caller may see.
        """
        stored = self._stored(what_if)
        judge = Judge(self.access, what_if.recorded_at or self.read_at, traced=True)
        stated = interview_facts(what_if.content) | self._participants(what_if)
        if what_if.citizen is not None:
            others = self._others(what_if, stored if self._sees(stored) else None)
            decision = judge.on_supposed(what_if.operation, stated, what_if.citizen, others)
            return without_records(decision, self._hidden(stored))
        decision = judge.on_citizen(
            what_if.operation,
            stated,
            None if stored is None else stored.facts,
            lambda: self._others(what_if, stored),
        ).told
        return without_records(decision, self._hidden(stored))

    def _hidden(self, stored: StoredCitizen | None) -> tuple[Record, ...]:
        """Return what the rules know of interviews that the caller may not see."""
        view = None if stored is None else self.access.view(stored.facts)
        if stored is None or (view is not None and view.whole):
            return ()
        return interview_records(
            EarlierInterview(each.type, each.held_at)
            for each in interviews.current_of(self.unit, stored.citizen_id)
            if view is None or not view.shows(each)
        )

    def _stored(self, what_if: WhatIf) -> StoredCitizen | None:
        """Return the citizen meant; an interview that is named must be one the caller may see."""
        if what_if.interview_id is None:
            return None if what_if.cpr is None else self._citizen(what_if.cpr)
        _, interview = self._seen(what_if.interview_id)
        if what_if.cpr not in {None, interview.cpr}:
            raise NotFound
        return citizens.find_by_cpr(self.unit, interview.cpr)

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
        others = other_interviews.others_of(
            self.unit, stored.citizen_id, leaving_out=what_if.interview_id
        )
        return others.interviews

    def _citizen(self, cpr: str) -> StoredCitizen | None:
        citizen = citizens.find_by_cpr(self.unit, cpr)
        self.about = About(None if citizen is None else citizen.citizen_id)
        return citizen

    def _seen(self, interview_id: str) -> tuple[View, Interview]:
        """Return the current version of an interview that the caller may see."""
        citizen_id = interviews.citizen_of(self.unit, interview_id)
        self.about = About(citizen_id, interview_id)
        citizen = None if citizen_id is None else citizens.find_by_id(self.unit, citizen_id)
        view = None if citizen is None else self.access.view(citizen.facts)
        interview = interviews.find(self.unit, interview_id)
        if view is None or interview is None or not view.shows(interview):
            raise NotFound
        return view, interview

    def _shows_now(self, view: View, earlier: Interview) -> bool:
        interview = interviews.find(self.unit, earlier.interview_id)
        return interview is not None and view.shows(interview)

    def _sees(self, citizen: StoredCitizen | None) -> bool:
        return citizen is not None and self.access.sees(citizen.facts)
