"""What operators see of the logs, and what they do with them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from registry.errors import LeaseLost, NotFound, NotKept, NotNext
from registry.message_desk import MessageDesk
from registry.messages import Claim, Stream, StreamState, Tries, Wanted
from registry.outbox import Outbox
from registry.storage import Database
from registry.subscribers import Subscribers
from tests.registry.fakes import AGENCY, JOB_CENTRE, NOW, Clock
from tests.registry.rows import audit_outcomes, counts
from tests.registry.telling import CENTRE, OTHER_CENTRE, SOME_FUND, log_of, numbers, tell

OLD = NOW - timedelta(days=40)
KEEP_DAYS = 30


@pytest.fixture
def subscribers(database: Database, clock: Clock) -> Subscribers:
    return Subscribers(database, clock)


@pytest.fixture
def outbox(database: Database) -> Outbox:
    return Outbox(database)


@pytest.fixture
def desk(database: Database, clock: Clock) -> MessageDesk:
    return MessageDesk(database, clock)


@pytest.fixture
def stream(subscribers: Subscribers, database: Database) -> Stream:
    """Return a stream with three old messages to send."""
    (stream,) = subscribers.put_subscriptions(JOB_CENTRE, [Wanted("/a")]).added
    tell(database, 3, recorded_at=OLD)
    return stream


def claimed(outbox: Outbox) -> Claim:
    (claim,) = outbox.claim_streams("one", NOW, 30)
    return claim


def receive(subscribers: Subscribers) -> None:
    """Fetch and acknowledge all that waits."""
    sequence = subscribers.open_sequence(JOB_CENTRE)
    assert sequence is not None
    subscribers.terminate_sequence(JOB_CENTRE, sequence.sequence_id)


class TestDepths:
    def test_they_tell_how_much_waits_and_since_when(
        self, database: Database, desk: MessageDesk, subscribers: Subscribers
    ) -> None:
        tell(database, 1, CENTRE, SOME_FUND, recorded_at=OLD)
        tell(database, 2, CENTRE)
        receive(subscribers)
        tell(database, 1, CENTRE)
        centre, fund = desk.depths()
        assert (CENTRE, 4, 1, NOW) == (
            centre.subscriber,
            centre.last_number,
            centre.waiting,
            centre.oldest_at,
        )
        assert (SOME_FUND, 1, 1, OLD) == (
            fund.subscriber,
            fund.last_number,
            fund.waiting,
            fund.oldest_at,
        )

    def test_they_tell_how_far_a_stream_is_behind(
        self, desk: MessageDesk, outbox: Outbox, stream: Stream
    ) -> None:
        (depth,) = desk.depths()
        assert (False, 0, None) == (depth.fetched, depth.waiting, depth.oldest_at)
        (behind,) = depth.streams
        assert ("/a", 3, OLD) == (behind.stream.path, behind.behind, behind.oldest_at)
        outbox.record_delivered(claimed(outbox), 3)
        (behind,) = desk.depths()[0].streams
        assert (0, None) == (behind.behind, behind.oldest_at)


class TestStreams:
    def test_a_log_is_listed_in_part(self, desk: MessageDesk, stream: Stream) -> None:
        assert [2, 3] == numbers(desk.list_messages(AGENCY, CENTRE, from_number=2))
        assert [1] == numbers(desk.list_messages(AGENCY, CENTRE, limit=1))
        with pytest.raises(NotFound):
            desk.list_messages(AGENCY, OTHER_CENTRE)

    def test_skipping_leaves_a_recorded_gap(
        self, desk: MessageDesk, outbox: Outbox, stream: Stream, database: Database
    ) -> None:
        outbox.stop(claimed(outbox), "status 400", Tries(8, 8, NOW))
        after = desk.skip(AGENCY, stream.stream_id, 1, "refused by the receiver")
        assert (StreamState.ACTIVE, 1, Tries()) == (after.state, after.delivered_to, after.tries)
        (gap,) = desk.skipped(CENTRE)
        assert (1, "/a", "bo", NOW, "refused by the receiver") == (
            gap.number,
            gap.path,
            gap.skipped_by,
            gap.skipped_at,
            gap.reason,
        )
        assert log_of(database)[0].message_id == gap.message_id
        assert [2, 3] == numbers(outbox.next_messages(claimed(outbox)).messages)

    @pytest.mark.parametrize("number", [0, 2, 4])
    def test_only_the_next_message_is_skipped(
        self, desk: MessageDesk, stream: Stream, number: int
    ) -> None:
        with pytest.raises(NotNext) as caught:
            desk.skip(AGENCY, stream.stream_id, number, "why")
        assert 1 == caught.value.expected
        assert () == desk.skipped(CENTRE)

    def test_skipping_twice_skips_once(self, desk: MessageDesk, stream: Stream) -> None:
        desk.skip(AGENCY, stream.stream_id, 1, "why")
        with pytest.raises(NotNext):
            desk.skip(AGENCY, stream.stream_id, 1, "why")

    def test_a_stopped_stream_goes_on_where_it_was(
        self, desk: MessageDesk, outbox: Outbox, stream: Stream
    ) -> None:
        outbox.stop(claimed(outbox), "status 400", Tries(8, 8, NOW))
        assert StreamState.ACTIVE is desk.resume(AGENCY, stream.stream_id).state
        assert [1, 2, 3] == numbers(outbox.next_messages(claimed(outbox)).messages)

    def test_a_replay_sends_the_same_messages_again(
        self, desk: MessageDesk, outbox: Outbox, stream: Stream
    ) -> None:
        claim = claimed(outbox)
        sent = outbox.next_messages(claim).messages
        outbox.record_delivered(claim, 3)
        desk.replay(AGENCY, stream.stream_id, 2)
        assert sent[1:] == outbox.next_messages(claimed(outbox)).messages

    @pytest.mark.parametrize("number", [0, 3])
    def test_a_replay_leaves_nothing_out(
        self, desk: MessageDesk, outbox: Outbox, stream: Stream, number: int
    ) -> None:
        outbox.record_delivered(claimed(outbox), 1)
        with pytest.raises(NotKept) as caught:
            desk.replay(AGENCY, stream.stream_id, number)
        assert (1, 2) == (caught.value.first, caught.value.last)

    def test_what_a_relay_had_in_hand_meanwhile_is_not_marked(
        self, desk: MessageDesk, outbox: Outbox, stream: Stream
    ) -> None:
        for act in (
            lambda: desk.skip(AGENCY, stream.stream_id, 1, "why"),
            lambda: desk.resume(AGENCY, stream.stream_id),
            lambda: desk.replay(AGENCY, stream.stream_id, 1),
        ):
            claim = claimed(outbox)
            act()
            with pytest.raises(LeaseLost):
                outbox.record_delivered(claim, 3)

    def test_operators_leave_lines_in_the_audit_log(
        self, desk: MessageDesk, database: Database, stream: Stream
    ) -> None:
        desk.skip(AGENCY, stream.stream_id, 1, "why")
        desk.replay(AGENCY, stream.stream_id, 1)
        desk.resume(AGENCY, stream.stream_id)
        desk.list_messages(AGENCY, CENTRE)
        with pytest.raises(NotFound):
            desk.resume(AGENCY, "x")
        with pytest.raises(NotNext):
            desk.skip(AGENCY, stream.stream_id, 7, "why")
        assert [
            ("skip_message", "accepted"),
            ("replay_stream", "accepted"),
            ("resume_stream", "accepted"),
            ("list_messages", "read"),
            ("resume_stream", "not_found"),
            ("skip_message", "conflict"),
        ] == audit_outcomes(database)[1:]


class TestPruning:
    def test_what_is_received_and_old_is_thrown_away(
        self, database: Database, desk: MessageDesk, subscribers: Subscribers
    ) -> None:
        tell(database, 2, recorded_at=OLD)
        tell(database, 2)
        receive(subscribers)
        assert 2 == desk.prune(KEEP_DAYS)
        assert [3, 4] == numbers(log_of(database))
        tell(database, 1)
        assert [3, 4, 5] == numbers(log_of(database))
        assert 0 == desk.prune(KEEP_DAYS)

    def test_what_waits_is_kept_however_old(
        self, database: Database, desk: MessageDesk, subscribers: Subscribers
    ) -> None:
        tell(database, 2, recorded_at=OLD)
        assert 0 == desk.prune(KEEP_DAYS)
        receive(subscribers)
        tell(database, 1, recorded_at=OLD)
        assert 2 == desk.prune(KEEP_DAYS)
        assert [3] == numbers(log_of(database))

    def test_a_stopped_stream_is_waited_for_and_one_that_is_gone_is_not(
        self, desk: MessageDesk, outbox: Outbox, stream: Stream
    ) -> None:
        claim = claimed(outbox)
        outbox.record_delivered(claim, 1)
        outbox.stop(claim, "status 400", Tries())
        assert 1 == desk.prune(KEEP_DAYS)
        desk.resume(AGENCY, stream.stream_id)
        outbox.switch_off(claimed(outbox), "status 410", Tries())
        assert 2 == desk.prune(KEEP_DAYS)

    def test_both_ways_out_are_waited_for_when_both_are_used(
        self, desk: MessageDesk, outbox: Outbox, subscribers: Subscribers, stream: Stream
    ) -> None:
        receive(subscribers)
        assert 0 == desk.prune(KEEP_DAYS)
        outbox.record_delivered(claimed(outbox), 3)
        assert 3 == desk.prune(KEEP_DAYS)

    def test_nothing_is_replayed_from_before_what_is_kept(
        self, desk: MessageDesk, outbox: Outbox, stream: Stream
    ) -> None:
        outbox.record_delivered(claimed(outbox), 2)
        assert 2 == desk.prune(KEEP_DAYS)
        with pytest.raises(NotKept):
            desk.replay(AGENCY, stream.stream_id, 2)
        assert (3, 2) == (desk.depths()[0].last_number, desk.depths()[0].pruned_to)

    def test_sequences_that_are_over_are_forgotten(
        self, database: Database, desk: MessageDesk, subscribers: Subscribers, clock: Clock
    ) -> None:
        tell(database, 1)
        receive(subscribers)
        tell(database, 1)
        assert subscribers.open_sequence(JOB_CENTRE) is not None
        clock.now += timedelta(days=KEEP_DAYS + 1)
        desk.prune(KEEP_DAYS)
        assert 1 == counts(database)["message_sequence"], "the open one is kept"
