"""The bare contestant: Flask, JSON in, the rows of one accepted POST out to the database, no more.

In: `POST /v1/interviews` as samtale takes it. Out: the same rows in the same tables with the same
keys and indexes, in one transaction that waits for the disk as samtale's does.
Does not know: rules, tokens, citizens, faults. It reads nothing, looks at nothing but the fields it
stores, and writes texts of the size that samtale writes (`TEXTS`, taken from a POST of samtale).

Run as `python -m benchmarks.bare_server URL TEXTS PORT`: waitress on SQLite, two processes of
gunicorn on PostgreSQL, sixteen threads each, as samtale is run beside it.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import uuid4

from flask import Flask, Response, jsonify, request, url_for
from gunicorn.app.base import BaseApplication
from sqlalchemy import Connection, Engine, create_engine, event, insert, update
from waitress import serve

from registry import tables

THREADS = 16
ORGANISATION = ("job_centre", "101")
_COUNTER, _HEAD = tables.subscriber, tables.audit_head


def engine_of(url: str) -> Engine:
    """Return an engine whose commits wait for the disk."""
    engine = create_engine(url, pool_size=THREADS)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def set_up(connection: Any, _record: object) -> None:
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
                connection.execute(f"PRAGMA {pragma}")

    return engine


def prepare(url: str, citizens: list[str]) -> None:
    """Make the tables, the counters and so many citizens."""
    engine = engine_of(url)
    tables.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(_HEAD), {"head_id": 1, "sequence": 0, "hash": "0" * 64})
        connection.execute(
            insert(_COUNTER),
            {
                "subscriber_id": str(uuid4()),
                "organisation_type": ORGANISATION[0],
                "organisation": ORGANISATION[1],
                "last_number": 0,
                "pruned_to": 0,
            },
        )
        connection.execute(
            insert(tables.citizen),
            [
                {"citizen_id": each, "cpr": each, "facts": "{}", "recorded_at": 0}
                for each in citizens
            ],
        )
    engine.dispose()


def bare_app(engine: Engine, texts: dict[str, str]) -> Flask:
    """Return the application; `texts` are what samtale wrote into the columns of these names."""
    app = Flask("bare")
    # writers of one process would else poll for SQLite's lock, which is slower than waiting
    turn: AbstractContextManager[object] = (
        Lock() if engine.dialect.name == "sqlite" else nullcontext()
    )

    @app.post("/v1/interviews")
    def create() -> tuple[Response, int, dict[str, str]]:
        body: dict[str, Any] = request.get_json()
        citizen_id = request.headers["X-Civil-Registration-Identifier"].replace("-", "")
        interview_id = str(uuid4())
        with turn, engine.begin() as connection:
            _store(connection, body, interview_id, citizen_id, texts)
        answer = {"interviewIdentifier": interview_id, "version": 1, **body}
        return jsonify(answer), 201, {"Location": url_for("read", interview_id=interview_id)}

    @app.get("/v1/interviews/<interview_id>")
    def read(interview_id: str) -> str:
        return interview_id

    @app.get("/readyz")
    def ready() -> str:
        return "ok"

    return app


def _store(
    connection: Connection,
    body: dict[str, Any],
    interview_id: str,
    citizen_id: str,
    texts: dict[str, str],
) -> None:
    now = time.time_ns() // 1000
    decision_id = str(uuid4())
    by = {"organisation_type": ORGANISATION[0], "organisation": ORGANISATION[1]}
    registered_by = {"registered_by_type": ORGANISATION[0], "registered_by": ORGANISATION[1]}
    current = {"version": 1, "type": body["interviewTypeIdentifier"], "held_at": now}
    connection.execute(
        insert(tables.decision),
        {
            "decision_id": decision_id,
            "citizen_id": citizen_id,
            "interview_id": interview_id,
            "operation": "create_interview",
            "facts": texts["facts"],
            "outcome": texts["outcome"],
            "accepted": True,
            "rulebook": texts["rulebook"],
            "recorded_at": now,
            **by,
        },
    )
    connection.execute(
        insert(tables.interview),
        {
            "interview_id": interview_id,
            "citizen_id": citizen_id,
            "registered_at": now,
            **registered_by,
            **current,
        },
    )
    connection.execute(
        insert(tables.interview_version),
        {
            "interview_id": interview_id,
            "citizen_id": citizen_id,
            # any number of its own: counting would be reading
            "citizen_revision": uuid4().int >> 97,
            "content": texts["content"],
            "decision_id": decision_id,
            "recorded_at": now,
            **by,
            **current,
        },
    )
    log = connection.execute(
        update(_COUNTER)
        .where(
            _COUNTER.c.organisation_type == ORGANISATION[0],
            _COUNTER.c.organisation == ORGANISATION[1],
        )
        .values(last_number=_COUNTER.c.last_number + 1)
        .returning(_COUNTER.c.subscriber_id, _COUNTER.c.last_number)
    ).one()
    connection.execute(
        insert(tables.message),
        {
            "subscriber_id": log.subscriber_id,
            "number": log.last_number,
            "message_id": str(uuid4()),
            "name": "GetPersonInterview",
            "entity": "PersonInterview",
            "entity_id": interview_id,
            "change": "interview_created",
            "citizen_id": citizen_id,
            "version": 1,
            "recorded_at": now,
            **registered_by,
        },
    )
    line_hash = uuid4().hex * 2
    sequence = connection.execute(
        update(_HEAD)
        .values(sequence=_HEAD.c.sequence + 1, hash=line_hash)
        .returning(_HEAD.c.sequence)
    ).scalar_one()
    connection.execute(
        insert(tables.audit_line),
        {
            "sequence": sequence,
            "at": now,
            "request_id": str(uuid4()),
            "user": "user-1",
            "citizen_id": citizen_id,
            "interview_id": interview_id,
            "operation": "create_interview",
            "outcome": "accepted",
            "decision_id": decision_id,
            "rulebook": texts["rulebook"],
            "previous_hash": line_hash,
            "hash": line_hash,
            **by,
        },
    )


class _Gunicorn(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn as it is, with an application made in each process."""

    def __init__(self, url: str, texts: dict[str, str], port: int) -> None:
        self._made_of = url, texts
        self._bind = f"127.0.0.1:{port}"
        super().__init__()

    def load_config(self) -> None:
        for name, value in {
            "bind": self._bind,
            "workers": 2,
            "threads": THREADS,
            "worker_class": "gthread",
            "keepalive": 30,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        url, texts = self._made_of
        return bare_app(engine_of(url), texts)


def main() -> None:
    url, texts, port = sys.argv[1:]
    written = json.loads(Path(texts).read_text(encoding="utf-8"))
    if url.startswith("sqlite"):
        serve(bare_app(engine_of(url), written), host="127.0.0.1", port=int(port), threads=THREADS)
    else:
        _Gunicorn(url, written, int(port)).run()


if __name__ == "__main__":
    main()
