"""Subscriptions: which webhooks a subscriber wants, stated as a whole list.

In: a unit of work, a subscriber, the wanted list. Out: what was added, kept and removed.
Does not know: which paths are well formed, or where the operator lets them lead. Stating the same
list again changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import delete, insert, update

from registry import message_log, streams, tables
from registry.days import to_microseconds
from registry.errors import SubscriptionsRefused
from registry.messages import ENTITIES, Stream, StreamState, Subscriber, Synced, Wanted
from registry.storage import UnitOfWork

MOST_SUBSCRIPTIONS = 20
"""A subscriber has at most this many webhooks."""

_STREAM = tables.stream.c


def sync(
    unit: UnitOfWork, subscriber: Subscriber, wanted: Sequence[Wanted], now: datetime
) -> Synced:
    """Make the webhooks of a subscriber those that are wanted, by path.

    A new one begins at the end of the log, one that is kept goes on where it was, one whose
    receiver was gone is tried again from there. A stopped one stays so: that is for an operator.
    Raises `SubscriptionsRefused` with all that is wrong, and then changes nothing.
    """
    faults = _faults(wanted)
    if faults:
        raise SubscriptionsRefused(faults)
    # the end of the log stands still from here to the commit
    log = message_log.lock(unit, subscriber)
    had = {each.path: each for each in streams.of_subscriber(unit, log.subscriber_id)}
    paths = {each.path for each in wanted}
    for each in wanted:
        if each.path in had:
            _keep(unit, had[each.path], each, now)
        else:
            _add(unit, log, each, now)
    removed = tuple(each for path, each in had.items() if path not in paths)
    if removed:
        unit.execute(
            delete(tables.stream).where(_STREAM.stream_id.in_([each.stream_id for each in removed]))
        )
    have = streams.of_subscriber(unit, log.subscriber_id)
    return Synced(
        added=tuple(each for each in have if each.path not in had),
        kept=tuple(each for each in have if each.path in had),
        removed=removed,
    )


def _add(
    unit: UnitOfWork, log: message_log.StoredSubscriber, wanted: Wanted, now: datetime
) -> None:
    unit.execute(
        insert(tables.stream),
        {
            "stream_id": str(uuid4()),
            "subscriber_id": log.subscriber_id,
            "path": wanted.path,
            "entities": streams.entities_text(wanted.entities),
            "state": StreamState.ACTIVE.value,
            "reason": None,
            "delivered_to": log.last_number,
            "failures": 0,
            "refusals": 0,
            "refused_since": None,
            "next_attempt_at": to_microseconds(now),
            "lease_owner": None,
            "lease_until": 0,
            "fence": 0,
            "created_at": to_microseconds(now),
        },
    )


def _keep(unit: UnitOfWork, had: Stream, wanted: Wanted, now: datetime) -> None:
    changes: dict[str, object] = {}
    if set(had.entities) != set(wanted.entities):
        changes["entities"] = streams.entities_text(wanted.entities)
    if had.state is StreamState.GONE:
        changes |= streams.beginning(now)
    if changes:
        # a relay that sends by the old wish must not mark what it has not sent by the new one
        unit.execute(
            update(tables.stream)
            .where(_STREAM.stream_id == had.stream_id)
            .values(**changes, fence=_STREAM.fence + 1, lease_until=0)
        )


def _faults(wanted: Sequence[Wanted]) -> tuple[tuple[int | None, str], ...]:
    faults: list[tuple[int | None, str]] = []
    if len(wanted) > MOST_SUBSCRIPTIONS:
        faults.append((None, f"at most {MOST_SUBSCRIPTIONS} subscriptions"))
    known = ", ".join(f"`{name}`" for name in sorted(ENTITIES))
    times = Counter(each.path for each in wanted)
    for position, each in enumerate(wanted):
        if times[each.path] > 1:
            faults.append((position, "each path once"))
        if not each.entities or not ENTITIES.issuperset(each.entities):
            faults.append((position, f"entities among {known}"))
    return tuple(faults)
