"""The database fails at every place of every call on messages: all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import pytest

from registry import tables
from registry.errors import Unavailable
from registry.message_desk import MessageDesk
from registry.messages import Claim, Sequence, Tries, Wanted
from registry.outbox import Outbox
from registry.storage import Database
from registry.subscribers import Subscribers
from tests.registry.fakes import AGENCY, JOB_CENTRE, NOW, Clock
from tests.registry.rows import rows
from tests.registry.telling import CENTRE, SOME_FUND, tell
from tests.registry.test_faults import failing


@dataclass
class Doors:
    """Job centre 101 with three messages: a sequence of them in hand, and a claimed stream."""

    subscribers: Subscribers
    outbox: Outbox
    desk: MessageDesk
    sequence: Sequence
    claim: Claim


@pytest.fixture
def doors(database: Database, clock: Clock) -> Doors:
    subscribers, outbox = Subscribers(database, clock), Outbox(database)
    subscribers.put_subscriptions(JOB_CENTRE, [Wanted("/a"), Wanted("/b")])
    tell(database, 3)
    sequence = subscribers.open_sequence(JOB_CENTRE)
    assert sequence is not None
    (claim,) = outbox.claim_streams("one", NOW, 30, limit=1)
    return Doors(subscribers, outbox, MessageDesk(database, clock), sequence, claim)


CALLS: dict[str, Callable[[Doors], object]] = {
    "open": lambda doors: doors.subscribers.open_sequence(JOB_CENTRE, "PersonInterview"),
    "fetch": lambda doors: doors.subscribers.fetch_messages(JOB_CENTRE, doors.sequence.sequence_id),
    "terminate": lambda doors: doors.subscribers.terminate_sequence(
        JOB_CENTRE, doors.sequence.sequence_id
    ),
    "close": lambda doors: doors.subscribers.close_sequence(JOB_CENTRE, doors.sequence.sequence_id),
    "subscribe": lambda doors: doors.subscribers.put_subscriptions(
        JOB_CENTRE, [Wanted("/a"), Wanted("/c")]
    ),
    "claim": lambda doors: doors.outbox.claim_streams("two", NOW, 30),
    "mark": lambda doors: doors.outbox.record_delivered(doors.claim, 2),
    "fail": lambda doors: doors.outbox.record_failure(doors.claim, Tries(1), NOW),
    "stop": lambda doors: doors.outbox.stop(doors.claim, "status 400", Tries(1)),
    "skip": lambda doors: doors.desk.skip(AGENCY, doors.claim.stream.stream_id, 1, "why"),
}


def everything(database: Database) -> list[list[dict[str, object]]]:
    return [rows(database, table) for table in tables.metadata.sorted_tables]


@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_fails_anywhere_changes_nothing_and_can_be_made_again(
    doors: Doors, database: Database, name: str
) -> None:
    before = everything(database)
    at = 0
    while True:
        with failing(database, at) as fault, suppress(Unavailable):
            CALLS[name](doors)
        if fault.calls <= at:
            break  # it went through before it came to a call with this number
        assert before == everything(database)
        at += 1
    assert at >= 2
    assert before != everything(database)


def test_a_message_for_two_is_written_for_both_or_for_none(database: Database) -> None:
    tell(database, 1)
    before = everything(database)
    at = 0
    while True:
        with failing(database, at) as fault, suppress(Unavailable):
            tell(database, 1, SOME_FUND, CENTRE)
        if fault.calls <= at:
            break
        assert before == everything(database)
        at += 1
    assert 3 == len(rows(database, tables.message))
