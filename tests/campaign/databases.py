"""Databases for campaigns: a fresh one of each kind, and what lies in them afterwards.

In: nothing. Out: addresses, and rows. Does not know: who writes.
"""

from __future__ import annotations

import atexit
import functools
import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import sqlalchemy as sa

from registry import audit_chain
from registry.storage import Database
from tests.postgresql import NoServerError, Server
from tests.registry.databases import required_in_ci
from tests.web.door import settings_in
from web.app import close, create_app
from web.settings import Settings

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
_numbers = count(1)


@functools.cache
def postgresql_server() -> Server:
    """Return the server that all entries of this process share; it goes with the process."""
    try:
        server = Server(durable=True)
    except NoServerError as error:
        required_in_ci(f"PostgreSQL could not be started: {error}")
    atexit.register(server.close)
    return server


@contextmanager
def temporary_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="samtale-campaign-") as name:
        yield Path(name)


def fresh(kind: str, folder: Path) -> str:
    """Return the address of a new database of this kind, with tables and rules and nothing else."""
    if kind == SQLITE:
        path = folder / f"samtale-{next(_numbers)}.db"
        shutil.copy(_sqlite_template(), path)
        return f"sqlite:///{path}"
    name = f"campaign_{next(_numbers)}"
    postgresql_server().ask(f"CREATE DATABASE {name} TEMPLATE {_postgresql_template()}")
    return postgresql_server().url(name)


def empty(kind: str, folder: Path) -> str:
    """Return the address of a new database of this kind without any table."""
    if kind == SQLITE:
        return f"sqlite:///{folder}/empty-{next(_numbers)}.db"
    name = f"campaign_{next(_numbers)}"
    postgresql_server().ask(f"CREATE DATABASE {name}")
    return postgresql_server().url(name)


@functools.cache
def _sqlite_template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="samtale-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _set_up(f"sqlite:///{folder}/template.db", folder)
    return folder / "template.db"


@functools.cache
def _postgresql_template() -> str:
    postgresql_server().ask("CREATE DATABASE campaign_template")
    with temporary_folder() as folder:
        _set_up(postgresql_server().url("campaign_template"), folder)
    return "campaign_template"


def _set_up(url: str, folder: Path) -> None:
    """Do what a server does when it is first started: that takes longer than a small run."""
    stated = {name: getattr(settings_in(folder), name) for name in ("rules", "config", "key_file")}
    settings = Settings.from_environment({}, {**stated, "database_url": url})
    close(create_app(settings, log_to=io.StringIO()))


@contextmanager
def on_each(kinds: tuple[str, ...] = (SQLITE, POSTGRESQL)) -> Iterator[list[tuple[str, Path]]]:
    """Give every kind of database with a folder of its own."""
    with temporary_folder() as folder:
        pairs = [(kind, folder / kind.lower()) for kind in kinds]
        for _, path in pairs:
            path.mkdir()
        yield pairs


def damage(url: str) -> list[str]:
    """Say what is wrong with the files of a database and with its audit chain."""
    with closing(Database(url)) as database:
        faults = [f"audit chain: {fault}" for fault in audit_chain.check(database).faults[:3]]
        with database.reading() as unit:
            if database.engine.dialect.name == "sqlite":
                answer = unit.execute(sa.text("PRAGMA integrity_check")).scalars().all()
                faults += [f"integrity_check: {each}" for each in answer if each != "ok"]
        return faults
