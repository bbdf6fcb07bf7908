"""A database of every kind for each test of the registry, and a registry on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.commands import PutCitizen
from registry.in_force import Always
from registry.service import Registry
from registry.storage import Database
from tests.postgresql import NoServerError, Server
from tests.registry.databases import Kind, PostgresqlKind, SqliteKind, required_in_ci
from tests.registry.fakes import AGENCY, CITIZEN, CPR, Clock, FakeDecider

KINDS = ("sqlite", "postgresql")
"""Every kind of database; each test below runs on each of them."""


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> SqliteKind:
    return SqliteKind(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlKind]:
    try:
        server = Server()
    except NoServerError as error:
        required_in_ci(
            f"everything on PostgreSQL is left out, for it could not be started: {error}"
        )
    with server:
        yield PostgresqlKind(server)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    kind: Kind = request.getfixturevalue(request.param)
    return kind


@pytest.fixture
def url(kind: Kind, tmp_path: Path) -> str:
    """Return the address of a database that has its tables, and nothing in them."""
    return kind.migrated(tmp_path)


@pytest.fixture
def empty_url(kind: Kind, tmp_path: Path) -> str:
    """Return the address of a database without tables."""
    return kind.empty(tmp_path)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.close()


@pytest.fixture
def decider() -> FakeDecider:
    return FakeDecider()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def registry(database: Database, decider: FakeDecider, clock: Clock) -> Registry:
    """Return a registry that knows one citizen, of job centre 101 and fund 7."""
    registry = Registry(database, Always(decider), clock)
    registry.put_citizen(AGENCY, PutCitizen(CPR, CITIZEN))
    return registry
