"""The audit lines of a replay and an export: somebody has all stored decisions looked at.

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
    """Write the line of a replay; raises as `Database.write`, and nothing may be read then."""
    _note(database, caller, commands.REPLAY_DECISIONS, rulebook, now)


def note_export(database: Database, caller: Caller, rulebook: str, now: datetime) -> None:
    """Write the line of an export of all decisions; the same holds."""
    _note(database, caller, commands.EXPORT_DECISIONS, rulebook, now)


def _note(database: Database, caller: Caller, operation: str, rulebook: str, now: datetime) -> None:
    line = AuditEntry(now, caller, operation, AuditOutcome.READ, NOBODY_KNOWN, rulebook=rulebook)
    database.write(lambda unit: audit.write(unit, line))
