"""A contract that no deliberate fault breaks is no contract: each one is broken here once."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PACKAGES = ("engine", "registry", "web")

FAULTS = {
    "packages": ("registry/facts.py", "import web.settings"),
    "durable": ("engine/compiled/evaluator.py", "import durable.engine"),
    "flask": ("registry/facts.py", "import flask"),
    "sqlalchemy": ("web/settings.py", "import sqlalchemy"),
    "pure": ("engine/decide.py", "import time"),
    "engine-layers": ("engine/model.py", "import engine.decide"),
    "reader-layers": ("engine/reader/section.py", "import engine.reader.rulebook"),
    "snapshot-layers": ("engine/snapshot/kinds.py", "import engine.snapshot.graph"),
    "evaluation": ("engine/program.py", "import engine.reader.rulebook"),
    "registry-layers": ("registry/interview.py", "import registry.service"),
    "doors": ("web/api/scopes.py", "import web.cli.exit_codes"),
}
"""For each contract a line that breaks it, and the file in which it is planted."""


def contracts() -> dict[str, str]:
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    return {each["id"]: each["name"] for each in settings["tool"]["importlinter"]["contracts"]}


def planted(folder: Path, *faults: tuple[str, str]) -> Path:
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PROJECT / package, folder / package, ignore=ignored)
    shutil.copy(PROJECT / "pyproject.toml", folder)
    for file, line in faults:
        path = folder / file
        path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    return folder


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_contract_has_a_fault_that_breaks_it() -> None:
    assert contracts().keys() == FAULTS.keys()


def test_the_contracts_hold_without_a_fault(tmp_path: Path) -> None:
    run = lint(planted(tmp_path))
    assert 0 == run.returncode, run.stdout


def test_each_fault_breaks_its_contract(tmp_path: Path) -> None:
    run = lint(planted(tmp_path, *FAULTS.values()))
    assert 1 == run.returncode
    kept = [name for name in contracts().values() if f"{name} BROKEN" not in run.stdout]
    assert [] == kept, run.stdout
