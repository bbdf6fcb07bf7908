"""`samtale audit`: what an operator sees of the audit log, and a citizen of its report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from registry import commands, schema
from registry.audit import AuditOutcome
from registry.audit_chain import FaultKind
from registry.commands import CreateInterview, PutCitizen
from registry.in_force import Always
from registry.service import Registry
from registry.storage import Database
from tests.registry.fakes import (
    AGENCY,
    CITIZEN,
    CONTENT,
    CPR,
    JOB_CENTRE,
    OTHER_CPR,
    Clock,
    FakeDecider,
)
from tests.registry.rows import audit_outcomes
from web.cli import main
from web.cli.audit_faults import MEANINGS
from web.cli.audit_words import OPERATIONS, OUTCOMES


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database with three audit lines, two of them about one citizen."""
    url = f"sqlite:///{tmp_path}/samtale.db"
    database = Database(url)
    schema.upgrade(database)
    registry = Registry(database, Always(FakeDecider()), Clock())
    registry.put_citizen(AGENCY, PutCitizen(CPR, CITIZEN))
    registry.put_citizen(AGENCY, PutCitizen(OTHER_CPR, CITIZEN))
    registry.create_interview(JOB_CENTRE, CreateInterview(CPR, CONTENT))
    database.close()
    return url


def run(url: str, *words: str, typed: str = "") -> Result:
    return CliRunner(catch_exceptions=False).invoke(
        main, ["audit", *words, "--database-url", url], input=typed
    )


def tamper(url: str, statement: str) -> None:
    database = Database(url)
    with database.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    database.close()


def plain(url: str, *words: str, typed: str = "") -> Any:
    return json.loads(run(url, *words, "--format", "json", typed=typed).stdout)


def test_a_whole_log_ends_with_0_and_names_its_head(url: str) -> None:
    result = run(url, "verify")
    head = plain(url, "verify")["head"]["hash"]
    assert (0, f"3 linjer, alle i deres kæde\nhoved {head}\n") == (result.exit_code, result.stdout)
    english = run(url, "verify", "--language", "en").stdout
    assert f"3 lines, all in their chain\nhead {head}\n" == english


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("DELETE FROM audit_line WHERE sequence = 2", "line 2: missing"),
        ("UPDATE audit_line SET outcome = 'read' WHERE sequence = 2", "line 2: changed"),
        ("DELETE FROM audit_line WHERE sequence > 1", "lines 2 to 3: cut off"),
    ],
)
def test_a_log_that_was_tampered_with_ends_with_1(url: str, statement: str, expected: str) -> None:
    tamper(url, statement)
    result = run(url, "verify", "--language", "en")
    assert (1, True) == (result.exit_code, result.stdout.startswith(expected)), result.output


def test_programs_get_every_fault(url: str) -> None:
    tamper(url, "DELETE FROM audit_line WHERE sequence = 2")
    (fault,) = plain(url, "verify")["faults"]
    assert {"kind": "missing", "first": 2, "last": 2}.items() <= fault.items()


def test_a_head_kept_elsewhere_must_be_found(url: str) -> None:
    head = plain(url, "verify")["head"]["hash"]
    assert 0 == run(url, "verify", "--expect-head", head).exit_code
    assert 1 == run(url, "verify", "--expect-head", "0" * 64).exit_code


@pytest.mark.parametrize("words", [["verify"], ["report", "--citizen"]])
def test_a_database_that_is_not_there_ends_with_3_and_is_not_made(
    tmp_path: Path, words: list[str]
) -> None:
    file = tmp_path / "other.db"
    result = run(f"sqlite:///{file}", *words, typed=CPR)
    assert (3, False) == (result.exit_code, file.exists())
    file.touch()
    assert 3 == run(f"sqlite:///{file}", *words, typed=CPR).exit_code
    assert 3 == run("mongodb://nowhere", *words, typed=CPR).exit_code


def test_the_report_tells_a_citizen_in_danish_who_did_what(url: str) -> None:
    result = run(url, "report", "--citizen", typed=f"{CPR}\n")
    assert (0, 3) == (result.exit_code, len(result.stdout.split("\n\n"))), result.output
    who, what, interview, outcome, rules = result.stdout.splitlines()[-5:]
    assert "  hvem       Jobcenter 101, bruger bo" == who
    assert "  hvad       registrering af en samtale" == what
    assert interview.startswith("  samtale    Jobsamtale, afholdt 6. maj 2024 kl. 10.00.00 (")
    assert "  udfald     gennemført" == outcome
    assert "  regler     sha256:fake" == rules
    assert "3. juni 2024 kl. 12.00.00" in result.stdout
    assert CPR not in result.output


def test_the_report_is_to_be_had_in_english(url: str) -> None:
    result = run(url, "report", "--citizen", "--language", "en", typed=f"710190-{CPR[6:]}")
    assert "  who        State agency star, user bo, system hub" in result.stdout.splitlines()
    assert "3 June 2024 at 12:00:00" in result.stdout


def test_the_report_is_to_be_had_for_programs(url: str) -> None:
    lines = plain(url, "report", "--citizen", typed=CPR)["lines"]
    assert ["put_citizen", "create_interview"] == [line["operation"] for line in lines]
    assert {"organisation": "101", "user": "bo", "system": None}.items() <= lines[1].items()
    assert CONTENT.type == lines[1]["interview"]["interviewTypeIdentifier"]


def test_the_report_is_noted_in_the_log(url: str) -> None:
    run(url, "report", "--citizen", typed=CPR)
    run(url, "report", "--citizen", typed="7101909999")
    database = Database(url)
    assert [("report_citizen", "read"), ("report_citizen", "not_found")] == (
        audit_outcomes(database)[-2:]
    )
    database.close()


def test_nobody_under_a_number_ends_with_1(url: str) -> None:
    result = run(url, "report", "--citizen", typed="7101909999")
    assert (1, "") == (result.exit_code, result.stdout)
    assert "ingen er registreret under dette nummer\n" == result.stderr


@pytest.mark.parametrize(
    "words",
    [["--citizen", CPR], ["--citizen", "710190-1234"], [f"--citizen={CPR}"], [f"--{CPR}"], [CPR]],
)
def test_a_number_in_the_command_line_is_refused_and_not_repeated(
    url: str, words: list[str]
) -> None:
    result = run(url, "report", *words, typed=CPR)
    assert 2 == result.exit_code
    assert [] == [each for each in (CPR, "710190") if each in result.output]


@pytest.mark.parametrize("typed", ["", "\n", "710190", "not a number", "9999999999"])
def test_what_is_no_number_is_refused(url: str, typed: str) -> None:
    result = run(url, "report", "--citizen", typed=typed)
    assert (2, True) == (result.exit_code, "standard input" in result.stderr)


def test_every_operation_outcome_and_fault_has_words() -> None:
    operations = {
        value for name, value in vars(commands).items() if name.isupper() and isinstance(value, str)
    }
    asked_of_rules_alone = {commands.TELL_CHANGE, commands.READ_CITIZEN}
    assert operations - asked_of_rules_alone == OPERATIONS.keys()
    assert set(AuditOutcome) == OUTCOMES.keys()
    assert set(FaultKind) == MEANINGS.keys()
