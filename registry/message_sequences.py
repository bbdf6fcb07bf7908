"""Pull with acknowledgement: what a subscriber has in hand, received or given back.

In: a unit of work, a subscriber, a moment. Out: `Sequence` values and pages of messages.
Does not know: who may ask, nor the audit log.

    open ──terminate──► terminated      its messages never come again
      ├────close──────► closed          its messages come again
      └────(not touched, then another is opened)──► expired, its messages come again

A sequence is a range of numbers: all that waited in it when it was opened. Nothing can come into
the range later, because numbers have no gaps and are given in the order of the commits.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import insert, select, update

from registry import message_log, tables
from registry.days import from_microseconds, to_microseconds
from registry.errors import NotFound, SequenceOpen, SequenceOver
from registry.messages import MessagePage, Sequence, SequenceState, Subscriber
from registry.storage import UnitOfWork

MOST_MESSAGES = 500
"""A sequence holds at most this many."""

_SEQUENCE = tables.message_sequence.c


class Sequences:
    """The sequences of one subscriber in one unit of work, whose log it locks.

    `patience` is how long an open sequence may go untouched before another may be opened.
    """

    def __init__(
        self, unit: UnitOfWork, subscriber: Subscriber, now: datetime, patience: timedelta
    ) -> None:
        self._unit = unit
        self._subscriber = subscriber
        self._now = now
        self._patience = patience
        # one reader of a subscriber after the other, so that one sequence of a kind is open
        self._id = message_log.lock(unit, subscriber).subscriber_id

    def open(self, entity: str | None) -> Sequence | None:
        """Take the lowest waiting messages in hand; None when nothing waits.

        Raises `SequenceOpen` while another one with the same `entity` is open and not expired.
        """
        self._unit.execute(
            update(tables.subscriber).where(tables.subscriber.c.subscriber_id == self._id),
            {"pulled_at": to_microseconds(self._now)},
        )
        self._expire(entity)
        numbers = message_log.waiting_numbers(self._unit, self._id, entity, MOST_MESSAGES)
        if not numbers:
            return None
        sequence = Sequence(
            sequence_id=str(uuid4()),
            subscriber=self._subscriber,
            entity=entity,
            state=SequenceState.OPEN,
            messages=len(numbers),
            first_number=numbers[0],
            last_number=numbers[-1],
            opened_at=self._now,
            expires_at=self._now + self._patience,
        )
        self._unit.execute(
            insert(tables.message_sequence),
            {
                "sequence_id": sequence.sequence_id,
                "subscriber_id": self._id,
                "entity": entity,
                "state": sequence.state.value,
                "messages": sequence.messages,
                "first_number": sequence.first_number,
                "last_number": sequence.last_number,
                "opened_at": to_microseconds(self._now),
                "touched_at": to_microseconds(self._now),
            },
        )
        return sequence

    def find(self, sequence_id: str) -> Sequence:
        """Return a sequence of this subscriber; raises `NotFound` for any other."""
        row = self._unit.execute(
            select(tables.message_sequence).where(
                _SEQUENCE.sequence_id == sequence_id, _SEQUENCE.subscriber_id == self._id
            )
        ).one_or_none()
        if row is None:
            raise NotFound
        return Sequence(
            sequence_id=row.sequence_id,
            subscriber=self._subscriber,
            entity=row.entity,
            state=SequenceState(row.state),
            messages=row.messages,
            first_number=row.first_number,
            last_number=row.last_number,
            opened_at=from_microseconds(row.opened_at),
            expires_at=from_microseconds(row.touched_at) + self._patience,
        )

    def fetch(self, sequence_id: str, after: int, limit: int) -> MessagePage:
        """Return its messages with numbers above `after`, and begin the wait anew.

        Raises `NotFound`, and `SequenceOver` for one that is no longer open.
        """
        sequence = self._open(sequence_id)
        found = message_log.waiting_between(
            self._unit,
            self._id,
            sequence.entity,
            max(after + 1, sequence.first_number),
            sequence.last_number,
            limit + 1,
        )
        self._change(sequence, SequenceState.OPEN)
        page = found[:limit]
        return MessagePage(page, page[-1].number if page and len(found) > limit else None)

    def terminate(self, sequence_id: str) -> Sequence:
        """Acknowledge all its messages; once more changes nothing.

        Raises `NotFound`, and `SequenceOver` when its messages were given back, because by now
        someone else may have them in hand.
        """
        sequence = self.find(sequence_id)
        if sequence.state is SequenceState.TERMINATED:
            return sequence
        sequence = self._open(sequence_id)
        message_log.acknowledge(
            self._unit,
            self._id,
            sequence.entity,
            sequence.first_number,
            sequence.last_number,
            self._now,
        )
        return self._change(sequence, SequenceState.TERMINATED)

    def close(self, sequence_id: str) -> Sequence:
        """Give its messages back; once more, or after it has expired, changes nothing.

        Raises `NotFound`, and `SequenceOver` when its messages were acknowledged.
        """
        sequence = self.find(sequence_id)
        if sequence.state in {SequenceState.CLOSED, SequenceState.EXPIRED}:
            return sequence
        return self._change(self._open(sequence_id), SequenceState.CLOSED)

    def _open(self, sequence_id: str) -> Sequence:
        sequence = self.find(sequence_id)
        if sequence.state is not SequenceState.OPEN:
            raise SequenceOver(sequence_id, sequence.state.value)
        return sequence

    def _expire(self, entity: str | None) -> None:
        found = self._unit.execute(
            select(_SEQUENCE.sequence_id).where(
                _SEQUENCE.subscriber_id == self._id,
                _SEQUENCE.state == SequenceState.OPEN.value,
                _SEQUENCE.entity.is_(None) if entity is None else _SEQUENCE.entity == entity,
            )
        ).scalars()
        for sequence_id in found.all():
            sequence = self.find(sequence_id)
            if self._now < sequence.expires_at:
                raise SequenceOpen(sequence_id)
            self._change(sequence, SequenceState.EXPIRED)

    def _change(self, sequence: Sequence, state: SequenceState) -> Sequence:
        self._unit.execute(
            update(tables.message_sequence).where(_SEQUENCE.sequence_id == sequence.sequence_id),
            {"state": state.value, "touched_at": to_microseconds(self._now)},
        )
        return replace(sequence, state=state, expires_at=self._now + self._patience)
