"""Webhooks: what is subscribed to, who sends it, and what is marked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from registry.errors import LeaseLost, NotFound, SubscriptionsRefused
from registry.message_desk import MessageDesk
from registry.messages import Claim, Stream, StreamState, Synced, Tries, Wanted
from registry.outbox import Outbox
from registry.storage import Database
from registry.subscribers import Subscribers
from registry.subscriptions import MOST_SUBSCRIPTIONS
from tests.registry.fakes import AGENCY, FUND, JOB_CENTRE, NOW, Clock
from tests.registry.rows import audit_outcomes
from tests.registry.telling import CENTRE, SOME_FUND, log_of, numbers, tell

LEASE = 30.0
LATER = NOW + timedelta(seconds=LEASE)


@pytest.fixture
def subscribers(database: Database, clock: Clock) -> Subscribers:
    return Subscribers(database, clock)


@pytest.fixture
def outbox(database: Database) -> Outbox:
    return Outbox(database)


@pytest.fixture
def desk(database: Database, clock: Clock) -> MessageDesk:
    return MessageDesk(database, clock)


def paths(streams: tuple[Stream, ...]) -> list[str]:
    return [each.path for each in streams]


def synced(subscribers: Subscribers, *wanted: str) -> Synced:
    return subscribers.put_subscriptions(JOB_CENTRE, [Wanted(path) for path in wanted])


def claimed(outbox: Outbox, relay: str = "one") -> Claim:
    (claim,) = outbox.claim_streams(relay, NOW, LEASE)
    return claim


class TestSubscriptions:
    def test_stating_a_list_adds_keeps_and_removes(self, subscribers: Subscribers) -> None:
        first = synced(subscribers, "/b", "/a")
        assert (["/a", "/b"], [], []) == tuple(map(paths, (first.added, first.kept, first.removed)))
        second = synced(subscribers, "/b", "/c")
        assert (["/c"], ["/b"], ["/a"]) == tuple(
            map(paths, (second.added, second.kept, second.removed))
        )
        assert ["/b", "/c"] == paths(subscribers.read_subscriptions(JOB_CENTRE))

    def test_stating_it_again_changes_nothing(self, subscribers: Subscribers) -> None:
        (stream,) = synced(subscribers, "/a").added
        again = synced(subscribers, "/a")
        assert ((), (stream,), ()) == (again.added, again.kept, again.removed)

    def test_it_touches_no_other_organisation(self, subscribers: Subscribers) -> None:
        subscribers.put_subscriptions(FUND, [Wanted("/a")])
        assert () == synced(subscribers).removed
        assert ["/a"] == paths(subscribers.read_subscriptions(FUND))
        assert () == subscribers.read_subscriptions(AGENCY)

    def test_a_list_with_a_fault_is_refused_as_a_whole(self, subscribers: Subscribers) -> None:
        synced(subscribers, "/a")
        wanted = [Wanted("/b"), Wanted("/c", ("Booking",)), Wanted("/d", ()), Wanted("/b")]
        with pytest.raises(SubscriptionsRefused) as caught:
            subscribers.put_subscriptions(JOB_CENTRE, wanted)
        assert [
            (0, "each path once"),
            (1, "entities among `PersonInterview`"),
            (2, "entities among `PersonInterview`"),
            (3, "each path once"),
        ] == list(caught.value.faults)
        assert ["/a"] == paths(subscribers.read_subscriptions(JOB_CENTRE))

    def test_too_long_a_list_is_refused(self, subscribers: Subscribers) -> None:
        with pytest.raises(SubscriptionsRefused):
            synced(subscribers, *(f"/{number}" for number in range(MOST_SUBSCRIPTIONS + 1)))

    def test_a_new_one_begins_at_the_end_of_the_log_and_a_kept_one_goes_on(
        self, database: Database, subscribers: Subscribers
    ) -> None:
        synced(subscribers, "/old")
        tell(database, 2)
        both = synced(subscribers, "/old", "/new")
        assert (2, 0) == (both.added[0].delivered_to, both.kept[0].delivered_to)

    def test_one_whose_receiver_was_gone_goes_on_where_it_was(
        self, database: Database, subscribers: Subscribers, outbox: Outbox
    ) -> None:
        synced(subscribers, "/a")
        tell(database, 3)
        claim = claimed(outbox)
        outbox.record_delivered(claim, 1)
        outbox.switch_off(claim, "status 410", Tries())
        (stream,) = subscribers.read_subscriptions(JOB_CENTRE)
        assert (StreamState.GONE, "status 410") == (stream.state, stream.reason)
        assert () == outbox.claim_streams("one", NOW, LEASE)
        (stream,) = synced(subscribers, "/a").kept
        assert (StreamState.ACTIVE, None, 1) == (stream.state, stream.reason, stream.delivered_to)

    def test_a_stopped_one_stays_stopped(
        self, database: Database, subscribers: Subscribers, outbox: Outbox
    ) -> None:
        synced(subscribers, "/a")
        tell(database, 1)
        outbox.stop(claimed(outbox), "status 400", Tries(9, 9, NOW))
        (stream,) = synced(subscribers, "/a").kept
        assert (StreamState.STOPPED, Tries(9, 9, NOW)) == (stream.state, stream.tries)

    def test_calls_leave_lines_in_the_audit_log(self, subscribers: Subscribers, database: Database):
        synced(subscribers, "/a")
        subscribers.read_subscriptions(JOB_CENTRE)
        with pytest.raises(SubscriptionsRefused):
            synced(subscribers, "/a", "/a")
        assert [
            ("put_subscriptions", "accepted"),
            ("read_subscriptions", "read"),
            ("put_subscriptions", "refused"),
        ] == audit_outcomes(database)


@pytest.fixture
def stream(subscribers: Subscribers, database: Database) -> Stream:
    """Return a stream with three messages to send."""
    (stream,) = synced(subscribers, "/a").added
    tell(database, 3)
    return stream


class TestClaims:
    def test_a_claimed_stream_is_nobody_elses(self, outbox: Outbox, stream: Stream) -> None:
        claim = claimed(outbox)
        assert (stream.stream_id, LATER) == (claim.stream.stream_id, claim.until)
        assert () == outbox.claim_streams("two", NOW, LEASE)

    def test_it_can_be_claimed_again_when_the_lease_is_over_or_given_back(
        self, outbox: Outbox, stream: Stream
    ) -> None:
        first = claimed(outbox)
        assert first.fence < outbox.claim_streams("two", LATER, LEASE)[0].fence
        second = outbox.claim_streams("two", LATER + timedelta(seconds=LEASE), LEASE)[0]
        outbox.release(second, LATER)
        assert 1 == len(outbox.claim_streams("one", LATER, LEASE))

    def test_a_renewed_lease_lasts_longer(self, outbox: Outbox, stream: Stream) -> None:
        renewed = outbox.renew(claimed(outbox), NOW, 2 * LEASE)
        assert NOW + timedelta(seconds=2 * LEASE) == renewed.until
        assert () == outbox.claim_streams("two", LATER, LEASE)
        outbox.record_delivered(renewed, 3)

    def test_relays_at_once_share_the_streams(
        self, subscribers: Subscribers, database: Database, outbox: Outbox
    ) -> None:
        synced(subscribers, *(f"/{number}" for number in range(12)))
        tell(database, 1)
        with ThreadPoolExecutor(4) as threads:
            claims = list(
                threads.map(
                    lambda relay: outbox.claim_streams(f"relay {relay}", NOW, LEASE, limit=4),
                    range(4),
                )
            )
        taken = [claim.stream.path for each in claims for claim in each]
        assert sorted(f"/{number}" for number in range(12)) == sorted(taken)

    def test_nothing_is_claimed_that_has_nothing_to_send(
        self, outbox: Outbox, stream: Stream
    ) -> None:
        claim = claimed(outbox)
        outbox.record_delivered(claim, 3)
        outbox.release(claim, NOW)
        assert () == outbox.claim_streams("one", NOW, LEASE)

    def test_one_that_sends_much_goes_behind_the_others(
        self, subscribers: Subscribers, database: Database, outbox: Outbox, stream: Stream
    ) -> None:
        outbox.release(claimed(outbox), NOW + timedelta(seconds=1))
        subscribers.put_subscriptions(FUND, [Wanted("/f")])
        tell(database, 1, SOME_FUND)
        claims = outbox.claim_streams("one", LATER, LEASE, limit=1)
        assert [SOME_FUND] == [claim.stream.subscriber for claim in claims]

    def test_whoever_was_overtaken_marks_nothing(self, outbox: Outbox, stream: Stream) -> None:
        late = claimed(outbox)
        (present,) = outbox.claim_streams("two", LATER, LEASE)
        for mark in (
            lambda: outbox.record_delivered(late, 3),
            lambda: outbox.record_failure(late, Tries(1), LATER),
            lambda: outbox.stop(late, "status 400", Tries()),
            lambda: outbox.switch_off(late, "status 410", Tries()),
            lambda: outbox.renew(late, NOW, LEASE),
            lambda: outbox.release(late, NOW),
        ):
            with pytest.raises(LeaseLost):
                mark()
        assert [1, 2, 3] == numbers(outbox.next_messages(present).messages)
        outbox.record_delivered(present, 1)

    def test_an_unsubscribed_stream_is_marked_by_nobody(
        self, subscribers: Subscribers, outbox: Outbox, stream: Stream
    ) -> None:
        claim = claimed(outbox)
        synced(subscribers)
        with pytest.raises(NotFound):
            outbox.next_messages(claim)
        with pytest.raises(LeaseLost):
            outbox.record_delivered(claim, 1)


class TestSending:
    def test_messages_come_in_order_and_what_is_not_marked_comes_again(
        self, database: Database, outbox: Outbox, stream: Stream
    ) -> None:
        claim = claimed(outbox)
        batch = outbox.next_messages(claim, limit=2)
        assert ([1, 2], 2) == (numbers(batch.messages), batch.up_to)
        outbox.record_delivered(claim, 1)
        # a crash here, after 2 was sent and before it was marked
        (again,) = outbox.claim_streams("two", LATER, LEASE)
        messages = outbox.next_messages(again).messages
        assert [2, 3] == numbers(messages)
        assert batch.messages[1].message_id == messages[0].message_id

    def test_marking_never_goes_back(self, outbox: Outbox, stream: Stream) -> None:
        claim = claimed(outbox)
        outbox.record_delivered(claim, 2)
        with pytest.raises(LeaseLost):
            outbox.record_delivered(claim, 1)
        assert [3] == numbers(outbox.next_messages(claim).messages)

    def test_a_failed_stream_rests_and_keeps_its_tries(
        self, subscribers: Subscribers, outbox: Outbox, stream: Stream
    ) -> None:
        tries = Tries(3, 2, NOW - timedelta(minutes=1))
        outbox.record_failure(claimed(outbox), tries, NOW + timedelta(seconds=5))
        assert () == outbox.claim_streams("one", NOW + timedelta(seconds=4), LEASE)
        (claim,) = outbox.claim_streams("one", NOW + timedelta(seconds=5), LEASE)
        assert tries == claim.stream.tries
        outbox.record_delivered(claim, 1)
        assert Tries() == subscribers.read_subscriptions(JOB_CENTRE)[0].tries

    def test_a_stream_passes_what_it_does_not_want(
        self, database: Database, outbox: Outbox, stream: Stream
    ) -> None:
        with database.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE stream SET entities = 'Booking'")
        claim = claimed(outbox)
        batch = outbox.next_messages(claim)
        assert ((), 3) == (batch.messages, batch.up_to)
        outbox.record_delivered(claim, batch.up_to)
        outbox.release(claim, NOW)
        assert () == outbox.claim_streams("one", NOW, LEASE)

    def test_one_stopped_stream_stops_no_other(
        self, subscribers: Subscribers, database: Database, outbox: Outbox
    ) -> None:
        synced(subscribers, "/a", "/b")
        tell(database, 1)
        first, second = outbox.claim_streams("one", NOW, LEASE)
        outbox.stop(first, "status 400", Tries())
        outbox.record_delivered(second, 1)
        tell(database, 1)
        outbox.release(second, NOW)
        (claim,) = outbox.claim_streams("one", NOW, LEASE)
        assert second.stream.stream_id == claim.stream.stream_id

    def test_fetching_and_sending_are_two_ways_out_of_one_log(
        self, subscribers: Subscribers, outbox: Outbox, stream: Stream, database: Database
    ) -> None:
        sequence = subscribers.open_sequence(JOB_CENTRE)
        assert sequence is not None
        subscribers.terminate_sequence(JOB_CENTRE, sequence.sequence_id)
        assert [1, 2, 3] == numbers(outbox.next_messages(claimed(outbox)).messages)
        assert [1, 2, 3] == numbers(log_of(database, CENTRE))
