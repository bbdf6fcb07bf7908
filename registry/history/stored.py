"""Walks the stored decisions of a database, the oldest first, a page at a time.

In: a database, a span of time. Out: chunks, each known by a hash of what lies in it, and the rows
of a chunk.
Does not know: what is done with them. A stored decision is never changed, so that its identifier
stands for it; each page is a transaction of its own, which a long walk would else keep open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from registry import decision_rows, tables
from registry.days import to_microseconds
from registry.decisions_found import FoundRule
from registry.storage import Database

IDS_AT_ONCE = 10_000
ROWS_AT_ONCE = 1_000
"""Rows of one transaction: facts are wide, and a long transaction keeps the database from tidying
up."""

_D = tables.decision.c
Position = tuple[int, str]
"""Moment and identifier of a decision: the order of the walk."""
_BEFORE_ALL: Position = (-(2**63), "")


@dataclass(frozen=True, slots=True)
class StoredRow:
    """One decision as the database keeps it."""

    decision_id: str
    operation: str
    recorded_at: int
    organisation_type: str
    organisation: str
    rulebook: str
    accepted: bool
    facts: str
    found: tuple[FoundRule, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """From `begin` on and before `end`; None: no such bound."""

    begin: datetime | None = None
    end: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found = []
        if self.begin is not None:
            found.append(_D.recorded_at >= to_microseconds(self.begin))
        if self.end is not None:
            found.append(_D.recorded_at < to_microseconds(self.end))
        return found


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """Decisions that follow one another: those after `after`, up to `last` and including it."""

    key: str
    """A hash of their identifiers."""
    rows: int
    after: Position
    last: Position


def count(database: Database, span: Span) -> int:
    """Return how many decisions are stored in a span of time."""
    query = select(func.count()).select_from(tables.decision).where(*span.conditions())
    with database.reading() as unit:
        return int(unit.execute(query).scalar_one())


def bounds(database: Database, span: Span) -> tuple[int | None, int | None]:
    """Return the moments of the first and the last decision of a span of time."""
    query = select(func.min(_D.recorded_at), func.max(_D.recorded_at)).where(*span.conditions())
    with database.reading() as unit:
        first, last = tuple(unit.execute(query).one())
    return first, last


def chunks(database: Database, span: Span, rows: int) -> tuple[StoredChunk, ...]:
    """Return the chunks of `rows` decisions that there are now; the last one may be smaller."""
    found: list[StoredChunk] = []
    after = _BEFORE_ALL
    digest, many, start = sha256(), 0, after
    while True:
        page = _ids(database, span, after)
        for each in page:
            after = (each.recorded_at, each.decision_id)
            digest.update(f"{each.decision_id}\n".encode())
            many += 1
            if many == rows:
                found.append(StoredChunk(digest.hexdigest(), many, start, after))
                digest, many, start = sha256(), 0, after
        if len(page) < IDS_AT_ONCE:
            break
    if many:
        found.append(StoredChunk(digest.hexdigest(), many, start, after))
    return tuple(found)


def rows_of(database: Database, span: Span, chunk: StoredChunk) -> Iterator[list[StoredRow]]:
    """Yield the decisions of a chunk, a page at a time."""
    after, left = chunk.after, chunk.rows
    while left > 0:
        page = _page(database, span, after, min(ROWS_AT_ONCE, left))
        if not page:
            return
        yield page
        after, left = (page[-1].recorded_at, page[-1].decision_id), left - len(page)


def _page(database: Database, span: Span, after: Position, limit: int) -> list[StoredRow]:
    query = _following(select(tables.decision), span, after).limit(limit)
    with database.reading() as unit:
        rows = unit.execute(query).all()
        found = decision_rows.found_in(unit, [row.decision_id for row in rows])
    return [
        StoredRow(
            decision_id=row.decision_id,
            operation=row.operation,
            recorded_at=row.recorded_at,
            organisation_type=row.organisation_type,
            organisation=row.organisation,
            rulebook=row.rulebook,
            accepted=bool(row.accepted),
            facts=row.facts,
            found=found.get(row.decision_id, ()),
        )
        for row in rows
    ]


def _ids(database: Database, span: Span, after: Position) -> Sequence[Row[Any]]:
    query = _following(select(_D.recorded_at, _D.decision_id), span, after).limit(IDS_AT_ONCE)
    with database.reading() as unit:
        return unit.execute(query).all()


def _following(query: Select[Any], span: Span, after: Position) -> Select[Any]:
    moment, decision = after
    later = or_(_D.recorded_at > moment, and_(_D.recorded_at == moment, _D.decision_id > decision))
    return query.where(*span.conditions(), later).order_by(_D.recorded_at, _D.decision_id)
