"""Interviews with all their versions, citizens, decisions and the audit log.

In: an empty database. Out: the first tables.
Does not know: `registry.tables`, which goes on changing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

IDENTIFIER = sa.String(36)
NAME = sa.String(200)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "citizen",
        sa.Column("citizen_id", IDENTIFIER, nullable=False),
        sa.Column("cpr", sa.String(10), nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("citizen_id", name="pk_citizen"),
        sa.UniqueConstraint("cpr", name="uq_citizen_cpr"),
    )
    op.create_table(
        "decision",
        sa.Column("decision_id", IDENTIFIER, nullable=False),
        sa.Column("citizen_id", IDENTIFIER, nullable=True),
        sa.Column("interview_id", IDENTIFIER, nullable=True),
        sa.Column("operation", NAME, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("accepted", sa.Boolean, nullable=False),
        sa.Column("rulebook", NAME, nullable=False),
        sa.Column("organisation_type", NAME, nullable=False),
        sa.Column("organisation", NAME, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("decision_id", name="pk_decision"),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizen.citizen_id"], name="fk_decision_citizen_id"
        ),
    )
    op.create_index("ix_decision_citizen_id_recorded_at", "decision", ["citizen_id", "recorded_at"])
    op.create_index("ix_decision_interview_id", "decision", ["interview_id"])
    op.create_table(
        "interview",
        sa.Column("interview_id", IDENTIFIER, nullable=False),
        sa.Column("citizen_id", IDENTIFIER, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("type", sa.Integer, nullable=False),
        sa.Column("held_at", sa.BigInteger, nullable=False),
        sa.Column("registered_at", sa.BigInteger, nullable=False),
        sa.Column("registered_by_type", NAME, nullable=False),
        sa.Column("registered_by", NAME, nullable=False),
        sa.PrimaryKeyConstraint("interview_id", name="pk_interview"),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizen.citizen_id"], name="fk_interview_citizen_id"
        ),
        sa.CheckConstraint("version >= 1", name="ck_interview_version_counts_from_1"),
    )
    op.create_index(
        "ix_interview_citizen_id_held_at_interview_id",
        "interview",
        ["citizen_id", "held_at", "interview_id"],
    )
    op.create_table(
        "interview_version",
        sa.Column("interview_id", IDENTIFIER, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("citizen_id", IDENTIFIER, nullable=False),
        sa.Column("citizen_revision", sa.Integer, nullable=False),
        sa.Column("type", sa.Integer, nullable=False),
        sa.Column("held_at", sa.BigInteger, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("decision_id", IDENTIFIER, nullable=False),
        sa.Column("organisation_type", NAME, nullable=False),
        sa.Column("organisation", NAME, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("interview_id", "version", name="pk_interview_version"),
        sa.ForeignKeyConstraint(
            ["interview_id"],
            ["interview.interview_id"],
            name="fk_interview_version_interview_id",
        ),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["citizen.citizen_id"], name="fk_interview_version_citizen_id"
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.decision_id"], name="fk_interview_version_decision_id"
        ),
    )
    op.create_index(
        "ix_interview_version_citizen_id_citizen_revision",
        "interview_version",
        ["citizen_id", "citizen_revision"],
        unique=True,
    )
    op.create_table(
        "audit_line",
        sa.Column("sequence", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("request_id", NAME, nullable=False),
        sa.Column("system", NAME, nullable=True),
        sa.Column("organisation_type", NAME, nullable=False),
        sa.Column("organisation", NAME, nullable=False),
        sa.Column("user", NAME, nullable=False),
        sa.Column("citizen_id", IDENTIFIER, nullable=True),
        sa.Column("interview_id", IDENTIFIER, nullable=True),
        sa.Column("operation", NAME, nullable=False),
        sa.Column("outcome", NAME, nullable=False),
        sa.Column("decision_id", IDENTIFIER, nullable=True),
        sa.Column("rulebook", NAME, nullable=True),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_audit_line"),
        sa.UniqueConstraint("hash", name="uq_audit_line_hash"),
    )
    op.create_index("ix_audit_line_citizen_id_at", "audit_line", ["citizen_id", "at"])
