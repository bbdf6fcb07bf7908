"""What the audit log says of one citizen: who looked at or changed what, and how it ended.

In: a database, who wants the report, a civil registration number. Out: a `CitizenReport`.
Does not know: words for people, nor calls that asked for a number which was unknown then: such a
line names nobody. Calls that are about no single citizen, such as fetching messages, are not in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, select

from registry import audit, citizens, commands, tables
from registry.about import NOBODY_KNOWN, About
from registry.audit import AuditEntry, AuditOutcome
from registry.audited_calls import failures_noted
from registry.commands import Caller
from registry.days import from_microseconds
from registry.errors import NotFound
from registry.storage import Database, UnitOfWork

_LINE = tables.audit_line.c
_INTERVIEW = tables.interview.c


@dataclass(frozen=True, slots=True)
class ConcernedInterview:
    """An interview; type and moment (UTC) as they are now, None when it was never there."""

    interview_id: str
    type: int | None
    held_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One call about the citizen; `at` is in UTC, `rulebook` the one that decided, if one did.

    `operation` and `outcome` are as stored: names of `commands` and of `AuditOutcome`.
    """

    sequence: int
    at: datetime
    caller: Caller
    operation: str
    outcome: str
    interview: ConcernedInterview | None
    rulebook: str | None


@dataclass(frozen=True, slots=True)
class CitizenReport:
    """All calls about one citizen, the oldest first."""

    made_at: datetime
    lines: tuple[ReportLine, ...]


def citizen_report(database: Database, caller: Caller, cpr: str, now: datetime) -> CitizenReport:
    """Return the report, when the line that says so is stored; raises `NotFound`.

    The report does not hold its own line; the next one does. Raises as `Database.writing`.
    """
    with (
        failures_noted(database, caller, commands.REPORT_CITIZEN, now, lambda: NOBODY_KNOWN),
        database.writing() as unit,
    ):
        citizen = citizens.find_by_cpr(unit, cpr)
        if citizen is None:
            raise NotFound
        lines = _lines(unit, citizen.citizen_id)
        about = About(citizen.citizen_id)
        audit.write(
            unit, AuditEntry(now, caller, commands.REPORT_CITIZEN, AuditOutcome.READ, about)
        )
        unit.commit()
    return CitizenReport(now, lines)


def _lines(unit: UnitOfWork, citizen_id: str) -> tuple[ReportLine, ...]:
    rows = unit.execute(
        select(tables.audit_line, _INTERVIEW.type, _INTERVIEW.held_at)
        .outerjoin(tables.interview, _INTERVIEW.interview_id == _LINE.interview_id)
        .where(_LINE.citizen_id == citizen_id)
        .order_by(_LINE.sequence)
    )
    return tuple(_line(row) for row in rows)


def _line(row: Row[tuple[object, ...]]) -> ReportLine:
    return ReportLine(
        sequence=row.sequence,
        at=from_microseconds(row.at),
        caller=Caller(
            organisation_type=row.organisation_type,
            organisation=row.organisation,
            user=row.user,
            request_id=row.request_id,
            system=row.system,
        ),
        operation=row.operation,
        outcome=row.outcome,
        interview=_interview(row),
        rulebook=row.rulebook,
    )


def _interview(row: Row[tuple[object, ...]]) -> ConcernedInterview | None:
    if row.interview_id is None:
        return None
    held_at = None if row.held_at is None else from_microseconds(row.held_at)
    return ConcernedInterview(row.interview_id, row.type, held_at)
