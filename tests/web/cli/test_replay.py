"""`samtale replay`, `samtale export-history` and `samtale synthesize`."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from registry.days import beginning_of
from registry.storage import Database
from tests.registry.databases import SqliteKind
from tests.registry.fakes import NOW, Clock
from tests.registry.history.stored_history import ALLOWED_4, NAME, registered
from tests.registry.rows import audit_outcomes
from tests.web.door import PROJECT
from web.cli import main


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a database of 12 decisions, and rules that allow one status more."""
    folder = tmp_path_factory.mktemp("stored")
    address = SqliteKind(folder).migrated(folder)
    with closing(Database(address)) as database:
        registered(database, Clock())
    for name in ("rules", "config"):
        shutil.copytree(PROJECT / name, folder / name)
    change(folder, *ALLOWED_4)
    return folder


@pytest.fixture
def folder(stored: Path, tmp_path: Path) -> Path:
    shutil.copytree(stored, tmp_path / "own")
    return tmp_path / "own"


def change(folder: Path, before: str, after: str) -> None:
    path = folder / "rules/registration.yaml"
    text = path.read_text("utf-8")
    assert 1 == text.count(before)
    path.write_text(text.replace(before, after), "utf-8")


def samtale(folder: Path, *words: str) -> Result:
    options = [f"--database-url=sqlite:///{folder}/registry.db"]
    if words[0] == "replay":
        options.append(f"--replay-folder={folder}/work")
        if not any(each.startswith("--candidate") for each in words):
            options.append(f"--candidate={folder}")
    return CliRunner().invoke(main, [*words, *options])


def plain(folder: Path, *words: str, code: int = 0) -> Any:
    result = samtale(folder, *words, "--format=json")
    assert code == result.exit_code, result.output
    return json.loads(result.stdout)


def outcomes(folder: Path) -> list[tuple[str, str]]:
    with closing(Database(f"sqlite:///{folder}/registry.db")) as database:
        return audit_outcomes(database)


def test_what_changes_is_told_with_exit_code_1(folder: Path) -> None:
    found = plain(folder, "replay", code=1)
    assert (12, 3, "decided") == (found["decisions"], found["changed"], found["against"])
    (step,) = found["changes"]
    assert {"accepted": False, "codes": ["9125"], "advice": []} == step["from"]
    assert {"accepted": True, "codes": [], "advice": []} == step["to"]
    assert 3 == step["decisions"] == len(step["examples"])
    assert [{"organisation": "job_centre 101", "decisions": 12, "changed": 3}] == found[
        "byOrganisation"
    ]
    assert [{"interviewType": "18", "decisions": 12, "changed": 3}] == found["byType"]
    assert [{"month": "2024-06", "decisions": 12, "changed": 3}] == found["byMonth"]
    assert ("replay_decisions", "read") == outcomes(folder)[-1]
    told = samtale(folder, "replay").output
    assert "3 af 12 afgørelser ændres (25,00 %)" in told
    assert "afvist 9125" in told and "accepteret" in told
    assert "1 af 1 dele var regnet før" in told
    assert "3 of 12 decisions change (25.00 %)" in samtale(folder, "replay", "--language=en").output


def test_nothing_that_changes_is_exit_code_0(folder: Path) -> None:
    change(folder, *reversed(ALLOWED_4))
    found = plain(folder, "replay")
    assert (12, 0, []) == (found["decisions"], found["changed"], found["changes"])
    assert 0 == plain(folder, "replay", "--against=active")["changed"]


def test_another_rulebook_is_a_baseline_too(folder: Path) -> None:
    assert 3 == plain(folder, "replay", "--against=active", code=1)["changed"]
    assert 0 == plain(folder, "replay", f"--against={folder}")["changed"]
    rules = f"--candidate={folder / 'rules'}"
    again = plain(folder, "replay", rules, f"--config={folder / 'config'}", code=1)
    assert 3 == again["changed"]


def test_days_are_days_in_denmark(folder: Path) -> None:
    first = beginning_of(NOW.date()).date()
    one = plain(folder, "replay", f"--from={first}", f"--to={first}", code=1)
    assert (4, 1) == (one["decisions"], one["changed"])
    later = f"--from={first + timedelta(days=1)}"
    assert 8 == plain(folder, "replay", later, code=1)["decisions"]
    assert 2 == samtale(folder, "replay", later, f"--to={first}").exit_code


def test_rules_with_errors_are_refused_as_check_does(folder: Path) -> None:
    change(folder, ALLOWED_4[1], "{in: [5, seven]}")
    result = samtale(folder, "replay")
    assert 1 == result.exit_code
    assert "rules/registration.yaml:" in result.output
    assert "regelsættet kan ikke bruges" in result.stderr
    assert ("replay_decisions", "read") not in outcomes(folder)
    assert 2 == samtale(folder, "replay", "--candidate=no-such-rules").exit_code
    nothing = samtale(folder, "replay", f"--history={folder}")
    assert 1 == nothing.exit_code


def test_the_examples_become_cases_that_pass(folder: Path) -> None:
    cases = folder / "tests/cases"
    cases.mkdir(parents=True)
    found = plain(folder, "replay", f"--cases={cases / 'found.yaml'}", code=1)
    assert {"file": str(cases / "found.yaml"), "examples": 3, "leftOut": 0} == found["caseFile"]
    text = (cases / "found.yaml").read_text("utf-8")
    assert NAME not in text and "b-1" not in text
    assert 3 == [outcome for outcome, _ in outcomes(folder)].count("read_decision")
    options = [f"--{name}={folder / name}" for name in ("rules", "config")]
    run = CliRunner().invoke(main, ["test", *options, f"--cases={cases}", "--format=json"])
    assert (3, 0) == (json.loads(run.stdout)["passed"], json.loads(run.stdout)["failed"])
    assert 0 == run.exit_code
    laid_out = CliRunner().invoke(main, ["fmt", "--check", str(cases / "found.yaml")])
    assert 0 == laid_out.exit_code, laid_out.output


def test_what_is_exported_is_replayed_alike(folder: Path) -> None:
    made = plain(folder, "export-history", f"--output={folder / 'history'}")
    assert {"create_interview": 12} == made["operations"]
    assert ("export_decisions", "read") == outcomes(folder)[-1]
    from_database = plain(folder, "replay", code=1)
    before = outcomes(folder)
    from_files = plain(folder, "replay", f"--history={folder / 'history'}", code=1)
    assert before == outcomes(folder), "no database is read"
    for each in (from_database, from_files):
        del each["chunks"], each["chunksKept"]
    assert from_database == from_files
    again = samtale(folder, "export-history", f"--output={folder / 'history'}")
    assert (3, True) == (again.exit_code, "empty or a new folder" in again.output)


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("invented") / "history"
    words = ["synthesize", "--registrations=3000", "--seed=5", f"--output={folder}"]
    done = CliRunner().invoke(main, [*words, "--from=2023-01-01", "--to=2024-12-31"])
    assert 0 == done.exit_code, done.output
    assert f"3000 opdigtede registreringer i {folder}" in done.output
    return folder


def test_an_invented_history_is_replayed_with_its_cases(invented: Path, folder: Path) -> None:
    cases = folder / "found.yaml"
    history = f"--history={invented}"
    found = plain(folder, "replay", history, f"--cases={cases}", "--examples=2", code=1)
    assert 3_000 == found["decisions"]
    assert 0 < found["changed"] < 60
    assert [{"interviewType": "18"}] == [
        {"interviewType": each["interviewType"]} for each in found["byType"] if each["changed"]
    ]
    assert {len(each["examples"]) for each in found["changes"]} <= {1, 2}
    assert found["caseFile"]["examples"] > 0
    assert 0 == plain(folder, "replay", history, f"--candidate={PROJECT}")["changed"]


def test_days_of_a_folder_are_cut_out_of_its_files(invented: Path, folder: Path) -> None:
    def many(*days: str) -> int:
        words = ("replay", f"--history={invented}", f"--candidate={PROJECT}", *days)
        return int(plain(folder, *words)["decisions"])

    first, second = many("--to=2023-06-30"), many("--from=2023-07-01")
    assert 3_000 == first + second
    assert 0 < many("--from=2023-07-03", "--to=2023-07-03") < 100
    assert 3_000 == many("--from=2023-01-01", "--to=2024-12-31")
    assert 0 == many("--from=2026-01-01")


def test_a_folder_that_is_no_history_is_told(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = samtale(folder, "replay", f"--history={tmp_path / 'empty'}")
    assert (3, True) == (result.exit_code, "samtale synthesize" in result.output)
    (tmp_path / "empty" / "history.json").write_text('{"format": 2}')
    result = samtale(folder, "replay", f"--history={tmp_path / 'empty'}")
    assert (3, True) == (result.exit_code, "in format 1, found another one" in result.output)
