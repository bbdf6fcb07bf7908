"""The tables of the registry, for SQLite and PostgreSQL alike.

In: nothing. Out: SQLAlchemy Core tables; `migrations/` makes the same ones, and a test holds the
two equal.
Does not know: who reads or writes. Identifiers are UUIDs in text form, instants are whole
microseconds since 1970 in UTC, documents are canonical JSON in text.

Everything about a citizen hangs on `citizen_id`; the civil registration number stands in one
column of one table.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

IDENTIFIER = String(36)
NAME = String(200)

citizen = Table(
    "citizen",
    metadata,
    Column("citizen_id", IDENTIFIER, primary_key=True),
    Column("cpr", String(10), nullable=False, unique=True),
    Column("facts", Text, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
)

decision = Table(
    "decision",
    metadata,
    Column("decision_id", IDENTIFIER, primary_key=True),
    Column("citizen_id", IDENTIFIER, ForeignKey("citizen.citizen_id"), nullable=True),
    Column("interview_id", IDENTIFIER, nullable=True),
    Column("operation", NAME, nullable=False),
    Column("facts", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("rulebook", NAME, nullable=False),
    Column("organisation_type", NAME, nullable=False),
    Column("organisation", NAME, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Index(None, "citizen_id", "recorded_at"),
    Index(None, "interview_id"),
)

# The current version of each interview: what lists and rules look for. Its content stands in the
# row of `interview_version` with the same version.
interview = Table(
    "interview",
    metadata,
    Column("interview_id", IDENTIFIER, primary_key=True),
    Column("citizen_id", IDENTIFIER, ForeignKey("citizen.citizen_id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("type", Integer, nullable=False),
    Column("held_at", BigInteger, nullable=False),
    Column("registered_at", BigInteger, nullable=False),
    Column("registered_by_type", NAME, nullable=False),
    Column("registered_by", NAME, nullable=False),
    CheckConstraint("version >= 1", name="version_counts_from_1"),
    Index(None, "citizen_id", "held_at", "interview_id"),
)

# INVARIANT: the versions of all interviews of a citizen carry 1, 2, 3 … as `citizen_revision`, in
# the order of their commits. Two registrations that read the same state of a citizen want the
# same number, so the database refuses the second one even where the citizen's lock failed. This
# net holds for every rule an analyst may write; a UNIQUE over type and held time would hold for
# one rule, and go on refusing after that rule has been withdrawn.
interview_version = Table(
    "interview_version",
    metadata,
    Column("interview_id", IDENTIFIER, ForeignKey("interview.interview_id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("citizen_id", IDENTIFIER, ForeignKey("citizen.citizen_id"), nullable=False),
    Column("citizen_revision", Integer, nullable=False),
    Column("type", Integer, nullable=False),
    Column("held_at", BigInteger, nullable=False),
    Column("content", Text, nullable=False),
    Column("decision_id", IDENTIFIER, ForeignKey("decision.decision_id"), nullable=False),
    Column("organisation_type", NAME, nullable=False),
    Column("organisation", NAME, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Index(None, "citizen_id", "citizen_revision", unique=True),
)

# Append-only. Each line's hash covers the line and the hash before it, so that a line that is
# changed or taken out breaks every hash after it.
audit_line = Table(
    "audit_line",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("request_id", NAME, nullable=False),
    Column("system", NAME, nullable=True),
    Column("organisation_type", NAME, nullable=False),
    Column("organisation", NAME, nullable=False),
    Column("user", NAME, nullable=False),
    Column("citizen_id", IDENTIFIER, nullable=True),
    Column("interview_id", IDENTIFIER, nullable=True),
    Column("operation", NAME, nullable=False),
    Column("outcome", NAME, nullable=False),
    Column("decision_id", IDENTIFIER, nullable=True),
    Column("rulebook", NAME, nullable=True),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Index(None, "citizen_id", "at"),
)
