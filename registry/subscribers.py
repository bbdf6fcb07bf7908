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

from registry import commands, message_log, streams, subscriptions
from registry.audit import AuditOutcome
from registry.audited_calls import audited
from registry.commands import Caller
from registry.message_sequences import MOST_MESSAGES, Sequences
from registry.messages import MessagePage, Sequence, Stream, Subscriber, Synced, Wanted
from registry.storage import Database, UnitOfWork

SEQUENCE_MINUTES = 10
"""An open sequence that is not touched for so long no longer keeps others from being opened."""


class Subscribers:
    """The front door for subscribers; safe to share between threads.

    `clock` gives the present as an aware instant. The log of a call is that of the caller's
    organisation. Every method raises `Unavailable` when the database cannot do it now; nothing is
    changed then, and the same call may be made again.
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

    def open_sequence(self, caller: Caller, entity: str | None = None) -> Sequence | None:
        """Take at most 500 waiting messages in hand, the lowest numbers; None when none waits.

        `entity` None means of every entity. Raises `SequenceOpen` while another sequence with the
        same `entity` is open and was touched lately.
        """
        with self._sequences(caller, commands.OPEN_SEQUENCE) as sequences:
            return sequences.open(entity)

    def read_sequence(self, caller: Caller, sequence_id: str) -> Sequence:
        """Return a sequence, open or over, and touch nothing; raises `NotFound`."""
        with self._sequences(caller, commands.READ_SEQUENCE, AuditOutcome.READ) as sequences:
            return sequences.find(sequence_id)

    def fetch_messages(
        self, caller: Caller, sequence_id: str, *, after: int = 0, limit: int = MOST_MESSAGES
    ) -> MessagePage:
        """Return messages of a sequence with numbers above `after`; as often as one likes.

        Raises `NotFound`, and `SequenceOver` when the sequence is no longer open.
        """
        with self._sequences(caller, commands.FETCH_MESSAGES, AuditOutcome.READ) as sequences:
            return sequences.fetch(sequence_id, after, limit)

    def terminate_sequence(self, caller: Caller, sequence_id: str) -> Sequence:
        """Acknowledge all messages of a sequence, fetched or not: they never come again.

        Repeating it changes nothing. Raises `NotFound`, and `SequenceOver` when it was closed, or
        expired before another one was opened.
        """
        with self._sequences(caller, commands.TERMINATE_SEQUENCE) as sequences:
            return sequences.terminate(sequence_id)

    def close_sequence(self, caller: Caller, sequence_id: str) -> Sequence:
        """Give all messages of a sequence back: the next one has them again.

        Repeating it changes nothing. Raises `NotFound`, and `SequenceOver` when it was terminated.
        """
        with self._sequences(caller, commands.CLOSE_SEQUENCE) as sequences:
            return sequences.close(sequence_id)

    def put_subscriptions(self, caller: Caller, wanted: ListOf[Wanted]) -> Synced:
        """Make these, and no others, the webhooks of the organisation.

        Raises `SubscriptionsRefused` with all that is wrong; then nothing has changed.
        """
        with self._unit(caller, commands.PUT_SUBSCRIPTIONS, AuditOutcome.ACCEPTED) as (unit, now):
            return subscriptions.sync(unit, _subscriber(caller), wanted, now)

    def read_subscriptions(self, caller: Caller) -> tuple[Stream, ...]:
        """Return the webhooks of the organisation by path."""
        with self._unit(caller, commands.READ_SUBSCRIPTIONS, AuditOutcome.READ) as (unit, _):
            found = message_log.find(unit, _subscriber(caller))
            return () if found is None else streams.of_subscriber(unit, found.subscriber_id)

    @contextmanager
    def _sequences(
        self, caller: Caller, operation: str, outcome: AuditOutcome = AuditOutcome.ACCEPTED
    ) -> Iterator[Sequences]:
        with self._unit(caller, operation, outcome) as (unit, now):
            yield Sequences(unit, _subscriber(caller), now, self._patience)

    def _unit(
        self, caller: Caller, operation: str, outcome: AuditOutcome
    ) -> AbstractContextManager[tuple[UnitOfWork, datetime]]:
        return audited(self._database, self._clock, caller, operation, outcome)


def _subscriber(caller: Caller) -> Subscriber:
    return Subscriber(caller.organisation_type, caller.organisation)
