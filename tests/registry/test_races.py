"""Writers who meet on one citizen: the rules hold, and do not once the protection is gone."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError, Event
from time import sleep
from typing import Any

import pytest

from engine.decision import Decision, Receiver
from engine.model import Rulebook
from registry import audit_chain, citizens, tables
from registry.commands import CreateInterview, PutCitizen, UpdateInterview
from registry.errors import Conflict, RegistryError, Unavailable
from registry.in_force import Always
from registry.service import Refused, Registered, Registry
from registry.storage import Database
from tests.registry.fakes import (
    AGENCY,
    CITIZEN,
    CONTENT,
    CPR,
    FUND,
    JOB_CENTRE,
    NOW,
    OTHER_CPR,
    Clock,
    FakeDecider,
    held,
)
from tests.registry.rows import audit_outcomes, rows

WRITERS = 2


class MeetingDecider:
    """Lets two writers who have both read meet before either writes, if the registry lets them."""

    def __init__(self) -> None:
        self._fake = FakeDecider()
        self._meeting = Barrier(WRITERS)

    @property
    def rulebook(self) -> Rulebook:
        return self._fake.rulebook

    def decide(self, operation: str, facts: Mapping[str, Any], *, traced: bool = False) -> Decision:
        decision = self._fake.decide(operation, facts, traced=traced)
        with suppress(BrokenBarrierError):  # the other one is kept out, as it should be
            self._meeting.wait(timeout=1)
        return decision

    def granted(self, operation: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
        return self._fake.granted(operation, facts)

    def receivers(self, operation: str, facts: Mapping[str, Any]) -> tuple[Receiver, ...]:
        return self._fake.receivers(operation, facts)


def race(url: str, *, serialised: bool, net: bool) -> tuple[list[str], int]:
    """Let two writers register the same resetting interview; return how they fared, and how many
    interviews there are.
    """
    with closing(Database(url, serialised=serialised)) as database:
        registry = Registry(database, Always(MeetingDecider()), Clock())
        registry.put_citizen(AGENCY, PutCitizen(CPR, CITIZEN))
        if not net:
            with database.engine.begin() as connection:
                connection.exec_driver_sql(
                    "DROP INDEX ix_interview_version_citizen_id_citizen_revision"
                )

        def register(_: int) -> str:
            try:
                outcome = registry.create_interview(JOB_CENTRE, CreateInterview(CPR, CONTENT))
            except RegistryError as error:
                return type(error).__name__
            return "accepted" if isinstance(outcome, Registered) else "refused"

        with ThreadPoolExecutor(WRITERS) as threads:
            fared = sorted(threads.map(register, range(WRITERS)))
        return fared, len(rows(database, tables.interview))


def test_of_two_writers_one_is_accepted_and_one_refused(url: str) -> None:
    assert (["accepted", "refused"], 1) == race(url, serialised=True, net=True)


def test_the_lock_alone_is_enough(url: str) -> None:
    assert (["accepted", "refused"], 1) == race(url, serialised=True, net=False)


def test_control_without_lock_and_net_a_rule_is_broken(url: str) -> None:
    assert (["accepted", "accepted"], 2) == race(url, serialised=False, net=False)


def test_without_the_lock_the_net_turns_the_second_writer_back_to_the_rules(url: str) -> None:
    assert (["accepted", "refused"], 1) == race(url, serialised=False, net=True)


def test_processes_that_write_on_one_citizen_break_no_rule(
    registry: Registry, database: Database, url: str
) -> None:
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.registry.racer", url], stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    reported = [child.communicate()[0].split() for child in children]
    assert [0, 0, 0] == [child.returncode for child in children]
    accepted = Counter(word for words in reported for word in words)["accepted"]
    versions = sorted(
        rows(database, tables.interview_version), key=lambda row: row["citizen_revision"]
    )
    times = [row["held_at"] for row in versions]
    assert accepted == len(times) and accepted > 0
    assert list(range(1, accepted + 1)) == [row["citizen_revision"] for row in versions]
    assert sorted(set(times)) == times, "each resetting interview lies after the one before it"
    assert () == audit_chain.check(database).faults
    assert accepted == audit_outcomes(database).count(("create_interview", "accepted"))


def test_threads_that_write_on_one_citizen_break_no_rule(
    registry: Registry, database: Database
) -> None:
    def register(minute: int) -> bool:
        outcome = registry.create_interview(JOB_CENTRE, CreateInterview(CPR, held(minute // 3)))
        return isinstance(outcome, Registered)

    with ThreadPoolExecutor(8) as threads:
        accepted = sum(threads.map(register, range(45)))
    times = [row["held_at"] for row in rows(database, tables.interview)]
    assert accepted == len(times) == len(set(times))


def test_of_two_updates_of_one_version_one_is_a_conflict(registry: Registry) -> None:
    outcome = registry.create_interview(JOB_CENTRE, CreateInterview(CPR, CONTENT))
    assert isinstance(outcome, Registered)
    which = outcome.interview.interview_id

    def update(minute: int) -> str:
        try:
            updated = registry.update_interview(FUND, UpdateInterview(which, 1, held(minute)))
        except Conflict:
            return "conflict"
        assert not isinstance(updated, Refused)
        return "accepted"

    with ThreadPoolExecutor(4) as threads:
        assert ["accepted", "conflict", "conflict", "conflict"] == sorted(
            threads.map(update, range(4))
        )
    assert 2 == registry.read_interview(FUND, which).version


def test_a_writer_whose_turn_does_not_come_is_told_so(url: str, database: Database) -> None:
    with closing(Database(url, wait_seconds=0.5)) as impatient:
        with database.writing() as unit:
            citizens.put(unit, CPR, CITIZEN, NOW)
            with pytest.raises(Unavailable) as caught, impatient.writing() as other:
                citizens.put(other, CPR, CITIZEN, NOW)
        assert "busy" == caught.value.cause
        with impatient.writing() as unit:
            citizens.put(unit, CPR, CITIZEN, NOW)
            unit.commit()


def test_those_who_begin_to_know_one_citizen_at_a_time_all_succeed(
    registry: Registry, database: Database
) -> None:
    def put(_: int) -> None:
        registry.put_citizen(AGENCY, PutCitizen(OTHER_CPR, CITIZEN))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(put, range(16)))
    assert [CPR, OTHER_CPR] == sorted(row["cpr"] for row in rows(database, tables.citizen))
    assert 17 == audit_outcomes(database).count(("put_citizen", "accepted"))


def test_a_registration_is_dated_when_the_citizen_is_its_own(
    registry: Registry, database: Database, decider: FakeDecider, clock: Clock
) -> None:
    waiting = Event()

    def register() -> Registered | Refused:
        waiting.set()
        return registry.create_interview(JOB_CENTRE, CreateInterview(CPR, CONTENT))

    with ThreadPoolExecutor(1) as threads:
        with database.writing() as unit:
            citizens.put(unit, CPR, CITIZEN, NOW)
            later = threads.submit(register)
            waiting.wait()
            sleep(0.3)  # it may come this far before the time goes on, or not: the same must hold
            clock.pass_minutes(1)
            unit.commit()
        outcome = later.result()
    assert isinstance(outcome, Registered)
    assert NOW + timedelta(minutes=1) == outcome.interview.registered_at


def test_readers_do_not_wait_for_a_writer(registry: Registry, database: Database) -> None:
    with database.writing(), database.reading() as unit:
        assert 1 == len(unit.execute(tables.citizen.select()).all())
