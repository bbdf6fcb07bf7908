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
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
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
    # for the pages of stored decisions: newest first, and what is counted by day and organisation
    Index(None, "recorded_at", "decision_id"),
    Index(
        "ix_decision_figures",
        "recorded_at",
        "organisation_type",
        "organisation",
        "operation",
        "accepted",
        # last, for joins: the figures are made of this index alone, not of the wide rows
        "decision_id",
    ),
)

# Which rules spoke up in a decision, one row for each violation and advice in `outcome`, so that
# decisions can be found and counted by rule and code.
decision_finding = Table(
    "decision_finding",
    metadata,
    Column("decision_id", IDENTIFIER, ForeignKey("decision.decision_id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("rule", NAME, nullable=False),
    Column("code", NAME, nullable=False),
    Column("refuses", Boolean, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Index(None, "rule", "code", "recorded_at", "decision_id"),
    Index(None, "code", "recorded_at", "decision_id"),
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

# INVARIANT: one row, which says what the newest line of the audit log is. The next line is chained
# to it, not to the newest line that is found, so that a log that was cut short keeps its gap.
audit_head = Table(
    "audit_head",
    metadata,
    Column("head_id", Integer, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
    CheckConstraint("head_id = 1", name="one_row"),
)

# One ordered log of messages for each organisation. `last_number` is the counter of its log: the
# writer of a message holds this row from taking the number until the commit.
subscriber = Table(
    "subscriber",
    metadata,
    Column("subscriber_id", IDENTIFIER, primary_key=True),
    Column("organisation_type", NAME, nullable=False),
    Column("organisation", NAME, nullable=False),
    Column("last_number", BigInteger, nullable=False),
    # messages up to here have been thrown away
    Column("pruned_to", BigInteger, nullable=False),
    # when it last opened a sequence; null for one that never fetches its messages itself
    Column("pulled_at", BigInteger, nullable=True),
    UniqueConstraint("organisation_type", "organisation"),
)

# INVARIANT: the numbers of a subscriber's messages are pruned_to + 1 … last_number, without a gap
# and in the order of the commits. A number from an identity column has no such order: a reader
# that has seen 8 would never see the 7 that is committed after it.
message = Table(
    "message",
    metadata,
    Column("subscriber_id", IDENTIFIER, ForeignKey("subscriber.subscriber_id"), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("message_id", IDENTIFIER, nullable=False, unique=True),
    Column("name", NAME, nullable=False),
    Column("entity", NAME, nullable=False),
    Column("entity_id", IDENTIFIER, nullable=False),
    Column("change", NAME, nullable=False),
    Column("citizen_id", IDENTIFIER, ForeignKey("citizen.citizen_id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("registered_by_type", NAME, nullable=False),
    Column("registered_by", NAME, nullable=False),
    Column("acknowledged_at", BigInteger, nullable=True),
    Index(None, "citizen_id"),
)

# Only of what waits, so that finding it stays fast behind any number of acknowledged messages.
_WAITING = message.c.acknowledged_at.is_(None)
for _name, _columns in {
    "ix_message_waiting": (message.c.subscriber_id, message.c.number),
    "ix_message_waiting_entity": (message.c.subscriber_id, message.c.entity, message.c.number),
}.items():
    Index(_name, *_columns, sqlite_where=_WAITING, postgresql_where=_WAITING)

# What a subscriber has in hand: the messages that waited, from `first_number` to `last_number`,
# of one entity or (null) of all.
message_sequence = Table(
    "message_sequence",
    metadata,
    Column("sequence_id", IDENTIFIER, primary_key=True),
    Column("subscriber_id", IDENTIFIER, ForeignKey("subscriber.subscriber_id"), nullable=False),
    Column("entity", NAME, nullable=True),
    Column("state", NAME, nullable=False),
    Column("messages", Integer, nullable=False),
    Column("first_number", BigInteger, nullable=False),
    Column("last_number", BigInteger, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("touched_at", BigInteger, nullable=False),
    Index(None, "subscriber_id", "state"),
)

# One webhook: a path of the subscriber's, with its own place in the subscriber's log. `fence`
# counts the relays that took it over; a relay that holds an older count marks nothing.
stream = Table(
    "stream",
    metadata,
    Column("stream_id", IDENTIFIER, primary_key=True),
    Column("subscriber_id", IDENTIFIER, ForeignKey("subscriber.subscriber_id"), nullable=False),
    Column("path", NAME, nullable=False),
    # entity names, with a comma between them
    Column("entities", Text, nullable=False),
    Column("state", NAME, nullable=False),
    Column("reason", NAME, nullable=True),
    Column("delivered_to", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("refusals", Integer, nullable=False),
    Column("refused_since", BigInteger, nullable=True),
    Column("next_attempt_at", BigInteger, nullable=False),
    Column("lease_owner", NAME, nullable=True),
    Column("lease_until", BigInteger, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    UniqueConstraint("subscriber_id", "path"),
)

# The gaps: messages that an operator decided not to deliver. They outlive stream and message.
skipped_message = Table(
    "skipped_message",
    metadata,
    Column("stream_id", IDENTIFIER, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("message_id", IDENTIFIER, nullable=False),
    Column("subscriber_id", IDENTIFIER, ForeignKey("subscriber.subscriber_id"), nullable=False),
    Column("path", NAME, nullable=False),
    Column("skipped_at", BigInteger, primary_key=True, autoincrement=False),
    Column("skipped_by", NAME, nullable=False),
    Column("reason", Text, nullable=False),
    Index(None, "subscriber_id"),
)

# INVARIANT: a row is never changed or removed. Its key is the hash of its content, which is made
# again whenever it is read.
rulebook_release = Table(
    "rulebook_release",
    metadata,
    Column("rulebook_id", NAME, primary_key=True),
    # every file by its name: canonical JSON, compressed with zlib
    Column("content", LargeBinary, nullable=False),
    # SHA-256 of that JSON: the identifier leaves out comments and layout
    Column("content_hash", String(64), nullable=False),
    Column("published_at", BigInteger, nullable=False),
    Column("published_by", NAME, nullable=False),
    Column("note", Text, nullable=False),
    Column("cases_run", Integer, nullable=False),
    Column("cases_passed", Integer, nullable=False),
    Column("engine", NAME, nullable=False),
)

# Append-only: which rulebook decided from when on, and who wanted it so.
rulebook_activation = Table(
    "rulebook_activation",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("rulebook_id", NAME, ForeignKey("rulebook_release.rulebook_id"), nullable=False),
    Column("kind", NAME, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", NAME, nullable=False),
    Column("note", Text, nullable=False),
)

# INVARIANT: one row, which says what decides; who activates holds it until the commit.
active_rulebook = Table(
    "active_rulebook",
    metadata,
    Column("row_id", Integer, primary_key=True, autoincrement=False),
    # null in a database that no rulebook was ever activated in
    Column("rulebook_id", NAME, ForeignKey("rulebook_release.rulebook_id"), nullable=True),
    Column("activation", Integer, ForeignKey("rulebook_activation.number"), nullable=True),
    # the rulebook that stood in the folder when a service last looked there at its start
    Column("folder", NAME, nullable=True),
    CheckConstraint("row_id = 1", name="one_row"),
)

# What was answered to calls with an idempotency key, for those who make them again. The key itself
# is nowhere: `key_hash` is of it and of the caller, `request_hmac` of the request under the key.
# No foreign keys: a row is a note, not a part of what it is about, and is thrown away after days.
kept_answer = Table(
    "kept_answer",
    metadata,
    Column("key_hash", String(64), primary_key=True),
    Column("request_hmac", String(64), nullable=False),
    Column("citizen_id", IDENTIFIER, nullable=True),
    Column("interview_id", IDENTIFIER, nullable=True),
    Column("decision_id", IDENTIFIER, nullable=True),
    Column("status", Integer, nullable=False),
    Column("headers", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Index(None, "recorded_at"),
)
