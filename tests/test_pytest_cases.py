"""The plug-in: every example is a test of its own, and a wrong answer is red."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
RULE = "rehabilitation-team-participation-status"
SETTINGS = "[pytest]\nsamtale_cases = cases\npythonpath = .\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("rules", "config"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    shutil.copytree(PROJECT / "tests" / "cases", tmp_path / "cases")
    for path in (tmp_path / "cases").glob("*.yaml"):
        if path.name not in (f"{RULE}.yaml", "baseline_rehabilitation_team.yaml"):
            path.unlink()
    (tmp_path / "pytest.ini").write_text(SETTINGS, "utf-8")
    return tmp_path


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "web.pytest_cases", "-v", "-p", "no:cacheprovider"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_example_is_an_item_with_a_readable_name(folder: Path) -> None:
    outcome = run(folder)
    assert 0 == outcome.returncode, outcome.stdout
    assert f"cases/{RULE}.yaml::Deltagelsesstatus 4 PASSED" in outcome.stdout


def test_a_wrong_expectation_is_red_and_says_why(folder: Path) -> None:
    path = folder / "cases" / f"{RULE}.yaml"
    path.write_text(
        path.read_text("utf-8").replace("{codes: []}", '{codes: ["S-104"]}', 1), "utf-8"
    )
    outcome = run(folder)
    assert 1 == outcome.returncode
    assert "expected codes ['S-104'], advice []" in outcome.stdout
    assert "1 failed" in outcome.stdout


def test_a_case_that_cannot_be_read_is_an_error_and_not_left_out(folder: Path) -> None:
    path = folder / "cases" / f"{RULE}.yaml"
    path.write_text(path.read_text("utf-8").replace("expect:", "expects:", 1), "utf-8")
    outcome = run(folder)
    assert 0 != outcome.returncode
    assert "has no key `expects`" in outcome.stdout
    assert "passed" not in outcome.stdout


def test_the_plug_in_leaves_others_alone(folder: Path) -> None:
    (folder / "pytest.ini").write_text("[pytest]\npythonpath = .\n", "utf-8")
    assert "no tests ran" in run(folder).stdout
