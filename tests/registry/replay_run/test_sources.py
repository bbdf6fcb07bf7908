"""A folder as a history: which files lie in a chunk, and what lies inside a span of days."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from registry.days import beginning_of
from registry.errors import HistoryUnusable
from registry.history.folder import HistoryFolder, read_history
from registry.history.stored import Span
from registry.replay_run.sources import FolderSource
from registry.synthesis.invention import Wish
from registry.synthesis.synthesis import synthesize
from tests.registry.history.stored_history import project

CREATE = "create_interview"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a history whose largest operation lies in three files."""
    path = tmp_path_factory.mktemp("history") / "made"
    synthesize(Wish(900, 3, date(2023, 1, 1), date(2023, 12, 31)), project(), path)
    (first,) = (path / CREATE).iterdir()
    whole = pq.read_table(first)
    for number in range(3):
        part = whole.slice(number * 250, 250 if number < 2 else None)
        pq.write_table(part, path / CREATE / f"part-{number:05}.parquet")
    return path


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> HistoryFolder:
    shutil.copytree(made, tmp_path / "own")
    return read_history(tmp_path / "own")


def test_files_of_an_operation_lie_together_up_to_a_number_of_rows(folder: HistoryFolder) -> None:
    operations = len(folder.files)
    assert operations == len(FolderSource(folder, Span(), None).chunks())
    assert operations + 2 == len(FolderSource(folder, Span(), 1).chunks())
    assert operations + 1 == len(FolderSource(folder, Span(), 500).chunks())
    for rows in (None, 1, 500, 10_000):
        assert 900 == sum(each.rows for each in FolderSource(folder, Span(), rows).chunks())


def test_a_chunk_is_known_by_the_content_of_its_files(folder: HistoryFolder) -> None:
    def keys(span: Span) -> set[str]:
        return {each.key for each in FolderSource(folder, span, 1).chunks()}

    before = keys(Span())
    assert before == keys(Span())
    file = folder.files[CREATE][0]
    file.rename(file.with_name("part-00000-moved.parquet"))
    folder = read_history(folder.path)
    assert before == keys(Span()), "a name is no content"
    table = pq.read_table(folder.files[CREATE][0])
    pq.write_table(table.slice(1), folder.files[CREATE][0])
    assert 1 == len(keys(Span()) - before)
    assert before.isdisjoint(keys(Span(begin=datetime(2023, 6, 1, tzinfo=UTC))))


def test_what_lies_inside_a_span_is_what_a_filter_finds(
    folder: HistoryFolder, tmp_path: Path
) -> None:
    begin = beginning_of(date(2023, 5, 1))
    span = Span(begin, begin + timedelta(days=31))
    source = FolderSource(folder, span, None)
    found = {}
    for number, chunk in enumerate(source.chunks()):
        private = tmp_path / f"{number}"
        private.mkdir()
        for operation, paths in source.files(chunk, private).files.items():
            tables = [pq.read_table(path) for path in paths]
            found[operation] = sorted(each for t in tables for each in t["decision_id"].to_pylist())
            assert chunk.rows == len(found[operation])
    for operation, paths in folder.files.items():
        expected = []
        for path in paths:
            table = pq.read_table(path)
            moments = table["recorded_at"]
            inside = pc.and_(pc.greater_equal(moments, span.begin), pc.less(moments, span.end))
            expected += table.filter(inside)["decision_id"].to_pylist()
        assert sorted(expected) == found.get(operation, [])
    assert len(found[CREATE]) > 20


def test_files_without_moments_are_no_history(folder: HistoryFolder) -> None:
    file = folder.files[CREATE][0]
    pq.write_table(pq.read_table(file).drop_columns(["recorded_at"]), file)
    source = FolderSource(folder, Span(begin=datetime(2023, 6, 1, tzinfo=UTC)))
    with pytest.raises(HistoryUnusable, match="expected a column `recorded_at`"):
        source.chunks()


def test_an_operation_that_the_manifest_names_must_have_files(folder: HistoryFolder) -> None:
    shutil.rmtree(folder.path / CREATE)
    with pytest.raises(HistoryUnusable, match="found no file of it"):
        read_history(folder.path)
