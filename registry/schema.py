"""Brings a database to the tables this program needs.

In: a `Database`. Out: the same database at the newest migration.
Does not know: what the tables hold. Several processes may do it at once: the first one does the
work, the others find it done.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, select

from registry import tables
from registry.errors import NotSetUp, RegistryError
from registry.storage import Database

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(database: Database) -> None:
    """Make or change the tables, in one transaction.

    Raises as `Database.writing` does, and `NotSetUp` for the tables of a newer program.
    """
    with database.writing() as unit:
        unit.lock_migrations()
        try:
            command.upgrade(_settings(unit.connection), "head")
        except CommandError:
            raise NotSetUp("one with the tables of a newer program") from None
        unit.commit()


def check_ready(database: Database) -> None:
    """Return when the tables can be read; raises as `Database.reading` does."""
    with database.reading() as unit:
        unit.execute(select(tables.citizen.c.citizen_id).limit(1))


def open_current(url: str) -> Database:
    """Return a database that is there and up to date, without making or changing it.

    Raises `NotSetUp`, `ValueError` for a URL that names no database, and as `Database.reading`.
    """
    database = Database(url)
    try:
        file = database.engine.url.database
        if database.engine.dialect.name == "sqlite" and file and not Path(file).is_file():
            raise NotSetUp("no such file")
        with database.reading() as unit:
            migration = MigrationContext.configure(unit.connection)
            if migration.get_current_revision() != _newest(unit.connection):
                raise NotSetUp("one without the tables of this version")
    except RegistryError:
        database.close()
        raise
    return database


def differences(database: Database) -> list[object]:
    """Return in what the database differs from `tables.py`; empty after `upgrade`."""
    with database.reading() as unit:
        migration = MigrationContext.configure(unit.connection, opts={"compare_type": True})
        return list(compare_metadata(migration, tables.metadata))


def _newest(connection: Connection) -> str | None:
    return ScriptDirectory.from_config(_settings(connection)).get_current_head()


def _settings(connection: Connection) -> Config:
    settings = Config()
    # a percent sign begins a reference in Alembic's settings
    settings.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings
