"""The database and its transactions.

In: a database URL. Out: `Database`, whose `writing()` and `reading()` give a `UnitOfWork`.
Does not know: the tables, nor why a transaction is made. What differs between SQLite and
PostgreSQL stands in `dialects.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, CursorResult, Engine, Executable, create_engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from registry.dialects import Dialect, dialect_of
from registry.errors import DatabaseFault, RegistryError, Unavailable
from registry.fair_lock import FairLock
from registry.running import Running
from registry.statements import Fixed, Written, nested

ATTEMPTS = 3
"""How often `Database.write` tries."""

_Result = TypeVar("_Result")


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

    def execute(self, statement: Executable | Fixed, parameters: Any = None) -> CursorResult[Any]:
        """Run one statement inside the transaction."""
        if self.ended:
            raise DatabaseFault("a statement after the commit")
        connection = self.connection
        if isinstance(statement, Fixed):
            dialect = connection.dialect
            values = statement.values(dialect, parameters or {})
            return connection.exec_driver_sql(statement.text(dialect), values)
        result: CursorResult[Any] = connection.execute(statement, parameters)
        return result

    @property
    def nests_writes(self) -> bool:
        """Whether the database takes a statement that writes into several tables."""
        return self._dialect.nests_writes

    def write(self, all_of: Sequence[Written]) -> None:
        """Run statements that write, in one question to the database where it takes one.

        See `statements.nested` for what they may not do.
        """
        if self.ended:
            raise DatabaseFault("a statement after the commit")
        if not self._dialect.nests_writes:
            for statement, values in all_of:
                self.execute(statement, values)
            return
        text, values = nested(all_of, self.connection.dialect)
        self.connection.exec_driver_sql(text, values)

    def lock_migrations(self) -> None:
        """Keep other processes from changing the tables until this transaction ends."""
        self._dialect.lock_migrations(self.connection)

    def try_lock(self, number: int) -> bool:
        """Take the lock with this number (64 bits, signed) until the end; False: another has it."""
        return not self.locks or self._dialect.try_lock(self.connection, number)

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
        address = _address(url)
        self._dialect = dialect_of(address.get_backend_name(), serialised=serialised)
        self._wait_seconds = wait_seconds
        # the values of a statement are personal: they stand in no error and no log of the library
        self.engine: Engine = create_engine(
            address,
            pool_size=32,
            max_overflow=0,
            pool_timeout=wait_seconds,
            hide_parameters=True,
            connect_args=dict(self._dialect.arguments(address, wait_seconds)),
        )
        self._dialect.prepare(self.engine, wait_seconds)
        self._serialised = serialised
        self._turn = FairLock() if self._dialect.one_writer and serialised else None
        self._running = Running()

    def write(self, work: Callable[[UnitOfWork], _Result]) -> _Result:
        """Do `work` in a transaction that writes, commit it, and return what it returned.

        `work` is done again, a bounded number of times, when another transaction got in its way or
        the connection was lost before the commit was tried: then nothing is stored. It must not
        change anything but the database. Raises as `writing` does.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self.writing() as unit:
                    result = work(unit)
                    unit.commit()
                    return result
            except Unavailable as error:
                if attempt == ATTEMPTS or error.cause not in {"collision", "connection"}:
                    raise
        raise AssertionError("the last attempt returns or raises")

    @contextmanager
    def writing(self) -> Iterator[UnitOfWork]:
        """Begin a transaction that will write; without `commit` it is rolled back.

        On SQLite no other writer of any process runs until it ends. Raises `Unavailable` when the
        database cannot do it now and `DatabaseFault` for any other error of the database.
        """
        with self._turn_taken(), self._transaction(writes=True) as unit:
            yield unit

    @contextmanager
    def reading(self) -> Iterator[UnitOfWork]:
        """Begin a transaction that sees one state of the database throughout; raises as above."""
        with self._transaction(writes=False) as unit:
            yield unit

    def alone(self, name: str) -> AbstractContextManager[bool]:
        """Say whether nothing else of this name runs in this process, which then holds the name.

        On SQLite, where the second one would wait for the first; on PostgreSQL it is for
        `UnitOfWork.try_lock` to say, which knows of other processes.
        """
        return nullcontext(True) if self._turn is None else self._running.alone(name)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[UnitOfWork]:
        ended = False
        try:
            # leaving the block rolls back whatever `commit` has not stored
            with self._begun(writes=writes) as connection:
                unit = UnitOfWork(connection, self._dialect, locks=self._serialised)
                try:
                    yield unit
                except BaseException as error:
                    # INVARIANT: no connection goes back to the pool inside a transaction.
                    # SQLAlchemy holds a transaction to be over once its commit was tried, but a
                    # commit that failed leaves the database's own one open; so that connection is
                    # thrown away.
                    if unit.ended or isinstance(error, SQLAlchemyError):
                        connection.invalidate()
                    raise
                finally:
                    ended = unit.ended
        except SQLAlchemyError as error:
            # the text of a database error can hold the values of the statement: it is not repeated
            raise self._named(error, commit_tried=ended) from None

    def _begun(self, *, writes: bool) -> Connection:
        """Return a connection inside a transaction.

        It begins now, not with the first statement: from here on nothing that is read can change.
        A connection that died while it lay in the pool shows here, where nothing has been done
        yet, and is replaced.
        """
        for last in (False, True):
            connection = self.engine.connect()
            try:
                connection.begin()
                # said here, and not by an event of the library: one that listens to connections
                # has it ask around for every statement
                self._dialect.begin(connection, writes=writes)
            except SQLAlchemyError as error:
                connection.invalidate()
                connection.close()
                if last or not getattr(error, "connection_invalidated", False):
                    raise
            else:
                return connection
        raise AssertionError("the last attempt returns or raises")

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

    def _named(self, error: SQLAlchemyError, *, commit_tried: bool) -> RegistryError:
        if isinstance(error, PoolTimeout):
            return Unavailable("busy")
        if isinstance(error, DBAPIError):
            cause = self._dialect.cause(error)
            if cause == "connection" and commit_tried:
                return Unavailable("undecided")
            if cause is not None:
                return Unavailable(cause)
            return DatabaseFault(type(error.orig).__name__)
        return DatabaseFault(type(error).__name__)


def _address(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError:
        # the URL itself may hold a password
        raise ValueError("expected a database URL of sqlite or postgresql") from None
