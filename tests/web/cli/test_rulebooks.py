"""`samtale publish`, `samtale rulebooks` and `samtale verify-decisions`."""

from __future__ import annotations

import getpass
import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from registry import audit_chain, tables
from registry.commands import CreateInterview, PutCitizen
from registry.releases import Releases
from registry.service import Registry
from registry.storage import Database
from tests.registry.fakes import AGENCY, CITIZEN, CONTENT, CPR, JOB_CENTRE, Clock
from tests.registry.rows import audit_outcomes, counts, rows
from tests.web.door import PROJECT
from web.cli import main

WORDS = "The participation status does not fit a rehabilitation team interview (type 18)."


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder whose `registry.db` holds the project's rulebook, active."""
    folder = tmp_path_factory.mktemp("shipped")
    for name in ("rules", "config", "tests/cases"):
        shutil.copytree(PROJECT / name, folder / name)
    result = samtale(folder, "publish", "--activate", "--note", "as\nshipped")
    assert 0 == result.exit_code, result.output
    return folder


@pytest.fixture
def folder(shipped: Path, tmp_path: Path) -> Path:
    shutil.copytree(shipped, tmp_path / "own")
    return tmp_path / "own"


@pytest.fixture
def database(folder: Path) -> Iterator[Database]:
    with closing(Database(f"sqlite:///{folder}/registry.db")) as database:
        yield database


def samtale(folder: Path, *words: str) -> Result:
    options = [f"--database-url=sqlite:///{folder}/registry.db"]
    if words[0] == "publish":
        options += [f"--rules={folder}/rules", f"--config={folder}/config"]
    return CliRunner().invoke(main, [*words, *options])


def plain(folder: Path, *words: str) -> Any:
    result = samtale(folder, *words, "--format=json")
    assert 0 == result.exit_code, result.output
    return json.loads(result.stdout)


def edit(folder: Path, before: str, after: str) -> None:
    path = folder / "rules/registration.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def second(folder: Path) -> str:
    """Publish and activate another rulebook, and return its identifier."""
    edit(folder, WORDS, "New words.")
    identifier: str = plain(folder, "publish", "--activate", "--note=better")["rulebook"]
    return identifier


def test_what_passes_is_published_and_activated(folder: Path) -> None:
    (release,) = plain(folder, "rulebooks", "list")
    assert "as\nshipped" == release["note"]
    assert release["casesRun"] == release["casesPassed"] > 600
    assert getpass.getuser() == release["publishedBy"]
    assert release["activeSince"]
    result = samtale(folder, "publish")
    assert 0 == result.exit_code
    assert "var allerede offentliggjort" in result.output and release["rulebook"] in result.output


def test_publishing_alone_changes_nothing(folder: Path, database: Database) -> None:
    (before,) = plain(folder, "rulebooks", "list")
    edit(folder, WORDS, "New words.")
    result = samtale(folder, "publish")
    assert "det gælder ikke endnu" in result.output
    new, old = plain(folder, "rulebooks", "list")
    assert before == old and new["activeSince"] is None


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("in: [5, 6]", "in: [5, seven]", "rules/registration.yaml:"),
        ("in: [5, 6]", "in: [4, 5, 6]", "tests/cases/rehabilitation-team-participation-status"),
    ],
    ids=["problem", "failing case"],
)
def test_what_does_not_pass_is_refused_with_its_reasons(
    folder: Path, database: Database, before: str, after: str, told: str
) -> None:
    stored = counts(database)
    edit(folder, before, after)
    result = samtale(folder, "publish", "--activate")
    assert 1 == result.exit_code
    assert told in result.output
    assert "regelsættet kan ikke bruges" in result.stderr
    english = samtale(folder, "publish", "--activate", "--language=en")
    assert "the rulebook cannot be used" in english.stderr
    assert "fejl" not in english.output and "ventet" not in english.output
    assert 1 == samtale(folder, "publish", "--format=json").exit_code
    assert stored == counts(database)


def test_without_cases_nothing_is_published(folder: Path) -> None:
    shutil.rmtree(folder / "tests")
    result = samtale(folder, "publish")
    assert 2 == result.exit_code
    assert "--cases" in result.stderr


def test_a_rulebook_is_listed_and_shown(folder: Path) -> None:
    identifier = second(folder)
    listed = samtale(folder, "rulebooks", "list").stdout.splitlines()
    assert ["regelsæt", identifier[:19]] == [line.split()[0] for line in listed[:2]]
    assert listed[2].endswith("as shipped"), "a note is shown on one line"
    shown = samtale(folder, "rulebooks", "show", identifier[7:15])
    assert identifier in shown.output and "rules/registration.yaml" in shown.output
    whole = plain(folder, "rulebooks", "show", identifier)
    assert "New words." in whole["files"]["rules/registration.yaml"]
    assert ["publish"] == [each["kind"] for each in whole["activations"]]
    file = samtale(folder, "rulebooks", "show", identifier, "--file=config/parameters.yaml")
    assert (folder / "config/parameters.yaml").read_text(encoding="utf-8") == file.stdout
    assert 2 == samtale(folder, "rulebooks", "show", identifier, "--file=x").exit_code


def test_rolling_back_and_activating_again(folder: Path, database: Database) -> None:
    (first,) = plain(folder, "rulebooks", "list")
    identifier = second(folder)
    assert first["rulebook"] == plain(folder, "rulebooks", "rollback", "--note=oops")["rulebook"]
    result = samtale(folder, "rulebooks", "rollback")
    assert (3, True) == (result.exit_code, "active before this one" in result.stderr)
    assert identifier == plain(folder, "rulebooks", "activate", identifier[7:17])["rulebook"]
    log = plain(folder, "rulebooks", "list", "--log")
    assert ["activate", "rollback", "publish", "publish"] == [each["kind"] for each in log]
    assert "oops" == log[1]["note"]
    assert [
        "publish_rulebook",
        "activate_rulebook",
        "publish_rulebook",
        "activate_rulebook",
        "roll_back_rulebook",
        "activate_rulebook",
    ] == [operation for operation, _ in audit_outcomes(database)]
    assert {getpass.getuser()} == {row["user"] for row in rows(database, tables.audit_line)}
    assert () == audit_chain.check(database).faults


def test_an_unknown_or_damaged_rulebook_is_not_activated(folder: Path, database: Database) -> None:
    identifier = second(folder)
    samtale(folder, "rulebooks", "rollback")
    for name in ("sha256:" + "0" * 64, "abc", identifier[:8]):
        result = samtale(folder, "rulebooks", "activate", name)
        assert (3, True) == (result.exit_code, "one published rulebook" in result.stderr)
    release = tables.rulebook_release
    with database.writing() as unit:
        unit.execute(
            update(release)
            .where(release.c.rulebook_id == identifier)
            .values(content=b"changed by hand")
        )
        unit.commit()
    for command in ("activate", "show"):
        result = samtale(folder, "rulebooks", command, identifier)
        assert (3, True) == (result.exit_code, "restore its row" in result.stderr)
    assert identifier != plain(folder, "rulebooks", "list")[1]["activeSince"]
    assert 1 == sum(each["activeSince"] is not None for each in plain(folder, "rulebooks", "list"))


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    for command in (["rulebooks", "list"], ["rulebooks", "rollback"], ["verify-decisions"]):
        result = samtale(tmp_path, *command)
        assert (3, True) == (result.exit_code, "no such file" in result.stderr)
    assert [] == list(tmp_path.iterdir())


@pytest.fixture
def decided(database: Database) -> Database:
    clock = Clock()
    registry = Registry(database, Releases(database, clock), clock)
    registry.put_citizen(AGENCY, PutCitizen(CPR, CITIZEN))
    for _ in range(3):
        registry.create_interview(JOB_CENTRE, CreateInterview(CPR, CONTENT))
    return database


def test_decisions_that_are_what_they_were(folder: Path, decided: Database) -> None:
    result = samtale(folder, "verify-decisions")
    assert (0, "3 afgørelser: 3 ens, 0 afviger, 0 ikke sammenlignet\n") == (
        result.exit_code,
        result.stdout,
    )
    assert 3 == plain(folder, "verify-decisions", "--from=2024-06-03", "--to=2024-06-03")["equal"]
    assert 0 == plain(folder, "verify-decisions", "--to=2024-06-02")["decisions"]
    assert 0 == plain(folder, "verify-decisions", "--from=2024-06-04")["decisions"]


def test_decisions_that_differ_are_listed(folder: Path, decided: Database) -> None:
    changed, old, _ = (row["decision_id"] for row in rows(decided, tables.decision))
    decision = tables.decision
    with decided.writing() as unit:
        unit.execute(update(decision).where(decision.c.decision_id == changed).values(outcome="{}"))
        unit.execute(
            update(decision).where(decision.c.decision_id == old).values(rulebook="sha256:0")
        )
        unit.commit()
    result = samtale(folder, "verify-decisions")
    assert 1 == result.exit_code
    assert f"{changed}  sha256:" in result.stdout
    assert "regelsættet er ikke gemt, 1 afgørelse: sha256:0" in result.stdout
    assert "3 afgørelser: 1 ens, 1 afviger, 1 ikke sammenlignet" in result.stdout
    assert CPR not in result.output
    told = json.loads(samtale(folder, "verify-decisions", "--format=json").stdout)
    assert [(changed, "outcome")] == [
        (each["decision"], each["difference"]) for each in told["differing"]
    ]
    assert {"sha256:0": 1} == told["rulebookNotStored"]
