"""`samtale check`: what an analyst and a pipeline see."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from web.cli import main

PROJECT = Path(__file__).resolve().parents[3]
FAULT = 'rulebook: registration\ncolour: "50%, red"\n'


def copied(folder: Path) -> Path:
    for name in ("rules", "config"):
        shutil.copytree(PROJECT / name, folder / name)
    return folder


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    path = copied(tmp_path) / "rules" / "registration.yaml"
    path.write_text(path.read_text("utf-8").replace("rulebook: registration\n", FAULT), "utf-8")
    return tmp_path


def line_of_the_fault(folder: Path) -> int:
    lines = (folder / "rules" / "registration.yaml").read_text("utf-8").splitlines()
    return 1 + next(number for number, line in enumerate(lines) if line.startswith("colour:"))


def check(folder: Path, *options: str) -> Result:
    where = ["--rules", str(folder / "rules"), "--config", str(folder / "config")]
    return CliRunner(catch_exceptions=False).invoke(
        main, ["check", "--language", "en", *where, *options]
    )


def test_the_project_s_own_rulebook_has_no_problems() -> None:
    result = CliRunner(catch_exceptions=False).invoke(main, ["check", "--language", "en"])
    assert (0, True) == (result.exit_code, "0 errors, 0 warnings" in result.stdout)


def test_the_summary_counts_rules_grants_and_notices() -> None:
    summary = CliRunner(catch_exceptions=False).invoke(main, ["check", "--language", "en"]).stdout
    assert re.match(r"\d+ rules, \d+ grants, \d+ notices in \d+ versions, ", summary)


def test_a_problem_is_shown_with_place_code_message_and_hint(wrong: Path) -> None:
    result = check(wrong)
    file = wrong / "rules" / "registration.yaml"
    assert f"{file}:{line_of_the_fault(wrong)}:1: error unknown-key\n" in result.stdout
    assert "`colour`" in result.stdout
    assert "  hint: " in result.stdout
    assert result.stdout.endswith("the rulebook cannot be used: 1 error, 0 warnings\n")


@pytest.mark.parametrize("shape", ["human", "json", "github"])
def test_an_error_ends_with_1_in_every_shape(wrong: Path, shape: str) -> None:
    assert 1 == check(wrong, "--format", shape).exit_code


def test_json_holds_every_problem_and_the_counts(wrong: Path) -> None:
    document = json.loads(check(wrong, "--format", "json").stdout)
    assert (None, 1, 0) == (document["rulebook"], document["errors"], document["warnings"])
    assert [("unknown-key", line_of_the_fault(wrong))] == [
        (each["code"], each["line"]) for each in document["problems"]
    ]


def test_json_names_the_rulebook_that_can_be_used(tmp_path: Path) -> None:
    result = check(copied(tmp_path), "--format", "json")
    document = json.loads(result.stdout)
    assert (0, [], "sha256:") == (result.exit_code, document["problems"], document["rulebook"][:7])


def test_an_annotation_stands_on_one_line_at_its_place(wrong: Path) -> None:
    first = check(wrong, "--format", "github").stdout.splitlines()[0]
    file = wrong / "rules" / "registration.yaml"
    line = line_of_the_fault(wrong)
    assert first.startswith(f"::error file={file},line={line},col=1,title=unknown-key::")
    assert "%0Ahint: " in first


def test_a_folder_that_does_not_exist_is_a_problem_and_not_a_crash(tmp_path: Path) -> None:
    result = check(tmp_path)
    assert (1, True) == (result.exit_code, "missing-folder" in result.stdout)


def test_wrong_usage_ends_with_2() -> None:
    for options in (["check", "--colour"], ["check", "--format", "xml"], ["chekc"]):
        assert 2 == CliRunner(catch_exceptions=False).invoke(main, options).exit_code


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_option_names_its_variable_in_the_help(name: str) -> None:
    text = (
        CliRunner(catch_exceptions=False).invoke(main, [name, "--help"], terminal_width=200).stdout
    )
    params = [each for each in main.commands[name].params if isinstance(each, click.Option)]
    variables = [each.envvar for each in params]
    assert [] == [each for each in variables if not str(each).startswith("SAMTALE_")]
    assert [] == [each for each in variables if f"env var: {each}" not in text]


def test_a_variable_does_what_its_option_does(wrong: Path) -> None:
    variables = {"SAMTALE_RULES": str(wrong / "rules"), "SAMTALE_FORMAT": "json"}
    result = CliRunner(env=variables, catch_exceptions=False).invoke(main, ["check"])
    assert (1, 1) == (result.exit_code, json.loads(result.stdout)["errors"])


def test_a_reader_that_has_seen_enough_is_no_error(wrong: Path) -> None:
    where = ("--rules", str(wrong / "rules"), "--config", str(wrong / "config"))
    command = [
        sys.executable,
        "-c",
        "from web.cli import main; main()",
        "check",
        *where,
        "--format=github",
    ]
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            command, cwd=PROJECT, stdout=writing, stderr=subprocess.PIPE, text=True, check=False
        )
    finally:
        os.close(writing)
    assert (1, False) == (done.returncode, "Errno" in done.stderr)
