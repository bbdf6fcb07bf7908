"""The database and its transactions.

In: a database URL. Out: `Database`, whose `writing()` and `reading()` give a `UnitOfWork`.
Does not know: the tables, nor why a transaction is made. What differs between SQLite and
PostgreSQL stands in `dialects.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, Executable, create_engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from registry.dialects import WRITES, Dialect, dialect_of
from registry.errors import DatabaseFault, RegistryError, Unavailable
from registry.fair_lock import FairLock


class UnitOfWork:
    """One transaction: all of it is stored by `commit`, or nothing is.

    Statements after `commit` are refused, so that nothing is stored by a second one unnoticed.
    """

    def __init__(self, connection: Connection, dialect: Dialect, *, locks: bool) -> None:
        self.connection = connection
        """For migrations; everything else asks `execute`."""
        self._dialect = dialect
        self.locks = locks
        """Whether rows that are asked for with a lock are locked; False in control runs only."""
        self.ended = False
        """Whether a commit was tried."""

    def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run one statement inside the transaction."""
        if self.ended:
            raise DatabaseFault("a statement after the commit")
        result: CursorResult[Any] = self.connection.execute(statement, parameters)
        return result

    def lock_audit(self) -> None:
        """Keep others from appending to the audit log until this transaction ends."""
        self._dialect.lock_audit(self.connection)

    def commit(self) -> None:
        """Store everything done in this unit."""
        self.ended = True
        self.connection.commit()


class Database:
    """A database by URL (`sqlite:///path` or `postgresql+psycopg://…`); shared between threads.

    A transaction that does not get its turn within `wait_seconds` raises `Unavailable`.
    `serialised` False takes every protection of concurrent writers away: it exists for the control
    runs of race tests, which must see rules broken without it. Raises `ValueError` for a URL that
    names no such database.
    """

    def __init__(self, url: str, *, wait_seconds: float = 10.0, serialised: bool = True) -> None:
        self._dialect = dialect_of(_kind(url), serialised=serialised)
        self._wait_seconds = wait_seconds
        self.engine: Engine = create_engine(
            url, pool_size=32, max_overflow=0, pool_timeout=wait_seconds
        )
        self._dialect.prepare(self.engine, wait_seconds)
        self._serialised = serialised
        self._turn = FairLock() if self._dialect.one_writer and serialised else None

    @contextmanager
    def writing(self) -> Iterator[UnitOfWork]:
        """Begin a transaction that will write; without `commit` it is rolled back.

        On SQLite no other writer of any process runs until it ends. Raises `Unavailable` when the
        database cannot do it now and `DatabaseFault` for any other error of the database.
        """
        with self._errors_named(), self._turn_taken(), self._transaction(writes=True) as unit:
            yield unit

    @contextmanager
    def reading(self) -> Iterator[UnitOfWork]:
        """Begin a transaction that sees one state of the database throughout; raises as above."""
        with self._errors_named(), self._transaction(writes=False) as unit:
            yield unit

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[UnitOfWork]:
        with self.engine.connect() as connection:
            connection = connection.execution_options(**{WRITES: writes})
            # now, not with the first statement: from here on nothing that is read can change; and
            # leaving the block rolls back whatever `commit` has not stored
            unit = UnitOfWork(connection, self._dialect, locks=self._serialised)
            try:
                connection.begin()
                yield unit
            except BaseException as error:
                # INVARIANT: no connection goes back to the pool inside a transaction. SQLAlchemy
                # holds a transaction to be over once its commit was tried, but a commit that
                # failed leaves the database's own one open; so that connection is thrown away.
                if unit.ended or isinstance(error, SQLAlchemyError):
                    connection.invalidate()
                raise

    @contextmanager
    def _turn_taken(self) -> Iterator[None]:
        if self._turn is None:
            yield
            return
        if not self._turn.acquire(self._wait_seconds):
            raise Unavailable("busy")
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            # the text of a database error can hold the values of the statement: it is not repeated
            raise self._named(error) from None

    def _named(self, error: SQLAlchemyError) -> RegistryError:
        if isinstance(error, PoolTimeout):
            return Unavailable("busy")
        if isinstance(error, DBAPIError):
            cause = self._dialect.cause(error)
            if cause is not None:
                return Unavailable(cause)
            return DatabaseFault(type(error.orig).__name__)
        return DatabaseFault(type(error).__name__)


def _kind(url: str) -> str:
    try:
        return make_url(url).get_backend_name()
    except ArgumentError:
        # the URL itself may hold a password
        raise ValueError("expected a database URL of sqlite or postgresql") from None
