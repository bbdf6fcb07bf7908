"""The message log: in order, without gaps, nothing lost to a reader who polls in between."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from threading import Event, Thread

import pytest
from sqlalchemy import insert

from registry import message_log, schema, tables
from registry.commands import CreateInterview, PutCitizen
from registry.days import to_microseconds
from registry.messages import GET_PERSON_INTERVIEW, PERSON_INTERVIEW, Change
from registry.service import Registered, Registry
from registry.storage import Database, UnitOfWork
from tests.registry.fakes import (
    AGENCY,
    CITIZEN,
    CONTENT,
    CPR,
    JOB_CENTRE,
    NOT_RESETTING,
    NOW,
    held,
)
from tests.registry.rows import rows
from tests.registry.telling import (
    CENTRE,
    OTHER_CENTRE,
    SOME_FUND,
    log_of,
    numbers,
    occasion,
    some_citizen,
    tell,
)

WRITERS = 4
EACH = 15


def test_every_subscriber_has_numbers_of_its_own_from_1(database: Database) -> None:
    tell(database, 2, CENTRE, SOME_FUND)
    tell(database, 1, SOME_FUND)
    assert [1, 2] == numbers(log_of(database, CENTRE))
    assert [1, 2, 3] == numbers(log_of(database, SOME_FUND))
    assert () == log_of(database, OTHER_CENTRE)


def test_a_message_says_what_changed_and_of_whom(database: Database) -> None:
    tell(database, 1)
    (message,) = log_of(database)
    assert (CENTRE, 1, CPR, NOW, 1) == (
        message.subscriber,
        message.number,
        message.cpr,
        message.recorded_at,
        message.version,
    )
    assert (GET_PERSON_INTERVIEW, PERSON_INTERVIEW, Change.INTERVIEW_CREATED, 1) == (
        message.name,
        message.entity,
        message.change,
        message.change_kind,
    )
    assert CPR not in repr(message)


def test_a_subscriber_named_twice_is_told_once(database: Database) -> None:
    tell(database, 1, CENTRE, CENTRE)
    assert [1] == numbers(log_of(database))


def test_every_message_has_an_id_of_its_own(database: Database) -> None:
    tell(database, 5, CENTRE, SOME_FUND)
    found = log_of(database, CENTRE) + log_of(database, SOME_FUND)
    assert 10 == len({each.message_id for each in found})


def test_what_is_rolled_back_leaves_no_gap(database: Database) -> None:
    tell(database, 1)
    with database.writing() as unit:
        message_log.append(unit, [(CENTRE, GET_PERSON_INTERVIEW)], occasion(some_citizen(unit)))
    tell(database, 1)
    assert [1, 2] == numbers(log_of(database))


Write = Callable[[UnitOfWork], None]


def poll_between(database: Database, first: Write, second: Write) -> list[int]:
    """Let a second writer commit, if it can, while the first has its number and not committed.

    Return the numbers seen by a reader that polls meanwhile and afterwards, going on from the last
    number it saw.
    """
    seen: list[int] = []

    def poll() -> None:
        seen.extend(numbers(log_of(database, after=seen[-1] if seen else 0)))

    wrote = Event()

    def overtake() -> None:
        with database.writing() as unit:
            second(unit)
            unit.commit()
        wrote.set()

    overtaking = Thread(target=overtake)
    with database.writing() as unit:
        first(unit)
        overtaking.start()
        wrote.wait(timeout=0.5)  # with the counter the second writer waits for us instead
        poll()
        unit.commit()
    overtaking.join()
    poll()
    return seen


def test_a_reader_misses_nothing_that_is_committed_late(database: Database) -> None:
    with database.writing() as unit:
        some_citizen(unit)
        unit.commit()

    def write(unit: UnitOfWork) -> None:
        message_log.append(unit, [(CENTRE, GET_PERSON_INTERVIEW)], occasion(some_citizen(unit)))

    assert [1, 2] == poll_between(database, write, write)


def test_control_with_numbers_from_an_identity_column_a_message_is_lost(url: str) -> None:
    database = Database(url, serialised=False)
    schema.upgrade(database)
    with database.writing() as unit:
        citizen_id = some_citizen(unit)
        message_log.lock(unit, CENTRE)
        unit.commit()
    subscriber_id = rows(database, tables.subscriber)[0]["subscriber_id"]
    # as an identity column does: a number is taken at once, whenever it is committed
    identity = count(1)
    taken_first, taken_second = next(identity), next(identity)

    def write(unit: UnitOfWork, number: int) -> None:
        told = occasion(citizen_id)
        unit.execute(
            insert(tables.message),
            {
                "subscriber_id": subscriber_id,
                "number": number,
                "message_id": told.entity_id,
                "name": GET_PERSON_INTERVIEW,
                "entity": told.entity,
                "entity_id": told.entity_id,
                "change": told.change.value,
                "citizen_id": citizen_id,
                "version": 1,
                "recorded_at": to_microseconds(NOW),
                "registered_by_type": "job_centre",
                "registered_by": "101",
            },
        )

    seen: list[int] = []
    for number in (taken_second, taken_first):  # the order of the commits
        with database.writing() as unit:
            write(unit, number)
            unit.commit()
        seen.extend(numbers(log_of(database, after=seen[-1] if seen else 0)))
    assert [2] == seen, "number 1 was committed behind the reader's back"
    assert [1, 2] == numbers(log_of(database))
    database.close()


def test_writers_at_once_and_a_reader_that_polls_see_every_number_once_in_order(
    registry: Registry, database: Database
) -> None:
    written = Event()
    seen: list[int] = []

    def poll() -> None:
        while True:
            last_look = written.is_set()
            seen.extend(numbers(log_of(database, after=seen[-1] if seen else 0)))
            if last_look:
                return

    def write(writer: int) -> int:
        cpr = f"72029112{writer:02}"
        registry.put_citizen(AGENCY, PutCitizen(cpr, CITIZEN))
        content = held(0, type=NOT_RESETTING)
        return sum(
            isinstance(
                registry.create_interview(
                    JOB_CENTRE, CreateInterview(cpr, replace(content, agreement_text=str(number)))
                ),
                Registered,
            )
            for number in range(EACH)
        )

    reader = Thread(target=poll)
    reader.start()
    with ThreadPoolExecutor(WRITERS) as threads:
        accepted = sum(threads.map(write, range(WRITERS)))
    written.set()
    reader.join()
    assert WRITERS * EACH == accepted
    assert list(range(1, accepted + 1)) == seen
    assert list(range(1, accepted + 1)) == numbers(log_of(database, SOME_FUND))


def test_processes_at_once_leave_logs_without_gaps(
    registry: Registry, database: Database, url: str
) -> None:
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.registry.racer", url], stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    words = [word for child in children for word in child.communicate()[0].split()]
    accepted = words.count("accepted")
    assert accepted >= 1
    for each in (CENTRE, SOME_FUND):
        assert list(range(1, accepted + 1)) == numbers(log_of(database, each))


@pytest.mark.parametrize("place", ["subscriber", "message", "audit_line", "commit"])
def test_a_process_killed_while_it_tells_takes_no_number_with_it(
    registry: Registry, database: Database, url: str, place: str
) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.registry.victim", url, place],
        stdout=subprocess.PIPE,
        text=True,
    ) as victim:
        assert victim.stdout is not None
        assert "there\n" == victim.stdout.readline()
        victim.kill()
    assert () == log_of(database)
    registry.create_interview(JOB_CENTRE, CreateInterview(CPR, CONTENT))
    assert [1] == numbers(log_of(database))
    assert [1] == numbers(log_of(database, SOME_FUND))
