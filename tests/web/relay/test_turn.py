"""One turn of one stream, on a real log, with attempts whose outcomes are given."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from registry.errors import Unavailable
from registry.message_desk import MessageDesk
from registry.messages import Claim, Message, StreamState, Tries
from registry.outbox import Outbox
from registry.storage import Database
from registry.subscribers import Subscribers
from tests.registry.fakes import AGENCY, CPR
from tests.registry.telling import tell
from tests.web.relay.post_office import log_of, open_database, organisation, stream_of, subscribe
from web.api.request_log import request_log
from web.delivery.client import Sender
from web.delivery.locations import BaseAddress
from web.delivery.outcome import Delivered, Failed, FailureKind, Gone, Outcome
from web.delivery.receivers import Receiver
from web.delivery.schedule import Patience
from web.relay.report import Report
from web.relay.terms import Terms
from web.relay.turn import NO_RECEIVER, Trade, Turn, TurnEnd

BEGAN = datetime(2024, 6, 3, 12, 0, tzinfo=UTC)
SENDER = Sender(Receiver("job_centre", "100", BaseAddress("http", "receiver.example", 80)))
TIMED_OUT = Failed(FailureKind.TIMEOUT)
REFUSED = Failed(FailureKind.STATUS, 400)


@dataclass
class Scene:
    """A post whose attempts end as they are told to, and what it was given."""

    database: Database
    outcomes: dict[int, Outcome | Callable[[], Outcome]] = field(default_factory=dict)
    sent: list[int] = field(default_factory=list)
    now: datetime = BEGAN
    asked_to_stop: bool = False
    log: io.StringIO = field(default_factory=io.StringIO)

    def deliver(self, sender: Sender, path: str, message: Message, now: datetime) -> Outcome:
        self.sent.append(message.number)
        outcome = self.outcomes.get(message.number, Delivered(204))
        return outcome() if callable(outcome) else outcome

    def outbox(self) -> Outbox:
        return Outbox(self.database)

    def claim(self, seconds: float = 60) -> Claim:
        (claim,) = self.outbox().claim_streams("relay", self.now, seconds)
        return claim

    def turn(
        self,
        claim: Claim | None = None,
        *,
        outbox: Outbox | None = None,
        sender: Sender | None = SENDER,
        **terms,
    ) -> TurnEnd:
        stated = {"patience": Patience(refusals=2, refused_for=timedelta()), **terms}
        trade = Trade(
            outbox or self.outbox(),
            self,  # type: ignore[arg-type]  # a post is what delivers
            Report(request_log(self.log)),
            Terms(**stated),
            lambda: self.now,
            lambda: 0.5,
            lambda: self.asked_to_stop,
        )
        return Turn(trade, claim or self.claim(), sender).run()

    @property
    def stream(self):
        return stream_of(self.database, 0)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with open_database(tmp_path) as database:
        subscribe(database, 0)
        tell(database, 5, log_of(0))
        yield Scene(database)


def test_everything_that_waits_is_sent_in_order_and_marked(scene: Scene) -> None:
    assert TurnEnd.DRAINED is scene.turn(batch=2)
    assert ([1, 2, 3, 4, 5], 5) == (scene.sent, scene.stream.delivered_to)
    assert () == scene.outbox().claim_streams("relay", scene.now, 60)


def test_a_failure_ends_the_turn_and_what_came_before_is_marked(scene: Scene) -> None:
    scene.outcomes[3] = TIMED_OUT
    assert TurnEnd.FAILED is scene.turn()
    stream = scene.stream
    assert ([1, 2, 3], 2, Tries(failures=1)) == (scene.sent, stream.delivered_to, stream.tries)
    assert BEGAN + timedelta(seconds=1) == stream.next_attempt_at
    assert () == scene.outbox().claim_streams("relay", scene.now, 60)


def test_failures_of_the_same_message_add_up_and_end_with_it(scene: Scene) -> None:
    scene.outcomes[1] = TIMED_OUT
    for failures in (1, 2, 3):
        assert TurnEnd.FAILED is scene.turn()
        assert Tries(failures) == scene.stream.tries
        scene.now += timedelta(hours=1)
    scene.outcomes = {1: Delivered(204), 2: TIMED_OUT}
    assert TurnEnd.FAILED is scene.turn()
    assert Tries(1) == scene.stream.tries


def test_a_message_that_is_refused_again_and_again_stops_the_stream_with_an_alarm(
    scene: Scene,
) -> None:
    scene.outcomes[2] = REFUSED
    for state in (StreamState.ACTIVE, StreamState.STOPPED):
        assert TurnEnd.FAILED is scene.turn()
        assert state is scene.stream.state
        scene.now += timedelta(hours=1)
    alarm = json.loads(scene.log.getvalue().splitlines()[-1])
    assert ("error", 2, 400) == (alarm["level"], alarm["number"], alarm["status"])
    assert CPR not in scene.log.getvalue()


def test_410_switches_the_stream_off(scene: Scene) -> None:
    scene.outcomes[2] = Gone()
    scene.turn()
    assert (StreamState.GONE, 1) == (scene.stream.state, scene.stream.delivered_to)


def test_an_organisation_that_is_on_no_list_is_not_sent_to(scene: Scene) -> None:
    assert TurnEnd.FAILED is scene.turn(sender=None)
    assert ([], Tries(failures=1)) == (scene.sent, scene.stream.tries)
    assert NO_RECEIVER.reason in scene.log.getvalue()


def test_a_stream_gives_way_after_its_time_but_not_before_its_first_message(scene: Scene) -> None:
    assert TurnEnd.MORE is scene.turn(turn_seconds=0)
    assert ([1], 1) == (scene.sent, scene.stream.delivered_to)
    assert TurnEnd.MORE is scene.turn(turn_seconds=0)
    assert [1, 2] == scene.sent


def test_a_relay_that_is_to_stop_marks_and_begins_nothing(scene: Scene) -> None:
    def stop() -> Outcome:
        scene.asked_to_stop = True
        return Delivered(204)

    scene.outcomes[2] = stop
    assert TurnEnd.MORE is scene.turn()
    assert ([1, 2], 2) == (scene.sent, scene.stream.delivered_to)
    # the claim has ended: nobody has to wait for the lease
    assert 1 == len(scene.outbox().claim_streams("other", scene.now, 60))


def test_the_lease_is_renewed_before_an_attempt_could_outlast_it(scene: Scene) -> None:
    claimed_by_others = []

    def takes_long() -> Outcome:
        scene.now += timedelta(seconds=20)
        claimed_by_others.extend(scene.outbox().claim_streams("other", scene.now, 60))
        return Delivered(204)

    scene.outcomes = dict.fromkeys(range(1, 6), takes_long)
    assert TurnEnd.DRAINED is scene.turn()
    assert ([1, 2, 3, 4, 5], []) == (scene.sent, claimed_by_others)


def test_a_relay_that_was_asleep_for_too_long_sends_nothing_more(scene: Scene) -> None:
    def sleeps() -> Outcome:
        scene.now += timedelta(minutes=5)
        other = scene.claim()
        scene.outbox().record_delivered(other, 1)
        return Delivered(204)

    scene.outcomes[2] = sleeps
    assert TurnEnd.LOST is scene.turn()
    assert ([1, 2], 1) == (scene.sent, scene.stream.delivered_to)


def test_what_an_operator_did_meanwhile_is_not_overwritten(scene: Scene) -> None:
    def replayed() -> Outcome:
        MessageDesk(scene.database, lambda: scene.now).replay(AGENCY, scene.stream.stream_id, 1)
        return Delivered(204)

    scene.outcomes[5] = replayed
    assert TurnEnd.LOST is scene.turn()
    assert 0 == scene.stream.delivered_to


def test_a_webhook_that_is_not_wanted_any_more_gets_nothing(scene: Scene) -> None:
    claim = scene.claim()
    Subscribers(scene.database, lambda: BEGAN).put_subscriptions(organisation(0), [])
    assert TurnEnd.LOST is scene.turn(claim)
    assert [] == scene.sent


class BusyOutbox(Outbox):
    """The first marks find the database busy."""

    def __init__(self, database: Database, times: int) -> None:
        super().__init__(database)
        self.left = times

    def record_delivered(self, claim: Claim, number: int) -> None:
        if self.left:
            self.left -= 1
            raise Unavailable("busy")
        super().record_delivered(claim, number)


def test_a_busy_database_makes_nothing_come_twice(scene: Scene) -> None:
    assert TurnEnd.DRAINED is scene.turn(outbox=BusyOutbox(scene.database, 2))
    assert ([1, 2, 3, 4, 5], 5) == (scene.sent, scene.stream.delivered_to)


def test_a_database_that_stays_away_ends_the_turn_with_the_lease(scene: Scene) -> None:
    def outlasts() -> Outcome:
        scene.now += timedelta(hours=1)
        return Delivered(204)

    scene.outcomes[5] = outlasts
    with pytest.raises(Unavailable):
        scene.turn(outbox=BusyOutbox(scene.database, 1_000))
    assert 0 == scene.stream.delivered_to


def test_a_lease_must_outlast_an_attempt() -> None:
    with pytest.raises(ValueError, match="at least 30"):
        Terms(lease_seconds=29)
