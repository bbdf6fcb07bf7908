"""Streams: which webhook sends what next, who sends it, and what became of it.

In: a unit of work, claims and what happened to the message at the head. Out: streams and batches.
Does not know: HTTP, nor how long to wait; whoever sends says when the next attempt is.

Sending happens outside any transaction: claim, send, mark. A crash between sending and marking
sends the same message again under the same id.

# INVARIANT: every change by a relay asks for the fence of its claim, and every claim and every
# operator's change raises it. Whoever was overtaken therefore marks nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, select, update

from registry import message_log, tables
from registry.days import from_microseconds, to_microseconds
from registry.errors import LeaseLost, NotFound
from registry.messages import Batch, Claim, Stream, StreamState, Subscriber, Tries
from registry.storage import UnitOfWork

_STREAM = tables.stream.c
_SUBSCRIBER = tables.subscriber.c

STREAMS = select(tables.stream, _SUBSCRIBER.organisation_type, _SUBSCRIBER.organisation).join_from(
    tables.stream, tables.subscriber
)
_UNTRIED: dict[str, object] = {"failures": 0, "refusals": 0, "refused_since": None}


def of_subscriber(unit: UnitOfWork, subscriber_id: str) -> tuple[Stream, ...]:
    """Return all streams of a subscriber by path."""
    query = STREAMS.where(_STREAM.subscriber_id == subscriber_id).order_by(_STREAM.path)
    return tuple(read_row(row) for row in unit.execute(query))


def find(unit: UnitOfWork, stream_id: str, *, lock: bool = False) -> Stream:
    """Return a stream; raises `NotFound`. `lock` keeps relays off until the unit ends."""
    query = STREAMS.where(_STREAM.stream_id == stream_id)
    if lock and unit.locks:
        query = query.with_for_update(of=tables.stream)
    row = unit.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return read_row(row)


def due(unit: UnitOfWork, now: datetime, limit: int) -> tuple[str, ...]:
    """Return the streams that somebody may claim now, longest due first."""
    return tuple(row.stream_id for row in unit.execute(_due(now, limit)))


def claim(
    unit: UnitOfWork, relay: str, now: datetime, until: datetime, limit: int
) -> tuple[Claim, ...]:
    """Take streams that have something to send, are due and that no other relay holds."""
    query = _due(now, limit)
    if unit.locks:
        query = query.with_for_update(of=tables.stream, skip_locked=True)
    claims = []
    for row in unit.execute(query).all():
        taken = unit.execute(
            update(tables.stream).where(
                _STREAM.stream_id == row.stream_id, _STREAM.fence == row.fence
            ),
            {
                "lease_owner": relay,
                "lease_until": to_microseconds(until),
                "fence": row.fence + 1,
            },
        )
        if taken.rowcount:
            claims.append(Claim(read_row(row), row.fence + 1, until))
    return tuple(claims)


def next_messages(unit: UnitOfWork, stream_id: str, limit: int) -> Batch:
    """Return what the stream sends next, in order; raises `NotFound`."""
    row = unit.execute(
        select(
            _STREAM.subscriber_id,
            _STREAM.entities,
            _STREAM.delivered_to,
            _SUBSCRIBER.last_number,
        )
        .join_from(tables.stream, tables.subscriber)
        .where(_STREAM.stream_id == stream_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    messages = message_log.after(
        unit, row.subscriber_id, row.delivered_to, limit, row.entities.split(",")
    )
    return Batch(messages, messages[-1].number if len(messages) == limit else row.last_number)


def record_delivered(unit: UnitOfWork, claim: Claim, number: int) -> None:
    """Mark all up to `number` as delivered; raises `LeaseLost`. It never goes back."""
    _change(unit, claim, {"delivered_to": number, **_UNTRIED}, _STREAM.delivered_to <= number)


def renew(unit: UnitOfWork, claim: Claim, until: datetime) -> None:
    """Hold the stream until then; raises `LeaseLost`."""
    _change(unit, claim, {"lease_until": to_microseconds(until)})


def release(unit: UnitOfWork, claim: Claim, now: datetime) -> None:
    """Let any relay claim the stream, behind all that are due already; raises `LeaseLost`."""
    _change(
        unit,
        claim,
        {"next_attempt_at": to_microseconds(now), "lease_owner": None, "lease_until": 0},
    )


def record_failure(unit: UnitOfWork, claim: Claim, tries: Tries, next_attempt_at: datetime) -> None:
    """Keep what happened to the message at the head, and let the stream rest until then."""
    _change(
        unit,
        claim,
        {
            **_tried(tries),
            "next_attempt_at": to_microseconds(next_attempt_at),
            "lease_owner": None,
            "lease_until": 0,
        },
    )


def end(unit: UnitOfWork, claim: Claim, state: StreamState, reason: str, tries: Tries) -> None:
    """Send nothing more: the message is poison (stopped), or the receiver is gone."""
    _change(
        unit,
        claim,
        {
            **_tried(tries),
            "state": state.value,
            "reason": reason,
            "lease_owner": None,
            "lease_until": 0,
        },
    )


def place(unit: UnitOfWork, stream_id: str, delivered_to: int, now: datetime) -> None:
    """Begin anew behind this number, whatever a relay that holds the stream is about to mark."""
    unit.execute(
        update(tables.stream)
        .where(_STREAM.stream_id == stream_id)
        .values(
            delivered_to=delivered_to,
            lease_owner=None,
            lease_until=0,
            fence=_STREAM.fence + 1,
            **beginning(now),
        )
    )


def beginning(now: datetime) -> dict[str, object]:
    """Return the columns of a stream that is sent at once, with nothing behind it."""
    return {
        "state": StreamState.ACTIVE.value,
        "reason": None,
        "next_attempt_at": to_microseconds(now),
        **_UNTRIED,
    }


def entities_text(entities: Iterable[str]) -> str:
    """Return how the entities of a stream are stored."""
    return ",".join(sorted(set(entities)))


def _due(now: datetime, limit: int) -> Select[tuple[object, ...]]:
    moment = to_microseconds(now)
    return (
        STREAMS.where(
            _STREAM.state == StreamState.ACTIVE.value,
            _STREAM.next_attempt_at <= moment,
            _STREAM.lease_until <= moment,
            _STREAM.delivered_to < _SUBSCRIBER.last_number,
        )
        .order_by(_STREAM.next_attempt_at, _STREAM.stream_id)
        .limit(limit)
    )


def _change(
    unit: UnitOfWork,
    claim: Claim,
    columns: dict[str, object],
    only_if: ColumnElement[bool] | None = None,
) -> None:
    changed = update(tables.stream).where(
        _STREAM.stream_id == claim.stream.stream_id, _STREAM.fence == claim.fence
    )
    if only_if is not None:
        changed = changed.where(only_if)
    if not unit.execute(changed, columns).rowcount:
        raise LeaseLost


def _tried(tries: Tries) -> dict[str, object]:
    return {
        "failures": tries.failures,
        "refusals": tries.refusals,
        "refused_since": (
            None if tries.refused_since is None else to_microseconds(tries.refused_since)
        ),
    }


def read_row(row: Row[tuple[object, ...]]) -> Stream:
    since = row.refused_since
    return Stream(
        stream_id=row.stream_id,
        subscriber=Subscriber(row.organisation_type, row.organisation),
        path=row.path,
        entities=tuple(row.entities.split(",")),
        state=StreamState(row.state),
        reason=row.reason,
        delivered_to=row.delivered_to,
        tries=Tries(
            row.failures, row.refusals, None if since is None else from_microseconds(since)
        ),
        next_attempt_at=from_microseconds(row.next_attempt_at),
    )
