"""A call made again with its key is done once: kept with the change, told again, forgotten."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from engine.dated import SINCE_EVER, Dated
from registry import audit_chain, idempotency, tables
from registry.commands import (
    AddParticipant,
    Caller,
    CreateInterview,
    DeleteParticipant,
    PutCitizen,
    UpdateInterview,
    UpdateParticipant,
)
from registry.days import to_microseconds
from registry.errors import Conflict, KeyOfOtherCall, NotAuthorised, NotFound, Unavailable
from registry.idempotency import KEPT_FOR, MOST_AT_ONCE, AnsweredBefore, Once
from registry.in_force import Always
from registry.interview import NewParticipant
from registry.messages import Wanted
from registry.service import Refused, Registered, Registry
from registry.storage import Database
from registry.subscribers import Subscribers
from tests.registry.fakes import (
    AGENCY,
    CITIZEN,
    CONTENT,
    CPR,
    JOB_CENTRE,
    NOW,
    OTHER_CPR,
    Clock,
    FakeDecider,
    held,
)
from tests.registry.repeats import TWICE_ALLOWED, once, plain_key, register, shown, tidying_key
from tests.registry.rows import counts, rows
from tests.registry.test_faults import failing

KEY = plain_key()


def interviews(database: Database) -> int:
    return counts(database)["interview"]


def test_control_without_a_key_a_call_made_again_is_done_again(
    registry: Registry, database: Database
) -> None:
    assert ["done", "done"] == [register(registry, None)[0] for _ in range(2)]
    assert 2 == interviews(database)


def test_with_a_key_it_is_done_once_and_answered_alike(
    registry: Registry, database: Database
) -> None:
    done, answer = register(registry, KEY)
    assert "done" == done
    assert [("replayed", answer)] * 3 == [register(registry, KEY) for _ in range(3)]
    assert 1 == interviews(database)
    assert () == audit_chain.check(database).faults


def test_what_was_kept_is_the_whole_answer(registry: Registry) -> None:
    outcome = registry.create_interview(JOB_CENTRE, CreateInterview(CPR, TWICE_ALLOWED), once(KEY))
    with pytest.raises(AnsweredBefore) as caught:
        registry.create_interview(JOB_CENTRE, CreateInterview(CPR, TWICE_ALLOWED), once(KEY))
    assert shown(outcome) == caught.value.answer


def test_a_refusal_is_kept_too(registry: Registry, database: Database) -> None:
    registry.create_interview(JOB_CENTRE, CreateInterview(CPR, CONTENT))
    command = CreateInterview(CPR, held(-1))
    refused = registry.create_interview(JOB_CENTRE, command, once(KEY))
    assert isinstance(refused, Refused)
    with pytest.raises(AnsweredBefore) as caught:
        registry.create_interview(JOB_CENTRE, command, once(KEY))
    assert refused.decision_id.encode() == caught.value.answer.body
    assert 2 == counts(database)["decision"]


def test_a_key_of_another_call_does_nothing(registry: Registry, database: Database) -> None:
    register(registry, KEY)
    before = counts(database)
    with pytest.raises(KeyOfOtherCall):
        registry.create_interview(
            JOB_CENTRE, CreateInterview(CPR, TWICE_ALLOWED), once(KEY, "another")
        )
    assert before == counts(database)


@pytest.mark.parametrize(
    "other",
    [
        replace(JOB_CENTRE, user="kim"),
        replace(JOB_CENTRE, system="journal"),
        Caller("unemployment_fund", "101", "bo", "request-1"),
        Caller("job_centre", "7", "bo", "request-1"),
    ],
)
def test_a_key_belongs_to_its_caller(other: Caller) -> None:
    mine, theirs = once(KEY), once(KEY, caller=other)
    assert mine.key_hash != theirs.key_hash


def test_another_request_of_the_same_caller_keeps_the_key(registry: Registry) -> None:
    again = replace(JOB_CENTRE, request_id="request-9")
    assert once(KEY) == once(KEY, caller=again)


def test_parts_of_a_request_cannot_change_places() -> None:
    one, other = (Once.of(JOB_CENTRE, KEY, parts, shown) for parts in ([b"a", b""], [b"", b"a"]))
    assert one.request_hmac != other.request_hmac


def test_neither_key_nor_request_is_stored(registry: Registry, database: Database) -> None:
    key, request = "key-" + secrets.token_hex(8), "request-" + secrets.token_hex(8)
    registry.create_interview(JOB_CENTRE, CreateInterview(CPR, TWICE_ALLOWED), once(key, request))
    for table in tables.metadata.sorted_tables:
        stored = repr(rows(database, table))
        assert key not in stored and request not in stored


def test_what_stored_nothing_is_not_kept(registry: Registry, database: Database) -> None:
    command = CreateInterview(OTHER_CPR, TWICE_ALLOWED)
    with pytest.raises(NotFound):
        registry.create_interview(AGENCY, command, once(KEY, caller=AGENCY))
    registry.put_citizen(AGENCY, PutCitizen(OTHER_CPR, CITIZEN))
    outcome = registry.create_interview(AGENCY, command, once(KEY, caller=AGENCY))
    assert isinstance(outcome, Registered)
    which = outcome.interview.interview_id
    for _ in range(2):
        with pytest.raises(Conflict):
            registry.update_interview(
                JOB_CENTRE, UpdateInterview(which, 2, TWICE_ALLOWED), once("k")
            )
    assert 1 == counts(database)["kept_answer"]


def test_an_answer_of_before_is_told_only_to_who_may_still_call(
    registry: Registry, database: Database, decider: FakeDecider, clock: Clock
) -> None:
    register(registry, KEY)
    types = decider.rulebook.tables["organisation_types"]
    row = types.rows["municipality"].on(NOW.date())
    assert row is not None
    closed = replace(types, rows={**types.rows, "job_centre": Dated([(SINCE_EVER, row)])})
    stricter = FakeDecider(rulebook=replace(decider.rulebook, tables={closed.name: closed}))
    with pytest.raises(NotAuthorised):
        register(Registry(database, Always(stricter), clock), KEY)


def test_a_replay_has_an_audit_line_of_its_own(registry: Registry, database: Database) -> None:
    register(registry, KEY)
    register(registry, KEY)
    *_, first, last = sorted(rows(database, tables.audit_line), key=lambda line: line["sequence"])
    assert ("create_interview", "replayed") == (last["operation"], last["outcome"])
    same = ("citizen_id", "interview_id", "decision_id", "organisation", "user")
    assert [first[name] for name in same] == [last[name] for name in same]
    assert None not in [last["citizen_id"], last["interview_id"], last["decision_id"]]


def test_a_key_is_forgotten_after_seven_days(
    registry: Registry, database: Database, clock: Clock
) -> None:
    register(registry, KEY)
    clock.now += KEPT_FOR - timedelta(microseconds=1)
    assert "replayed" == register(registry, KEY)[0]
    clock.now += timedelta(microseconds=1)
    assert ["done", "replayed"] == [register(registry, KEY)[0] for _ in range(2)]
    assert (2, 1) == (interviews(database), counts(database)["kept_answer"])


def keep_old_answers(database: Database, number: int) -> None:
    row = {
        "request_hmac": "0" * 64,
        "status": 204,
        "headers": "{}",
        "body": b"",
        "recorded_at": to_microseconds(NOW - KEPT_FOR),
    }
    with database.writing() as unit:
        unit.execute(
            insert(tables.kept_answer),
            [{**row, "key_hash": f"{each:064x}"} for each in range(number)],
        )
        unit.commit()


def test_old_answers_are_thrown_away_in_small_steps(registry: Registry, database: Database) -> None:
    register(registry, KEY)
    keep_old_answers(database, MOST_AT_ONCE + 1)
    for expected in (MOST_AT_ONCE, 1, 0):
        assert expected == database.write(lambda unit: idempotency.forget(unit, NOW))
    assert "replayed" == register(registry, KEY)[0]


def test_one_call_in_some_throws_old_answers_away(registry: Registry, database: Database) -> None:
    keep_old_answers(database, 3)
    register(registry, plain_key())
    assert 4 == counts(database)["kept_answer"]
    register(registry, tidying_key())
    assert 2 == counts(database)["kept_answer"]
    tidying = sum(once(str(each)).tidies for each in range(6_400))
    assert 50 <= tidying <= 150


def test_a_call_that_cannot_throw_old_answers_away_is_answered_all_the_same(
    registry: Registry, database: Database
) -> None:
    register(registry, "a" + KEY)
    keep_old_answers(database, 1)
    with failing(database, None) as plain:
        register(registry, KEY)
    with failing(database, plain.calls) as tidying:
        assert "done" == register(registry, tidying_key())[0]
    assert plain.calls < tidying.calls
    assert 1 + 3 == counts(database)["kept_answer"]


# --- every call that writes -----------------------------------------------------------------------

Call = Callable[["World", Once[Any]], object]


class World:
    """A registry with an interview and its participant, and a subscriber with an open sequence."""

    def __init__(self, registry: Registry, database: Database, clock: Clock) -> None:
        self.registry = registry
        self.subscribers = Subscribers(database, clock)
        stored = registry.create_interview(
            JOB_CENTRE, CreateInterview(CPR, held(0, participants=(NewParticipant("Ida"),)))
        )
        assert isinstance(stored, Registered)
        self.which = stored.interview.interview_id
        self.who = stored.interview.participants[0].participant_id
        opened = self.subscribers.open_sequence(JOB_CENTRE)
        assert opened is not None
        self.sequence = opened.sequence_id


CALLS: dict[str, Call] = {
    "create_interview": lambda world, call: world.registry.create_interview(
        JOB_CENTRE, CreateInterview(CPR, TWICE_ALLOWED), call
    ),
    "update_interview": lambda world, call: world.registry.update_interview(
        JOB_CENTRE, UpdateInterview(world.which, None, held(1)), call
    ),
    "add_participant": lambda world, call: world.registry.add_participant(
        JOB_CENTRE, AddParticipant(world.which, NewParticipant("Bo")), call
    ),
    "update_participant": lambda world, call: world.registry.update_participant(
        JOB_CENTRE, UpdateParticipant(world.which, world.who, "Bo"), call
    ),
    "delete_participant": lambda world, call: world.registry.delete_participant(
        JOB_CENTRE, DeleteParticipant(world.which, world.who), call
    ),
    "put_citizen": lambda world, call: world.registry.put_citizen(
        AGENCY, PutCitizen(OTHER_CPR, CITIZEN), call
    ),
    "open_sequence": lambda world, call: world.subscribers.open_sequence(
        JOB_CENTRE, "PersonInterview", call
    ),
    "terminate_sequence": lambda world, call: world.subscribers.terminate_sequence(
        JOB_CENTRE, world.sequence, call
    ),
    "close_sequence": lambda world, call: world.subscribers.close_sequence(
        JOB_CENTRE, world.sequence, call
    ),
    "put_subscriptions": lambda world, call: world.subscribers.put_subscriptions(
        JOB_CENTRE, [Wanted("/all", ("PersonInterview",))], call
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_every_call_that_writes_is_done_once(
    registry: Registry, database: Database, clock: Clock, name: str
) -> None:
    world = World(registry, database, clock)
    CALLS[name](world, once(KEY))
    before = {table.name: rows(database, table) for table in tables.metadata.sorted_tables}
    clock.pass_minutes(60)
    with pytest.raises(AnsweredBefore):
        CALLS[name](world, once(KEY))
    for table in tables.metadata.sorted_tables:
        if table.name not in {"audit_line", "audit_head"}:
            assert before[table.name] == rows(database, table)
    assert 1 + len(before["audit_line"]) == counts(database)["audit_line"]


@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_fails_anywhere_is_done_once_when_it_is_made_again(
    registry: Registry, database: Database, clock: Clock, name: str
) -> None:
    world = World(registry, database, clock)
    before = counts(database)
    at = 0
    while True:
        with failing(database, at), suppress(Unavailable):
            CALLS[name](world, once(KEY))
            break  # it went through before it came to a call with this number
        assert before == counts(database)
        at += 1
    assert at >= 5
    after = counts(database)
    assert 1 == after["kept_answer"] - before["kept_answer"]
    with pytest.raises(AnsweredBefore):
        CALLS[name](world, once(KEY))
    assert after | {"audit_line": after["audit_line"] + 1} == counts(database)
