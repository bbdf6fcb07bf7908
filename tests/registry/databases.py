"""Where the tests get their databases from: fast, and each as if it were new.

In: a folder or a server. Out: addresses of databases.
Does not know: what is tested on them.
"""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import NoReturn, Protocol

import pytest
import sqlalchemy as sa

from registry import schema, tables
from registry.storage import Database
from tests.postgresql import Server


class Kind(Protocol):
    """A kind of database."""

    def empty(self, folder: Path) -> str:
        """Return the address of a database without tables; `folder` is the test's own."""

    def migrated(self, folder: Path) -> str:
        """Return the address of a database with its tables, at most one for each test."""


class SqliteKind:
    """Files, copied from one that was migrated once."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        with closing(Database(_file(self._template))) as database:
            schema.upgrade(database)

    def empty(self, folder: Path) -> str:
        return _file(folder / "empty.db")

    def migrated(self, folder: Path) -> str:
        return _file(shutil.copy(self._template, folder / "registry.db"))


class PostgresqlKind:
    """Databases of one server; the migrated one is cleared, and made again only where it must be.

    Making one takes as long as a dozen tests.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self._numbers = count(1)
        server.ask("CREATE DATABASE template_registry")
        with closing(Database(server.url("template_registry"))) as database:
            schema.upgrade(database)
            with database.reading() as unit:
                self._first_rows = {
                    table: [dict(row) for row in unit.execute(sa.select(table)).mappings()]
                    for table in tables.metadata.sorted_tables
                }
        self._relations = self._shape("template_registry")
        self._name = ""

    def empty(self, folder: Path) -> str:
        return self.server.url(self._made("template0"))

    def migrated(self, folder: Path) -> str:
        if not self._name or self._shape(self._name) != self._relations:
            self._name = self._made("template_registry")
        else:
            self._clear()
        return self.server.url(self._name)

    def _made(self, template: str) -> str:
        name = f"registry_{next(self._numbers)}"
        self.server.ask(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def _shape(self, name: str) -> list[tuple[object, ...]]:
        """Return what a test may have dropped or added; other connections are ended before."""
        self.server.ask(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            f"WHERE datname = '{name}' AND pid <> pg_backend_pid()"
        )
        return self.server.ask(
            "SELECT relname, relkind FROM pg_class "
            "WHERE relnamespace = 'public'::regnamespace ORDER BY relname",
            name,
        )

    def _clear(self) -> None:
        # row by row: a handful of rows is gone sooner than eleven tables are truncated
        engine = sa.create_engine(self.server.url(self._name), poolclass=sa.NullPool)
        with engine.begin() as connection:
            for table in reversed(tables.metadata.sorted_tables):
                connection.execute(sa.delete(table))
            for table, rows in self._first_rows.items():
                if rows:
                    connection.execute(sa.insert(table), rows)


def required_in_ci(reason: str) -> NoReturn:
    """Fail where nobody reads what was left out, and skip elsewhere, saying what and why."""
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(reason)
    pytest.skip(reason)


def _file(path: Path) -> str:
    return f"sqlite:///{path}"
