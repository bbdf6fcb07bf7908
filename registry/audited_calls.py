"""Calls with their audit line: in the same transaction, or after an error in one of its own.

In: a database, a caller, an operation. Out: a unit of work that is committed with its line; a line
that cannot be stored after an error goes to the log of the program.
Does not know: what is called, nor the answers it keeps. What `audited` begins is never about one
citizen.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from registry import audit, idempotency
from registry.about import NOBODY_KNOWN, About
from registry.audit import AuditEntry, AuditOutcome
from registry.commands import Caller
from registry.errors import (
    Conflict,
    KeyInUse,
    NotAuthorised,
    NotFound,
    NotKept,
    NotNext,
    RegistryError,
    SequenceOpen,
    SequenceOver,
    SubscriptionsRefused,
)
from registry.idempotency import AnsweredBefore, Once
from registry.storage import Database, UnitOfWork

_Outcome = TypeVar("_Outcome")

_LOG = logging.getLogger("samtale.audit")

_OUTCOMES: dict[type[RegistryError], AuditOutcome] = {
    NotFound: AuditOutcome.NOT_FOUND,
    NotAuthorised: AuditOutcome.NOT_AUTHORISED,
    Conflict: AuditOutcome.CONFLICT,
    SequenceOpen: AuditOutcome.CONFLICT,
    SequenceOver: AuditOutcome.CONFLICT,
    NotNext: AuditOutcome.CONFLICT,
    NotKept: AuditOutcome.CONFLICT,
    SubscriptionsRefused: AuditOutcome.REFUSED,
}


@dataclass(frozen=True, slots=True)
class Call(Generic[_Outcome]):
    """What is done, and by whose leave it is told again."""

    work: Callable[[UnitOfWork], tuple[_Outcome, AuditEntry]]
    """Does it; nothing is committed or written to the audit log yet."""
    authorise: Callable[[UnitOfWork], None] = lambda _unit: None
    """Raises `NotAuthorised` when the caller may by now no longer make this call."""
    write: Callable[[Callable[[UnitOfWork], _Outcome]], _Outcome] | None = None
    """Does some work in a transaction that writes; `Database.write` when left out."""


@contextmanager
def audited(
    database: Database,
    clock: Callable[[], datetime],
    caller: Caller,
    operation: str,
    outcome: AuditOutcome = AuditOutcome.ACCEPTED,
) -> Iterator[tuple[UnitOfWork, datetime]]:
    """Begin a unit of work, with its moment; a block that ends well is committed with its line."""
    with (
        failures_noted(database, caller, operation, clock(), lambda: NOBODY_KNOWN),
        database.writing() as unit,
    ):
        now = clock()
        yield unit, now
        audit.write(unit, AuditEntry(now, caller, operation, outcome, NOBODY_KNOWN))
        unit.commit()


def committed(
    database: Database,
    once: Once[_Outcome] | None,
    clock: Callable[[], datetime],
    call: Call[_Outcome],
) -> _Outcome:
    """Do a call in a transaction, and commit it with its audit line and the answer that is kept.

    With `once` this raises `AnsweredBefore`, `KeyInUse` and `KeyOfOtherCall`, and does nothing
    then.
    """

    def whole(unit: UnitOfWork) -> _Outcome:
        if once is not None:
            try:
                idempotency.claim(unit, once, clock())
            except AnsweredBefore:
                call.authorise(unit)
                raise
        outcome, line = call.work(unit)
        if once is not None:
            idempotency.keep(unit, once, outcome, line)
        audit.write(unit, line)
        return outcome

    write = call.write or database.write
    if once is None:
        return write(whole)
    with database.alone(once.key_hash) as is_first:
        if not is_first:
            with database.reading() as unit:
                if not idempotency.is_kept(unit, once):
                    raise KeyInUse
        outcome = write(whole)
    if once.tidies:
        _tidy(database, clock())
    return outcome


@contextmanager
def failures_noted(
    database: Database,
    caller: Caller,
    operation: str,
    now: datetime,
    about: Callable[[], About],
    rulebook: Callable[[], str | None] = lambda: None,
) -> Iterator[None]:
    """Write a line when the block ends in an error that is an answer; the error goes on.

    `about` and `rulebook` are asked then: what concerned whom shows only on the way.
    """
    try:
        yield
    except AnsweredBefore as before:
        note(
            database,
            AuditEntry(
                now,
                caller,
                operation,
                AuditOutcome.REPLAYED,
                before.about,
                before.decision_id,
                rulebook(),
            ),
        )
        raise
    except RegistryError as error:
        outcome = _OUTCOMES.get(type(error))
        if outcome is not None:
            line = AuditEntry(now, caller, operation, outcome, about(), rulebook=rulebook())
            note(database, line)
        raise


def note(database: Database, entry: AuditEntry) -> None:
    """Write a line; reads must go on while the database cannot be written, on a full disk say."""
    try:
        database.write(lambda unit: audit.write(unit, entry))
    except RegistryError as error:
        _LOG.error("audit line not stored: %s", error, extra={"audit_line": entry.columns()})


def _tidy(database: Database, now: datetime) -> None:
    """Throw old answers away; the call is stored by now, so this must not make it fail."""
    try:
        database.write(lambda unit: idempotency.forget(unit, now))
    except RegistryError as error:
        _LOG.warning("old answers not thrown away: %s", error)
