"""What only PostgreSQL does: it lets two in at a time, loses connections, goes and comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from threading import Barrier

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from registry import audit_chain, citizens, interviews, schema, tables
from registry.commands import CreateInterview, PutCitizen
from registry.errors import DatabaseFault, Unavailable
from registry.in_force import Always
from registry.service import Refused, Registered, Registry
from registry.storage import ATTEMPTS, Database, UnitOfWork
from tests.postgresql import NoServerError, Server
from tests.registry.databases import PostgresqlKind
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
from tests.registry.rows import counts, rows

ROW = {"citizen_id": "c-1", "cpr": CPR, "facts": "{}", "recorded_at": 0}


@pytest.fixture
def url(postgresql: PostgresqlKind, tmp_path: Path) -> str:
    return postgresql.migrated(tmp_path)


class TestIsolation:
    """Check, then act, by two transactions whose statements alternate."""

    @pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ"])
    def test_control_no_lock_at_this_level_lets_both_act_on_what_neither_sees(
        self, url: str, level: str
    ) -> None:
        assert 2 == self.decisions(url, level, locks=False)

    @pytest.mark.parametrize("level", ["READ COMMITTED"])
    def test_with_the_row_of_the_citizen_the_second_one_sees_what_the_first_has_done(
        self, url: str, level: str
    ) -> None:
        assert 1 == self.decisions(url, level, locks=True)

    def decisions(self, url: str, level: str, *, locks: bool) -> int:
        """Let two transactions write a decision if they find none; return how many there are."""
        engine = sa.create_engine(url, isolation_level=level)  # type: ignore[arg-type]
        query = sa.select(tables.citizen.c.citizen_id)
        found = sa.select(sa.func.count()).select_from(tables.decision)
        both = Barrier(2)

        def check_then_act(name: str) -> None:
            with engine.begin() as connection:
                both.wait()
                connection.execute(query.with_for_update() if locks else query)
                there = connection.execute(found).scalar_one()
                if not locks:
                    both.wait()
                if not there:
                    connection.execute(sa.insert(tables.decision), _decision(name))

        with engine.begin() as connection:
            connection.execute(sa.insert(tables.citizen), ROW)
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(check_then_act, ["d-1", "d-2"]))
        with engine.begin() as connection:
            there: int = connection.execute(found).scalar_one()
        engine.dispose()
        return there


class TestTimeouts:
    def test_writers_are_at_read_committed_and_readers_see_one_state(
        self, database: Database
    ) -> None:
        with database.writing() as unit:
            assert "read committed" == _shown(unit, "transaction_isolation")
        with database.reading() as unit:
            assert "repeatable read" == _shown(unit, "transaction_isolation")
            assert "on" == _shown(unit, "transaction_read_only")
        with database.writing() as unit:
            assert "off" == _shown(unit, "transaction_read_only")

    @pytest.mark.parametrize(
        ("setting", "expected"),
        [
            ("lock_timeout", "10s"),
            ("statement_timeout", "30s"),
            ("idle_in_transaction_session_timeout", "30s"),
        ],
    )
    def test_nothing_is_waited_for_without_end(
        self, database: Database, setting: str, expected: str
    ) -> None:
        with database.writing() as unit:
            assert expected == _shown(unit, setting)
        with database.reading() as unit:
            assert expected == _shown(unit, setting)

    def test_a_statement_that_takes_too_long_is_broken_off(self, url: str) -> None:
        with (
            closing(Database(url, wait_seconds=0.5)) as impatient,
            pytest.raises(Unavailable) as caught,
            impatient.reading() as unit,
        ):
            unit.execute(sa.text("SELECT pg_sleep(60)"))
        assert "interrupted" == caught.value.cause

    def test_migrations_wait_for_each_other_as_long_as_it_takes(self, database: Database) -> None:
        with database.writing() as unit:
            unit.lock_migrations()
            assert "0" == _shown(unit, "statement_timeout")
            assert "10s" == _shown(unit, "lock_timeout")


class TestRetries:
    def test_a_deadlock_is_tried_again(self, database: Database) -> None:
        both = Barrier(2)
        tries = count()

        def put(first: str, second: str) -> None:
            def work(unit: UnitOfWork) -> None:
                citizens.put(unit, first, CITIZEN, NOW)
                if next(tries) < 2:
                    both.wait()
                citizens.put(unit, second, CITIZEN, NOW)

            database.write(work)

        with ThreadPoolExecutor(2) as threads:
            list(threads.map(put, [CPR, OTHER_CPR], [OTHER_CPR, CPR]))
        # one was broken off by the server, and began once more
        assert 3 == next(tries)
        assert 2 == counts(database)["citizen"]

    def test_it_is_not_tried_for_ever(self, database: Database) -> None:
        tries = count()

        def work(unit: UnitOfWork) -> None:
            next(tries)
            unit.execute(sa.insert(tables.citizen), ROW)
            unit.execute(sa.insert(tables.citizen), ROW | {"citizen_id": "c-2"})

        with pytest.raises(Unavailable):
            database.write(work)
        assert ATTEMPTS == next(tries)

    def test_a_fault_of_ours_is_not_tried_again(self, database: Database) -> None:
        tries = count()

        def work(unit: UnitOfWork) -> None:
            next(tries)
            unit.execute(sa.insert(tables.citizen), ROW | {"facts": None})

        with pytest.raises(DatabaseFault):
            database.write(work)
        assert 1 == next(tries)

    def test_a_registration_whose_connection_is_lost_before_the_commit_is_stored_once(
        self, postgresql: PostgresqlKind, registry: Registry, database: Database
    ) -> None:
        for at in count():
            with cut_off(postgresql.server, database, at) as cut:
                outcome = registry.create_interview(JOB_CENTRE, CreateInterview(CPR, held(at)))
            assert isinstance(outcome, Registered)
            assert at + 1 == len(rows(database, tables.interview))
            if not cut():
                break
        assert at >= 8
        assert () == audit_chain.check(database).faults

    def test_a_registration_whose_commit_was_lost_is_undecided_and_not_tried_again(
        self, postgresql: PostgresqlKind, registry: Registry, database: Database
    ) -> None:
        before = counts(database)
        with (
            cut_off(postgresql.server, database, 0, event_name="commit") as cut,
            pytest.raises(Unavailable) as caught,
        ):
            registry.create_interview(JOB_CENTRE, CreateInterview(CPR, CONTENT))
        assert cut()
        assert "undecided" == caught.value.cause
        assert before == counts(database)

    def test_connections_that_died_in_the_pool_are_replaced_unnoticed(
        self, postgresql: PostgresqlKind, registry: Registry, database: Database
    ) -> None:
        for look in (lambda: counts(database), lambda: registry.put_citizen(AGENCY, PUT)):
            look()
            postgresql.server.ask(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                f"WHERE datname = '{database.engine.url.database}'"
            )
            look()


PUT = PutCitizen(CPR, CITIZEN)


class TestTraffic:
    def test_writers_on_many_citizens_who_tell_the_same_organisations_never_deadlock(
        self, postgresql: PostgresqlKind, registry: Registry, database: Database
    ) -> None:
        numbers = [f"{61 + each:02}0190{1000 + each}" for each in range(6)]
        for number in numbers:
            registry.put_citizen(AGENCY, PutCitizen(number, CITIZEN))

        def register(each: int) -> Registered | Refused:
            command = CreateInterview(numbers[each % len(numbers)], held(each))
            return registry.create_interview(JOB_CENTRE, command)

        def deadlocks() -> list[tuple[int]]:
            name = database.engine.url.database
            database.close()  # a session reports what it has counted when it ends
            return postgresql.server.ask(
                f"SELECT deadlocks FROM pg_stat_database WHERE datname = '{name}'"
            )

        before = deadlocks()
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(register, range(48)))
        assert before == deadlocks()
        assert () == audit_chain.check(database).faults

    def test_the_registry_is_back_when_the_server_is(self) -> None:
        # its own server: the others must not notice
        with own_server() as server, closing(Database(server.url())) as database:
            schema.upgrade(database)
            registry = Registry(database, Always(FakeDecider()), Clock())
            registry.put_citizen(AGENCY, PUT)
            server.stop()
            with pytest.raises(Unavailable) as caught:
                registry.create_interview(JOB_CENTRE, CreateInterview(CPR, CONTENT))
            assert "connection" == caught.value.cause
            server.start()
            outcome = registry.create_interview(JOB_CENTRE, CreateInterview(CPR, CONTENT))
            assert isinstance(outcome, Registered)
            with database.reading() as unit:
                citizen = citizens.find_by_cpr(unit, CPR)
                assert citizen is not None
                assert 2 == interviews.others_of(unit, citizen.citizen_id).next_revision


@contextmanager
def own_server() -> Iterator[Server]:
    try:
        server = Server()
    except NoServerError as error:
        pytest.fail(str(error))
    with server:
        yield server


@contextmanager
def cut_off(
    server: Server, database: Database, at: int, event_name: str = "before_cursor_execute"
) -> Iterator[Callable[[], bool]]:
    """End the session before its statement with number `at`, once; yields whether it was done."""
    calls = count()
    done = []

    def cut(connection: sa.Connection, *_: object) -> None:
        if next(calls) == at:
            session = connection.connection.dbapi_connection
            assert session is not None
            server.ask(f"SELECT pg_terminate_backend({session.info.backend_pid}, 5000)")
            done.append(at)

    event.listen(database.engine, event_name, cut)
    try:
        yield lambda: bool(done)
    finally:
        event.remove(database.engine, event_name, cut)


def _shown(unit: UnitOfWork, setting: str) -> str:
    shown: str = unit.execute(sa.text(f"SHOW {setting}")).scalar_one()
    return shown


def _decision(name: str) -> dict[str, object]:
    return {
        "decision_id": name,
        "citizen_id": "c-1",
        "operation": "create_interview",
        "facts": "{}",
        "outcome": "{}",
        "accepted": True,
        "rulebook": "sha256:fake",
        "organisation_type": "job_centre",
        "organisation": "101",
        "recorded_at": 0,
    }
