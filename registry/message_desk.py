"""What operators do with message logs: look, send again, skip, go on, throw away.

In: a caller (the operator) and a wish. Out: depths, messages, streams.
Does not know: the terminal. What changes a stream, and what shows messages of citizens, leaves an
audit line in the same transaction; what a relay is about to mark on that stream is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from sqlalchemy import insert, select

from registry import commands, depths, message_log, retention, streams, tables
from registry.audit import AuditOutcome
from registry.audited_calls import audited
from registry.commands import Caller
from registry.days import from_microseconds, to_microseconds
from registry.errors import NotFound, NotKept, NotNext
from registry.message_log import StoredSubscriber
from registry.messages import LogDepth, Message, SkippedMessage, Stream, Subscriber
from registry.storage import Database, UnitOfWork

_SKIPPED = tables.skipped_message.c


class MessageDesk:
    """The front door for operators; safe to share between threads.

    `clock` gives the present as an aware instant. Every method raises `Unavailable` when the
    database cannot do it now.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def depths(self) -> tuple[LogDepth, ...]:
        """Return how much waits in every log and stream, by subscriber."""
        with self._database.reading() as unit:
            return depths.read(unit)

    def list_messages(
        self, caller: Caller, subscriber: Subscriber, *, from_number: int = 1, limit: int = 100
    ) -> tuple[Message, ...]:
        """Return messages from this number on, acknowledged or not; raises `NotFound`."""
        with self._unit(caller, commands.LIST_MESSAGES, AuditOutcome.READ) as (unit, _):
            log = _known(unit, subscriber)
            return message_log.after(unit, log.subscriber_id, from_number - 1, limit)

    def skipped(self, subscriber: Subscriber) -> tuple[SkippedMessage, ...]:
        """Return the gaps that were made for this subscriber, the oldest first."""
        with self._database.reading() as unit:
            log = _known(unit, subscriber)
            rows = unit.execute(
                select(tables.skipped_message)
                .where(_SKIPPED.subscriber_id == log.subscriber_id)
                .order_by(_SKIPPED.skipped_at, _SKIPPED.path, _SKIPPED.number)
            )
            return tuple(
                SkippedMessage(
                    stream_id=row.stream_id,
                    subscriber=subscriber,
                    path=row.path,
                    number=row.number,
                    message_id=row.message_id,
                    skipped_at=from_microseconds(row.skipped_at),
                    skipped_by=row.skipped_by,
                    reason=row.reason,
                )
                for row in rows
            )

    def skip(self, caller: Caller, stream_id: str, number: int, reason: str) -> Stream:
        """Leave out the next message of a stream, and go on behind it; the gap is recorded.

        Raises `NotFound`, and `NotNext` when another message is next (or this one was skipped).
        """
        with self._unit(caller, commands.SKIP_MESSAGE) as (unit, now):
            stream, log = _locked(unit, stream_id)
            head = message_log.after(
                unit, log.subscriber_id, stream.delivered_to, 1, stream.entities
            )
            if not head or head[0].number != number:
                raise NotNext(number, head[0].number if head else None)
            unit.execute(
                insert(tables.skipped_message),
                {
                    "stream_id": stream_id,
                    "number": number,
                    "message_id": head[0].message_id,
                    "subscriber_id": log.subscriber_id,
                    "path": stream.path,
                    "skipped_at": to_microseconds(now),
                    "skipped_by": caller.user,
                    "reason": reason,
                },
            )
            return _placed(unit, stream_id, number, now)

    def resume(self, caller: Caller, stream_id: str) -> Stream:
        """Send again, at once, from where a stream stands; raises `NotFound`."""
        with self._unit(caller, commands.RESUME_STREAM) as (unit, now):
            stream, _ = _locked(unit, stream_id)
            return _placed(unit, stream_id, stream.delivered_to, now)

    def replay(self, caller: Caller, stream_id: str, from_number: int) -> Stream:
        """Send all messages from this number on again.

        Raises `NotFound`, and `NotKept` for a number that the log does not hold any more, or that
        lies beyond the next message of the stream: nothing is left out without a recorded gap.
        """
        with self._unit(caller, commands.REPLAY_STREAM) as (unit, now):
            stream, log = _locked(unit, stream_id)
            if not log.pruned_to < from_number <= stream.delivered_to + 1:
                raise NotKept(from_number, log.pruned_to + 1, stream.delivered_to + 1)
            return _placed(unit, stream_id, from_number - 1, now)

    def prune(self, keep_days: int) -> int:
        """Throw away what everybody has and is older than so many days; return how many messages.

        See `retention` for who is waited for.
        """
        before = self._clock() - timedelta(days=keep_days)
        with self._database.reading() as unit:
            subscribers = retention.subscribers(unit)
        removed = 0
        for subscriber in subscribers:
            while number := self._prune(subscriber, before):
                removed += number
        with self._database.writing() as unit:
            retention.forget_sequences(unit, before)
            unit.commit()
        return removed

    def _prune(self, subscriber: Subscriber, before: datetime) -> int:
        with self._database.writing() as unit:
            removed = retention.prune(unit, subscriber, before)
            unit.commit()
            return removed

    def _unit(
        self, caller: Caller, operation: str, outcome: AuditOutcome = AuditOutcome.ACCEPTED
    ) -> AbstractContextManager[tuple[UnitOfWork, datetime]]:
        return audited(self._database, self._clock, caller, operation, outcome)


def _known(unit: UnitOfWork, subscriber: Subscriber) -> StoredSubscriber:
    found = message_log.find(unit, subscriber)
    if found is None:
        raise NotFound
    return found


def _locked(unit: UnitOfWork, stream_id: str) -> tuple[Stream, StoredSubscriber]:
    # the log first, as everybody does who needs both, and so that nothing of it is thrown away now
    log = message_log.lock(unit, streams.find(unit, stream_id).subscriber)
    return streams.find(unit, stream_id, lock=True), log


def _placed(unit: UnitOfWork, stream_id: str, delivered_to: int, now: datetime) -> Stream:
    streams.place(unit, stream_id, delivered_to, now)
    return streams.find(unit, stream_id)
