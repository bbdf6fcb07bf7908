"""Throws away messages that everybody has, and sequences that are over.

In: a unit of work, a subscriber, a moment before which things are old. Out: how many were removed.
Does not know: how long things are kept. What is left of a log has no gaps: only its beginning is
removed, up to the first message that somebody still needs.

A message is needed until it is acknowledged, if its subscriber fetches messages itself, and until
each webhook of the subscriber has it, a stopped one too. One whose receiver is gone is not waited
for. A subscriber without webhooks is taken to fetch, even if it never has.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update

from registry import message_log, streams, tables
from registry.days import to_microseconds
from registry.messages import SequenceState, StreamState, Subscriber
from registry.storage import UnitOfWork

MOST_AT_ONCE = 5_000
"""So many messages go in one transaction, for writers wait meanwhile."""

_SUBSCRIBER = tables.subscriber.c
_MESSAGE = tables.message.c
_SEQUENCE = tables.message_sequence.c


def subscribers(unit: UnitOfWork) -> tuple[Subscriber, ...]:
    """Return everyone who has a log, sorted."""
    rows = unit.execute(select(_SUBSCRIBER.organisation_type, _SUBSCRIBER.organisation))
    return tuple(sorted(Subscriber(row.organisation_type, row.organisation) for row in rows))


def prune(unit: UnitOfWork, subscriber: Subscriber, before: datetime) -> int:
    """Remove messages recorded before that nobody needs, the oldest first; return how many."""
    log = message_log.lock(unit, subscriber)
    last = _last_free(unit, log, before)
    if last <= log.pruned_to:
        return 0
    unit.execute(
        delete(tables.message).where(
            _MESSAGE.subscriber_id == log.subscriber_id, _MESSAGE.number <= last
        )
    )
    unit.execute(
        update(tables.subscriber).where(_SUBSCRIBER.subscriber_id == log.subscriber_id),
        {"pruned_to": last},
    )
    return last - log.pruned_to


def forget_sequences(unit: UnitOfWork, before: datetime) -> int:
    """Remove sequences that were over before; repeating their end then finds nothing."""
    return unit.execute(
        delete(tables.message_sequence).where(
            _SEQUENCE.state != SequenceState.OPEN.value,
            _SEQUENCE.touched_at < to_microseconds(before),
        )
    ).rowcount


def _last_free(unit: UnitOfWork, log: message_log.StoredSubscriber, before: datetime) -> int:
    """Return the number up to which nobody needs the log, as far as it is looked through."""
    ends = [log.last_number, log.pruned_to + MOST_AT_ONCE]
    kept = unit.execute(
        select(_MESSAGE.number)
        .where(
            _MESSAGE.subscriber_id == log.subscriber_id,
            _MESSAGE.number <= min(ends),
            _MESSAGE.recorded_at >= to_microseconds(before),
        )
        .order_by(_MESSAGE.number)
        .limit(1)
    ).scalar_one_or_none()
    if kept is not None:
        ends.append(kept - 1)
    have = streams.of_subscriber(unit, log.subscriber_id)
    ends += [each.delivered_to for each in have if each.state is not StreamState.GONE]
    pulled_at = unit.execute(
        select(_SUBSCRIBER.pulled_at).where(_SUBSCRIBER.subscriber_id == log.subscriber_id)
    ).scalar_one()
    if pulled_at is not None or not have:
        waiting = message_log.waiting_numbers(unit, log.subscriber_id, None, 1)
        ends += [number - 1 for number in waiting]
    return min(ends)
