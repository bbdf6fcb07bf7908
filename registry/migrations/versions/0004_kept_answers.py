"""Answers to calls with an idempotency key, so that a call made again is done once.

In: any tables before. Out: `kept_answer` beside them.
Does not know: `registry.tables`, which goes on changing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "kept_answer",
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("request_hmac", sa.String(64), nullable=False),
        sa.Column("citizen_id", sa.String(36), nullable=True),
        sa.Column("interview_id", sa.String(36), nullable=True),
        sa.Column("decision_id", sa.String(36), nullable=True),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("headers", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name="pk_kept_answer"),
    )
    op.create_index("ix_kept_answer_recorded_at", "kept_answer", ["recorded_at"])
