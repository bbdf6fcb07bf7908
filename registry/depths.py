"""How much waits in each log, and since when.

In: a unit of work that reads. Out: a `LogDepth` for each subscriber.
Does not know: what is too much.
"""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import and_, func, or_, select

from registry import streams, tables
from registry.days import from_microseconds
from registry.messages import LogDepth, StreamDepth, Subscriber
from registry.storage import UnitOfWork

_SUBSCRIBER = tables.subscriber.c
_MESSAGE = tables.message.c
_STREAM = tables.stream.c


def read(unit: UnitOfWork) -> tuple[LogDepth, ...]:
    """Return the depth of every log, sorted by subscriber."""
    waiting = _waiting(unit)
    behind = _streams(unit)
    depths = []
    for row in unit.execute(select(tables.subscriber)):
        count, oldest = waiting.get(row.subscriber_id, (0, None))
        of_streams = tuple(behind[row.subscriber_id])
        depths.append(
            LogDepth(
                subscriber=Subscriber(row.organisation_type, row.organisation),
                last_number=row.last_number,
                pruned_to=row.pruned_to,
                fetched=row.pulled_at is not None or not of_streams,
                waiting=count,
                oldest_at=None if oldest is None else from_microseconds(oldest),
                streams=of_streams,
            )
        )
    return tuple(sorted(depths, key=lambda depth: depth.subscriber))


def _waiting(unit: UnitOfWork) -> dict[str, tuple[int, int | None]]:
    """Return number and oldest moment of what is not acknowledged, of those who fetch."""
    counted = (
        select(
            _MESSAGE.subscriber_id,
            func.count().label("waiting"),
            func.min(_MESSAGE.number).label("number"),
        )
        .join_from(tables.message, tables.subscriber)
        .where(
            _MESSAGE.acknowledged_at.is_(None),
            or_(
                _SUBSCRIBER.pulled_at.is_not(None),
                _SUBSCRIBER.subscriber_id.not_in(select(_STREAM.subscriber_id)),
            ),
        )
        .group_by(_MESSAGE.subscriber_id)
        .subquery()
    )
    oldest = and_(
        _MESSAGE.subscriber_id == counted.c.subscriber_id, _MESSAGE.number == counted.c.number
    )
    rows = unit.execute(
        select(counted.c.subscriber_id, counted.c.waiting, _MESSAGE.recorded_at).join_from(
            counted, tables.message, oldest
        )
    )
    return {row.subscriber_id: (row.waiting, row.recorded_at) for row in rows}


def _streams(unit: UnitOfWork) -> dict[str, list[StreamDepth]]:
    following = and_(
        _MESSAGE.subscriber_id == _STREAM.subscriber_id, _MESSAGE.number == _STREAM.delivered_to + 1
    )
    query = (
        streams.STREAMS.add_columns(_SUBSCRIBER.last_number, _MESSAGE.recorded_at)
        .outerjoin(tables.message, following)
        .order_by(_STREAM.path)
    )
    found: dict[str, list[StreamDepth]] = defaultdict(list)
    for row in unit.execute(query):
        found[row.subscriber_id].append(
            StreamDepth(
                stream=streams.read_row(row),
                behind=row.last_number - row.delivered_to,
                oldest_at=None if row.recorded_at is None else from_microseconds(row.recorded_at),
            )
        )
    return found
