"""The registry's front door: one method per command, one transaction per method.

In: a caller and a command. Out: what `outcome.py` holds, an interview or a decision.
Does not know: HTTP, wire names or rules. Whatever is registered, its decision and its audit line
are committed together; so are a refusal and its line. A call that ends in an error is noted in a
transaction of its own, and so is a read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime

from engine.decision import Decision
from registry import audit, citizens, commands
from registry.about import NOBODY_KNOWN, About
from registry.audit import AuditEntry, AuditOutcome
from registry.audited_calls import failures_noted, note
from registry.commands import Caller
from registry.days import day_of
from registry.decides import Decides
from registry.errors import (
    FactsNotSupplied,
    NotAuthorised,
)
from registry.facts import not_supplied
from registry.interview import Interview
from registry.outcome import Page, Refused, Registered, VersionPage
from registry.reading import Reading
from registry.registration import Registration
from registry.storage import Database, UnitOfWork
from registry.visibility import Access, may_put_citizens, may_register

__all__ = ["Decides", "Page", "Refused", "Registered", "Registry"]


class Registry:
    """All that may be done with the registry; safe to share between threads.

    `clock` gives the present as an aware instant. Every method raises `Unavailable` when the
    database cannot do it now; methods that decide raise `engine.problems.EvaluationError` when no
    decision can be made. In both cases nothing is stored. Making a registry raises
    `FactsNotSupplied` when the fact catalogue of `decider` names what the registry cannot give.
    """

    def __init__(self, database: Database, decider: Decides, clock: Callable[[], datetime]) -> None:
        missing = not_supplied(decider.rulebook.catalogue)
        if missing:
            raise FactsNotSupplied(missing)
        self._database = database
        self._decider = decider
        self._clock = clock

    def create_interview(
        self, caller: Caller, command: commands.CreateInterview
    ) -> Registered | Refused:
        """Register a held interview.

        On an unknown citizen an agency gets `NotFound`; others are refused as on a citizen who is
        not theirs. Raises `NotAuthorised` for organisation types that register nowhere.
        """
        return self._register(
            caller, commands.CREATE_INTERVIEW, lambda registration: registration.create(command)
        )

    def update_interview(
        self, caller: Caller, command: commands.UpdateInterview
    ) -> Registered | Refused:
        """Replace the content of an interview.

        Raises `NotFound`, `NotAuthorised`, and `Conflict` when `expected_version` is not current.
        """
        return self._register(
            caller, commands.UPDATE_INTERVIEW, lambda registration: registration.update(command)
        )

    def add_participant(
        self, caller: Caller, command: commands.AddParticipant
    ) -> Registered | Refused:
        """Add a participant to an interview; raises `NotFound`, `NotAuthorised`."""
        return self._register(
            caller,
            commands.ADD_PARTICIPANT,
            lambda registration: registration.add_participant(command),
        )

    def update_participant(
        self, caller: Caller, command: commands.UpdateParticipant
    ) -> Registered | Refused:
        """Change name and external id of a participant; raises `NotFound`, `NotAuthorised`."""
        return self._register(
            caller,
            commands.UPDATE_PARTICIPANT,
            lambda registration: registration.update_participant(command),
        )

    def delete_participant(
        self, caller: Caller, command: commands.DeleteParticipant
    ) -> Registered | Refused:
        """Take a participant off an interview; raises `NotFound`, `NotAuthorised`."""
        return self._register(
            caller,
            commands.DELETE_PARTICIPANT,
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
            self._check_may_register(caller, commands.DRY_RUN, now)
            decision = reading.decision(what_if)
        outcome = AuditOutcome.ACCEPTED if decision.accepted else AuditOutcome.REFUSED
        note(
            self._database,
            AuditEntry(
                now, caller, commands.DRY_RUN, outcome, reading.about, rulebook=decision.rulebook
            ),
        )
        return decision

    def put_citizen(self, caller: Caller, command: commands.PutCitizen) -> None:
        """Replace all reference facts of a citizen; raises `NotAuthorised` but for their owners."""
        now = self._clock()
        with self._failures_noted(caller, commands.PUT_CITIZEN, now, lambda: NOBODY_KNOWN):
            if not may_put_citizens(caller):
                raise NotAuthorised(caller.organisation_type, commands.PUT_CITIZEN)

            def put(unit: UnitOfWork) -> None:
                about = About(citizens.put(unit, command.cpr, command.facts, now))
                audit.write(
                    unit,
                    AuditEntry(now, caller, commands.PUT_CITIZEN, AuditOutcome.ACCEPTED, about),
                )

            self._database.write(put)

    def _register(
        self,
        caller: Caller,
        operation: str,
        registers: Callable[[Registration], Registered | Refused],
    ) -> Registered | Refused:
        about = NOBODY_KNOWN

        def register(unit: UnitOfWork) -> Registered | Refused:
            nonlocal about
            registration = Registration(unit, self._decider, caller, self._clock)
            try:
                return registers(registration)
            finally:
                about = registration.about

        with self._failures_noted(caller, operation, self._clock(), lambda: about):
            self._check_may_register(caller, operation, self._clock())
            return self._database.write(register)

    def _check_may_register(self, caller: Caller, operation: str, now: datetime) -> None:
        if not may_register(caller, self._decider.rulebook.tables, day_of(now)):
            raise NotAuthorised(caller.organisation_type, operation)

    @contextmanager
    def _reading(self, caller: Caller, operation: str, now: datetime) -> Iterator[Reading]:
        about = NOBODY_KNOWN
        with (
            self._failures_noted(caller, operation, now, lambda: about),
            self._database.reading() as unit,
        ):
            reading = Reading(unit, Access(self._decider, caller, day_of(now)), now)
            try:
                yield reading
            finally:
                about = reading.about

    def _failures_noted(
        self, caller: Caller, operation: str, now: datetime, about: Callable[[], About]
    ) -> AbstractContextManager[None]:
        rulebook = self._decider.rulebook.id
        return failures_noted(self._database, caller, operation, now, about, rulebook)

    def _note_read(self, caller: Caller, operation: str, reading: Reading) -> None:
        rulebook = self._decider.rulebook.id
        note(
            self._database,
            AuditEntry(
                reading.read_at,
                caller,
                operation,
                AuditOutcome.READ,
                reading.about,
                rulebook=rulebook,
            ),
        )
