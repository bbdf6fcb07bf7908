"""What subscribers do with their messages: fetch them in sequences, state their webhooks.

In: a caller and a wish. Out: sequences, pages of messages, streams.
Does not know: HTTP, wire names, nor which scope allows a call: every organisation has a log of its
own and sees no other. Each method is one transaction with its audit line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Sequence as ListOf
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from typing import TypeVar

from registry import commands, message_log, streams, subscriptions
from registry.about import NOBODY_KNOWN
from registry.audit import AuditEntry, AuditOutcome
from registry.audited_calls import Call, audited, committed, failures_noted
from registry.commands import Caller
from registry.idempotency import Once
from registry.message_sequences import MOST_MESSAGES, Sequences
from registry.messages import MessagePage, Sequence, Stream, Subscriber, Synced, Wanted
from registry.storage import Database, UnitOfWork

_Outcome = TypeVar("_Outcome")

SEQUENCE_MINUTES = 10
"""An open sequence that is not touched for so long no longer keeps others from being opened."""


class Subscribers:
    """The front door for subscribers; safe to share between threads.

    `clock` gives the present as an aware instant. The log of a call is that of the caller's
    organisation. Every method raises `Unavailable` when the database cannot do it now; nothing is
    changed then, and the same call may be made again. Methods that take `once` do the call once,
    as those of `Registry` do.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        *,
        sequence_minutes: int = SEQUENCE_MINUTES,
    ) -> None:
        self._database = database
        self._clock = clock
        self._patience = timedelta(minutes=sequence_minutes)

    def open_sequence(
        self,
        caller: Caller,
        entity: str | None = None,
        once: Once[Sequence | None] | None = None,
    ) -> Sequence | None:
        """Take at most 500 waiting messages in hand, the lowest numbers; None when none waits.

        `entity` None means of every entity. Raises `SequenceOpen` while another sequence with the
        same `entity` is open and was touched lately.
        """
        return self._write(
            caller,
            commands.OPEN_SEQUENCE,
            once,
            lambda unit, now: self._of(unit, caller, now).open(entity),
        )

    def read_sequence(self, caller: Caller, sequence_id: str) -> Sequence:
        """Return a sequence, open or over, and touch nothing; raises `NotFound`."""
        with self._reading(caller, commands.READ_SEQUENCE) as sequences:
            return sequences.find(sequence_id)

    def fetch_messages(
        self, caller: Caller, sequence_id: str, *, after: int = 0, limit: int = MOST_MESSAGES
    ) -> MessagePage:
        """Return messages of a sequence with numbers above `after`; as often as one likes.

        Raises `NotFound`, and `SequenceOver` when the sequence is no longer open.
        """
        with self._reading(caller, commands.FETCH_MESSAGES) as sequences:
            return sequences.fetch(sequence_id, after, limit)

    def terminate_sequence(
        self, caller: Caller, sequence_id: str, once: Once[Sequence] | None = None
    ) -> Sequence:
        """Acknowledge all messages of a sequence, fetched or not: they never come again.

        Repeating it changes nothing. Raises `NotFound`, and `SequenceOver` when it was closed, or
        expired before another one was opened.
        """
        return self._write(
            caller,
            commands.TERMINATE_SEQUENCE,
            once,
            lambda unit, now: self._of(unit, caller, now).terminate(sequence_id),
        )

    def close_sequence(
        self, caller: Caller, sequence_id: str, once: Once[Sequence] | None = None
    ) -> Sequence:
        """Give all messages of a sequence back: the next one has them again.

        Repeating it changes nothing. Raises `NotFound`, and `SequenceOver` when it was terminated.
        """
        return self._write(
            caller,
            commands.CLOSE_SEQUENCE,
            once,
            lambda unit, now: self._of(unit, caller, now).close(sequence_id),
        )

    def put_subscriptions(
        self, caller: Caller, wanted: ListOf[Wanted], once: Once[Synced] | None = None
    ) -> Synced:
        """Make these, and no others, the webhooks of the organisation.

        Raises `SubscriptionsRefused` with all that is wrong; then nothing has changed.
        """
        return self._write(
            caller,
            commands.PUT_SUBSCRIPTIONS,
            once,
            lambda unit, now: subscriptions.sync(unit, _subscriber(caller), wanted, now),
        )

    def read_subscriptions(self, caller: Caller) -> tuple[Stream, ...]:
        """Return the webhooks of the organisation by path."""
        with self._read(caller, commands.READ_SUBSCRIPTIONS) as (unit, _):
            found = message_log.find(unit, _subscriber(caller))
            return () if found is None else streams.of_subscriber(unit, found.subscriber_id)

    @contextmanager
    def _reading(self, caller: Caller, operation: str) -> Iterator[Sequences]:
        with self._read(caller, operation) as (unit, now):
            yield self._of(unit, caller, now)

    def _read(
        self, caller: Caller, operation: str
    ) -> AbstractContextManager[tuple[UnitOfWork, datetime]]:
        return audited(self._database, self._clock, caller, operation, AuditOutcome.READ)

    def _write(
        self,
        caller: Caller,
        operation: str,
        once: Once[_Outcome] | None,
        change: Callable[[UnitOfWork, datetime], _Outcome],
    ) -> _Outcome:
        def work(unit: UnitOfWork) -> tuple[_Outcome, AuditEntry]:
            now = self._clock()
            line = AuditEntry(now, caller, operation, AuditOutcome.ACCEPTED, NOBODY_KNOWN)
            return change(unit, now), line

        with failures_noted(self._database, caller, operation, self._clock(), lambda: NOBODY_KNOWN):
            return committed(self._database, once, self._clock, Call(work))

    def _of(self, unit: UnitOfWork, caller: Caller, now: datetime) -> Sequences:
        return Sequences(unit, _subscriber(caller), now, self._patience)


def _subscriber(caller: Caller) -> Subscriber:
    return Subscriber(caller.organisation_type, caller.organisation)
