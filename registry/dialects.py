"""Where SQLite and PostgreSQL differ: connecting, beginning, locking, and the causes of errors.

In: a SQLAlchemy engine or a database error. Out: an engine that begins as it should, and the
cause of an error in one word.
Does not know: any table. Every statement elsewhere is the same for both databases; rows are locked
with `FOR UPDATE`, which SQLite leaves out because its writers stand in line from BEGIN IMMEDIATE.
"""

from __future__ import annotations

import sqlite3
from typing import Protocol

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError

WRITES = "samtale_writes"
"""Execution option of a connection whose transaction will write."""


class Dialect(Protocol):
    """What `storage` needs to know of a database."""

    one_writer: bool
    """Whether the database lets one transaction write at a time."""

    def prepare(self, engine: Engine, wait_seconds: float) -> None:
        """Make every connection and transaction of `engine` begin as it should."""

    def lock_audit(self, connection: Connection) -> None:
        """Keep others from appending to the audit log until the transaction ends."""

    def cause(self, error: DBAPIError) -> str | None:
        """Return why the database cannot do it now, or None when trying again is of no use."""


class Sqlite:
    """SQLite: one writer at a time from the first statement on; readers never wait."""

    one_writer = True

    def __init__(self, *, serialised: bool) -> None:
        self._serialised = serialised

    def prepare(self, engine: Engine, wait_seconds: float) -> None:
        @event.listens_for(engine, "connect")
        def set_up(connection: sqlite3.Connection, _record: object) -> None:
            if self._serialised:
                # the module's own way begins before the first write only, so that what was read
                # before has changed by then
                connection.isolation_level = None
            for pragma in (
                f"busy_timeout = {int(wait_seconds * 1000)}",
                "journal_mode = WAL",
                "synchronous = FULL",
                "foreign_keys = ON",
            ):
                connection.execute(f"PRAGMA {pragma}")

        if not self._serialised:
            return

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            writes = connection.get_execution_options().get(WRITES, False)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    def lock_audit(self, connection: Connection) -> None:
        """Do nothing: BEGIN IMMEDIATE has locked already."""

    def cause(self, error: DBAPIError) -> str | None:
        if isinstance(error, IntegrityError):
            return "collision" if "UNIQUE" in str(error.orig) else None
        causes = {
            sqlite3.SQLITE_BUSY: "busy",
            sqlite3.SQLITE_LOCKED: "busy",
            sqlite3.SQLITE_FULL: "full",
            sqlite3.SQLITE_IOERR: "disk",
            sqlite3.SQLITE_CANTOPEN: "disk",
            sqlite3.SQLITE_READONLY: "disk",
            sqlite3.SQLITE_CORRUPT: "disk",
            sqlite3.SQLITE_NOTADB: "disk",
            sqlite3.SQLITE_INTERRUPT: "interrupted",
            sqlite3.SQLITE_NOMEM: "memory",
        }
        # the low byte is the cause, the high ones say more about it
        return causes.get(getattr(error.orig, "sqlite_errorcode", 0) & 0xFF)


class Postgresql:
    """PostgreSQL: many writers, each holding the row of its citizen."""

    one_writer = False

    def prepare(self, engine: Engine, wait_seconds: float) -> None:
        milliseconds = int(wait_seconds * 1000)

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            if connection.get_execution_options().get(WRITES, False):
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {milliseconds}")
            else:
                connection.exec_driver_sql(
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
                )

    def lock_audit(self, connection: Connection) -> None:
        connection.exec_driver_sql("LOCK TABLE audit_line IN EXCLUSIVE MODE")

    def cause(self, error: DBAPIError) -> str | None:
        state = str(getattr(error.orig, "sqlstate", None) or "")
        if state == "23505":
            return "collision"
        causes = {"08": "connection", "40": "busy", "53": "full", "55": "busy", "57": "interrupted"}
        if error.connection_invalidated:
            return "connection"
        return causes.get(state[:2])


def dialect_of(name: str, *, serialised: bool) -> Dialect:
    """Return the dialect with SQLAlchemy's name for it; raises `ValueError` for any other."""
    if name == "sqlite":
        return Sqlite(serialised=serialised)
    if name == "postgresql":
        return Postgresql()
    raise ValueError(f"expected a database URL of sqlite or postgresql, found `{name}`")
