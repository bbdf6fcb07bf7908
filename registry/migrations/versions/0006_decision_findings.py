"""Decisions by rule, code, organisation and day.

In: the tables of 0005. Out: `decision_finding`, filled from the outcomes of all decisions, and
indices for the pages of stored decisions.
Does not know: `registry.tables`, which goes on changing.
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

IDENTIFIER = sa.String(36)
NAME = sa.String(200)
AT_ONCE = 1_000

_DECISION = sa.table(
    "decision", sa.column("decision_id"), sa.column("outcome"), sa.column("recorded_at")
)


def upgrade() -> None:
    """Make the table and fill it."""
    finding = op.create_table(
        "decision_finding",
        sa.Column("decision_id", IDENTIFIER, nullable=False),
        sa.Column("position", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("rule", NAME, nullable=False),
        sa.Column("code", NAME, nullable=False),
        sa.Column("refuses", sa.Boolean, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("decision_id", "position", name="pk_decision_finding"),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.decision_id"], name="fk_decision_finding_decision_id"
        ),
    )
    _fill(finding)
    op.create_index(
        "ix_decision_finding_rule_code_recorded_at_decision_id",
        "decision_finding",
        ["rule", "code", "recorded_at", "decision_id"],
    )
    op.create_index(
        "ix_decision_finding_code_recorded_at_decision_id",
        "decision_finding",
        ["code", "recorded_at", "decision_id"],
    )
    op.create_index(
        "ix_decision_recorded_at_decision_id", "decision", ["recorded_at", "decision_id"]
    )
    op.create_index(
        "ix_decision_figures",
        "decision",
        [
            "recorded_at",
            "organisation_type",
            "organisation",
            "operation",
            "accepted",
            "decision_id",
        ],
    )


def _fill(finding: sa.Table) -> None:
    connection = op.get_bind()
    after = ""
    while True:
        rows = connection.execute(
            sa.select(_DECISION)
            .where(_DECISION.c.decision_id > after)
            .order_by(_DECISION.c.decision_id)
            .limit(AT_ONCE)
        ).all()
        found = [
            {
                "decision_id": row.decision_id,
                "position": position,
                "rule": each["rule"],
                "code": each["code"],
                "refuses": refuses,
                "recorded_at": row.recorded_at,
            }
            for row in rows
            for position, (refuses, each) in enumerate(_findings(row.outcome))
        ]
        if found:
            connection.execute(sa.insert(finding), found)
        if len(rows) < AT_ONCE:
            return
        after = rows[-1].decision_id


def _findings(outcome: str) -> list[tuple[bool, dict[str, str]]]:
    plain = json.loads(outcome)
    return [
        *((True, each) for each in plain["violations"]),
        *((False, each) for each in plain["advice"]),
    ]


def downgrade() -> None:
    """Remove the table and the indices."""
    op.drop_index("ix_decision_figures", "decision")
    op.drop_index("ix_decision_recorded_at_decision_id", "decision")
    op.drop_table("decision_finding")
