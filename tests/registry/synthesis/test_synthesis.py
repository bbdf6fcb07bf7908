"""An invented history: as large as wished, the same by seed, decided as the row lane decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.columnar.columns import columns_of
from engine.decide import Decider
from engine.decision import Violation
from engine.facts import Facts, plain_facts, read_facts
from registry.days import day_of
from registry.errors import HistoryUnusable
from registry.history.folder import HistoryFolder, read_history
from registry.replay.arrow import facts_of
from registry.synthesis.invention import Wish
from registry.synthesis.synthesis import synthesize
from tests.registry.history.stored_history import project

WISH = Wish(4_000, seed=7, first=date(2022, 1, 1), last=date(2023, 12, 31))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> HistoryFolder:
    path = tmp_path_factory.mktemp("history") / "made"
    assert 4_000 == synthesize(WISH, project(), path).total
    return read_history(path)


def rows(folder: HistoryFolder) -> Iterator[tuple[str, dict[str, Any], Facts]]:
    """Yield operation, row and facts of every registration."""
    book = project()
    for operation, paths in folder.files.items():
        columns = columns_of(book.catalogue, book.tables, operation)
        for batch in (each for path in paths for each in pq.ParquetFile(path).iter_batches()):
            for row, facts in zip(batch.to_pylist(), facts_of(columns, batch), strict=True):
                yield operation, row, facts


def created(folder: HistoryFolder) -> Iterator[dict[str, Any]]:
    """Yield the interviews that were accepted."""
    for operation, row, _ in rows(folder):
        if operation == "create_interview" and row["accepted"]:
            yield row


def test_every_registration_is_decided_as_the_row_lane_decides(folder: HistoryFolder) -> None:
    decider = Decider(project(), "compiled")
    codes: Counter[str] = Counter()
    for operation, row, facts in rows(folder):
        # what is written can be read as strictly as the facts of a request
        known = read_facts(decider.rulebook.catalogue, operation, plain_facts(facts))
        decision = decider.decide(operation, known)
        found = (*decision.violations, *decision.advice)
        expected = [
            {"rule": each.rule, "code": each.code, "refuses": isinstance(each, Violation)}
            for each in found
        ]
        assert (decision.accepted, expected) == (row["accepted"], row["findings"])
        assert decider.rulebook.id == row["rulebook"]
        codes.update(each.code for each in found)
    assert {"S-101", "S-103", "S-104", "S-106", "S-108", "S-109", "4768", "6005", "9125"} <= set(
        codes
    )


def test_most_are_accepted_and_a_few_per_cent_refused(folder: HistoryFolder) -> None:
    accepted = [row["accepted"] for _, row, _ in rows(folder)]
    assert 0.02 < 1 - sum(accepted) / len(accepted) < 0.12


def test_a_citizen_has_the_interviews_that_were_accepted_before(folder: HistoryFolder) -> None:
    """Of a citizen, known by the bookings and groups, each later history holds the earlier ones."""
    grown = [
        len(facts["citizen.interviews"] or ())
        for op, _, facts in rows(folder)
        if op == "create_interview"
    ]  # type: ignore[arg-type]
    assert 0 in grown
    assert max(grown) > 8
    for operation, row, facts in rows(folder):
        if operation == "create_interview" and row["accepted"]:
            moments = [each["held_at"] for each in facts["citizen.interviews"]]  # type: ignore[union-attr, index, call-overload]
            assert sorted(moments) == moments
            assert all(each < row["recorded_at"] for each in moments)


def test_days_lie_within_the_wish_and_follow_from_instants(folder: HistoryFolder) -> None:
    for _, row, _ in rows(folder):
        assert WISH.first <= row["registration.recorded_on"] <= WISH.last
        assert day_of(row["recorded_at"]) == row["registration.recorded_on"]
        if "interview.held_at" in row:
            assert day_of(row["interview.held_at"]) == row["interview.held_on"]
    manifest = folder.manifest
    assert manifest.first is not None and manifest.last is not None
    assert WISH.first <= day_of(manifest.first) < day_of(manifest.last) <= WISH.last


def test_a_country_has_many_organisations_and_quiet_weekends(folder: HistoryFolder) -> None:
    seen = {(row["organisation_type"], row["organisation"]) for _, row, _ in rows(folder)}
    kinds = Counter(kind for kind, _ in seen)
    assert kinds["job_centre"] >= 80
    assert kinds["unemployment_fund"] >= 18
    held = [
        row["interview.held_on"]
        for op, row, _ in rows(folder)
        if op == "create_interview" and row["accepted"]
    ]
    assert not [each for each in held if each.isoweekday() > 5]
    july = sum(each.month == 7 for each in held) / len(held)
    march = sum(each.month == 3 for each in held) / len(held)
    assert july < march


def test_identifiers_are_there_once(folder: HistoryFolder) -> None:
    ids = [row["decision_id"] for _, row, _ in rows(folder)]
    assert 4_000 == len(set(ids))
    assert {36} == {len(each) for each in ids}


def table(folder: Path, operation: str) -> pa.Table:
    return pa.concat_tables(
        [pq.read_table(path) for path in sorted((folder / operation).iterdir())]
    )


def test_the_same_seed_gives_the_same_history_and_another_one_another(
    folder: HistoryFolder, tmp_path: Path
) -> None:
    synthesize(WISH, project(), tmp_path / "same")
    other = Wish(WISH.registrations, 8, WISH.first, WISH.last)
    synthesize(other, project(), tmp_path / "other")
    for operation in folder.files:
        assert table(folder.path, operation).equals(table(tmp_path / "same", operation))
    assert not table(folder.path, "create_interview").equals(
        table(tmp_path / "other", "create_interview")
    )


def test_a_folder_in_use_and_days_without_rules_are_refused(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(HistoryUnusable, match="empty or a new folder"):
        synthesize(WISH, project(), tmp_path)
    nothing = Wish(10, 1, date(2017, 1, 1), date(2017, 1, 2))
    with pytest.raises(HistoryUnusable, match="no contact group"):
        synthesize(nothing, project(), tmp_path / "new")
