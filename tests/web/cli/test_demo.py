"""`samtale demo`: a newcomer's first minute must work as printed."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from web.app import create_app
from web.cli import main
from web.settings import Settings

PROJECT = Path(__file__).resolve().parents[3]
ADDRESS = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def first(folder: Path) -> Result:
    return demo(folder)


@pytest.fixture
def client(folder: Path, first: Result) -> FlaskClient:
    return create_app(settings(folder)).test_client()


def settings(folder: Path) -> Settings:
    return Settings(
        database_url=f"sqlite:///{folder}/samtale.db",
        key_file=folder / "key.json",
        rules=PROJECT / "rules",
        config=PROJECT / "config",
    )


def demo(folder: Path, *more: str) -> Result:
    chosen = settings(folder)
    files = ["--database-url", chosen.database_url, "--key-file", str(chosen.key_file)]
    words = ["demo", "--language=en", *files, *more]
    return CliRunner(catch_exceptions=False).invoke(main, words, catch_exceptions=False)


def printed_calls(result: Result) -> Iterator[list[str]]:
    lines = result.stdout.replace("\\\n", " ").splitlines()
    return (shlex.split(line) for line in lines if line.startswith("curl "))


def send(client: FlaskClient, call: list[str]) -> tuple[int, Any]:
    (address,) = [word for word in call if word.startswith(ADDRESS)]
    values = [value for name, value in pairwise(call) if name == "-H"]
    headers = dict(value.split(": ", 1) for value in values)
    body = call[call.index("-d") + 1]
    answer = client.post(address.removeprefix(ADDRESS), headers=headers, data=body)
    return answer.status_code, answer.get_json()


def test_the_three_calls_do_what_is_said_of_them(first: Result, client: FlaskClient) -> None:
    accepted, refused, dry_run = (send(client, call) for call in printed_calls(first))
    assert 201 == accepted[0], accepted
    assert (422, ["9125"]) == (refused[0], [each["code"] for each in refused[1]["violations"]])
    assert (200, False) == (dry_run[0], dry_run[1]["accepted"])


def test_the_population_is_there_and_its_interviews_were_accepted(first: Result) -> None:
    assert first.stdout.startswith("invented 201 citizens with ")
    assert "refused" not in first.stdout.splitlines()[0]


def test_a_second_run_adds_nothing_and_its_calls_work_too(
    first: Result, folder: Path, client: FlaskClient
) -> None:
    again = demo(folder)
    assert again.stdout.startswith("the database has citizens already and is left as it is\n")
    assert [201, 422, 200] == [send(client, call)[0] for call in printed_calls(again)]


def test_production_mode_refuses_to_make_tokens(folder: Path, tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text('{"keys": []}')
    environment = {"SAMTALE_MODE": "production", "SAMTALE_JWKS_FILE": str(keys)}
    for words in (["demo"], ["token", "--org-type", "agency", "--org-code", "1"]):
        result = CliRunner(env=environment, catch_exceptions=False).invoke(main, words)
        assert (2, True) == (result.exit_code, "production" in result.stderr), words


def test_a_database_that_cannot_be_used_ends_with_3(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/nowhere/samtale.db"
    result = CliRunner(catch_exceptions=False).invoke(
        main, ["demo", "--database-url", url, "--key-file", str(tmp_path / "key.json")]
    )
    assert 3 == result.exit_code
    assert "Traceback" not in result.output
