"""Where SQLite and PostgreSQL differ: connecting, beginning, locking, and the causes of errors.

In: a SQLAlchemy engine or a database error. Out: an engine that begins as it should, and the
cause of an error in one word.
Does not know: any table. Every statement elsewhere is the same for both databases; rows are locked
with `FOR UPDATE`, which SQLite leaves out because its writers stand in line from BEGIN IMMEDIATE.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any, Protocol

from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError


class Dialect(Protocol):
    """What `storage` needs to know of a database."""

    one_writer: bool
    """Whether the database lets one transaction write at a time."""
    nests_writes: bool
    """Whether one statement can write into several tables (`WITH … AS (INSERT …)`)."""

    def arguments(self, url: URL, wait_seconds: float, /) -> Mapping[str, Any]:
        """Return what the driver is told beside the URL when it connects."""

    def prepare(self, engine: Engine, wait_seconds: float) -> None:
        """Make every connection of `engine` begin as it should.

        No transaction begins by itself then: `begin` begins it.
        """

    def begin(self, connection: Connection, *, writes: bool) -> None:
        """Begin a transaction; from here on nothing that is read can change."""

    def lock_migrations(self, connection: Connection) -> None:
        """Keep other processes from migrating, and take its time-outs off, until the end."""

    def try_lock(self, connection: Connection, number: int, /) -> bool:
        """Take a lock by its number (64 bits, signed) until the end, unless another has it."""

    def cause(self, error: DBAPIError) -> str | None:
        """Return why the database cannot do it now, or None when trying again is of no use."""


class Sqlite:
    """SQLite: one writer at a time from the first statement on; readers never wait."""

    one_writer = True
    nests_writes = False

    def __init__(self, *, serialised: bool) -> None:
        self._serialised = serialised

    def arguments(self, _url: URL, _wait_seconds: float, /) -> Mapping[str, Any]:
        return {}

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

    def begin(self, connection: Connection, *, writes: bool) -> None:
        if self._serialised:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    def lock_migrations(self, connection: Connection) -> None:
        """Do nothing: BEGIN IMMEDIATE has locked already."""

    def try_lock(self, _connection: Connection, _number: int, /) -> bool:
        """Return True: whoever had it has ended, as BEGIN IMMEDIATE has let us in."""
        return True

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
    """PostgreSQL: many writers, each holding the row of its citizen.

    READ COMMITTED is enough for them, as each statement sees what was committed before the row was
    theirs; with REPEATABLE READ it would see what was there when they began to wait.
    """

    one_writer = False
    nests_writes = True

    def arguments(self, url: URL, wait_seconds: float, /) -> Mapping[str, Any]:
        """Give up on a server that does not answer, unless the URL says for how long to wait."""
        patience = {
            "connect_timeout": max(2, round(wait_seconds)),
            "keepalives_idle": 10,
            "tcp_user_timeout": round(_PATIENCE * wait_seconds * 1000),
        }
        given = {name: value for name, value in patience.items() if name not in url.query}
        # the driver's own way to begin is a question to the server of its own, before the first one
        return {**given, "autocommit": True}

    def prepare(self, _engine: Engine, wait_seconds: float) -> None:
        milliseconds = round(wait_seconds * 1000)
        # for this transaction alone, as a connection may come from a pool outside this process;
        # the last one frees the rows of a process that has stopped between two statements
        timeouts = {
            "lock_timeout": milliseconds,
            "statement_timeout": _PATIENCE * milliseconds,
            "idle_in_transaction_session_timeout": _PATIENCE * milliseconds,
        }
        settings = "".join(f"; SET LOCAL {key} = {ms}" for key, ms in timeouts.items())
        self._begins = {
            True: f"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE{settings}",
            False: f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY{settings}",
        }

    def begin(self, connection: Connection, *, writes: bool) -> None:
        connection.exec_driver_sql(self._begins[writes])

    def lock_migrations(self, connection: Connection) -> None:
        # however long another process takes: this one finds its work done then
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        before = connection.exec_driver_sql("SHOW lock_timeout").scalar_one()
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATIONS})")
        # but a table that is in use all the time must not make everyone else queue behind us
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{before}'")

    def try_lock(self, connection: Connection, number: int, /) -> bool:
        taken = connection.exec_driver_sql(f"SELECT pg_try_advisory_xact_lock({number:d})")
        return bool(taken.scalar_one())

    def cause(self, error: DBAPIError) -> str | None:
        state = getattr(error.orig, "sqlstate", None)
        if error.connection_invalidated or (state is None and isinstance(error, OperationalError)):
            return "connection"
        exact, of_class = _STATES.get(str(state)), _STATES.get(str(state)[:2])
        return exact or of_class


_PATIENCE = 3
"""A statement may take so many times as long as a wait for a lock."""

_MIGRATIONS = 0x73616D74616C65
"""The advisory lock of migrations: the word samtale."""

_STATES = {
    "08": "connection",
    "23505": "collision",
    "25006": "disk",  # a standby, which only reads
    "25P03": "interrupted",
    "40": "collision",
    "53": "full",
    "53200": "memory",
    "53300": "busy",
    "55P03": "busy",
    "57": "connection",  # the server is stopping or starting
    "57014": "interrupted",
    "58": "disk",
    "XX001": "disk",
    "XX002": "disk",
}
"""SQLSTATEs and their classes, and what they mean here; every other one is a fault of ours."""


def dialect_of(name: str, *, serialised: bool) -> Dialect:
    """Return the dialect with SQLAlchemy's name for it; raises `ValueError` for any other."""
    if name == "sqlite":
        return Sqlite(serialised=serialised)
    if name == "postgresql":
        return Postgresql()
    raise ValueError(f"expected a database URL of sqlite or postgresql, found `{name}`")
