"""Statements that are compiled once, and several that are one: the same as each by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import bindparam, event, insert, select, update

from registry import tables
from registry.commands import CreateInterview, UpdateInterview
from registry.errors import DatabaseFault, RegistryError
from registry.outcome import Refused, Registered
from registry.service import Registry
from registry.statements import Fixed, Written
from registry.storage import Database
from tests.registry.fakes import CPR, JOB_CENTRE, NOT_RESETTING, OTHER_JOB_CENTRE, held
from tests.registry.rows import counts, rows

CITIZENS = tables.citizen.c
ADD = Fixed(insert(tables.citizen))
RENAME = Fixed(
    update(tables.citizen)
    .where(CITIZENS.citizen_id == bindparam("whose"))
    .values(facts=bindparam("facts"))
)
FIND = Fixed(select(CITIZENS.cpr, CITIZENS.facts).where(CITIZENS.citizen_id == bindparam("whose")))


def added(number: int, facts: str = "{}") -> Written:
    return ADD, {
        "citizen_id": f"c-{number}",
        "cpr": f"71019{number:05}",
        "facts": facts,
        "recorded_at": number,
    }


@contextmanager
def asked(database: Database) -> Iterator[list[str]]:
    """Yield a list of the statements that the database is asked, in order."""
    texts: list[str] = []

    def note(_connection: object, _cursor: object, text: str, *_: object) -> None:
        texts.append(text)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield texts
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def test_a_value_that_is_missing_is_an_error(database: Database) -> None:
    with pytest.raises((KeyError, RegistryError)), database.writing() as unit:
        unit.execute(ADD, {"citizen_id": "c-1"})


def test_texts_come_back_as_they_were_written(database: Database) -> None:
    odd = "%(facts)s :facts ? 'quoted' \"twice\" \\ æøå 😀"
    with database.writing() as unit:
        unit.write([added(1, odd)])
        unit.commit()
    with database.reading() as unit:
        assert odd == unit.execute(FIND, {"whose": "c-1"}).one().facts


def test_several_statements_keep_their_own_values(database: Database) -> None:
    with database.writing() as unit:
        unit.write([added(1)])
        unit.write([added(2, "two"), added(3, "three"), (RENAME, {"whose": "c-1", "facts": "one"})])
        unit.commit()
    found = {row["citizen_id"]: row["facts"] for row in rows(database, tables.citizen)}
    assert {"c-1": "one", "c-2": "two", "c-3": "three"} == found


def test_when_one_of_several_fails_none_is_stored(database: Database) -> None:
    with pytest.raises(RegistryError), database.writing() as unit:
        unit.write([added(1), added(2), added(2)])
        unit.commit()
    assert 0 == counts(database)["citizen"]


def test_nothing_is_written_after_the_commit(database: Database) -> None:
    with database.writing() as unit:
        unit.commit()
        with pytest.raises(DatabaseFault):
            unit.write([added(1)])


def test_a_registration_asks_the_database_no_more_often_than_it_must(
    database: Database, registry: Registry
) -> None:
    # two organisations are told, each with a counter and a message of its own
    most = 8 if database.engine.dialect.name == "postgresql" else 13
    create = CreateInterview(CPR, held(1, type=NOT_RESETTING))
    with asked(database) as texts:
        outcome = registry.create_interview(JOB_CENTRE, create)
    assert isinstance(outcome, Registered)
    assert most >= len(texts), texts

    change = UpdateInterview(outcome.interview.interview_id, 1, held(2, type=NOT_RESETTING))
    with asked(database) as texts:
        assert isinstance(registry.update_interview(JOB_CENTRE, change), Registered)
    assert most + 2 >= len(texts), texts

    with asked(database) as texts:
        assert isinstance(registry.create_interview(OTHER_JOB_CENTRE, create), Refused)
    assert most >= len(texts), texts


def test_the_head_of_the_audit_log_is_locked_by_the_last_question_but_one(
    database: Database, registry: Registry
) -> None:
    with asked(database) as texts:
        registry.create_interview(JOB_CENTRE, CreateInterview(CPR, held(1)))
    of_the_log = [position for position, text in enumerate(texts) if "audit_" in text]
    assert list(range(of_the_log[0], len(texts))) == of_the_log
    assert ("postgresql" == database.engine.dialect.name) == (2 == len(of_the_log))
