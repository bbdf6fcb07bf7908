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
from sqlalchemy import Connection, select

from registry import tables
from registry.storage import Database

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(database: Database) -> None:
    """Make or change the tables, in one transaction; raises as `Database.writing` does."""
    with database.writing() as unit:
        command.upgrade(_settings(unit.connection), "head")
        unit.commit()


def check_ready(database: Database) -> None:
    """Return when the tables can be read; raises as `Database.reading` does."""
    with database.reading() as unit:
        unit.execute(select(tables.citizen.c.citizen_id).limit(1))


def differences(database: Database) -> list[object]:
    """Return in what the database differs from `tables.py`; empty after `upgrade`."""
    with database.reading() as unit:
        migration = MigrationContext.configure(unit.connection, opts={"compare_type": True})
        return list(compare_metadata(migration, tables.metadata))


def _settings(connection: Connection) -> Config:
    settings = Config()
    # a percent sign begins a reference in Alembic's settings
    settings.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings
