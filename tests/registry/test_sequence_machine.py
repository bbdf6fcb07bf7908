"""Readers that crash in every state of a sequence, told by a model that a child can follow.

The model: messages are told, and each is acknowledged or not. Whatever readers do, an acknowledged
message never comes again, and one that is not comes with the next sequence, in order.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
)

from registry import schema
from registry.errors import SequenceOpen, SequenceOver
from registry.message_sequences import MOST_MESSAGES
from registry.messages import PERSON_INTERVIEW
from registry.storage import Database
from registry.subscribers import Subscribers
from tests.registry.fakes import JOB_CENTRE, Clock
from tests.registry.telling import log_of, numbers, tell

PATIENCE = 10
FILTERS = st.sampled_from([None, PERSON_INTERVIEW])


class Readers(RuleBasedStateMachine):
    """Any number of readers of one subscriber; one that is never heard of again has crashed."""

    sequences = Bundle("sequences")

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.database = Database(f"sqlite:///{Path(self.folder.name) / 'registry.db'}")
        schema.upgrade(self.database)
        self.clock = Clock()
        self.subscribers = Subscribers(self.database, self.clock, sequence_minutes=PATIENCE)
        self.told = 0
        self.acknowledged: set[int] = set()
        self.held: dict[str, list[int]] = {}
        self.filters: dict[str, str | None] = {}
        self.touched: dict[str, int] = {}
        self.over: dict[str, str] = {}
        self.minutes = 0

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            self.folder.cleanup()

    def waiting(self) -> list[int]:
        return [each for each in range(1, self.told + 1) if each not in self.acknowledged]

    @rule(times=st.integers(1, 3))
    def something_happens(self, times: int) -> None:
        tell(self.database, times)
        self.told += times

    @rule(times=st.just(MOST_MESSAGES))
    def much_happens(self, times: int) -> None:
        if self.told < 2 * MOST_MESSAGES:
            self.something_happens(times)

    @rule(minutes=st.sampled_from([1, PATIENCE - 1, PATIENCE]))
    def time_passes(self, minutes: int) -> None:
        self.clock.pass_minutes(minutes)
        self.minutes += minutes

    @rule(target=sequences, entity=FILTERS)
    def a_reader_opens(self, entity: str | None) -> object:
        blocking = [
            each for each, of in self.filters.items() if of == entity and each not in self.over
        ]
        if any(self.minutes - self.touched[each] < PATIENCE for each in blocking):
            with pytest.raises(SequenceOpen) as caught:
                self.subscribers.open_sequence(JOB_CENTRE, entity)
            assert caught.value.sequence_id in blocking
            return multiple()
        self.over |= dict.fromkeys(blocking, "expired")
        sequence = self.subscribers.open_sequence(JOB_CENTRE, entity)
        expected = self.waiting()[:MOST_MESSAGES]
        if sequence is None:
            assert [] == expected
            return multiple()
        assert (len(expected), expected[0], expected[-1]) == (
            sequence.messages,
            sequence.first_number,
            sequence.last_number,
        )
        self.held[sequence.sequence_id] = expected
        self.filters[sequence.sequence_id] = entity
        self.touched[sequence.sequence_id] = self.minutes
        return sequence.sequence_id

    @rule(sequence_id=sequences, limit=st.integers(1, MOST_MESSAGES))
    def a_reader_fetches(self, sequence_id: str, limit: int) -> None:
        if sequence_id in self.over:
            with self.refused(sequence_id):
                self.subscribers.fetch_messages(JOB_CENTRE, sequence_id)
            return
        expected = [each for each in self.held[sequence_id] if each not in self.acknowledged]
        got: list[int] = []
        after: int | None = 0
        while after is not None and len(got) < 3 * limit:
            page = self.subscribers.fetch_messages(
                JOB_CENTRE, sequence_id, after=after, limit=limit
            )
            got += numbers(page.messages)
            after = page.next
        assert expected[: len(got)] == got
        assert after is not None or expected == got
        self.touched[sequence_id] = self.minutes

    @rule(sequence_id=sequences)
    def a_reader_terminates(self, sequence_id: str) -> None:
        with self.refused(sequence_id, but_for={"terminated"}):
            self.subscribers.terminate_sequence(JOB_CENTRE, sequence_id)
            self.over[sequence_id] = "terminated"
            self.acknowledged |= set(self.held[sequence_id])

    @rule(sequence_id=sequences)
    def a_reader_closes(self, sequence_id: str) -> None:
        with self.refused(sequence_id, but_for={"closed", "expired"}):
            self.subscribers.close_sequence(JOB_CENTRE, sequence_id)
            self.over.setdefault(sequence_id, "closed")

    @contextmanager
    def refused(self, sequence_id: str, but_for: Collection[str] = ()) -> Iterator[None]:
        """Expect the call to be refused when the sequence is over, but not when it is so."""
        state = self.over.get(sequence_id)
        if state is None or state in but_for:
            yield
            return
        with pytest.raises(SequenceOver) as caught:
            yield
        assert state == caught.value.state

    @rule(sequence_id=consumes(sequences))
    def a_reader_crashes(self, sequence_id: str) -> None:
        """Nobody ever asks for the sequence again."""

    @invariant()
    def the_log_holds_what_was_told_and_remembers_what_was_received(self) -> None:
        if not hasattr(self, "told"):
            return
        log = log_of(self.database)
        assert list(range(1, self.told + 1)) == numbers(log)
        received = {each.number for each in log if each.acknowledged_at is not None}
        assert self.acknowledged == received


TestReaders = Readers.TestCase
TestReaders.settings = settings(
    max_examples=25,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
