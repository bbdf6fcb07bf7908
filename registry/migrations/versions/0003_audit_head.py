"""The head of the audit log in a row of its own, so that a log that was cut short is found.

In: the tables of 0001. Out: `audit_head` beside them, at the newest line.
Does not know: `registry.tables`, which goes on changing. Lines cut off before are not found.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and its only row."""
    op.create_table(
        "audit_head",
        sa.Column("head_id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("head_id", name="pk_audit_head"),
        sa.CheckConstraint("head_id = 1", name=op.f("ck_audit_head_one_row")),
    )
    op.execute(
        sa.text(
            "INSERT INTO audit_head (head_id, sequence, hash) "
            "SELECT 1, sequence, hash FROM audit_line "
            "WHERE sequence = (SELECT max(sequence) FROM audit_line) "
            "UNION ALL "
            "SELECT 1, 0, :first WHERE NOT EXISTS (SELECT 1 FROM audit_line)"
        ).bindparams(first="0" * 64)
    )
