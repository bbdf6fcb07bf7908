"""`samtale serve` and `samtale token`: the process itself, from outside."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.leak_guard import look_at
from web.cli import main

PROJECT = Path(__file__).resolve().parents[3]
# SIGINT means what it does on a terminal, also where the tests run in the background
STARTED = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from web.cli import main; main()"
)
COMMAND = [sys.executable, "-c", STARTED]


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    server = subprocess.Popen(
        [*COMMAND, "serve", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield server
    finally:
        server.kill()
        for printed in server.communicate():
            look_at(printed, "the output of a server")


def first_line(server: subprocess.Popen[str]) -> str:
    assert server.stdout is not None
    return server.stdout.readline()


def get(address: str, token: str | None = None) -> Any:
    request = urllib.request.Request(address)
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def test_the_server_says_where_it_listens_and_accepts_the_tokens_of_the_command(
    tmp_path: Path,
) -> None:
    with serving(tmp_path, "--port", "0") as server:
        address = first_line(server).split()[2].rstrip(";")
        made = subprocess.run(
            [*COMMAND, "token", "--org-type", "job_centre", "--org-code", "101"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            capture_output=True,
            text=True,
            check=True,
        )
        token = made.stdout.splitlines()[-1]
        assert "sha256:" in json.dumps(get(f"{address}/v1/rulebook", token))


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_without_a_traceback(tmp_path: Path, stop: signal.Signals) -> None:
    with serving(tmp_path, "--port", "0") as server:
        first_line(server)
        server.send_signal(stop)
        _, errors = server.communicate(timeout=30)
        assert (0, False) == (server.returncode, "Traceback" in errors)


def test_a_wrong_rulebook_stops_the_start_with_every_problem(tmp_path: Path) -> None:
    for name in ("rules", "config"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    for name in ("rules/registration.yaml", "rules/participants.yaml", "config/code_lists.yaml"):
        with (tmp_path / name).open("a", encoding="utf-8") as file:
            file.write("\ncolour: red\n")
    with serving(tmp_path, "--port", "0") as server:
        output, errors = server.communicate(timeout=30)
    assert 1 == server.returncode
    assert 3 == output.count(": fejl unknown-key")
    assert [name in output for name in ("registration", "participants", "code_lists")] == [True] * 3
    assert "3 fejl" in errors
    assert [] == list(tmp_path.glob("*.db"))


def test_a_port_that_is_taken_ends_with_3(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with serving(tmp_path, "--port", port) as server:
            _, errors = server.communicate(timeout=30)
    assert (3, False) == (server.returncode, "Traceback" in errors)
    assert f"127.0.0.1:{port}" in errors


@pytest.mark.parametrize("options", [["--port", "x"], ["--engines", "fast"], ["--mode", "test"]])
def test_a_wrong_setting_is_wrong_usage_and_is_named(options: list[str]) -> None:
    result = CliRunner(catch_exceptions=False).invoke(main, ["serve", *options])
    assert (2, True) == (result.exit_code, "SAMTALE_" in result.stderr)


def test_production_without_keys_does_not_start(tmp_path: Path) -> None:
    result = CliRunner(catch_exceptions=False).invoke(main, ["serve", "--mode", "production"])
    assert (2, True) == (result.exit_code, "SAMTALE_JWKS_FILE" in result.stderr)


def test_the_token_stands_alone_on_the_last_line(tmp_path: Path) -> None:
    key = tmp_path / "key.json"
    words = ["token", "--org-type", "agency", "--org-code", "star", "--key-file", str(key)]
    result = CliRunner(catch_exceptions=False).invoke(
        main, [*words, "--scope", "rules", "--expires", "0.5"]
    )
    assert (0, 2, True) == (
        result.exit_code,
        result.stdout.splitlines()[-1].count("."),
        key.exists(),
    )


def test_scopes_may_stand_together_as_they_do_in_the_token(tmp_path: Path) -> None:
    words = ["token", "--org-type=agency", "--org-code=star", f"--key-file={tmp_path}/key.json"]
    printed = [
        CliRunner(catch_exceptions=False).invoke(main, [*words, *scopes]).stdout.splitlines()[-1]
        for scopes in (["--scope=rules decisions"], ["--scope=rules", "--scope=decisions"])
    ]
    assert ["rules decisions"] * 2 == [claims(each)["scope"] for each in printed]


def test_an_unknown_scope_is_named(tmp_path: Path) -> None:
    words = ["token", "--org-type=agency", "--org-code=star", f"--key-file={tmp_path}/key.json"]
    refused = CliRunner(catch_exceptions=False).invoke(main, [*words, "--scope=rules fly"])
    assert (2, True) == (refused.exit_code, "found `fly`" in refused.stderr)


def claims(token: str) -> Any:
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def test_a_token_needs_a_known_kind_of_organisation() -> None:
    words = ["token", "--org-type", "club", "--org-code", "1"]
    assert 2 == CliRunner(catch_exceptions=False).invoke(main, words).exit_code
