"""Messages to subscribers, the sequences they are fetched in and the webhooks they are sent to.

In: the tables of 0001. Out: those of messages beside them.
Does not know: `registry.tables`, which goes on changing. Changes made before have no messages.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

IDENTIFIER = sa.String(36)
NAME = sa.String(200)


def upgrade() -> None:
    """Make the tables."""
    _make_log()
    _make_sequences()
    _make_streams()


def _of_subscriber(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["subscriber_id"], ["subscriber.subscriber_id"], name=f"fk_{table}_subscriber_id"
    )


def _make_log() -> None:
    op.create_table(
        "subscriber",
        sa.Column("subscriber_id", IDENTIFIER, nullable=False),
        sa.Column("organisation_type", NAME, nullable=False),
        sa.Column("organisation", NAME, nullable=False),
        sa.Column("last_number", sa.BigInteger, nullable=False),
        sa.Column("pruned_to", sa.BigInteger, nullable=False),
        sa.Column("pulled_at", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("subscriber_id", name="pk_subscriber"),
        sa.UniqueConstraint(
            "organisation_type",
            "organisation",
            name="uq_subscriber_organisation_type_organisation",
        ),
    )
    op.create_table(
        "message",
        sa.Column("subscriber_id", IDENTIFIER, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("message_id", IDENTIFIER, nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("entity", NAME, nullable=False),
        sa.Column("entity_id", IDENTIFIER, nullable=False),
        sa.Column("change", NAME, nullable=False),
        sa.Column("citizen_id", IDENTIFIER, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("registered_by_type", NAME, nullable=False),
        sa.Column("registered_by", NAME, nullable=False),
        sa.Column("acknowledged_at", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("subscriber_id", "number", name="pk_message"),
        _of_subscriber("message"),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizen.citizen_id"], name="fk_message_citizen_id"
        ),
        sa.UniqueConstraint("message_id", name="uq_message_message_id"),
    )
    op.create_index("ix_message_citizen_id", "message", ["citizen_id"])
    waiting = sa.text("acknowledged_at IS NULL")
    for name, columns in {
        "ix_message_waiting": ["subscriber_id", "number"],
        "ix_message_waiting_entity": ["subscriber_id", "entity", "number"],
    }.items():
        op.create_index(name, "message", columns, sqlite_where=waiting, postgresql_where=waiting)


def _make_sequences() -> None:
    op.create_table(
        "message_sequence",
        sa.Column("sequence_id", IDENTIFIER, nullable=False),
        sa.Column("subscriber_id", IDENTIFIER, nullable=False),
        sa.Column("entity", NAME, nullable=True),
        sa.Column("state", NAME, nullable=False),
        sa.Column("messages", sa.Integer, nullable=False),
        sa.Column("first_number", sa.BigInteger, nullable=False),
        sa.Column("last_number", sa.BigInteger, nullable=False),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("touched_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("sequence_id", name="pk_message_sequence"),
        _of_subscriber("message_sequence"),
    )
    op.create_index(
        "ix_message_sequence_subscriber_id_state", "message_sequence", ["subscriber_id", "state"]
    )


def _make_streams() -> None:
    op.create_table(
        "stream",
        sa.Column("stream_id", IDENTIFIER, nullable=False),
        sa.Column("subscriber_id", IDENTIFIER, nullable=False),
        sa.Column("path", NAME, nullable=False),
        sa.Column("entities", sa.Text, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("reason", NAME, nullable=True),
        sa.Column("delivered_to", sa.BigInteger, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("refusals", sa.Integer, nullable=False),
        sa.Column("refused_since", sa.BigInteger, nullable=True),
        sa.Column("next_attempt_at", sa.BigInteger, nullable=False),
        sa.Column("lease_owner", NAME, nullable=True),
        sa.Column("lease_until", sa.BigInteger, nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("stream_id", name="pk_stream"),
        _of_subscriber("stream"),
        sa.UniqueConstraint("subscriber_id", "path", name="uq_stream_subscriber_id_path"),
    )
    op.create_table(
        "skipped_message",
        sa.Column("stream_id", IDENTIFIER, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("message_id", IDENTIFIER, nullable=False),
        sa.Column("subscriber_id", IDENTIFIER, nullable=False),
        sa.Column("path", NAME, nullable=False),
        sa.Column("skipped_at", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("skipped_by", NAME, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("stream_id", "number", "skipped_at", name="pk_skipped_message"),
        _of_subscriber("skipped_message"),
    )
    op.create_index("ix_skipped_message_subscriber_id", "skipped_message", ["subscriber_id"])
