"""The audit log: who looked at or changed whose record, on whose behalf, when, with what outcome.

In: a unit of work and what happened. Out: one line more, chained to the one before by its hash.
Does not know: civil registration numbers, names or content; it names citizens by the internal
identifier.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import insert, select

from registry import tables
from registry.about import About
from registry.commands import Caller
from registry.days import to_microseconds
from registry.documents import canonical
from registry.storage import UnitOfWork

FIRST_PREVIOUS_HASH = "0" * 64
"""What the first line is chained to."""


class AuditOutcome(StrEnum):
    """How a call ended."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    READ = "read"
    NOT_FOUND = "not_found"
    NOT_AUTHORISED = "not_authorised"
    CONFLICT = "conflict"


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
        return {
            "at": to_microseconds(self.at),
            **asdict(self.caller),
            **asdict(self.about),
            "operation": self.operation,
            "outcome": self.outcome.value,
            "decision_id": self.decision_id,
            "rulebook": self.rulebook,
        }


def write(unit: UnitOfWork, entry: AuditEntry) -> None:
    """Append one line; on PostgreSQL other writers wait from here to the commit, so do it last."""
    unit.lock_audit()
    line = tables.audit_line.c
    latest = unit.execute(
        select(line.sequence, line.hash).order_by(line.sequence.desc()).limit(1)
    ).one_or_none()
    place = (
        {"sequence": 1, "previous_hash": FIRST_PREVIOUS_HASH}
        if latest is None
        else {"sequence": latest.sequence + 1, "previous_hash": latest.hash}
    )
    columns = entry.columns() | place
    unit.execute(insert(tables.audit_line), columns | {"hash": hash_of(columns)})


def hash_of(columns: dict[str, object]) -> str:
    """Return the SHA-256 of a line: all its columns but `hash`, as canonical JSON."""
    return sha256(canonical(columns).encode()).hexdigest()


def first_broken_line(unit: UnitOfWork) -> int | None:
    """Return the sequence number of the first line that does not fit its chain, or None."""
    previous, expected = FIRST_PREVIOUS_HASH, 1
    rows = unit.execute(select(tables.audit_line).order_by(tables.audit_line.c.sequence))
    for row in rows.mappings():
        columns = {str(name): value for name, value in row.items() if name != "hash"}
        fits = columns["sequence"] == expected and columns["previous_hash"] == previous
        if not fits or hash_of(columns) != row["hash"]:
            return int(columns["sequence"])
        previous, expected = row["hash"], expected + 1
    return None
