"""Where the time of one POST goes: its parts, and every statement that the database is asked.

In: the application as it is served, called without a socket; and the same behind its real server,
called by one client. Out: shares of one POST by part, microseconds of every statement.
Does not know: what is good. What a call over a socket takes longer is the part of server, sockets
and client; the other parts are sampled in the process (see `sampled`).
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from flask import Flask
from sqlalchemy import event

from benchmarks.posts import Client, Posts, Request, citizen_put, in_process
from benchmarks.request_parts import OF_RULES_AND_JSON, OTHERWISE, PARTS, SERVER, part_of
from benchmarks.sampled import Sampler
from engine.decide import Engines
from registry.storage import Database
from tests.campaign.serving import MEANT_FOR, Served, serving
from tests.postgresql import Server
from web.api.tokens import sign_development_token
from web.app import close, create_app
from web.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
DATABASES = ("SQLite", "PostgreSQL")
ENGINES: tuple[Engines, ...] = ("both", "compiled")
Found = dict[str, Any]


def compare(posts: int = 2700, rounds: int = 9, databases: Sequence[str] = DATABASES) -> Found:
    """Return what was found by `database, engines NAME`."""
    return {
        f"{database}, engines {engines}": _profile(database, engines, posts, rounds)
        for database in databases
        for engines in ENGINES
    }


def _profile(database: str, engines: Engines, posts: int, rounds: int) -> Found:
    with ExitStack() as everything:
        folder = Path(everything.enter_context(tempfile.TemporaryDirectory()))
        urls = _databases(everything, database, folder)
        inside = _Inside(urls[0], folder, engines)
        everything.callback(inside.close)
        options = (*MEANT_FOR[database], "--engines", engines)
        outside = _Outside(everything.enter_context(serving(folder / "server", urls[1], *options)))
        sampler = Sampler(part_of, OTHERWISE)
        each = max(1, posts // rounds)
        inside.calls(each)()
        outside.calls(each)()
        within, around = [], []
        for _ in range(rounds):
            calls = inside.calls(each)
            with sampler.sampling():
                within.append(_seconds(calls) / each)
            around.append(_seconds(outside.calls(each)) / each)
        statements = inside.statements(each)
    return {
        **_shares(sampler, median(within), median(around)),
        "statements of a POST": round(sum(one["times"] for one in statements), 2),
        "statements": statements,
    }


def _shares(sampler: Sampler, within: float, whole: float) -> Found:
    # a loaded machine may make a call over a socket in less time than one without
    whole = max(whole, within)
    total = sum(sampler.seconds.values())
    shares = {part: sampler.seconds[part] / total * within / whole for part in PARTS}
    shares[SERVER] = 1 - within / whole
    return {
        "milliseconds": round(whole * 1e3, 3),
        "milliseconds without server": round(within * 1e3, 3),
        "shares": {part: round(share, 4) for part, share in shares.items()},
        "rules, checking and JSON": round(sum(shares[part] for part in OF_RULES_AND_JSON), 4),
    }


def _databases(everything: ExitStack, database: str, folder: Path) -> list[str]:
    if database == "SQLite":
        return [f"sqlite:///{folder / name}.db" for name in ("inside", "served")]
    server = everything.enter_context(Server(durable=True))
    for name in ("inside", "served"):
        server.ask(f"CREATE DATABASE {name}")
    return [server.url(name) for name in ("inside", "served")]


def _seconds(run: Callable[[], None]) -> float:
    began = perf_counter()
    run()
    return perf_counter() - began


class _Inside:
    """The application without a server."""

    def __init__(self, url: str, folder: Path, engines: Engines) -> None:
        settings = Settings(
            database_url=url,
            key_file=folder / "key.json",
            rules=ROOT / "rules",
            config=ROOT / "config",
            engines=engines,
        )
        opened: list[Database] = []
        self._app: Flask = create_app(
            settings,
            log_to=StringIO(),
            open_database=lambda address: opened.append(Database(address)) or opened[-1],  # type: ignore[func-returns-value]  # appends first
        )
        self._database = opened[0]
        self._environ, self._call = in_process(self._app)
        token, agency = (
            sign_development_token(
                settings, organisation_type=kind, organisation="101", now=datetime.now(UTC)
            )
            for kind in ("job_centre", "agency")
        )
        self._posts = Posts(
            token, lambda citizen: self._expect(self._environ(citizen_put(agency, citizen)), 204)
        )

    def close(self) -> None:
        close(self._app)

    def calls(self, number: int) -> Callable[[], None]:
        """Return what makes so many calls, as a server makes them."""
        environs = [self._environ(each) for each in self._posts.take(number)]

        def run() -> None:
            for each in environs:
                self._expect(each, 201)

        return run

    def statements(self, number: int) -> list[dict[str, Any]]:
        """Return every statement of a POST, in order, with its microseconds in driver and server.

        The commit is none: neither database is asked for it by a text.
        """
        run = self.calls(number)
        seconds: Counter[str] = Counter()
        times: Counter[str] = Counter()
        began: list[float] = []

        def before(*_: object) -> None:
            began.append(perf_counter())

        def after(_connection: object, _cursor: object, text: str, *_: object) -> None:
            seconds[text] += perf_counter() - began.pop()
            times[text] += 1

        engine = self._database.engine
        event.listen(engine, "before_cursor_execute", before)
        event.listen(engine, "after_cursor_execute", after)
        run()
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "after_cursor_execute", after)
        return [
            {
                "text": " ".join(text.split())[:100],
                "times": round(times[text] / number, 2),
                "microseconds": round(seconds[text] / times[text] * 1e6, 1),
            }
            for text in times
        ]

    def _expect(self, environ: dict[str, Any], status: int) -> None:
        answered = self._call(environ)
        if answered != status:
            raise AssertionError(f"answered {answered} instead of {status}")


class _Outside:
    """The same behind its server, called by one client, with a connection for each round."""

    def __init__(self, served: Served) -> None:
        self._port = served.port
        agency = served.token("agency", "101")
        self._posts = Posts(
            served.token("job_centre", "101"),
            lambda citizen: self._expect([citizen_put(agency, citizen)], 204),
        )

    def calls(self, number: int) -> Callable[[], None]:
        requests = self._posts.take(number)
        return lambda: self._expect(requests, 201)

    def _expect(self, requests: Sequence[Request], status: int) -> None:
        client = Client(self._port)
        for each in requests:
            answered = client(each)
            if answered != status:
                raise AssertionError(f"answered {answered} instead of {status}")
        client.close()


if __name__ == "__main__":
    print(json.dumps(compare(), indent=1))
