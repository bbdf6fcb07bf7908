"""The first change of a rule as a stranger makes it: refused, changed, started anew, accepted."""

from __future__ import annotations

import io
import json
import shlex
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from web.api.services import KEY, Services
from web.app import close, create_app
from web.cli import main
from web.settings import Settings

PROJECT = Path(__file__).resolve().parents[3]


class Clone:
    """A copy of what an analyst may change, with a database beside it."""

    def __init__(self, folder: Path) -> None:
        for name in ("rules", "config", "tests/cases"):
            shutil.copytree(PROJECT / name, folder / name)
        self.folder = folder
        self.log = io.StringIO()
        self.said = ""

    def samtale(self, command: str, *more: str) -> Result:
        options = {
            "check": ("rules", "config"),
            "test": ("rules", "config", "cases"),
            "demo": ("rules", "config", "database-url", "key-file"),
        }[command]
        given = [f"--{name}={self._setting(name)}" for name in options]
        return CliRunner().invoke(main, [command, *given, *more])

    def refused_call(self) -> tuple[int, Any]:
        """Start a service, send the second call that `samtale demo` prints, and stop it."""
        demo = self.samtale("demo")
        self.said = demo.stderr
        printed = demo.stdout.replace("\\\n", " ").splitlines()
        call = [shlex.split(line) for line in printed if line.startswith("curl ")][1]
        values = [after for word, after in pairwise(call) if word in ("-H", "-d")]
        headers = dict(each.split(": ", 1) for each in values if not each.startswith("{"))
        app = create_app(self._settings(), log_to=self.log)
        try:
            body = next(each for each in values if each.startswith("{"))
            answer = app.test_client().post("/v1/interviews", headers=headers, data=body)
        finally:
            close(app)
        return answer.status_code, answer.json

    def active(self) -> str:
        app = create_app(self._settings(), log_to=self.log)
        try:
            services: Services = app.extensions[KEY]
            return services.releases.active().id
        finally:
            close(app)

    def allow_status_4(self) -> None:
        path = self.folder / "rules/registration.yaml"
        text = path.read_text(encoding="utf-8")
        assert 1 == text.count("in: [5, 6]")
        path.write_text(text.replace("in: [5, 6]", "in: [4, 5, 6]"), encoding="utf-8")

    def _setting(self, name: str) -> str:
        inside = {"cases": "tests/cases", "key-file": "key.json"}.get(name, name)
        database = f"sqlite:///{self.folder}/samtale.db"
        return database if name == "database-url" else str(self.folder / inside)

    def _settings(self) -> Settings:
        return Settings(
            rules=self.folder / "rules",
            config=self.folder / "config",
            database_url=self._setting("database-url"),
            key_file=self.folder / "key.json",
        )


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def test_a_changed_line_is_checked_told_and_decides_after_a_restart(clone: Clone) -> None:
    status, refusal = clone.refused_call()
    assert (422, ["9125"]) == (status, [each["code"] for each in refusal["violations"]])

    clone.allow_status_4()
    assert 0 == clone.samtale("check").exit_code
    told = clone.samtale("test", "--format=json")
    touched = json.loads(told.stdout)["failures"]
    assert 1 == told.exit_code
    assert len(touched) > 0
    assert all("9125" in json.dumps(each) for each in touched)

    assert 201 == clone.refused_call()[0]
    assert f"{len(touched)} eksempler svarer ikke som ventet" in clone.said


def test_a_start_by_rules_that_fail_cases_names_every_one_of_them(clone: Clone) -> None:
    clone.allow_status_4()
    clone.active()
    lines = [json.loads(line) for line in clone.log.getvalue().splitlines()]
    (summary,) = [
        each for each in lines if each["event"] == "rulebook active although cases failed"
    ]
    named = [each["place"] for each in lines if each["event"] == "case failed"]
    assert len(named) == summary["failed"] > 0
    assert all(place.startswith("tests/cases/") for place in named)
