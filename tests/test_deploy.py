"""What an operator installs: image, composition and units, held against tools and each other."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
UNITS = sorted((PROJECT / "deploy").glob("*.service"))


def text_of(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, check=False)


def test_hadolint_finds_nothing_in_the_image() -> None:
    found = run(BIN / "hadolint", "--failure-threshold", "style", "Dockerfile")
    assert (0, "") == (found.returncode, found.stdout)


def test_hadolint_finds_a_fault_that_is_planted(tmp_path: Path) -> None:
    planted = tmp_path / "Dockerfile"
    planted.write_text(re.sub(r":3\S+ AS", " AS", text_of("Dockerfile")), encoding="utf-8")
    assert "DL3006" in run(BIN / "hadolint", planted).stdout


def test_the_composition_is_one() -> None:
    command = (BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec")
    assert 0 == run(*command, "compose.yaml").returncode


def test_a_composition_that_is_none_is_found(tmp_path: Path) -> None:
    planted = tmp_path / "compose.yaml"
    planted.write_text(text_of("compose.yaml").replace("retries:", "retry:"), encoding="utf-8")
    command = (BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec")
    assert 1 == run(*command, planted).returncode


def test_the_database_is_reachable_from_inside_alone_and_passwords_are_files() -> None:
    composed = yaml.safe_load(text_of("compose.yaml"))
    database = composed["services"]["database"]
    assert (False, ["back"]) == ("ports" in database, database["networks"])
    assert composed["networks"]["back"]["internal"] is True
    for service in composed["services"].values():
        assert service["read_only"] is True
        assert ["ALL"] == service["cap_drop"]
        for name, value in service["environment"].items():
            assert "PASSWORD" not in name or name.endswith("_FILE"), (name, value)
    assert all("file" in each for each in composed["secrets"].values())


def test_every_start_is_the_command_of_the_readme() -> None:
    composed = yaml.safe_load(text_of("compose.yaml"))["services"]
    assert 'CMD ["samtale", "serve"]' in text_of("Dockerfile")
    assert ["samtale", "serve"] == composed["registry"]["command"]
    assert "bin/samtale serve" in text_of("deploy/samtale.service")
    assert "samtale serve" in text_of("README.md")


def test_the_image_runs_as_nobody_in_particular() -> None:
    last = text_of("Dockerfile").split("\nFROM ")[-1]
    assert re.search(r"^USER [1-9]\d+$", last, re.MULTILINE)


def test_no_secret_and_no_working_file_goes_into_the_image() -> None:
    ignored = text_of(".dockerignore").splitlines()
    assert {".git", ".venv", ".samtale", "*.db", "deploy/secrets", "!tests/cases"} <= set(ignored)
    assert "/deploy/secrets/" in text_of(".gitignore").splitlines()


def test_what_the_image_leaves_out_is_not_needed_and_is_the_tools() -> None:
    listed = run(sys.executable, "deploy/beyond_runtime.py").stdout.split()
    assert {"pytest", "mypy", "ruff", "schemathesis", "playwright"} <= set(listed)
    assert set() == set(listed) & {"flask", "gunicorn", "sqlalchemy", "psycopg", "limits", "pip"}


def test_there_are_two_units() -> None:
    assert ["samtale-relay.service", "samtale.service"] == [each.name for each in UNITS]


@pytest.mark.parametrize("unit", UNITS, ids=lambda each: each.name)
def test_a_unit_can_be_read_and_is_hardened(unit: Path) -> None:
    reader = configparser.ConfigParser(strict=False, interpolation=None)
    reader.optionxform = str  # type: ignore[assignment,method-assign]
    reader.read_string(unit.read_text(encoding="utf-8"))
    service = reader["Service"]
    assert ("strict", "true", "") == (
        service["ProtectSystem"],
        service["NoNewPrivileges"],
        service["CapabilityBoundingSet"],
    )
    # longer than the service gives the requests at hand
    from web.serving.bounds import STOP_SECONDS

    assert int(service["TimeoutStopSec"]) > STOP_SECONDS


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
@pytest.mark.parametrize("unit", UNITS, ids=lambda each: each.name)
def test_systemd_understands_a_unit(unit: Path, tmp_path: Path) -> None:
    # the program need not be installed where the unit is checked
    program = tmp_path / "samtale"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    copy = tmp_path / unit.name
    text = unit.read_text(encoding="utf-8")
    copy.write_text(text.replace("/opt/samtale/.venv/bin/samtale", str(program)), encoding="utf-8")
    checked = run("systemd-analyze", "verify", copy)
    assert (0, "") == (checked.returncode, checked.stderr)


def test_the_health_check_says_no_when_nobody_answers() -> None:
    found = subprocess.run(
        [sys.executable, PROJECT / "deploy" / "healthcheck.py"],
        env={**os.environ, "SAMTALE_PORT": "1"},
        check=False,
    )
    assert 1 == found.returncode
