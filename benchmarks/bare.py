"""POSTs a second beside a bare Flask that inserts the same rows, both behind their real servers.

In: how many POSTs a round has. Out: for each database and number of client threads, POSTs a second
of the bare server and of samtale with both engines and with the compiled one, and what part of the
bare throughput samtale reaches (the median over the rounds).
Does not know: what is good. The contestants take turns within a round, so that whatever else runs
on the machine disturbs all of them alike; callers and servers share the machine.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import create_engine, select

from benchmarks.bare_server import prepare
from benchmarks.posts import Client, Posts, Request, citizen_put, civil_registration_number
from registry import tables
from tests.campaign.serving import MEANT_FOR, PROJECT, START_SECONDS, Served, free_port, serving
from tests.postgresql import Server

DATABASES = ("SQLite", "PostgreSQL")
THREADS = (1, 2, 4, 8)
BARE, BOTH, COMPILED = "bare", "engines both", "engines compiled"
MOST_CITIZENS = 4_000
Found = dict[str, Any]


def compare(
    posts: int = 240,
    rounds: int = 7,
    threads: Sequence[int] = THREADS,
    databases: Sequence[str] = DATABASES,
) -> Found:
    """Return what was found by database and number of client threads."""
    return {database: _beside(database, posts, rounds, threads) for database in databases}


def _beside(database: str, posts: int, rounds: int, threads: Sequence[int]) -> Found:
    with ExitStack() as everything:
        contestants = everything.enter_context(_contestants(database))
        for each in contestants.values():
            each.per_second(max(threads), posts)  # connections and caches are there
        return {
            f"{number} threads": _one_row(contestants, number, posts, rounds) for number in threads
        }


def _one_row(
    contestants: dict[str, Contestant], threads: int, posts: int, rounds: int
) -> dict[str, float]:
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds):
        order = list(contestants)
        for name in order if number % 2 else reversed(order):
            found[name].append(contestants[name].per_second(threads, posts))
    row = {f"{name}, a second": round(median(rates), 1) for name, rates in found.items()}
    for name, rates in found.items():
        if name != BARE:
            parts = [ours / bare for ours, bare in zip(rates, found[BARE], strict=True)]
            row[f"{name}, part of bare"] = round(median(parts), 3)
    return row


class Contestant:
    """A server that takes POSTs."""

    def __init__(self, port: int, posts: Posts) -> None:
        self._port = port
        self._posts = posts

    def per_second(self, threads: int, posts: int) -> float:
        """Make so many POSTs by so many clients at once, each with a connection of its own."""
        shares = [self._posts.take(max(1, posts // threads)) for _ in range(threads)]
        start = threading.Barrier(threads + 1)
        failures: list[int] = []

        def call(requests: list[Request]) -> None:
            client = Client(self._port)
            start.wait()
            failures.extend(status for each in requests if (status := client(each)) != HTTP_CREATED)
            client.close()

        running = [threading.Thread(target=call, args=(share,)) for share in shares]
        for each in running:
            each.start()
        start.wait()
        began = perf_counter()
        for each in running:
            each.join()
        seconds = perf_counter() - began
        if failures:
            raise AssertionError(f"answered {failures[0]}, {len(failures)} times")
        return sum(map(len, shares)) / seconds


HTTP_CREATED, HTTP_NO_CONTENT = 201, 204


@contextmanager
def _contestants(database: str) -> Iterator[dict[str, Contestant]]:
    with ExitStack() as everything:
        folder = Path(everything.enter_context(tempfile.TemporaryDirectory()))
        url_of = _urls(everything, database, folder)
        ours: dict[str, Contestant] = {}
        for name, engines in ((BOTH, "both"), (COMPILED, "compiled")):
            options = (*MEANT_FOR[database], "--engines", engines)
            served = everything.enter_context(serving(folder / engines, url_of(engines), *options))
            ours[name] = _samtale(served)
        ours[BOTH].per_second(1, 1)
        texts = folder / "texts.json"
        texts.write_text(json.dumps(_texts(url_of("both"))), encoding="utf-8")
        numbers = count()
        citizens = [civil_registration_number(next(numbers)) for _ in range(MOST_CITIZENS)]
        bare_url = url_of("bare")
        prepare(bare_url, citizens)
        port = everything.enter_context(_bare_serving(bare_url, texts))
        yield {BARE: Contestant(port, Posts("no-token")), **ours}


def _urls(everything: ExitStack, database: str, folder: Path) -> Callable[[str], str]:
    if database == "SQLite":
        return lambda name: f"sqlite:///{folder / name}.db"
    server = everything.enter_context(Server(durable=True))
    for name in ("bare", "both", "compiled"):
        server.ask(f"CREATE DATABASE for_{name}")
    return lambda name: server.url(f"for_{name}")


def _samtale(served: Served) -> Contestant:
    agency = served.token("agency", "101")

    def know(citizen: str) -> None:
        # a connection that is kept for long is closed by the server while others have their turn
        client = Client(served.port)
        status = client(citizen_put(agency, citizen))
        client.close()
        if status != HTTP_NO_CONTENT:
            raise AssertionError(f"answered {status}")

    return Contestant(served.port, Posts(served.token("job_centre", "101"), know))


def _texts(url: str) -> dict[str, str]:
    """Return what a POST of samtale has written, so that the bare server writes as much."""
    engine = create_engine(url)
    decision, version = tables.decision.c, tables.interview_version.c
    with engine.connect() as connection:
        row = connection.execute(
            select(decision.facts, decision.outcome, decision.rulebook, version.content)
            .join(tables.interview_version, version.decision_id == decision.decision_id)
            .limit(1)
        ).one()
    engine.dispose()
    return dict(row._mapping)


@contextmanager
def _bare_serving(url: str, texts: Path) -> Iterator[int]:
    port = free_port()
    with (texts.parent / "bare.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603  # a program of our own
            [sys.executable, "-m", "benchmarks.bare_server", url, str(texts), str(port)],
            cwd=PROJECT,
            stdout=log,
            stderr=log,
            # a process group of its own: it is ended with its workers
            start_new_session=True,
        )
    try:
        _wait_until_ready(port)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status < HTTP_NO_CONTENT:
                return
        except (OSError, HTTPException):
            time.sleep(0.05)
        finally:
            connection.close()
    raise AssertionError("the bare server did not start")


if __name__ == "__main__":
    print(json.dumps(compare(), indent=1))
