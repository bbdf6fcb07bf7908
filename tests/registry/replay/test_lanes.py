"""The project's rules over random registrations: DuckDB, and the lane that goes row by row."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.dated import Dated
from engine.model import Rule, Rulebook, Version
from registry.replay import duckdb_lane, row_lane
from registry.replay.comparison import EXAMPLES, Answer, Comparison
from registry.replay.source import NotReplayable
from tests.registry.replay.history import (
    OPERATION,
    project_rulebook,
    registrations,
    rows_of,
    written,
)

ROWS = 2_000


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return project_rulebook()


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return rows_of(registrations(ROWS, seed=1))


@pytest.fixture
def file(tmp_path: Path, book: Rulebook, rows: list[dict[str, Any]]) -> Path:
    return written(tmp_path, rows, book)


def with_rule(book: Rulebook, id_: str, change: Callable[[Rule], Rule]) -> Rulebook:
    files = tuple(
        replace(file, rules=tuple(change(r) if r.id == id_ else r for r in file.rules))
        for file in book.files
    )
    return replace(book, id="sha256:candidate", files=files)


def withdrawn(rule: Rule) -> Rule:
    def end(version: Version) -> Version:
        return replace(version, withdrawn=True, requirements=())

    return replace(rule, versions=Dated([(start, end(v)) for start, v in rule.versions]))


def without_gate(rule: Rule) -> Rule:
    return replace(rule, gate=False)


CANDIDATES: dict[str, Callable[[Rulebook], Rulebook]] = {
    "the same": lambda book: book,
    "no gate": lambda book: with_rule(book, "job-centre-affiliation", without_gate),
    "one rule less": lambda book: with_rule(book, "unique-type-and-time", withdrawn),
}


@pytest.mark.parametrize("name", CANDIDATES)
def test_duckdb_compares_two_rulebooks_as_the_row_lane_does(
    book: Rulebook, file: Path, name: str
) -> None:
    candidate = CANDIDATES[name](book)
    found = duckdb_lane.compare([file], OPERATION, candidate, book, threads=1)
    assert row_lane.compare([file], OPERATION, candidate, book) == found
    assert ROWS == found.rows
    assert (name != "the same") == bool(found.changed)
    assert 0 == found.undecidable


def test_duckdb_compares_with_what_was_decided_as_the_row_lane_does(
    book: Rulebook, file: Path
) -> None:
    found = duckdb_lane.compare([file], OPERATION, book, None, threads=1)
    assert row_lane.compare([file], OPERATION, book, None) == found
    assert ROWS / 4 < found.changed < ROWS
    assert all(Answer(True) == before for before, _ in found.changes)
    assert found.changed == sum(change.count for change in found.changes.values())
    assert found.rows == sum(count.rows for count in found.by_month.values())


def test_nothing_changes_from_what_the_same_rules_decided(book: Rulebook, file: Path) -> None:
    table = pq.read_table(file)
    decided = duckdb_lane.decide_table(table, OPERATION, book, threads=1)
    table = table.drop_columns(["accepted", "findings"])
    table = table.append_column("accepted", decided["accepted"])
    table = table.append_column("findings", decided["findings"])

    found = duckdb_lane.compare_table(table, OPERATION, book, None, threads=1)

    assert (ROWS, 0, 0) == (found.rows, found.changed, found.undecidable)
    assert 0 < decided["accepted"].to_pylist().count(False) < ROWS


def test_batches_that_can_be_read_once_are_compared(book: Rulebook, file: Path) -> None:
    expected = duckdb_lane.compare([file], OPERATION, book, None, threads=1)
    found = [
        duckdb_lane.compare_table(batches_of(file), OPERATION, book, against, threads=1)
        for against in (None, book)
    ]
    assert expected == found[0]
    assert (ROWS, 0) == (found[1].rows, found[1].changed)


def batches_of(file: Path) -> pa.RecordBatchReader:
    reader = pq.ParquetFile(file)
    return pa.RecordBatchReader.from_batches(reader.schema_arrow, reader.iter_batches())


def test_a_code_that_no_rule_has_any_more_is_compared(
    tmp_path: Path, book: Rulebook, rows: list[dict[str, Any]]
) -> None:
    old = [{"rule": "gone", "code": "S-999", "refuses": True}]
    file = written(tmp_path, [{**rows[0], "accepted": False, "findings": old}], book)

    found = duckdb_lane.compare([file], OPERATION, book, None, threads=1)

    assert row_lane.compare([file], OPERATION, book, None) == found
    ((before, _),) = found.changes
    assert Answer(False, ("S-999",)) == before


# --- chunks ---------------------------------------------------------------------------------------


def test_what_chunks_say_adds_up_to_what_the_whole_says(
    tmp_path: Path, book: Rulebook, rows: list[dict[str, Any]]
) -> None:
    whole = written(tmp_path, rows, book, "whole")
    chunks = [
        written(tmp_path, rows[start : start + 600], book, f"chunk-{start}")
        for start in range(0, ROWS, 600)
    ]
    compared = [duckdb_lane.compare([each], OPERATION, book, None, threads=1) for each in chunks]
    expected = duckdb_lane.compare([whole], OPERATION, book, None, threads=1)
    assert expected == sum(compared, Comparison())
    assert expected == duckdb_lane.compare(chunks, OPERATION, book, None, threads=1)
    assert all(len(change.examples) <= EXAMPLES for change in expected.changes.values())


def test_the_row_lane_says_the_same_on_two_processes(
    tmp_path: Path, book: Rulebook, rows: list[dict[str, Any]]
) -> None:
    files = [written(tmp_path, rows[:50], book, "a"), written(tmp_path, rows[50:100], book, "b")]
    expected = row_lane.compare(files, OPERATION, book, None)
    assert expected == row_lane.compare(files, OPERATION, book, None, processes=2)


def test_a_comparison_comes_back_from_json_as_it_was(book: Rulebook, file: Path) -> None:
    found = duckdb_lane.compare([file], OPERATION, book, None, threads=1)
    found = replace(found, missing=frozenset({"interview.type"}))
    assert found == Comparison.from_json(json.loads(json.dumps(found.to_json())))
    assert found == found + Comparison()


# --- what files lack ------------------------------------------------------------------------------


def test_rows_that_lack_what_a_rule_must_know_are_undecidable_in_both_lanes(
    tmp_path: Path, book: Rulebook, rows: list[dict[str, Any]]
) -> None:
    spoilt = [
        {**rows[0], "interview.type": None},
        {**rows[1], "registration.recorded_on": None},
        {**rows[2], "citizen.interviews": None},
        {**rows[3], "citizen.interviews": [None]},
        {**rows[4], "citizen.contact_groups": [{"contact_group": 1, "from": None, "until": None}]},
        {**rows[5], "accepted": None},
        {**rows[6], "findings": None},
        {**rows[7], "interview.participation_status": None},
        {**rows[8], "organisation": None, "organisation_type": None, "recorded_at": None},
    ]
    file = written(tmp_path, spoilt, book)
    for against, undecidable in ((None, 7), (book, 5)):
        found = duckdb_lane.compare([file], OPERATION, book, against, threads=1)
        assert row_lane.compare([file], OPERATION, book, against) == found
        assert undecidable == found.undecidable


def test_an_optional_fact_that_a_file_lacks_is_absent(
    tmp_path: Path, book: Rulebook, rows: list[dict[str, Any]]
) -> None:
    absent = [{**row, "interview.participation_status": None} for row in rows]
    expected = duckdb_lane.compare([written(tmp_path, absent, book)], OPERATION, book, None)
    table = pq.read_table(written(tmp_path, rows, book, "b"))
    pq.write_table(table.drop_columns(["interview.participation_status"]), tmp_path / "b.parquet")
    assert expected == duckdb_lane.compare([tmp_path / "b.parquet"], OPERATION, book, None)


@pytest.mark.parametrize("name", ["interview.held_at", "citizen.bookings"])
def test_a_fact_that_a_file_lacks_makes_its_rows_undecidable_and_is_named(
    tmp_path: Path, book: Rulebook, rows: list[dict[str, Any]], name: str
) -> None:
    whole = written(tmp_path, rows, book, "whole")
    lacking = tmp_path / "lacking.parquet"
    pq.write_table(pq.read_table(whole).drop_columns([name]), lacking)

    found = duckdb_lane.compare([whole, lacking], OPERATION, book, None, threads=1)

    assert frozenset({name}) == found.missing
    expected = row_lane.compare([whole, lacking], OPERATION, book, None)
    assert replace(expected, missing=frozenset({name})) == found
    assert 0 < found.undecidable <= ROWS


def test_a_field_that_a_file_lacks_is_absent_or_named(
    tmp_path: Path, book: Rulebook, rows: list[dict[str, Any]]
) -> None:
    file = written(tmp_path, rows, book)
    table = pq.read_table(file)
    place = table.schema.get_field_index("citizen.contact_groups")
    for field, missing in (("until", frozenset()), ("from", frozenset({"from"}))):
        kept = [
            [{name: value for name, value in record.items() if name != field} for record in records]
            for records in table.column(place).to_pylist()
        ]
        one = {"contact_group": pa.int64(), "from": pa.date32(), "until": pa.date32()}
        del one[field]
        short = pa.array(kept, pa.list_(pa.struct(one)))
        target = tmp_path / f"without-{field}.parquet"
        pq.write_table(table.set_column(place, "citizen.contact_groups", short), target)

        found = duckdb_lane.compare([target], OPERATION, book, None, threads=1)

        assert {f"citizen.contact_groups.{name}" for name in missing} == found.missing
        expected = row_lane.compare([target], OPERATION, book, None)
        assert expected == replace(found, missing=frozenset())


def test_a_column_of_another_type_is_refused_by_its_name(
    tmp_path: Path, book: Rulebook, rows: list[dict[str, Any]]
) -> None:
    table = pq.read_table(written(tmp_path, rows[:3], book))
    place = table.schema.get_field_index("interview.type")
    wrong = table.set_column(place, "interview.type", pa.array(["7", "8", "9"]))
    with pytest.raises(NotReplayable, match=r"expected int64 in column `interview\.type`"):
        duckdb_lane.compare_table(wrong, OPERATION, book, None)


def test_the_memory_and_the_threads_that_are_given_are_all_that_is_used() -> None:
    asked = "SELECT current_setting('memory_limit'), current_setting('threads')"
    with duckdb_lane.connected(memory="200MB", threads=1) as connection:
        assert [("190.7 MiB", 1)] == connection.execute(asked).fetchall()
