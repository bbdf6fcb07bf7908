"""What the benchmarks of one POST are made of: parts, samples, the bare contestant."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from benchmarks import request_parts as parts
from benchmarks.bare_server import bare_app, engine_of, prepare
from benchmarks.pictures.shares import COLOURS
from benchmarks.posts import Posts, civil_registration_number, in_process
from benchmarks.sampled import Sampler
from registry import tables
from registry.storage import Database
from tests.registry.rows import counts, rows

TEXTS = {"facts": "{}", "outcome": "{}", "rulebook": "sha256:0", "content": "{}"}


@pytest.mark.parametrize(
    ("file", "function", "part"),
    [
        ("/x/engine/durable/evaluator.py", "run", parts.DURABLE),
        ("/x/site-packages/durable/engine.py", "delete_state", parts.DURABLE),
        ("/x/engine/compiled/evaluator.py", "firings", parts.COMPILED),
        ("/x/registry/storage.py", "commit", parts.COMMIT),
        ("/x/registry/storage.py", "execute", parts.STATEMENTS),
        ("/x/registry/storage.py", "write", parts.STATEMENTS),
        ("/x/registry/audit.py", "hash_of", parts.DOCUMENTS),
        ("/x/registry/audit.py", "write", parts.REGISTRY),
        ("/x/web/api/tokens.py", "read", parts.ADMISSION),
        ("/x/web/api/request_body.py", "read_body", parts.JSON),
        ("/x/site-packages/sqlalchemy/engine/base.py", "execute", None),
        ("/x/site-packages/flask/app.py", "wsgi_app", parts.HTTP),
    ],
)
def test_a_frame_belongs_to_its_part_or_to_whoever_called(
    file: str, function: str, part: str | None
) -> None:
    assert part == parts.part_of(file, function)


def test_every_part_has_a_colour_and_stands_once() -> None:
    assert len(parts.PARTS) == len(set(parts.PARTS)) <= COLOURS
    assert set(parts.OF_RULES_AND_JSON) <= set(parts.PARTS)


def test_samples_add_up_to_the_time_that_passed() -> None:
    sampler = Sampler(lambda _file, function: "ours" if function == "busy" else None, "others")

    def busy() -> None:
        until = time.perf_counter() + 0.05
        while time.perf_counter() < until:
            pass

    with sampler.sampling():
        busy()
    assert {"ours"} <= set(sampler.seconds)
    assert 0 < sampler.seconds["ours"] <= sum(sampler.seconds.values())


def test_the_bare_server_writes_a_row_wherever_an_accepted_post_does(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bare.db'}"
    prepare(url, [civil_registration_number(0)])
    engine = engine_of(url)
    environ, call = in_process(bare_app(engine, TEXTS))
    assert [201, 201] == [call(environ(each)) for each in Posts("no-token").take(2)]
    database = Database(url)
    found = counts(database)
    written = ("decision", "interview", "interview_version", "audit_line", "message")
    assert [2] * len(written) == [found[table] for table in written]
    assert [2] == [row["sequence"] for row in rows(database, tables.audit_head)]
    assert [2] == [row["last_number"] for row in rows(database, tables.subscriber)]
    database.close()
    engine.dispose()
