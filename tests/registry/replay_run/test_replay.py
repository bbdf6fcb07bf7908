"""A replay of the database: what it finds, and how it goes on after it was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from engine.model import Rulebook
from registry import tables
from registry.errors import ReplayRunning
from registry.history.stored import Span
from registry.replay.comparison import Answer, Comparison, Count
from registry.replay.duckdb_lane import compare
from registry.replay_run.replay import Compares, Replayed, Rules, replay
from registry.replay_run.sources import DatabaseSource
from registry.replay_run.work_folder import WorkFolder
from registry.rule_files import read_files
from registry.storage import Database
from tests.registry.fakes import Clock
from tests.registry.history.stored_history import NAME, candidate, project, registered
from tests.registry.release_files import changed
from tests.registry.rows import rows


def by_rows(
    files: Sequence[Path], operation: str, candidate: Rulebook, against: Rulebook | None, /
) -> Comparison:
    """Stand in for a lane: every decision changes."""
    many = sum(pq.ParquetFile(path).metadata.num_rows for path in files)
    return Comparison(Count(many, many))


def by_duckdb(
    files: Sequence[Path], operation: str, candidate: Rulebook, against: Rulebook | None, /
) -> Comparison:
    return compare(files, operation, candidate, against, memory="200MB", threads=1)


@dataclass(slots=True)
class Counted:
    """A lane that counts what it is asked, and breaks off when it is told to."""

    lane: Compares = by_rows
    break_off_after: int = 1_000
    asked: list[Path] = field(default_factory=list)
    private: list[int] = field(default_factory=list)
    lying: list[int] = field(default_factory=list)
    """How many files lay in the private folder each time."""

    def __call__(
        self,
        files: Sequence[Path],
        operation: str,
        candidate: Rulebook,
        against: Rulebook | None,
        /,
    ) -> Comparison:
        if len(self.asked) == self.break_off_after:
            raise KeyboardInterrupt
        self.asked += files
        self.private += [path.parents[1].stat().st_mode & 0o777 for path in files]
        self.lying.append(len(list(files[0].parents[1].rglob("*.parquet"))))
        return self.lane(files, operation, candidate, against)


@pytest.fixture(autouse=True)
def _history(database: Database, clock: Clock) -> None:
    registered(database, clock)


def replayed(
    database: Database,
    work: Path,
    lane: Counted | None = None,
    rules: Rules | None = None,
    seen: Callable[[int, int], None] = lambda _done, _of: None,
) -> Replayed:
    rules = rules or Rules(candidate())
    source = DatabaseSource(database, Span(), rules.books, 2)
    return replay(source, rules, lane or Counted(), WorkFolder(work), lane="test", seen=seen)


def test_a_wider_list_moves_exactly_the_refusals_with_status_4(
    database: Database, tmp_path: Path
) -> None:
    found = replayed(database, tmp_path / "work", Counted(by_duckdb)).figures(3)
    of_status_4 = {
        row["decision_id"]
        for row in rows(database, tables.decision)
        if '"interview.participation_status":4' in row["facts"]
    }
    (change,) = found.changes
    assert (12, 3) == (found.rows, found.changed)
    assert (Answer(False, ("9125",)), Answer(True)) == (change.was, change.becomes)
    assert of_status_4 == set(change.examples)
    assert [("job_centre 101", 12, 3)] == [
        (s.name, s.rows, s.changed) for s in found.by_organisation
    ]
    assert [("18", 12, 3)] == [(s.name, s.rows, s.changed) for s in found.by_type]
    assert [("2024-06", 12, 3)] == [(s.name, s.rows, s.changed) for s in found.by_month]


def test_the_rules_that_decided_change_nothing(database: Database, tmp_path: Path) -> None:
    lane = Counted(by_duckdb)
    found = replayed(database, tmp_path / "work", lane, Rules(project())).figures(3)
    assert found.nothing_found
    assert 12 == found.rows
    against = replayed(database, tmp_path / "work", lane, Rules(candidate(), project()))
    assert 3 == against.figures(3).changed


def test_a_replay_that_was_broken_off_goes_on_where_it_stopped(
    database: Database, tmp_path: Path
) -> None:
    whole = replayed(database, tmp_path / "other")
    first, second = Counted(break_off_after=4), Counted()
    with pytest.raises(KeyboardInterrupt):
        replayed(database, tmp_path / "work", first)
    told: list[tuple[int, int]] = []
    again = replayed(
        database, tmp_path / "work", second, seen=lambda done, of: told.append((done, of))
    )
    names = [path.name for path in (*first.asked, *second.asked)]
    assert (4, 2) == (len(first.asked), len(second.asked))
    assert len(names) == len(set(names)), "no chunk is compared twice"
    assert whole.figures(3) == again.figures(3)
    assert (0, 4) == (whole.kept, again.kept)
    assert [(0, 12), (2, 12), (4, 12), (6, 12), (8, 12), (10, 12), (12, 12)] == told
    third = Counted()
    assert 6 == replayed(database, tmp_path / "work", third).kept
    assert [] == third.asked


@pytest.mark.parametrize("what", ["candidate", "baseline", "history"])
def test_another_candidate_baseline_or_history_is_compared_anew(
    database: Database, clock: Clock, tmp_path: Path, what: str
) -> None:
    replayed(database, tmp_path / "work")
    rules = {
        "candidate": Rules(read_files(changed("{in: [5, 6]}", "{in: [3, 5, 6]}"))),
        "baseline": Rules(candidate(), project()),
        "history": Rules(candidate()),
    }[what]
    if what == "history":
        with database.writing() as unit:
            row = unit.execute(tables.decision.select()).first()
            assert row is not None
            first = dict(row._mapping) | {"decision_id": "a" * 36, "recorded_at": 1}
            unit.execute(tables.decision.insert(), first)
            unit.commit()
    lane = Counted()
    again = replayed(database, tmp_path / "work", lane, rules)
    assert 0 == again.kept
    assert len(lane.asked) == again.chunks


def test_facts_lie_in_a_private_folder_and_are_gone_afterwards(
    database: Database, tmp_path: Path
) -> None:
    work, lane = tmp_path / "work", Counted()
    replayed(database, work, lane)
    assert {0o700} == set(lane.private)
    assert [1] * 6 == lane.lying, "a chunk is removed before the next one is written"
    assert [] == list(work.rglob("*.parquet")) + list(work.glob("private-*"))
    assert 0o700 == work.stat().st_mode & 0o777
    kept = "".join(path.read_text("utf-8") for path in work.rglob("*.json"))
    assert "changed" in kept
    assert [] == [each for each in (NAME, "E-1", "b-1") if each in kept]


def test_only_one_replay_uses_a_work_folder(database: Database, tmp_path: Path) -> None:
    work = WorkFolder(tmp_path / "work")
    assert not work.busy
    with work.alone():
        assert work.busy
        with pytest.raises(ReplayRunning):
            replayed(database, tmp_path / "work")
    assert not work.busy
    assert 12 == replayed(database, tmp_path / "work").figures(0).rows


def test_an_operation_without_rules_is_told_apart(database: Database, tmp_path: Path) -> None:
    with database.writing() as unit:
        unit.execute(tables.decision.update().values(operation="of_old"))
        unit.commit()
    found = replayed(database, tmp_path / "work").figures(3)
    assert {"operation of_old": 12} == found.undecidable
    assert (12, 0, 12) == (found.rows, found.changed, found.not_decided)
    assert not found.nothing_found


VICTIM = """
import os, signal, sys
from pathlib import Path
from tests.registry.replay_run import test_replay as t
from registry.storage import Database

class Victim(t.Counted):
    def __call__(self, *words):
        if len(self.asked) == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().__call__(*words)

t.replayed(Database(sys.argv[1]), Path(sys.argv[2]), Victim())
"""


def test_a_replay_that_was_killed_goes_on_and_cleans_up(
    url: str, database: Database, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    place = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", VICTIM, url, str(work)],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(place)},
        check=False,
        capture_output=True,
    )
    assert -signal.SIGKILL == done.returncode, done.stderr.decode()
    assert [] != list(work.glob("private-*")), "the killed one could not clean up"
    lane = Counted()
    again = replayed(database, work, lane)
    assert (3, 3) == (again.kept, len(lane.asked))
    assert 12 == again.figures(3).changed
    assert [] == list(work.glob("private-*"))
