"""Calls with their audit line: in the same transaction, or after an error in one of its own.

In: a database, a caller, an operation. Out: a unit of work that is committed with its line; a line
that cannot be stored after an error goes to the log of the program.
Does not know: what is called. What `audited` begins is never about one citizen.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from registry import audit
from registry.about import NOBODY_KNOWN, About
from registry.audit import AuditEntry, AuditOutcome
from registry.commands import Caller
from registry.errors import (
    Conflict,
    NotAuthorised,
    NotFound,
    NotKept,
    NotNext,
    RegistryError,
    SequenceOpen,
    SequenceOver,
    SubscriptionsRefused,
)
from registry.storage import Database, UnitOfWork

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


@contextmanager
def failures_noted(
    database: Database,
    caller: Caller,
    operation: str,
    now: datetime,
    about: Callable[[], About],
    rulebook: str | None = None,
) -> Iterator[None]:
    """Write a line when the block ends in an error that is an answer; the error goes on."""
    try:
        yield
    except RegistryError as error:
        outcome = _OUTCOMES.get(type(error))
        if outcome is not None:
            note(database, AuditEntry(now, caller, operation, outcome, about(), rulebook=rulebook))
        raise


def note(database: Database, entry: AuditEntry) -> None:
    """Write a line; reads must go on while the database cannot be written, on a full disk say."""
    try:
        database.write(lambda unit: audit.write(unit, entry))
    except RegistryError as error:
        _LOG.error("audit line not stored: %s", error, extra={"audit_line": entry.columns()})
