"""The audit log: who looked at or changed whose record, on whose behalf, when, with what outcome.

In: a unit of work and what happened. Out: one line more, chained to the one before by its hash.
Does not know: civil registration numbers, names or content; it names citizens by the internal
identifier.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import bindparam, insert, select, update

from registry import tables
from registry.about import About
from registry.commands import Caller
from registry.days import to_microseconds
from registry.documents import canonical_plain
from registry.statements import Fixed
from registry.storage import UnitOfWork

FIRST_PREVIOUS_HASH = "0" * 64
"""What the first line is chained to."""

_HEAD = select(tables.audit_head.c.sequence, tables.audit_head.c.hash)
_LOCKED_HEAD = Fixed(_HEAD.with_for_update())
_APPEND = Fixed(insert(tables.audit_line))
_MOVE_HEAD = Fixed(
    update(tables.audit_head).values(sequence=bindparam("sequence"), hash=bindparam("hash"))
)


class AuditOutcome(StrEnum):
    """How a call ended."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    READ = "read"
    NOT_FOUND = "not_found"
    NOT_AUTHORISED = "not_authorised"
    CONFLICT = "conflict"
    REPLAYED = "replayed"
    """The call had been made before: its answer of then was given, and nothing was done."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One call, as the log keeps it."""

    at: datetime
    caller: Caller
    operation: str
    outcome: AuditOutcome
    about: About
    decision_id: str | None = None
    rulebook: str | None = None

    def columns(self) -> dict[str, object]:
        """Return the columns of the line, without its place in the chain."""
        caller, about = self.caller, self.about
        return {
            "at": to_microseconds(self.at),
            "request_id": caller.request_id,
            "system": caller.system,
            "organisation_type": caller.organisation_type,
            "organisation": caller.organisation,
            "user": caller.user,
            "citizen_id": about.citizen_id,
            "interview_id": about.interview_id,
            "operation": self.operation,
            "outcome": self.outcome.value,
            "decision_id": self.decision_id,
            "rulebook": self.rulebook,
        }


@dataclass(frozen=True, slots=True)
class Head:
    """The newest line: how many there are, and its hash."""

    sequence: int
    hash: str


def write(unit: UnitOfWork, entry: AuditEntry) -> None:
    """Append one line; on PostgreSQL other writers wait from here to the commit, so do it last."""
    before = unit.execute(_LOCKED_HEAD).one()
    columns = entry.columns() | {"sequence": before.sequence + 1, "previous_hash": before.hash}
    line_hash = hash_of(columns)
    unit.write(
        (
            (_APPEND, columns | {"hash": line_hash}),
            (_MOVE_HEAD, {"sequence": columns["sequence"], "hash": line_hash}),
        )
    )


def head(unit: UnitOfWork) -> Head | None:
    """Return what the newest line should be; None when somebody has removed the record of it."""
    row = unit.execute(_HEAD).one_or_none()
    return None if row is None else Head(row.sequence, row.hash)


def hash_of(columns: dict[str, object]) -> str:
    """Return the SHA-256 of a line: all its columns but `hash`, as canonical JSON."""
    return sha256(canonical_plain(columns)).hexdigest()
