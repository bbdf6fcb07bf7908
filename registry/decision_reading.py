"""One stored decision for whoever may open the database, with its audit line.

In: a database, the operator, an identifier. Out: the decision with the facts it was made on.
Does not know: how it is explained, nor which facts may be shown. Analysts on the web go through
`decision_search`, which asks the grants first; an operator could read the table as well.
"""

from __future__ import annotations

from datetime import datetime

import orjson
from sqlalchemy import select

from registry import audit, commands, decision_rows, tables
from registry.about import NOBODY_KNOWN, About
from registry.audit import AuditEntry, AuditOutcome
from registry.audited_calls import failures_noted
from registry.commands import Caller
from registry.decisions_found import StoredDecision
from registry.errors import NotFound
from registry.storage import Database


def read_decision(
    database: Database, caller: Caller, decision_id: str, now: datetime
) -> StoredDecision:
    """Return a decision, when the line that says so is stored; raises `NotFound`.

    Raises as `Database.writing`.
    """
    with (
        failures_noted(database, caller, commands.READ_DECISION, now, lambda: NOBODY_KNOWN),
        database.writing() as unit,
    ):
        row = unit.execute(
            select(tables.decision).where(tables.decision.c.decision_id == decision_id)
        ).one_or_none()
        if row is None:
            raise NotFound
        found = decision_rows.line_of(row, decision_rows.found_in(unit, [decision_id]))
        about = About(row.citizen_id, row.interview_id)
        audit.write(
            unit,
            AuditEntry(
                now,
                caller,
                commands.READ_DECISION,
                AuditOutcome.READ,
                about,
                decision_id=decision_id,
                rulebook=row.rulebook,
            ),
        )
        unit.commit()
    return StoredDecision(found, orjson.loads(row.facts))
