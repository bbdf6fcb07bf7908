"""Writers who meet on one citizen: the rules hold, and do not once the protection is gone."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest

from engine.decision import Decision
from engine.model import Rulebook
from registry import audit, schema, tables
from registry.commands import CreateInterview, PutCitizen, UpdateInterview
from registry.errors import Conflict, RegistryError, Unavailable
from registry.service import Refused, Registered, Registry
from registry.storage import Database
from tests.registry.fakes import (
    AGENCY,
    CITIZEN,
    CONTENT,
    CPR,
    FUND,
    JOB_CENTRE,
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


def race(url: str, *, serialised: bool, net: bool) -> tuple[Database, list[str]]:
    """Let two writers register the same resetting interview; return how each of them fared."""
    database = Database(url, serialised=serialised)
    schema.upgrade(database)
    registry = Registry(database, MeetingDecider(), Clock())
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
        return database, sorted(threads.map(register, range(WRITERS)))


def test_of_two_writers_one_is_accepted_and_one_refused(url: str) -> None:
    database, fared = race(url, serialised=True, net=True)
    assert ["accepted", "refused"] == fared
    assert 1 == len(rows(database, tables.interview))
    database.close()


def test_control_without_lock_and_net_a_rule_is_broken(url: str) -> None:
    database, fared = race(url, serialised=False, net=False)
    assert ["accepted", "accepted"] == fared
    assert 2 == len(rows(database, tables.interview))
    database.close()


def test_without_the_lock_the_net_turns_the_second_writer_away(url: str) -> None:
    database, fared = race(url, serialised=False, net=True)
    assert ["Unavailable", "accepted"] == fared
    assert 1 == len(rows(database, tables.interview))
    database.close()


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
    with database.reading() as unit:
        assert audit.first_broken_line(unit) is None
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
    impatient = Database(url, wait_seconds=0.05)
    with database.writing(), pytest.raises(Unavailable), impatient.writing():
        raise AssertionError("the turn came while another had it")
    with impatient.writing() as unit:
        unit.commit()
    impatient.close()


def test_readers_do_not_wait_for_a_writer(registry: Registry, database: Database) -> None:
    with database.writing(), database.reading() as unit:
        assert 1 == len(unit.execute(tables.citizen.select()).all())
