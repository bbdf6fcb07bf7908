"""Calls made again at the same time, after a crash, in any order: one row for each key."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event, select

from registry import audit_chain, tables
from registry.commands import CreateInterview, PutCitizen
from registry.errors import KeyOfOtherCall, Unavailable
from registry.idempotency import AnsweredBefore
from registry.in_force import Always
from registry.service import Registry
from registry.storage import Database
from tests.registry.databases import PostgresqlKind, SqliteKind
from tests.registry.fakes import (
    AGENCY,
    CITIZEN,
    CPR,
    JOB_CENTRE,
    NOT_RESETTING,
    Clock,
    FakeDecider,
    held,
)
from tests.registry.repeats import once, plain_key, register
from tests.registry.rows import counts
from tests.registry.test_faults import failing
from tests.registry.test_postgresql import cut_off
from tests.registry.test_races import MeetingDecider

CLIENTS = 8
KEY = plain_key()


def interviews(database: Database) -> int:
    return counts(database)["interview"]


# --- at the same time -----------------------------------------------------------------------------


def at_once(registry: Registry, key: str | None) -> list[tuple[str, bytes]]:
    start = Barrier(CLIENTS)

    def call(_: int) -> tuple[str, bytes]:
        start.wait()
        return register(registry, key)

    with ThreadPoolExecutor(CLIENTS) as threads:
        return list(threads.map(call, range(CLIENTS)))


def test_control_without_a_key_every_client_registers(
    registry: Registry, database: Database
) -> None:
    assert CLIENTS == Counter(word for word, _ in at_once(registry, None))["done"]
    assert CLIENTS == interviews(database)


def test_clients_with_one_key_register_once_and_hear_one_answer(
    registry: Registry, database: Database
) -> None:
    for number in range(5):
        fared = at_once(registry, f"{KEY} {number}")
        told = Counter(word for word, _ in fared)
        assert 1 == told["done"] and CLIENTS == told.total()
        assert 1 == len({answer for word, answer in fared if word != "in use"})
    assert 5 == interviews(database)
    assert () == audit_chain.check(database).faults


def test_clients_who_come_when_it_is_done_are_all_answered(registry: Registry) -> None:
    word, answer = register(registry, KEY)
    assert "done" == word
    assert [("replayed", answer)] * CLIENTS == at_once(registry, KEY)


def two_who_meet(url: str, *, locks: bool, net: bool) -> tuple[list[str], int]:
    """Let two clients with one key come as far as they can before either writes."""
    with closing(Database(url, serialised=locks)) as database:
        registry = Registry(database, Always(MeetingDecider()), Clock())
        registry.put_citizen(AGENCY, PutCitizen(CPR, CITIZEN))
        with database.engine.begin() as connection:
            # the net under the citizen's lock would turn the second one back as well
            connection.exec_driver_sql(
                "DROP INDEX ix_interview_version_citizen_id_citizen_revision"
            )
            if not net:
                connection.exec_driver_sql("ALTER TABLE kept_answer RENAME TO with_its_key")
                connection.exec_driver_sql("CREATE TABLE kept_answer AS SELECT * FROM with_its_key")
        with ThreadPoolExecutor(2) as threads:
            fared = sorted(threads.map(lambda _: register(registry, KEY)[0], range(2)))
        return fared, interviews(database)


def test_the_second_one_is_told_that_the_first_is_running(url: str) -> None:
    assert (["done", "in use"], 1) == two_who_meet(url, locks=True, net=True)


def test_the_lock_alone_is_enough(url: str) -> None:
    assert (["done", "in use"], 1) == two_who_meet(url, locks=True, net=False)


def test_without_the_lock_the_primary_key_turns_the_second_one_back(url: str) -> None:
    assert (["done", "replayed"], 1) == two_who_meet(url, locks=False, net=True)


def test_control_without_lock_and_primary_key_it_is_done_twice(url: str) -> None:
    assert (["done", "done"], 2) == two_who_meet(url, locks=False, net=False)


# --- in another process, and after a crash --------------------------------------------------------

PLACES = [
    "decision",
    "interview",
    "interview_version",
    "message",
    "kept_answer",
    "audit_line",
    "commit",
    "answer",
]


@contextmanager
def stopped(url: str, place: str) -> Iterator[subprocess.Popen[str]]:
    """Run a process that makes the call and stops there, to be killed."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.registry.victim", url, place, KEY],
        stdout=subprocess.PIPE,
        text=True,
    ) as victim:
        assert victim.stdout is not None
        try:
            assert "there\n" == victim.stdout.readline()
            yield victim
        finally:
            victim.kill()


def made_again(registry: Registry) -> str:
    """Make the call until it is no longer in use: the server may not know yet who is dead."""
    for _ in range(200):
        word, _answer = register(registry, KEY)
        if word != "in use":
            return word
        time.sleep(0.05)
    raise AssertionError("the key is in use for ever")


@pytest.mark.parametrize("place", PLACES)
def test_a_call_of_a_killed_process_is_done_once_when_it_is_made_again(
    registry: Registry, database: Database, url: str, place: str
) -> None:
    with stopped(url, place):
        pass
    assert ("replayed" if place == "answer" else "done") == made_again(registry)
    assert "replayed" == made_again(registry)
    assert (1, 1) == (interviews(database), counts(database)["kept_answer"])
    assert () == audit_chain.check(database).faults


def test_control_without_the_key_a_call_of_a_killed_process_is_done_twice(
    registry: Registry, database: Database, url: str
) -> None:
    with stopped(url, "answer"):
        pass
    assert "done" == register(registry, None)[0]
    assert 2 == interviews(database)


def test_while_another_process_is_at_it_postgresql_says_so_and_sqlite_waits(
    registry: Registry, database: Database, url: str
) -> None:
    with stopped(url, "audit_line"), closing(Database(url, wait_seconds=0.5)) as impatient:
        other = Registry(impatient, Always(FakeDecider()), Clock())
        if database.engine.dialect.name == "postgresql":
            assert ("in use", b"") == register(other, KEY)
        else:
            with pytest.raises(Unavailable, match="busy"):
                register(other, KEY)
    assert "done" == made_again(registry)


class TestUndecided:
    """The connection is lost in the commit: nobody knows, until the call is made again."""

    @pytest.fixture
    def url(self, postgresql: PostgresqlKind, tmp_path: Path) -> str:
        return postgresql.migrated(tmp_path)

    @pytest.mark.parametrize(("stored", "again"), [(False, "done"), (True, "replayed")])
    def test_the_call_made_again_gives_the_right_answer(
        self,
        postgresql: PostgresqlKind,
        registry: Registry,
        database: Database,
        stored: bool,
        again: str,
    ) -> None:
        def commit_unseen(connection: Connection) -> None:
            session: Any = connection.connection.dbapi_connection
            session.commit()
            session.execute("BEGIN")  # or the commit below would find nothing to send

        if stored:
            event.listen(database.engine, "commit", commit_unseen, once=True)
        with (
            cut_off(postgresql.server, database, 0, event_name="commit"),
            pytest.raises(Unavailable, match="undecided"),
        ):
            register(registry, KEY)
        assert stored == bool(interviews(database))
        assert again == made_again(registry)
        assert 1 == interviews(database)


# --- in any order ---------------------------------------------------------------------------------

REQUESTS = 4
Step = tuple[int, int, int | None]
"""Which request, under which key, and the call of the database that fails."""
STEPS = st.lists(
    st.tuples(
        st.integers(0, REQUESTS - 1),
        st.sampled_from([0, 0, 0, 1]),
        st.none() | st.integers(0, 14),
    ),
    max_size=14,
)


@pytest.fixture(scope="module")
def world(sqlite: SqliteKind, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with closing(Database(sqlite.migrated(tmp_path_factory.mktemp("interleaved")))) as database:
        yield database


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_retries_in_any_order_store_what_each_call_once_stores(
    world: Database, steps: list[Step]
) -> None:
    registry = Registry(world, Always(FakeDecider()), Clock())
    with world.reading() as unit:
        known = unit.execute(tables.citizen.select()).all()
    repeated, plain = f"{len(known):010}", f"{len(known) + 1:010}"
    for cpr in (repeated, plain):
        registry.put_citizen(AGENCY, PutCitizen(cpr, CITIZEN))

    first: dict[int, int] = {}
    """The request that each key was used for, in the order in which they were done."""
    for request, other, fails_at in [*steps, *((each, 0, None) for each in range(REQUESTS))]:
        key = (request + other) % REQUESTS
        with failing(world, fails_at):
            word = _call(registry, repeated, request, key)
        expected = (
            {"done", "failed"}
            if key not in first
            else {"replayed", "failed"}
            if first[key] == request
            else {"other", "failed"}
        )
        assert word in expected
        if word == "done":
            first[key] = request
    for request in first.values():
        registry.create_interview(JOB_CENTRE, CreateInterview(plain, _content(request)))
    assert _stored(world, plain) == _stored(world, repeated)
    assert REQUESTS == len(first)


def _content(request: int) -> Any:
    # every other one is refused when it comes after a later one
    return held(request // 2, type=7 if request % 2 else NOT_RESETTING)


def _call(registry: Registry, cpr: str, request: int, key: int) -> str:
    call = once(f"{cpr} {key}", str(request))
    try:
        registry.create_interview(JOB_CENTRE, CreateInterview(cpr, _content(request)), call)
    except AnsweredBefore:
        return "replayed"
    except KeyOfOtherCall:
        return "other"
    except Unavailable:
        return "failed"
    return "done"


def _stored(database: Database, cpr: str) -> dict[str, Any]:
    """Return what is stored of a citizen, without identifiers."""
    citizen = tables.citizen.c

    def of(table: Any, *names: str) -> list[tuple[Any, ...]]:
        whose = select(citizen.citizen_id).where(citizen.cpr == cpr).scalar_subquery()
        query = select(*(table.c[name] for name in names)).where(table.c.citizen_id == whose)
        with database.reading() as unit:
            return [tuple(row) for row in unit.execute(query)]

    return {
        "versions": sorted(of(tables.interview_version, "citizen_revision", "type", "held_at")),
        "decisions": Counter(of(tables.decision, "accepted", "outcome")),
        "messages": Counter(of(tables.message, "name", "change", "version")),
        "registrations": [
            each
            for each in of(tables.audit_line, "operation", "outcome")
            if each[1] in {"accepted", "refused"}
        ],
    }
