"""`samtale test`: an analyst changes a rule and sees what that touches."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from web.cli import main

PROJECT = Path(__file__).resolve().parents[3]
RULE = "rehabilitation-team-participation-status"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("rules", "config", "tests/cases"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    return tmp_path


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def run(folder: Path, *options: str) -> Result:
    where = ["--rules", folder / "rules", "--config", folder / "config"]
    cases = ["--cases", folder / "tests" / "cases"]
    return CliRunner(catch_exceptions=False).invoke(
        main, ["test", "--language", "en", *map(str, (*where, *cases)), *options]
    )


def test_all_cases_of_the_project_pass_and_try_every_demand_on_both_sides() -> None:
    result = CliRunner(catch_exceptions=False).invoke(main, ["test", "--no-gaps"])
    assert (0, True) == (result.exit_code, " 0 failed; every demand " in result.stdout)


def test_a_changed_rule_shows_the_cases_it_touches(folder: Path) -> None:
    replace(folder / "rules" / "registration.yaml", "{in: [5, 6]}", "{in: [4, 5, 6]}")
    result = run(folder)
    assert 1 == result.exit_code
    assert f"FAILED {folder}/tests/cases/{RULE}.yaml:" in result.stdout
    assert "  expected  refused with 9125\n  found     accepted\n" in result.stdout
    assert f"  why       9125 ({RULE}): the demand is met: " in result.stdout


def test_analysts_are_answered_in_danish_with_the_count_in_english_below(folder: Path) -> None:
    replace(folder / "rules" / "registration.yaml", "{in: [5, 6]}", "{in: [4, 5, 6]}")
    told = run(folder, "--language", "da").stdout
    assert f"FEJLET {folder}/tests/cases/{RULE}.yaml:" in told
    assert "  ventet    afvist med 9125\n  fundet    accepteret\n" in told
    assert f"  fordi     9125 ({RULE}): kravet er opfyldt: " in told
    danish, english = told.splitlines()[-2:]
    assert (True, True) == ("8 fejlet; " in danish, "8 failed; " in english)


def test_a_rule_that_refuses_more_shows_what_decided(folder: Path) -> None:
    replace(folder / "rules" / "registration.yaml", "{in: [5, 6]}", "{in: [5]}")
    document = json.loads(run(folder, "--format", "json").stdout)
    touched = [each for each in document["failures"] if ["9125"] == each["found"]["codes"]]
    assert [] != touched
    assert {0} == {len(each["expected"]["codes"]) for each in touched}
    assert {True} == {each["why"][0].startswith(f"9125 ({RULE}): ") for each in touched}


def test_a_grant_that_opens_less_shows_which_grants_were_expected(folder: Path) -> None:
    path = folder / "rules" / "access.yaml"
    replace(path, "caller.organisation_type: agency", "caller.organisation_type: system")
    result = run(folder)
    assert 1 == result.exit_code
    told = "  expected  access by agency-all-citizens\n  found     no access\n"
    assert told in result.stdout
    assert "  why       agency-all-citizens: the rule does not apply; " in result.stdout
    failures = json.loads(run(folder, "--format", "json").stdout)["failures"]
    assert {"grants": ["agency-all-citizens"]} in [each["expected"] for each in failures]
    assert {"grants": []} in [each["found"] for each in failures]


def test_a_notice_that_tells_fewer_shows_which_notices_were_expected(folder: Path) -> None:
    path = folder / "rules" / "messages.yaml"
    replace(path, "interview_created, ", "")
    result = run(folder)
    assert 1 == result.exit_code
    assert "  expected  told by job-centre-of-the-citizen\n  found     nobody is told\n" in (
        result.stdout
    )


def test_a_rule_that_no_case_violates_is_named(folder: Path) -> None:
    (folder / "tests" / "cases" / f"{RULE}.yaml").unlink()
    (folder / "tests" / "cases" / "several-rules-at-once.yaml").unlink()
    (folder / "tests" / "cases" / "baseline_rehabilitation_team.yaml").unlink()
    result = run(folder)
    assert (0, 1) == (result.exit_code, run(folder, "--no-gaps").exit_code)
    (line,) = [each for each in result.stdout.splitlines() if each.strip().startswith(RULE)]
    assert "no violated case" in line or "no satisfied and no violated case" in line


def test_a_misspelt_key_in_a_case_is_a_problem_and_nothing_is_run(folder: Path) -> None:
    replace(folder / "tests" / "cases" / f"{RULE}.yaml", "    change:\n", "    chnage:\n")
    result = run(folder)
    assert (1, True) == (result.exit_code, "unknown-key" in result.stdout)
    assert "passed" not in result.stdout


def test_a_folder_without_cases_is_no_success(folder: Path) -> None:
    shutil.rmtree(folder / "tests" / "cases")
    assert 3 == run(folder).exit_code
    (folder / "tests" / "cases").mkdir()
    assert 1 == run(folder).exit_code


def test_a_rulebook_with_errors_runs_no_cases(folder: Path) -> None:
    replace(folder / "rules" / "registration.yaml", "{in: [5, 6]}", "{in: [5, '6']}")
    result = run(folder)
    assert (1, False) == (result.exit_code, "passed" in result.stdout)


def test_a_failure_is_an_annotation_on_the_example(folder: Path) -> None:
    replace(folder / "rules" / "registration.yaml", "{in: [5, 6]}", "{in: [4, 5, 6]}")
    lines = run(folder, "--format", "github").stdout.splitlines()
    assert f"::error file={folder}/tests/cases/{RULE}.yaml,line=" in lines[0]
    assert "expected refused with 9125%0Afound accepted%0A" in lines[0]


@pytest.mark.parametrize("engines", ["both", "compiled", "durable"])
def test_the_cases_pass_with_each_choice_of_engines(engines: str) -> None:
    assert (
        0
        == CliRunner(catch_exceptions=False).invoke(main, ["test", "--engines", engines]).exit_code
    )
