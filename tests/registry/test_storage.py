"""One suite for every kind of database: transactions, errors, migrations."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert

from registry import citizens, schema, tables
from registry.errors import DatabaseFault, Unavailable
from registry.storage import Database
from tests.registry.fakes import CITIZEN, CPR, NOW, OTHER_CPR
from tests.registry.rows import counts

ROW = {"citizen_id": "c-1", "cpr": CPR, "facts": "{}", "recorded_at": 0}


def test_what_is_committed_stays(database: Database) -> None:
    with database.writing() as unit:
        citizen_id = citizens.put(unit, CPR, CITIZEN, NOW)
        unit.commit()
    with database.reading() as unit:
        found = citizens.find_by_cpr(unit, CPR)
        assert citizens.StoredCitizen(citizen_id, CPR, CITIZEN) == found
        assert found == citizens.find_by_id(unit, citizen_id)
        assert citizens.find_by_cpr(unit, OTHER_CPR) is None


def test_what_is_not_committed_is_gone(database: Database) -> None:
    with database.writing() as unit:
        citizens.put(unit, CPR, CITIZEN, NOW)
    assert 0 == counts(database)["citizen"]


def test_what_an_exception_interrupts_is_gone(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.writing() as unit:
        citizens.put(unit, CPR, CITIZEN, NOW)
        raise ZeroDivisionError
    assert 0 == counts(database)["citizen"]


def test_nothing_is_done_after_the_commit(database: Database) -> None:
    with database.writing() as unit:
        unit.commit()
        with pytest.raises(DatabaseFault):
            citizens.put(unit, CPR, CITIZEN, NOW)


def test_a_reading_unit_sees_one_state_throughout(database: Database) -> None:
    with database.reading() as reader:
        assert citizens.find_by_cpr(reader, CPR) is None
        with database.writing() as unit:
            citizens.put(unit, CPR, CITIZEN, NOW)
            unit.commit()
        assert citizens.find_by_cpr(reader, CPR) is None


def test_a_collision_says_to_try_again_and_repeats_no_value(database: Database) -> None:
    with pytest.raises(Unavailable) as caught, database.writing() as unit:
        unit.execute(insert(tables.citizen), ROW)
        unit.execute(insert(tables.citizen), ROW | {"citizen_id": "c-2"})
    assert "collision" == caught.value.cause
    assert CPR not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "fault", [{"facts": None}, {"citizen_id": None}], ids=["a missing value", "a missing key"]
)
def test_another_refusal_of_the_database_is_a_fault(
    database: Database, fault: dict[str, None]
) -> None:
    with pytest.raises(DatabaseFault), database.writing() as unit:
        unit.execute(insert(tables.citizen), ROW | fault)


def test_an_interview_without_its_citizen_is_refused(database: Database) -> None:
    row = {
        "interview_id": "i-1",
        "citizen_id": "nobody",
        "version": 1,
        "type": 7,
        "held_at": 0,
        "registered_at": 0,
        "registered_by_type": "job_centre",
        "registered_by": "101",
    }
    with pytest.raises(DatabaseFault), database.writing() as unit:
        unit.execute(insert(tables.interview), row)


def test_the_migrations_make_the_tables_of_the_program(database: Database) -> None:
    assert [] == schema.differences(database)


def test_a_difference_between_migrations_and_tables_is_seen(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DROP INDEX ix_decision_interview_id")
    assert 1 == len(schema.differences(database))


def test_a_database_is_ready_once_it_has_its_tables(empty_url: str) -> None:
    with closing(Database(empty_url)) as database:
        with pytest.raises(DatabaseFault):
            schema.check_ready(database)
        schema.upgrade(database)
        schema.check_ready(database)


def test_processes_that_upgrade_one_database_at_a_time_all_find_it_done(empty_url: str) -> None:
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.registry.upgrader", empty_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(4)
    ]
    for child in children:
        assert child.stdout is not None
        assert b"there\n" == child.stdout.readline()
    for child in children:
        assert child.stdin is not None
        child.stdin.close()
    assert [0, 0, 0, 0] == [child.wait() for child in children]
    for child in children:
        assert child.stdout is not None
        child.stdout.close()
    with closing(Database(empty_url)) as database:
        assert [] == schema.differences(database)
        assert 1 == counts(database)["audit_head"]


def test_upgrading_again_changes_nothing(database: Database) -> None:
    with database.writing() as unit:
        citizens.put(unit, CPR, CITIZEN, NOW)
        unit.commit()
    schema.upgrade(database)
    assert 1 == counts(database)["citizen"]


@pytest.mark.parametrize("url", ["mysql+pymysql://bo:secret@localhost/x", "secret"])
def test_only_two_kinds_of_database_are_known(url: str) -> None:
    with pytest.raises(ValueError, match="expected a database URL") as caught:
        Database(url)
    assert "secret" not in str(caught.value)


class TestSqlite:
    @pytest.fixture
    def database(self, tmp_path: Path) -> Database:
        return Database(f"sqlite:///{tmp_path / 'registry.db'}")

    @pytest.mark.parametrize(
        ("pragma", "expected"),
        [
            ("journal_mode", "wal"),
            ("synchronous", 2),
            ("foreign_keys", 1),
            ("busy_timeout", 10_000),
        ],
    )
    def test_every_connection_is_set_up_to_lose_nothing(
        self, database: Database, pragma: str, expected: object
    ) -> None:
        with database.reading() as unit:
            found = unit.connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one()
        assert expected == found

    def test_a_file_that_is_no_database_is_unavailable(self, tmp_path: Path) -> None:
        file = tmp_path / "registry.db"
        file.write_text("this is no database, and long enough to be seen as none" * 20)
        with pytest.raises(Unavailable), Database(f"sqlite:///{file}").reading():
            pass

    def test_a_folder_that_is_not_there_is_unavailable(self, tmp_path: Path) -> None:
        with pytest.raises(Unavailable), Database(f"sqlite:///{tmp_path}/no/registry.db").reading():
            pass
