"""POST requests per second on PostgreSQL, beside bare inserts of the rows that one POST writes.

Both wait for the same disk: `synchronous_commit` is on for both. The service is the one that is
shipped (gunicorn, two processes); the inserts come from as many threads with a connection each,
into copies of the tables with all their indexes, and lock no citizen, counter or head.
Callers and servers share the machine.
"""

from __future__ import annotations

import itertools
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any
from uuid import uuid4

import psycopg

from tests.campaign.calling import Caller, put_citizen
from tests.campaign.serving import MEANT_FOR, Served, serving
from tests.postgresql import Server
from tests.web.door import interview

THREADS = (1, 2, 4, 8, 16)
WRITTEN = ("decision", "interview", "interview_version", "audit_line", "message")
"""The tables in which an accepted POST leaves rows."""
ON_ONE_CITIZEN = 8
NOT_RESETTING = 12
BEGAN = datetime(2024, 3, 1, tzinfo=UTC)
Work = Callable[[], None]
ONES_OWN = frozenset({"decision_id", "interview_id", "message_id", "entity_id"})


@dataclass(frozen=True, slots=True)
class Load:
    """How many of each came through in a second, with so many threads."""

    threads: int
    posts: float
    inserts: float

    @property
    def ratio(self) -> float:
        """How many bare inserts go into one POST."""
        return self.inserts / self.posts


def compare(seconds: float = 2.0, rounds: int = 3) -> list[Load]:
    """Return the loads, measured in turn; the median round of each."""
    with _contestants() as (post, insert):
        found: dict[int, tuple[list[float], list[float]]] = {each: ([], []) for each in THREADS}
        for _ in range(rounds):
            for threads, (posts, inserts) in found.items():
                posts.append(_per_second(post, threads, seconds))
                inserts.append(_per_second(insert, threads, seconds))
        return [Load(each, *map(median, measured)) for each, measured in found.items()]


@contextmanager
def _contestants() -> Iterator[tuple[Callable[[], Work], Callable[[], Work]]]:
    with (
        Server(durable=True) as server,
        tempfile.TemporaryDirectory() as name,
        serving(Path(name) / "server", server.url(), *MEANT_FOR["PostgreSQL"]) as served,
    ):
        _posting(served)()
        rows = _rows(server)
        yield lambda: _posting(served), lambda: _inserting(server, rows)


def _per_second(make: Callable[[], Work], threads: int, seconds: float) -> float:
    """Return how often the work of all threads was done in a second."""
    work = [make() for _ in range(threads)]
    for each in work:
        each()  # connections and caches are there
    start = threading.Barrier(threads + 1)
    done, over = itertools.count(), threading.Event()

    def again_and_again(each: Work) -> None:
        start.wait()
        while not over.is_set():
            each()
            next(done)

    running = [threading.Thread(target=again_and_again, args=(each,)) for each in work]
    for thread in running:
        thread.start()
    start.wait()
    began = monotonic()
    over.wait(seconds)
    over.set()
    for thread in running:
        thread.join()
    return next(done) / (monotonic() - began)


def _posting(served: Served) -> Work:
    """Return what posts one interview of citizens of its own, each of whom gets a few."""
    agency = served.token("agency", "star")
    caller = Caller(served.port, served.token("job_centre", "101"))
    numbers = itertools.count()
    citizen = ""

    def post() -> None:
        nonlocal citizen
        number = next(numbers)
        if number % ON_ONE_CITIZEN == 0:
            citizen = put_citizen(served.port, agency)
        body = interview(
            interviewTypeIdentifier=NOT_RESETTING,
            heldAt=(BEGAN + timedelta(minutes=number)).isoformat(),
        )
        answer = caller.call("POST", "/v1/interviews", body, citizen=citizen)
        assert answer.status == 201, answer.raw  # noqa: S101  # a benchmark must not time errors

    return post


def _rows(server: Server) -> dict[str, list[dict[str, Any]]]:
    """Return what the first POST has written, and make a copy of each of its tables."""
    found: dict[str, list[dict[str, Any]]] = {}
    with psycopg.connect(_address(server), row_factory=psycopg.rows.dict_row) as connection:
        for table in WRITTEN:
            accepted = " WHERE decision_id IS NOT NULL" if table == "audit_line" else ""
            found[table] = connection.execute(
                f"SELECT * FROM {table}{accepted}".encode()  # noqa: S608  # names of our own
            ).fetchall()
            connection.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)".encode())
    return found


_counted = itertools.count(1)


def _inserting(server: Server, rows: dict[str, list[dict[str, Any]]]) -> Work:
    """Return what inserts the same rows under other identifiers, and commits."""
    connection = psycopg.connect(_address(server))
    statements = {}
    for table, of in rows.items():
        names, places = ", ".join(f'"{each}"' for each in of[0]), ", ".join(["%s"] * len(of[0]))
        statement = f"INSERT INTO bare_{table} ({names}) VALUES ({places})"  # noqa: S608  # as above
        statements[table] = statement.encode()

    def insert() -> None:
        own = {name: str(uuid4()) for name in ONES_OWN}
        number = next(_counted)
        counted = {"citizen_revision": number, "sequence": number, "number": number}
        for table, statement in statements.items():
            for row in rows[table]:
                changed = {**row, **_only(row, own), **_only(row, counted)}
                if "hash" in row:
                    changed["hash"] = f"{number:064x}"
                if "message_id" in row:
                    changed["message_id"] = str(uuid4())
                connection.execute(statement, list(changed.values()))
        connection.commit()

    return insert


def _only(row: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in row}


def _address(server: Server) -> str:
    return server.url().replace("postgresql+psycopg", "postgresql")
