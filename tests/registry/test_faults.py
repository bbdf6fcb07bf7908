"""The database fails, or the process dies, at every place: all of a registration or nothing."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from registry import audit_chain
from registry.commands import (
    AddParticipant,
    CreateInterview,
    DeleteParticipant,
    FindInterviews,
    PutCitizen,
    UpdateInterview,
    UpdateParticipant,
    WhatIf,
)
from registry.errors import Unavailable
from registry.interview import NewParticipant
from registry.service import Registered, Registry
from registry.storage import Database
from tests.registry.fakes import AGENCY, CITIZEN, CONTENT, CPR, JOB_CENTRE, OTHER_CPR, held
from tests.registry.rows import counts


class FailingAt:
    """Makes the call of the database with number `at` fail, counting from 0; counts all calls."""

    def __init__(self, at: int | None) -> None:
        self.at = at
        self.calls = 0

    def __call__(self, connection: Connection, *_: object) -> None:
        self.calls += 1
        if self.at == self.calls - 1:
            raise OperationalError("statement", {}, DISK_FAULTS[connection.dialect.name]())


def sqlite_disk_fault() -> Exception:
    fault = sqlite3.OperationalError("disk I/O error")
    fault.sqlite_errorcode = sqlite3.SQLITE_IOERR
    return fault


DISK_FAULTS: dict[str, Callable[[], Exception]] = {
    "sqlite": sqlite_disk_fault,
    "postgresql": psycopg.errors.IoError,
}


@contextmanager
def failing(database: Database, at: int | None) -> Iterator[FailingAt]:
    fault = FailingAt(at)
    for name in ("before_cursor_execute", "commit"):
        event.listen(database.engine, name, fault)
    try:
        yield fault
    finally:
        for name in ("before_cursor_execute", "commit"):
            event.remove(database.engine, name, fault)


Operation = Callable[[Registry, str, str], object]
WRITES: dict[str, Operation] = {
    "create": lambda registry, _, __: registry.create_interview(
        JOB_CENTRE, CreateInterview(CPR, held(9))
    ),
    "refused create": lambda registry, _, __: registry.create_interview(
        JOB_CENTRE, CreateInterview(CPR, held(-9))
    ),
    "update": lambda registry, which, _: registry.update_interview(
        JOB_CENTRE, UpdateInterview(which, 1, held(1))
    ),
    "add participant": lambda registry, which, _: registry.add_participant(
        JOB_CENTRE, AddParticipant(which, NewParticipant("Bo"))
    ),
    "update participant": lambda registry, which, who: registry.update_participant(
        JOB_CENTRE, UpdateParticipant(which, who, "Bo")
    ),
    "delete participant": lambda registry, which, who: registry.delete_participant(
        JOB_CENTRE, DeleteParticipant(which, who)
    ),
    "put citizen": lambda registry, _, __: registry.put_citizen(
        AGENCY, PutCitizen(OTHER_CPR, CITIZEN)
    ),
}
READS: dict[str, Operation] = {
    "read": lambda registry, which, _: registry.read_interview(JOB_CENTRE, which),
    "find": lambda registry, _, __: registry.find_interviews(JOB_CENTRE, FindInterviews(CPR)),
    "dry run": lambda registry, _, __: registry.dry_run(
        JOB_CENTRE, WhatIf("create_interview", held(9), cpr=CPR)
    ),
}


@pytest.fixture
def stored(registry: Registry) -> tuple[str, str]:
    """Return the identifiers of an interview and of its participant."""
    outcome = registry.create_interview(
        JOB_CENTRE, CreateInterview(CPR, held(0, participants=(NewParticipant("Ida"),)))
    )
    assert isinstance(outcome, Registered)
    return outcome.interview.interview_id, outcome.interview.participants[0].participant_id


@pytest.mark.parametrize("name", WRITES)
def test_a_write_that_fails_anywhere_leaves_nothing_and_can_be_made_again(
    registry: Registry, database: Database, stored: tuple[str, str], name: str
) -> None:
    before = counts(database)
    causes = set()
    at = 0
    while True:
        with failing(database, at) as fault:
            try:
                WRITES[name](registry, *stored)
            except Unavailable as error:
                causes.add(error.cause)
        if fault.calls <= at:
            break  # it went through before it came to a call with this number
        assert before == counts(database)
        at += 1
    assert {"disk"} == causes
    assert at >= 5
    assert before != counts(database)
    assert () == audit_chain.check(database).faults


@pytest.mark.parametrize("name", READS)
def test_a_read_fails_with_the_database_but_not_with_the_audit_log(
    registry: Registry, database: Database, stored: tuple[str, str], name: str
) -> None:
    expected = READS[name](registry, *stored)
    fared = []
    at = 0
    while True:
        with failing(database, at) as fault:
            try:
                assert expected == READS[name](registry, *stored)
                fared.append("answered")
            except Unavailable:
                fared.append("unavailable")
        if fault.calls <= at:
            break
        at += 1
    assert ["unavailable", "answered"] == sorted(set(fared), key=fared.index)
    assert sorted(fared, reverse=True) == fared, "once the answer is there, nothing takes it back"


@pytest.mark.parametrize(
    "place", ["decision", "interview", "interview_version", "audit_line", "commit"]
)
def test_a_process_killed_in_a_registration_leaves_nothing_of_it(
    registry: Registry, database: Database, url: str, place: str
) -> None:
    before = counts(database)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.registry.victim", url, place],
        stdout=subprocess.PIPE,
        text=True,
    ) as victim:
        assert victim.stdout is not None
        assert "there\n" == victim.stdout.readline()
        victim.kill()
    assert before == counts(database)
    outcome = registry.create_interview(JOB_CENTRE, CreateInterview(CPR, CONTENT))
    assert isinstance(outcome, Registered)
    assert () == audit_chain.check(database).faults
