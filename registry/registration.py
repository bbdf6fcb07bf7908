"""Registers: lock, load, decide, write, tell. One `Registration` lives in one unit of work.

In: a unit of work, the rules in force, a caller, a clock and a command. Out: `Registered` or
`Refused`; the audit line is left to be written, and the unit to be committed, by its owner.
Does not know: how a transaction begins and ends, nor any rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from registry import citizens, commands, decision_log, interviews, telling
from registry.about import NOBODY_KNOWN, About
from registry.audit import AuditEntry, AuditOutcome
from registry.citizens import StoredCitizen
from registry.commands import Caller
from registry.days import day_of
from registry.decides import Decides
from registry.errors import Conflict, NotAuthorised, NotFound
from registry.facts import Gathered, interview_facts, participant_facts
from registry.in_force import RulesInForce
from registry.interview import (
    Interview,
    InterviewContent,
    NewParticipant,
    Participant,
    RegisteredBy,
)
from registry.interviews import VersionOrigin
from registry.judgement import Judge, Judgement
from registry.outcome import Refused, Registered
from registry.statements import Written
from registry.storage import UnitOfWork
from registry.telling import AcceptedChange
from registry.visibility import Access, may_register

_Change = (
    commands.UpdateInterview
    | commands.AddParticipant
    | commands.UpdateParticipant
    | commands.DeleteParticipant
)


@dataclass(slots=True)
class Registration:
    """One registration; `about` tells afterwards whom it concerned, also when it failed."""

    unit: UnitOfWork
    rules: RulesInForce
    caller: Caller
    clock: Callable[[], datetime]
    about: About = NOBODY_KNOWN
    revision: int = 0
    """The number the citizen's next version carries, read with what the rules are told."""
    recorded_at: datetime = field(init=False)
    """Taken when the citizen is locked, so that registrations are recorded in the order of their
    commits."""
    line: AuditEntry = field(init=False)
    """What became of it, for the audit log; to be written last, as others wait from there on."""
    decider: Decides | None = None
    """What decides in this unit, asked for when the citizen is locked; None before that."""

    def create(self, command: commands.CreateInterview) -> Registered | Refused:
        """Register a new interview; raises `NotFound` when the caller may know of no citizen."""
        citizen = citizens.find_by_cpr(self.unit, command.cpr, lock=True)
        self.begin(commands.CREATE_INTERVIEW)
        self.about = About(None if citizen is None else citizen.citizen_id)
        participants = _identified(command.content.participants or (), known=())
        judgement = self._judge(
            commands.CREATE_INTERVIEW,
            interview_facts(command.content) | participant_facts(participants),
            citizen,
        )
        if citizen is None or not judgement.decision.accepted:
            return self._refused(judgement)
        return self._registered(
            judgement, citizen, self._new(citizen, command.content, participants)
        )

    def update(self, command: commands.UpdateInterview) -> Registered | Refused:
        """Replace the content; raises `NotFound`, and `Conflict` before any rule is asked."""
        citizen, interview = self._locked(command, commands.UPDATE_INTERVIEW)
        stated = command.content.participants
        participants = (
            interview.participants
            if stated is None
            else _identified(stated, known=interview.participants)
        )
        judgement = self._judge(
            commands.UPDATE_INTERVIEW,
            interview_facts(command.content) | participant_facts(participants),
            citizen,
        )
        if not judgement.decision.accepted:
            return self._refused(judgement)
        return self._registered(
            judgement,
            citizen,
            replace(
                interview,
                version=interview.version + 1,
                updated_at=self.recorded_at,
                participants=participants,
                **_stated(command.content),
            ),
        )

    def add_participant(self, command: commands.AddParticipant) -> Registered | Refused:
        """Add a participant; raises `NotFound`, `Conflict`."""
        citizen, interview = self._locked(command, commands.ADD_PARTICIPANT)
        (added,) = _identified([command.participant], known=())
        return self._with_participants(
            commands.ADD_PARTICIPANT, citizen, interview, added, (*interview.participants, added)
        )

    def update_participant(self, command: commands.UpdateParticipant) -> Registered | Refused:
        """Replace name and external id of a participant; raises `NotFound`, `Conflict`."""
        citizen, interview = self._locked(command, commands.UPDATE_PARTICIPANT)
        changed = replace(
            _participant(interview, command.participant_id),
            name=command.name,
            external_id=command.external_id,
        )
        after = tuple(
            changed if each.participant_id == changed.participant_id else each
            for each in interview.participants
        )
        return self._with_participants(
            commands.UPDATE_PARTICIPANT, citizen, interview, changed, after
        )

    def delete_participant(self, command: commands.DeleteParticipant) -> Registered | Refused:
        """Take a participant off; raises `NotFound`, `Conflict`."""
        citizen, interview = self._locked(command, commands.DELETE_PARTICIPANT)
        gone = _participant(interview, command.participant_id)
        after = tuple(each for each in interview.participants if each != gone)
        return self._with_participants(commands.DELETE_PARTICIPANT, citizen, interview, gone, after)

    def begin(self, operation: str) -> None:
        """Take the moment and the rulebook, once no one else can change the citizen.

        Raises `NotAuthorised` where that rulebook lets organisations of the caller's type register
        nowhere, before they could learn anything of the citizen.
        """
        self.recorded_at = self.clock()
        self.decider = self.rules.in_force(self.unit)
        today = day_of(self.recorded_at)
        if not may_register(self.caller, self.decider.rulebook.tables, today):
            raise NotAuthorised(self.caller.organisation_type, operation)

    def _locked(self, command: _Change, operation: str) -> tuple[StoredCitizen, Interview]:
        """Return an interview and its citizen, whom no one else can change until the unit ends."""
        citizen_id = interviews.citizen_of(self.unit, command.interview_id)
        citizen = (
            None if citizen_id is None else citizens.find_by_id(self.unit, citizen_id, lock=True)
        )
        self.begin(operation)
        self.about = About(citizen_id, command.interview_id)
        interview = interviews.find(self.unit, command.interview_id)
        if citizen is None or interview is None:
            raise NotFound
        view = self._access().view(citizen.facts)
        if view is None or not view.shows(interview):
            raise NotFound
        _check_version(interview, command.expected_version)
        return citizen, interview

    @property
    def _decides(self) -> Decides:
        if self.decider is None:
            raise AssertionError("nothing is decided before the citizen is locked")
        return self.decider

    def _access(self) -> Access:
        return Access(self._decides, self.caller, day_of(self.recorded_at))

    def _with_participants(
        self,
        operation: str,
        citizen: StoredCitizen,
        interview: Interview,
        concerned: Participant,
        after: tuple[Participant, ...],
    ) -> Registered | Refused:
        judgement = self._judge(operation, participant_facts([concerned]), citizen)
        if not judgement.decision.accepted:
            return self._refused(judgement)
        registered = self._registered(
            judgement,
            citizen,
            replace(
                interview,
                version=interview.version + 1,
                updated_at=self.recorded_at,
                participants=after,
            ),
        )
        return replace(registered, participant_id=concerned.participant_id)

    def _judge(self, operation: str, stated: Gathered, citizen: StoredCitizen | None) -> Judgement:
        others = interviews.NO_OTHERS
        if citizen is not None:
            others = interviews.others_of(
                self.unit, citizen.citizen_id, leaving_out=self.about.interview_id
            )
        self.revision = others.next_revision
        return Judge(self._access(), self.recorded_at).on_citizen(
            operation,
            stated,
            None if citizen is None else citizen.facts,
            lambda: others.interviews,
        )

    def _new(
        self,
        citizen: StoredCitizen,
        content: InterviewContent,
        participants: tuple[Participant, ...],
    ) -> Interview:
        return Interview(
            interview_id=str(uuid4()),
            cpr=citizen.cpr,
            version=1,
            participants=participants,
            registered_at=self.recorded_at,
            updated_at=self.recorded_at,
            registered_by=RegisteredBy(self.caller.organisation_type, self.caller.organisation),
            **_stated(content),
        )

    def _refused(self, judgement: Judgement) -> Refused:
        decision_id, decided = self._decided(judgement)
        self.unit.write(decided)
        self._note(judgement, decision_id, AuditOutcome.REFUSED)
        return Refused(judgement.told, decision_id)

    def _registered(
        self, judgement: Judgement, citizen: StoredCitizen, interview: Interview
    ) -> Registered:
        citizen_id = citizen.citizen_id
        self.about = About(citizen_id, interview.interview_id)
        decision_id, decided = self._decided(judgement)
        origin = VersionOrigin(citizen_id, self.revision, decision_id, self.caller)
        self.unit.write((*decided, *interviews.written(interview, origin)))
        telling.tell(
            self.unit,
            self._decides,
            AcceptedChange(
                judgement.decision.operation, self.caller, citizen_id, citizen.facts, interview
            ),
        )
        self._note(judgement, decision_id, AuditOutcome.ACCEPTED)
        return Registered(interview, judgement.decision, decision_id)

    def _decided(self, judgement: Judgement) -> tuple[str, tuple[Written, ...]]:
        return decision_log.written(
            self.caller,
            self.about,
            judgement.facts,
            judgement.decision,
            self.recorded_at,
        )

    def _note(self, judgement: Judgement, decision_id: str, outcome: AuditOutcome) -> None:
        self.line = AuditEntry(
            at=self.recorded_at,
            caller=self.caller,
            operation=judgement.decision.operation,
            outcome=outcome,
            about=self.about,
            decision_id=decision_id,
            rulebook=judgement.decision.rulebook,
        )


def _stated(content: InterviewContent) -> dict[str, Any]:
    """Return the fields that an interview takes over from what the caller states."""
    return {
        "type": content.type,
        "contact_type": content.contact_type,
        "held_at": content.held_at,
        "with_more_authorities": content.with_more_authorities,
        "responsible_authority": content.responsible_authority,
        "participation_status": content.participation_status,
        "booking_id": content.booking_id,
        "agreement_text": content.agreement_text,
    }


def _check_version(interview: Interview, expected: commands.ExpectedVersion) -> None:
    if expected is None:
        return
    if interview.version not in ({expected} if isinstance(expected, int) else expected):
        raise Conflict(expected, interview.version)


def _participant(interview: Interview, participant_id: str) -> Participant:
    for each in interview.participants:
        if each.participant_id == participant_id:
            return each
    raise NotFound


def _identified(
    stated: Iterable[NewParticipant], known: Iterable[Participant]
) -> tuple[Participant, ...]:
    """Return participants with identifiers: a known one is kept once, all others are new."""
    free = {each.participant_id for each in known}
    participants = []
    for each in stated:
        participant_id = each.participant_id
        if participant_id is None or participant_id not in free:
            participant_id = str(uuid4())
        free.discard(participant_id)
        participants.append(Participant(participant_id, each.name, each.external_id, each.type))
    return tuple(participants)
