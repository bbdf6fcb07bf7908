"""Interviews as stored: found, listed, written version by version.

In: a unit of work. Out: `Interview` values in their current version or an earlier one, and what
stores a new one. What rules are told of the others stands in `other_interviews`.
Does not know: who may see an interview, nor whether it obeys a rule. Every version is kept whole;
none is ever changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)

from registry import tables
from registry.commands import CHANGES, Caller, FindInterviews, FindVersions, PagePosition
from registry.days import from_microseconds, to_microseconds
from registry.documents import content_document, read_content
from registry.interview import Interview, RegisteredBy
from registry.outcome import InterviewVersion, Page, VersionPage
from registry.statements import Fixed, Written
from registry.storage import UnitOfWork

_INTERVIEW = tables.interview.c
_VERSION = tables.interview_version.c

_VERSIONS: Select[Any] = (
    select(
        _INTERVIEW.interview_id,
        _INTERVIEW.registered_at,
        _INTERVIEW.registered_by_type,
        _INTERVIEW.registered_by,
        _VERSION.version,
        _VERSION.type,
        _VERSION.held_at,
        _VERSION.content,
        _VERSION.recorded_at,
        tables.citizen.c.cpr,
    )
    .join_from(
        tables.interview,
        tables.interview_version,
        _VERSION.interview_id == _INTERVIEW.interview_id,
    )
    .join(tables.citizen, tables.citizen.c.citizen_id == _INTERVIEW.citizen_id)
)


_BEGIN = Fixed(insert(tables.interview))
_CHANGE = Fixed(
    update(tables.interview)
    .where(
        # the identifier would do: the citizen says on which shard it lies
        _INTERVIEW.citizen_id == bindparam("of_citizen"),
        _INTERVIEW.interview_id == bindparam("changed"),
    )
    .values({name: bindparam(name) for name in ("version", "type", "held_at")})
)
_ADD_VERSION = Fixed(insert(tables.interview_version))


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


def find(unit: UnitOfWork, interview_id: str, as_of: datetime | None = None) -> Interview | None:
    """Return the current version of an interview, or the one that was current at a moment."""
    query = _Source(as_of).interviews().where(_INTERVIEW.interview_id == interview_id)
    row = unit.execute(query).one_or_none()
    return None if row is None else _interview(row)


def current_of(unit: UnitOfWork, citizen_id: str) -> tuple[Interview, ...]:
    """Return the citizen's interviews in full, by held time."""
    source = _Source(None)
    rows = unit.execute(
        source.interviews()
        .where(_INTERVIEW.citizen_id == citizen_id)
        .order_by(source.held_at, _INTERVIEW.interview_id)
    )
    return tuple(map(_interview, rows))


def page(
    unit: UnitOfWork,
    citizen_id: str,
    query: FindInterviews,
    shows: Callable[[Interview], bool],
) -> Page:
    """Return what `query` asks for of a citizen and `shows` lets through, by time and identifier.

    The page is full when there are enough of those, however many are left out between them.
    """
    source = _Source(query.as_of)
    wanted = [_INTERVIEW.citizen_id == citizen_id, *_filters(source, query)]
    found: list[Interview] = []
    after = query.after
    while True:
        rows = unit.execute(
            source.interviews()
            .where(*wanted, *_after(source, after))
            .order_by(source.held_at, _INTERVIEW.interview_id)
            .limit(query.limit + 1)
        ).all()
        found += filter(shows, map(_interview, rows))
        if len(found) > query.limit:
            shown = tuple(found[: query.limit])
            return Page(shown, _position(shown[-1]))
        if len(rows) <= query.limit:
            return Page(tuple(found), None)
        after = _position(_interview(rows[-1]))


def versions(
    unit: UnitOfWork, query: FindVersions, shows: Callable[[Interview], bool]
) -> VersionPage:
    """Return the versions that `query` asks for and `shows` lets through, the first one first."""
    line = tables.audit_line.c
    rows = unit.execute(
        _VERSIONS.add_columns(
            _VERSION.organisation_type,
            _VERSION.organisation,
            tables.decision.c.decision_id,
            tables.decision.c.operation,
            line.user,
        )
        .join(tables.decision, tables.decision.c.decision_id == _VERSION.decision_id)
        .outerjoin(
            tables.audit_line,
            # an index finds citizen and moment; the decision is this version's alone
            and_(
                line.citizen_id == _VERSION.citizen_id,
                line.at == _VERSION.recorded_at,
                line.decision_id == _VERSION.decision_id,
            ),
        )
        .where(_VERSION.interview_id == query.interview_id, _VERSION.version > query.after)
        .order_by(_VERSION.version)
    )
    shown = (
        InterviewVersion(
            interview=interview,
            registered_by=RegisteredBy(row.organisation_type, row.organisation),
            user=row.user,
            change=CHANGES[row.operation],
            decision_id=row.decision_id,
        )
        for row in rows
        if shows(interview := _interview(row))
    )
    found = tuple(islice(shown, query.limit + 1))
    rows.close()
    if len(found) <= query.limit:
        return VersionPage(found, None)
    return VersionPage(found[: query.limit], found[query.limit - 1].interview.version)


def written(interview: Interview, origin: VersionOrigin) -> tuple[Written, Written]:
    """Return what stores one version whole and makes it the current one.

    Its number is the one before plus 1.
    """
    current = {
        "version": interview.version,
        "type": interview.type,
        "held_at": to_microseconds(interview.held_at),
    }
    if interview.version == 1:
        now_current: Written = (
            _BEGIN,
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
        now_current = (
            _CHANGE,
            {"of_citizen": origin.citizen_id, "changed": interview.interview_id, **current},
        )
    return now_current, (
        _ADD_VERSION,
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


@dataclass(frozen=True, slots=True)
class _Source:
    """Where interviews are read: the current versions, or those of a moment."""

    as_of: datetime | None = None

    def interviews(self) -> Select[Any]:
        """Return a query for one version of each interview."""
        return _VERSIONS.where(_VERSION.version == self._version())

    @property
    def type(self) -> ColumnElement[int]:
        return (_INTERVIEW if self.as_of is None else _VERSION).type

    @property
    def held_at(self) -> ColumnElement[int]:
        # the current versions have an index by held time
        return (_INTERVIEW if self.as_of is None else _VERSION).held_at

    def _version(self) -> ColumnElement[int]:
        if self.as_of is None:
            return _INTERVIEW.version
        of_then = tables.interview_version.alias().c
        return (
            select(func.max(of_then.version))
            .where(
                of_then.interview_id == _INTERVIEW.interview_id,
                of_then.recorded_at <= to_microseconds(self.as_of),
            )
            .correlate(tables.interview)
            .scalar_subquery()
        )


def _filters(source: _Source, query: FindInterviews) -> Iterator[ColumnElement[bool]]:
    if query.interview_types:
        yield source.type.in_(query.interview_types)
    if query.held_from is not None:
        yield source.held_at >= to_microseconds(query.held_from)
    if query.held_to is not None:
        yield source.held_at < to_microseconds(query.held_to)


def _after(source: _Source, position: PagePosition | None) -> Iterator[ColumnElement[bool]]:
    if position is not None:
        held_at = to_microseconds(position.held_at)
        yield or_(
            source.held_at > held_at,
            and_(source.held_at == held_at, _INTERVIEW.interview_id > position.interview_id),
        )


def _position(interview: Interview) -> PagePosition:
    return PagePosition(interview.held_at, interview.interview_id)


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
