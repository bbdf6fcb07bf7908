"""What is exported is what was stored, on both databases, and nothing more leaves them."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest
from sqlalchemy import update

from engine.columnar.columns import columns_of
from engine.facts import plain_facts
from registry import tables
from registry.days import beginning_of, from_microseconds
from registry.history import stored
from registry.history.export import export_chunk, export_history
from registry.history.folder import read_history
from registry.history.stored import Span
from registry.replay.arrow import facts_of
from registry.storage import Database
from tests.registry.fakes import CPR, NOW, Clock
from tests.registry.history.stored_history import NAME, project, registered
from tests.registry.rows import rows


@pytest.fixture(autouse=True)
def _history(database: Database, clock: Clock) -> None:
    registered(database, clock)


ALWAYS = Span()


def exported(database: Database, folder: Path, span: Span = ALWAYS) -> list[dict[str, Any]]:
    """Return what lies in the files of an export, with the facts as the database writes them."""
    rulebook = project()
    found = []
    for number, chunk in enumerate(stored.chunks(database, span, 5)):
        made = export_chunk(database, span, chunk, [rulebook], folder, f"{number}.parquet")
        assert {} == made.undecidable
        for operation, path in made.files.items():
            columns = columns_of(rulebook.catalogue, rulebook.tables, operation)
            for batch in pq.ParquetFile(path).iter_batches():
                for row, facts in zip(batch.to_pylist(), facts_of(columns, batch), strict=True):
                    found.append(row | {"operation": operation, "facts": plain_facts(facts)})
    return found


def test_every_decision_comes_out_as_it_was_stored(database: Database, tmp_path: Path) -> None:
    found = {each["decision_id"]: each for each in exported(database, tmp_path)}
    kept = rows(database, tables.decision)
    findings = rows(database, tables.decision_finding)
    assert 12 == len(kept) == len(found)
    for row in kept:
        one = found[row["decision_id"]]
        assert orjson.loads(row["facts"]) == one["facts"]
        assert from_microseconds(row["recorded_at"]) == one["recorded_at"]
        for name in ("operation", "organisation_type", "organisation", "rulebook", "accepted"):
            assert row[name] == one[name], name
        assert [
            {name: bool(each[name]) if name == "refuses" else each[name] for name in each}
            for each in one["findings"]
        ] == [
            {"rule": each["rule"], "code": each["code"], "refuses": bool(each["refuses"])}
            for each in sorted(findings, key=lambda each: each["position"])
            if each["decision_id"] == row["decision_id"]
        ]


def test_days_are_days_in_denmark_and_both_are_included(database: Database, tmp_path: Path) -> None:
    key = tables.decision.c.decision_id
    first, last, after, *_ = sorted(each["decision_id"] for each in rows(database, tables.decision))
    midnight = int(beginning_of(NOW.date()).timestamp()) * 1_000_000
    tomorrow = int(beginning_of(NOW.date() + timedelta(days=1)).timestamp()) * 1_000_000
    with database.writing() as unit:
        unit.execute(update(tables.decision).values(recorded_at=0))
        unit.execute(update(tables.decision).where(key == first).values(recorded_at=midnight))
        unit.execute(update(tables.decision).where(key == last).values(recorded_at=tomorrow - 1))
        unit.execute(update(tables.decision).where(key == after).values(recorded_at=tomorrow))
        unit.commit()
    day = Span(beginning_of(NOW.date()), beginning_of(NOW.date() + timedelta(days=1)))
    assert 2 == stored.count(database, day)
    assert {first, last} == {each["decision_id"] for each in exported(database, tmp_path, day)}
    later = Span(day.begin + timedelta(microseconds=1), day.end)  # type: ignore[operator]  # a day has one
    assert 1 == stored.count(database, later)


def test_what_the_catalogue_no_longer_reads_is_counted_with_the_reason(
    database: Database, tmp_path: Path
) -> None:
    one, two, three, *_ = rows(database, tables.decision)
    for row, facts in (
        (one, one["facts"].replace('"interview.type":18,', "")),
        (two, two["facts"].replace('"interview.type":18', '"interview.type":true')),
        (three, "no document"),
    ):
        with database.writing() as unit:
            which = tables.decision.c.decision_id == row["decision_id"]
            unit.execute(update(tables.decision).where(which).values(facts=facts))
            unit.commit()
    (chunk,) = stored.chunks(database, Span(), 100)
    made = export_chunk(database, Span(), chunk, [project()], tmp_path, "one.parquet")
    assert {
        "missing interview.type": 1,
        "type interview.type": 1,
        "document": 1,
    } == made.undecidable
    assert {"create_interview": 9} == made.rows


def test_a_fact_that_no_rule_can_ask_for_is_left_out(database: Database, tmp_path: Path) -> None:
    with database.writing() as unit:
        row = unit.execute(tables.decision.select()).first()
        assert row is not None
        facts = row.facts.replace('{"', '{"a.fact.of.old":[{"x":1}],"', 1)
        which = tables.decision.c.decision_id == row.decision_id
        unit.execute(update(tables.decision).where(which).values(facts=facts))
        unit.commit()
    assert 12 == len(exported(database, tmp_path))


def test_chunks_are_known_by_what_lies_in_them(database: Database, clock: Clock) -> None:
    before = stored.chunks(database, Span(), 5)
    assert [5, 5, 2] == [each.rows for each in before]
    assert before == stored.chunks(database, Span(), 5)
    with database.writing() as unit:
        row = unit.execute(tables.decision.select()).first()
        assert row is not None
        copy = dict(row._mapping) | {"decision_id": "a" * 36, "recorded_at": 2**60}
        unit.execute(tables.decision.insert(), copy)
        unit.commit()
    after = stored.chunks(database, Span(), 5)
    assert before[:2] == after[:2], "what was there is still there"
    assert before[2].key != after[2].key


def test_a_folder_to_keep_has_no_text_of_a_person(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    manifest = export_history(database, Span(), project(), folder, NOW)
    assert 12 == manifest.total
    assert 0o700 == folder.stat().st_mode & 0o777
    read = read_history(folder)
    assert manifest == read.manifest
    (path,) = read.files["create_interview"]
    written = f"{pq.read_table(path).to_pylist()}{(folder / 'history.json').read_text()}"
    # in an identifier `b-1` may stand by chance
    words = re.findall(r"[^\W_]+(?:[- ][^\W_]+)*", written)
    assert [] == [each for each in (NAME, "E-1", "b-1", CPR) if each in words]
    (row, *_) = pq.read_table(path).to_pylist()
    assert [{"name": "Aaaa Aaaaa", "external_id": "A-0", "type": None}] == row["participants"]
    assert row["interview.booking_id"] == row["citizen.bookings"][0]["booking_id"]
    assert row["citizen.bookings"][0] != row["citizen.bookings"][1]
    assert "101" == row["caller.organisation"]
    assert {"create_interview": 12} == json.loads((folder / "history.json").read_bytes())[
        "operations"
    ]
