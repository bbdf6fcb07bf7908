"""Pull with acknowledgement: open, fetch, then terminate or close."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from registry.errors import NotFound, SequenceOpen, SequenceOver
from registry.message_sequences import MOST_MESSAGES
from registry.messages import PERSON_INTERVIEW, Sequence, SequenceState
from registry.storage import Database
from registry.subscribers import Subscribers
from tests.registry.fakes import CPR, FUND, JOB_CENTRE, NOW, OTHER_JOB_CENTRE, Clock
from tests.registry.rows import audit_outcomes
from tests.registry.telling import CENTRE, SOME_FUND, numbers, tell

PATIENCE = 10


@pytest.fixture
def subscribers(database: Database, clock: Clock) -> Subscribers:
    return Subscribers(database, clock, sequence_minutes=PATIENCE)


def opened(subscribers: Subscribers, entity: str | None = None) -> Sequence:
    sequence = subscribers.open_sequence(JOB_CENTRE, entity)
    assert sequence is not None
    return sequence


def fetched(subscribers: Subscribers, sequence: Sequence) -> list[int]:
    return numbers(subscribers.fetch_messages(JOB_CENTRE, sequence.sequence_id).messages)


class TestOpen:
    def test_it_holds_what_waits(self, database: Database, subscribers: Subscribers) -> None:
        tell(database, 3)
        sequence = opened(subscribers)
        assert (CENTRE, None, SequenceState.OPEN) == (
            sequence.subscriber,
            sequence.entity,
            sequence.state,
        )
        assert (3, 1, 3) == (sequence.messages, sequence.first_number, sequence.last_number)
        assert (NOW, NOW + timedelta(minutes=PATIENCE)) == (
            sequence.opened_at,
            sequence.expires_at,
        )

    def test_it_holds_500_at_most_and_the_next_one_goes_on(
        self, database: Database, subscribers: Subscribers
    ) -> None:
        tell(database, MOST_MESSAGES + 2)
        first = opened(subscribers)
        assert (500, 1, 500) == (first.messages, first.first_number, first.last_number)
        subscribers.terminate_sequence(JOB_CENTRE, first.sequence_id)
        assert [501, 502] == fetched(subscribers, opened(subscribers))

    def test_there_is_none_when_nothing_waits(self, subscribers: Subscribers) -> None:
        assert subscribers.open_sequence(JOB_CENTRE) is None
        assert subscribers.open_sequence(JOB_CENTRE) is None

    def test_a_second_one_is_refused_and_told_the_first(
        self, database: Database, subscribers: Subscribers
    ) -> None:
        tell(database, 1)
        sequence = opened(subscribers)
        with pytest.raises(SequenceOpen) as caught:
            subscribers.open_sequence(JOB_CENTRE)
        assert sequence.sequence_id == caught.value.sequence_id

    def test_another_filter_and_another_subscriber_are_not_kept_out(
        self, database: Database, subscribers: Subscribers
    ) -> None:
        tell(database, 1, CENTRE, SOME_FUND)
        opened(subscribers)
        assert PERSON_INTERVIEW == opened(subscribers, PERSON_INTERVIEW).entity
        assert subscribers.open_sequence(FUND) is not None

    def test_a_filter_lets_nothing_else_through(
        self, database: Database, subscribers: Subscribers
    ) -> None:
        tell(database, 1)
        assert subscribers.open_sequence(JOB_CENTRE, "Booking") is None

    def test_of_readers_at_once_one_gets_it(
        self, database: Database, subscribers: Subscribers
    ) -> None:
        tell(database, 1)

        def attempt(_: int) -> str:
            try:
                return "opened" if subscribers.open_sequence(JOB_CENTRE) else "nothing"
            except SequenceOpen:
                return "refused"

        with ThreadPoolExecutor(4) as threads:
            fared = sorted(threads.map(attempt, range(4)))
        assert ["opened", "refused", "refused", "refused"] == fared


class TestFetch:
    def test_pages_follow_each_other_in_order(
        self, database: Database, subscribers: Subscribers
    ) -> None:
        tell(database, 5)
        sequence_id = opened(subscribers).sequence_id
        first = subscribers.fetch_messages(JOB_CENTRE, sequence_id, limit=2)
        second = subscribers.fetch_messages(JOB_CENTRE, sequence_id, after=2, limit=3)
        assert ([1, 2], 2) == (numbers(first.messages), first.next)
        assert ([3, 4, 5], None) == (numbers(second.messages), second.next)
        assert {CPR} == {message.cpr for message in first.messages}

    def test_what_came_later_is_not_in_it(
        self, database: Database, subscribers: Subscribers
    ) -> None:
        tell(database, 1)
        sequence = opened(subscribers)
        tell(database, 1)
        assert [1] == fetched(subscribers, sequence)

    def test_it_begins_the_wait_anew(
        self, database: Database, subscribers: Subscribers, clock: Clock
    ) -> None:
        tell(database, 1)
        sequence = opened(subscribers)
        for _ in range(3):
            clock.pass_minutes(PATIENCE - 1)
            fetched(subscribers, sequence)
        with pytest.raises(SequenceOpen):
            subscribers.open_sequence(JOB_CENTRE)

    @pytest.mark.parametrize("call", ["fetch_messages", "terminate_sequence", "close_sequence"])
    def test_a_sequence_of_another_is_as_unknown_as_one_that_is_not_there(
        self, database: Database, subscribers: Subscribers, call: str
    ) -> None:
        tell(database, 1)
        sequence = opened(subscribers)
        for caller, sequence_id in ((OTHER_JOB_CENTRE, sequence.sequence_id), (JOB_CENTRE, "x")):
            with pytest.raises(NotFound):
                getattr(subscribers, call)(caller, sequence_id)
        assert [1] == fetched(subscribers, sequence)


class TestEnds:
    def test_terminated_messages_never_come_again(
        self, database: Database, subscribers: Subscribers
    ) -> None:
        tell(database, 2)
        ended = subscribers.terminate_sequence(JOB_CENTRE, opened(subscribers).sequence_id)
        assert SequenceState.TERMINATED is ended.state
        assert subscribers.open_sequence(JOB_CENTRE) is None
        tell(database, 1)
        assert [3] == fetched(subscribers, opened(subscribers))

    def test_closed_messages_come_again_as_the_same(
        self, database: Database, subscribers: Subscribers
    ) -> None:
        tell(database, 2)
        first = opened(subscribers)
        before = subscribers.fetch_messages(JOB_CENTRE, first.sequence_id)
        ended = subscribers.close_sequence(JOB_CENTRE, first.sequence_id)
        assert SequenceState.CLOSED is ended.state
        again = opened(subscribers)
        assert before == subscribers.fetch_messages(JOB_CENTRE, again.sequence_id)

    def test_repeating_an_end_changes_nothing(
        self, database: Database, subscribers: Subscribers
    ) -> None:
        tell(database, 1)
        closed = opened(subscribers).sequence_id
        for _ in range(2):
            assert SequenceState.CLOSED is subscribers.close_sequence(JOB_CENTRE, closed).state
        terminated = opened(subscribers).sequence_id
        for _ in range(2):
            state = subscribers.terminate_sequence(JOB_CENTRE, terminated).state
            assert SequenceState.TERMINATED is state

    def test_one_end_cannot_follow_the_other(
        self, database: Database, subscribers: Subscribers
    ) -> None:
        tell(database, 1)
        closed = opened(subscribers).sequence_id
        subscribers.close_sequence(JOB_CENTRE, closed)
        with pytest.raises(SequenceOver) as caught:
            subscribers.terminate_sequence(JOB_CENTRE, closed)
        assert "closed" == caught.value.state
        terminated = opened(subscribers).sequence_id
        subscribers.terminate_sequence(JOB_CENTRE, terminated)
        with pytest.raises(SequenceOver) as caught:
            subscribers.close_sequence(JOB_CENTRE, terminated)
        assert "terminated" == caught.value.state

    @pytest.mark.parametrize("end", ["terminate_sequence", "close_sequence"])
    def test_nothing_is_fetched_after_an_end(
        self, database: Database, subscribers: Subscribers, end: str
    ) -> None:
        tell(database, 1)
        sequence = opened(subscribers)
        getattr(subscribers, end)(JOB_CENTRE, sequence.sequence_id)
        with pytest.raises(SequenceOver):
            fetched(subscribers, sequence)

    def test_what_a_filtered_sequence_acknowledged_is_in_no_other(
        self, database: Database, subscribers: Subscribers
    ) -> None:
        tell(database, 2)
        everything, filtered = opened(subscribers), opened(subscribers, PERSON_INTERVIEW)
        subscribers.terminate_sequence(JOB_CENTRE, filtered.sequence_id)
        assert [] == fetched(subscribers, everything)


class TestExpiry:
    def test_a_reader_that_vanished_blocks_nobody(
        self, database: Database, subscribers: Subscribers, clock: Clock
    ) -> None:
        tell(database, 1)
        opened(subscribers)
        clock.pass_minutes(PATIENCE)
        assert [1] == fetched(subscribers, opened(subscribers))

    def test_a_late_reader_may_go_on_while_nobody_else_has_opened_one(
        self, database: Database, subscribers: Subscribers, clock: Clock
    ) -> None:
        tell(database, 1)
        sequence = opened(subscribers)
        clock.pass_minutes(PATIENCE * 100)
        assert [1] == fetched(subscribers, sequence)
        state = subscribers.terminate_sequence(JOB_CENTRE, sequence.sequence_id).state
        assert SequenceState.TERMINATED is state

    def test_a_late_reader_acknowledges_nothing_that_another_has_in_hand(
        self, database: Database, subscribers: Subscribers, clock: Clock
    ) -> None:
        tell(database, 1)
        late = opened(subscribers)
        clock.pass_minutes(PATIENCE)
        present = opened(subscribers)
        with pytest.raises(SequenceOver) as caught:
            subscribers.terminate_sequence(JOB_CENTRE, late.sequence_id)
        assert "expired" == caught.value.state
        assert SequenceState.EXPIRED is (
            subscribers.close_sequence(JOB_CENTRE, late.sequence_id).state
        )
        assert [1] == fetched(subscribers, present)


def test_every_call_leaves_a_line_in_the_audit_log(
    database: Database, subscribers: Subscribers
) -> None:
    tell(database, 1)
    sequence = opened(subscribers)
    with pytest.raises(SequenceOpen):
        subscribers.open_sequence(JOB_CENTRE)
    fetched(subscribers, sequence)
    with pytest.raises(NotFound):
        subscribers.close_sequence(FUND, sequence.sequence_id)
    subscribers.terminate_sequence(JOB_CENTRE, sequence.sequence_id)
    with pytest.raises(SequenceOver):
        subscribers.close_sequence(JOB_CENTRE, sequence.sequence_id)
    assert [
        ("open_sequence", "accepted"),
        ("open_sequence", "conflict"),
        ("fetch_messages", "read"),
        ("close_sequence", "not_found"),
        ("terminate_sequence", "accepted"),
        ("close_sequence", "conflict"),
    ] == audit_outcomes(database)
