"""A database of every kind for each test of the registry, and a registry on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from registry import schema
from registry.commands import PutCitizen
from registry.service import Registry
from registry.storage import Database
from tests.registry.fakes import AGENCY, CITIZEN, CPR, Clock, FakeDecider

KINDS: dict[str, Callable[[Path], str]] = {
    "sqlite": lambda folder: f"sqlite:///{folder / 'registry.db'}",
}
"""Each kind of database, and the URL of an empty one; every test below runs on each of them."""


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return KINDS[request.param](tmp_path)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = Database(url)
    schema.upgrade(database)
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
    registry = Registry(database, decider, clock)
    registry.put_citizen(AGENCY, PutCitizen(CPR, CITIZEN))
    return registry
