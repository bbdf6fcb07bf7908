"""The audit line of a replay: somebody has all stored decisions looked at.

In: a database, who wants it, the rulebook that is tried. Out: one line, stored before anything is
read.
Does not know: what is read. A decision whose facts are shown has a line of its own.
"""

from __future__ import annotations

from datetime import datetime

from registry import audit, commands
from registry.about import NOBODY_KNOWN
from registry.audit import AuditEntry, AuditOutcome
from registry.commands import Caller
from registry.storage import Database


def note_replay(database: Database, caller: Caller, rulebook: str, now: datetime) -> None:
    """Write the line; raises as `Database.write`, and nothing may be read then."""
    line = AuditEntry(
        now, caller, commands.REPLAY_DECISIONS, AuditOutcome.READ, NOBODY_KNOWN, rulebook=rulebook
    )
    database.write(lambda unit: audit.write(unit, line))
