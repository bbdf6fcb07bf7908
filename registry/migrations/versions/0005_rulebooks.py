"""Rulebooks as releases: stored content, a log of activations, and the one that is active.

In: the tables of 0004. Out: three tables beside them; none is active yet, the service that starts
next sees to that.
Does not know: `registry.tables`, which goes on changing, nor the rulebooks of earlier decisions:
their content was never stored.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NAME = sa.String(200)


def upgrade() -> None:
    """Make the tables, and the row that says that nothing is active."""
    op.create_table(
        "rulebook_release",
        sa.Column("rulebook_id", NAME, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("published_at", sa.BigInteger, nullable=False),
        sa.Column("published_by", NAME, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("cases_run", sa.Integer, nullable=False),
        sa.Column("cases_passed", sa.Integer, nullable=False),
        sa.Column("engine", NAME, nullable=False),
        sa.PrimaryKeyConstraint("rulebook_id", name="pk_rulebook_release"),
    )
    op.create_table(
        "rulebook_activation",
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("rulebook_id", NAME, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("by", NAME, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_rulebook_activation"),
        sa.ForeignKeyConstraint(
            ["rulebook_id"],
            ["rulebook_release.rulebook_id"],
            name="fk_rulebook_activation_rulebook_id",
        ),
    )
    active = op.create_table(
        "active_rulebook",
        sa.Column("row_id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("rulebook_id", NAME, nullable=True),
        sa.Column("activation", sa.Integer, nullable=True),
        sa.Column("folder", NAME, nullable=True),
        sa.PrimaryKeyConstraint("row_id", name="pk_active_rulebook"),
        sa.ForeignKeyConstraint(
            ["rulebook_id"],
            ["rulebook_release.rulebook_id"],
            name="fk_active_rulebook_rulebook_id",
        ),
        sa.ForeignKeyConstraint(
            ["activation"], ["rulebook_activation.number"], name="fk_active_rulebook_activation"
        ),
        sa.CheckConstraint("row_id = 1", name=op.f("ck_active_rulebook_one_row")),
    )
    op.bulk_insert(active, [{"row_id": 1}])
