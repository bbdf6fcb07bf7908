"""Interviews as stored: found, listed, written version by version.

In: a unit of work. Out: `Interview` values in their current version, and what rules need of the
others. Does not know: who may see an interview, nor whether it obeys a rule. Every version is kept
whole; none is ever changed.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Row, and_, func, insert, or_, select, update

from registry import tables
from registry.commands import Caller, FindInterviews, PagePosition
from registry.days import from_microseconds, to_microseconds
from registry.documents import content_document, read_content
from registry.interview import EarlierInterview, Interview, RegisteredBy
from registry.outcome import Page
from registry.storage import UnitOfWork

_INTERVIEW = tables.interview.c
_VERSION = tables.interview_version.c

_CURRENT = (
    select(
        _INTERVIEW.interview_id,
        _INTERVIEW.version,
        _INTERVIEW.type,
        _INTERVIEW.held_at,
        _INTERVIEW.registered_at,
        _INTERVIEW.registered_by_type,
        _INTERVIEW.registered_by,
        _VERSION.content,
        _VERSION.recorded_at,
        tables.citizen.c.cpr,
    )
    .join_from(
        tables.interview,
        tables.interview_version,
        and_(
            _VERSION.interview_id == _INTERVIEW.interview_id,
            _VERSION.version == _INTERVIEW.version,
        ),
    )
    .join(tables.citizen, tables.citizen.c.citizen_id == _INTERVIEW.citizen_id)
)


@dataclass(frozen=True, slots=True)
class VersionOrigin:
    """Where a version comes from: whose, in which order, by which decision."""

    citizen_id: str
    citizen_revision: int
    decision_id: str
    caller: Caller


def citizen_of(unit: UnitOfWork, interview_id: str) -> str | None:
    """Return the internal identifier of the citizen of an interview, which never changes."""
    found: str | None = unit.execute(
        select(_INTERVIEW.citizen_id).where(_INTERVIEW.interview_id == interview_id)
    ).scalar_one_or_none()
    return found


def find(unit: UnitOfWork, interview_id: str) -> Interview | None:
    """Return the current version of an interview."""
    row = unit.execute(_CURRENT.where(_INTERVIEW.interview_id == interview_id)).one_or_none()
    return None if row is None else _interview(row)


def others_of(
    unit: UnitOfWork, citizen_id: str, leaving_out: str | None = None
) -> tuple[EarlierInterview, ...]:
    """Return the citizen's interviews by held time, without the one named by `leaving_out`."""
    rows = unit.execute(
        select(_INTERVIEW.interview_id, _INTERVIEW.type, _INTERVIEW.held_at)
        .where(_INTERVIEW.citizen_id == citizen_id)
        .order_by(_INTERVIEW.held_at, _INTERVIEW.interview_id)
    )
    return tuple(
        EarlierInterview(row.type, from_microseconds(row.held_at))
        for row in rows
        if row.interview_id != leaving_out
    )


def next_revision(unit: UnitOfWork, citizen_id: str) -> int:
    """Return the number that the next version of any interview of this citizen must carry."""
    latest = unit.execute(
        select(func.max(_VERSION.citizen_revision)).where(_VERSION.citizen_id == citizen_id)
    ).scalar_one()
    return (latest or 0) + 1


def page(unit: UnitOfWork, citizen_id: str, query: FindInterviews) -> Page:
    """Return the interviews of a citizen that `query` asks for, by held time and identifier."""
    wanted: list[ColumnElement[bool]] = [_INTERVIEW.citizen_id == citizen_id]
    if query.interview_type is not None:
        wanted.append(_INTERVIEW.type == query.interview_type)
    if query.held_from is not None:
        wanted.append(_INTERVIEW.held_at >= to_microseconds(query.held_from))
    if query.held_to is not None:
        wanted.append(_INTERVIEW.held_at < to_microseconds(query.held_to))
    if query.after is not None:
        wanted.append(_after(query.after))
    rows = unit.execute(
        _CURRENT.where(*wanted)
        .order_by(_INTERVIEW.held_at, _INTERVIEW.interview_id)
        .limit(query.limit + 1)
    ).all()
    found = tuple(_interview(row) for row in rows[: query.limit])
    if len(rows) <= query.limit or not found:
        return Page(found, None)
    return Page(found, PagePosition(found[-1].held_at, found[-1].interview_id))


def write(unit: UnitOfWork, interview: Interview, origin: VersionOrigin) -> None:
    """Store one version whole and make it the current one; its number is the one before plus 1."""
    current = {
        "version": interview.version,
        "type": interview.type,
        "held_at": to_microseconds(interview.held_at),
    }
    if interview.version == 1:
        unit.execute(
            insert(tables.interview),
            {
                "interview_id": interview.interview_id,
                "citizen_id": origin.citizen_id,
                "registered_at": to_microseconds(interview.registered_at),
                "registered_by_type": interview.registered_by.organisation_type,
                "registered_by": interview.registered_by.organisation,
                **current,
            },
        )
    else:
        unit.execute(
            update(tables.interview).where(_INTERVIEW.interview_id == interview.interview_id),
            current,
        )
    unit.execute(
        insert(tables.interview_version),
        {
            "interview_id": interview.interview_id,
            "citizen_id": origin.citizen_id,
            "citizen_revision": origin.citizen_revision,
            "content": content_document(interview),
            "decision_id": origin.decision_id,
            "organisation_type": origin.caller.organisation_type,
            "organisation": origin.caller.organisation,
            "recorded_at": to_microseconds(interview.updated_at),
            **current,
        },
    )


def _after(position: PagePosition) -> ColumnElement[bool]:
    held_at = to_microseconds(position.held_at)
    return or_(
        _INTERVIEW.held_at > held_at,
        and_(_INTERVIEW.held_at == held_at, _INTERVIEW.interview_id > position.interview_id),
    )


def _interview(row: Row[tuple[object, ...]]) -> Interview:
    content = read_content(row.content)
    return Interview(
        interview_id=row.interview_id,
        cpr=row.cpr,
        version=row.version,
        type=row.type,
        contact_type=content.contact_type,
        held_at=from_microseconds(row.held_at),
        with_more_authorities=content.with_more_authorities,
        responsible_authority=content.responsible_authority,
        participation_status=content.participation_status,
        booking_id=content.booking_id,
        agreement_text=content.agreement_text,
        participants=content.participants,
        registered_at=from_microseconds(row.registered_at),
        updated_at=from_microseconds(row.recorded_at),
        registered_by=RegisteredBy(row.registered_by_type, row.registered_by),
    )
