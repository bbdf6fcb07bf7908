"""The registry's front door: one method per command, one transaction per method.

In: a caller and a command. Out: what `outcome.py` holds, an interview or a decision.
Does not know: HTTP, wire names or rules. Whatever is registered, its decision and its audit line
are committed together; so are a refusal and its line. A call that ends in an error is noted in a
transaction of its own, and so is a read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime

from engine.decision import Decision
from registry import citizens, commands, in_force
from registry.about import NOBODY_KNOWN, About
from registry.audit import AuditEntry, AuditOutcome
from registry.audited_calls import Call, committed, failures_noted, note
from registry.commands import Caller
from registry.days import day_of
from registry.decides import Decides
from registry.errors import NotAuthorised
from registry.idempotency import Once
from registry.in_force import Always, RulesInForce
from registry.interview import Interview
from registry.outcome import KnownCitizen, Page, Refused, Registered, VersionPage
from registry.reading import Reading
from registry.registration import Registration
from registry.storage import Database, UnitOfWork
from registry.visibility import Access, may_put_citizens, may_register

__all__ = ["Always", "Page", "Refused", "Registered", "Registry"]

Outcome = Registered | Refused


@dataclass(slots=True)
class _Seen:
    """How far a call came: whom it concerned, and by which rulebook."""

    about: About = NOBODY_KNOWN
    rulebook: str | None = None

    def note(self, about: About, decider: Decides | None) -> None:
        self.about = about
        self.rulebook = None if decider is None else decider.rulebook.id


class Registry:
    """All that may be done with the registry; safe to share between threads.

    `clock` gives the present as an aware instant. Every method raises `Unavailable` when the
    database cannot do it now; methods that decide raise `engine.problems.EvaluationError` when no
    decision can be made. In both cases nothing is stored. `rules` is asked in every transaction
    which rulebook decides in it.

    Methods that take `once` do the call once: they raise `AnsweredBefore` when it was done before,
    `KeyInUse` while it is being done, and `KeyOfOtherCall`; nothing is done then.
    """

    def __init__(
        self, database: Database, rules: RulesInForce, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._rules = rules
        self._clock = clock

    def create_interview(
        self, caller: Caller, command: commands.CreateInterview, once: Once[Outcome] | None = None
    ) -> Outcome:
        """Register a held interview.

        On an unknown citizen an agency gets `NotFound`; others are refused as on a citizen who is
        not theirs. Raises `NotAuthorised` for organisation types that register nowhere.
        """
        return self._register(
            caller,
            commands.CREATE_INTERVIEW,
            once,
            lambda registration: registration.create(command),
        )

    def update_interview(
        self, caller: Caller, command: commands.UpdateInterview, once: Once[Outcome] | None = None
    ) -> Outcome:
        """Replace the content of an interview.

        Raises `NotFound`, `NotAuthorised`, and `Conflict` when `expected_version` is not current.
        """
        return self._register(
            caller,
            commands.UPDATE_INTERVIEW,
            once,
            lambda registration: registration.update(command),
        )

    def add_participant(
        self, caller: Caller, command: commands.AddParticipant, once: Once[Outcome] | None = None
    ) -> Outcome:
        """Add a participant to an interview; raises as `update_interview`."""
        return self._register(
            caller,
            commands.ADD_PARTICIPANT,
            once,
            lambda registration: registration.add_participant(command),
        )

    def update_participant(
        self, caller: Caller, command: commands.UpdateParticipant, once: Once[Outcome] | None = None
    ) -> Outcome:
        """Change name and external id of a participant; raises as `update_interview`."""
        return self._register(
            caller,
            commands.UPDATE_PARTICIPANT,
            once,
            lambda registration: registration.update_participant(command),
        )

    def delete_participant(
        self, caller: Caller, command: commands.DeleteParticipant, once: Once[Outcome] | None = None
    ) -> Outcome:
        """Take a participant off an interview; raises as `update_interview`."""
        return self._register(
            caller,
            commands.DELETE_PARTICIPANT,
            once,
            lambda registration: registration.delete_participant(command),
        )

    def read_interview(
        self, caller: Caller, interview_id: str, as_of: datetime | None = None
    ) -> Interview:
        """Return an interview in its current version; raises `NotFound`.

        With `as_of`, an aware instant, in the version that was registered at that moment; before
        the first one there is none.
        """
        now = self._clock()
        with self._reading(caller, commands.READ_INTERVIEW, now) as reading:
            interview = reading.interview(interview_id, as_of)
        self._note_read(caller, commands.READ_INTERVIEW, reading)
        return interview

    def read_versions(self, caller: Caller, query: commands.FindVersions) -> VersionPage:
        """Return a page of the versions of an interview, the first one first; raises `NotFound`.

        Versions the caller may not see, of a type closed to funds for instance, are left out.
        """
        now = self._clock()
        with self._reading(caller, commands.READ_VERSIONS, now) as reading:
            page = reading.versions(query)
        self._note_read(caller, commands.READ_VERSIONS, reading)
        return page

    def find_interviews(self, caller: Caller, query: commands.FindInterviews) -> Page:
        """Return a page of a citizen's interviews, as `query` says; raises `NotFound`.

        Of a visible citizen the interviews that the caller may not see are left out.
        """
        now = self._clock()
        with self._reading(caller, commands.FIND_INTERVIEWS, now) as reading:
            page = reading.page(query)
        self._note_read(caller, commands.FIND_INTERVIEWS, reading)
        return page

    def dry_run(self, caller: Caller, what_if: commands.WhatIf) -> Decision:
        """Decide with a trace and store nothing; raises as the registration itself would."""
        now = self._clock()
        with self._reading(caller, commands.DRY_RUN, now) as reading:
            tables = reading.access.decider.rulebook.tables
            if not may_register(caller, tables, day_of(now)):
                raise NotAuthorised(caller.organisation_type, commands.DRY_RUN)
            decision = reading.decision(what_if)
        outcome = AuditOutcome.ACCEPTED if decision.accepted else AuditOutcome.REFUSED
        note(
            self._database,
            AuditEntry(
                now, caller, commands.DRY_RUN, outcome, reading.about, rulebook=decision.rulebook
            ),
        )
        return decision

    def known_of(self, caller: Caller, cpr: str) -> KnownCitizen:
        """Return what a dry run on a citizen would know of them; raises `NotFound`.

        Only who may see every interview of the citizen is told. In the audit log it is a dry run
        that was read.
        """
        now = self._clock()
        with self._reading(caller, commands.DRY_RUN, now) as reading:
            known = reading.known(cpr)
        self._note_read(caller, commands.DRY_RUN, reading)
        return known

    def note_rule_file(self, caller: Caller, rulebook: str | None) -> None:
        """Write into the audit log that the caller changes a file of rules, tables or cases.

        `rulebook` is what the files hold afterwards, None when they hold none. Written before the
        file is, so that no change goes unrecorded.
        """
        note(
            self._database,
            AuditEntry(
                self._clock(),
                caller,
                commands.CHANGE_RULE_FILE,
                AuditOutcome.ACCEPTED,
                NOBODY_KNOWN,
                rulebook=rulebook,
            ),
        )

    def put_citizen(
        self, caller: Caller, command: commands.PutCitizen, once: Once[None] | None = None
    ) -> None:
        """Replace all reference facts of a citizen; raises `NotAuthorised` but for their owners."""
        now = self._clock()
        with failures_noted(
            self._database, caller, commands.PUT_CITIZEN, now, lambda: NOBODY_KNOWN
        ):
            if not may_put_citizens(caller):
                raise NotAuthorised(caller.organisation_type, commands.PUT_CITIZEN)

            def put(unit: UnitOfWork) -> tuple[None, AuditEntry]:
                about = About(citizens.put(unit, command.cpr, command.facts, now))
                return None, AuditEntry(
                    now, caller, commands.PUT_CITIZEN, AuditOutcome.ACCEPTED, about
                )

            committed(self._database, once, self._clock, Call(put))

    def _register(
        self,
        caller: Caller,
        operation: str,
        once: Once[Outcome] | None,
        registers: Callable[[Registration], Outcome],
    ) -> Outcome:
        seen = _Seen()

        def register(unit: UnitOfWork) -> tuple[Outcome, AuditEntry]:
            registration = Registration(unit, self._rules, caller, self._clock)
            try:
                return registers(registration), registration.line
            finally:
                seen.note(registration.about, registration.decider)

        with self._failures_noted(caller, operation, self._clock(), seen):
            return committed(
                self._database,
                once,
                self._clock,
                Call(
                    register,
                    lambda unit: Registration(unit, self._rules, caller, self._clock).begin(
                        operation
                    ),
                    lambda work: in_force.write(self._database, self._rules, work),
                ),
            )

    @contextmanager
    def _reading(self, caller: Caller, operation: str, now: datetime) -> Iterator[Reading]:
        seen = _Seen()
        with (
            self._failures_noted(caller, operation, now, seen),
            in_force.reading(self._database, self._rules) as (unit, decider),
        ):
            look = Reading(unit, Access(decider, caller, day_of(now)), now)
            try:
                yield look
            finally:
                seen.note(look.about, decider)

    def _failures_noted(
        self, caller: Caller, operation: str, now: datetime, seen: _Seen
    ) -> AbstractContextManager[None]:
        return failures_noted(
            self._database, caller, operation, now, lambda: seen.about, lambda: seen.rulebook
        )

    def _note_read(self, caller: Caller, operation: str, reading: Reading) -> None:
        note(
            self._database,
            AuditEntry(
                reading.read_at,
                caller,
                operation,
                AuditOutcome.READ,
                reading.about,
                rulebook=reading.access.decider.rulebook.id,
            ),
        )
