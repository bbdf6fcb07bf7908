"""The workbench on a copy of the real rulebook, visited by a browser without scripts."""

from __future__ import annotations

import atexit
import functools
import io
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from web.api.tokens import sign_development_token
from web.app import close, create_app
from web.settings import Settings

PROJECT = Path(__file__).parents[3]
NOW = datetime(2024, 6, 3, 10, tzinfo=UTC)
_PROOF = re.compile(r'name="form_proof" value="([0-9a-f]{64})"')


@dataclass(frozen=True, slots=True)
class Bench:
    """An application with folders of its own."""

    app: Flask
    settings: Settings
    folder: Path
    log: io.StringIO

    def token(
        self, organisation_type: str = "agency", organisation: str = "star", **more: Any
    ) -> str:
        return sign_development_token(
            self.settings,
            organisation_type=organisation_type,
            organisation=organisation,
            now=NOW,
            **more,
        )

    def visitor(self, token: str | None = None) -> Visitor:
        """Somebody who has logged in; an analyst unless another token is named."""
        client = self.app.test_client()
        visitor = Visitor(client)
        answer = visitor.post("/log-ind", token=token or self.token(), seen_on="/log-ind")
        assert 303 == answer.status_code, answer.text
        return visitor

    def file(self, name: str) -> Path:
        return self.folder / name


@dataclass(frozen=True, slots=True)
class Visitor:
    client: FlaskClient

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers=headers)

    def proof(self, page: str = "/proev") -> str:
        found = _PROOF.search(self.client.get(page).text)
        assert found is not None
        return found[1]

    def post(self, path: str, /, *, seen_on: str = "/proev", **fields: Any) -> TestResponse:
        return self.client.post(path, data={**fields, "form_proof": self.proof(seen_on)})

    def send(self, path: str, text: str, **query: str) -> TestResponse:
        """As the editor's script sends a text."""
        return self.client.post(
            path,
            query_string=query,
            data=text.encode(),
            headers={"X-Form-Proof": self.proof(), "Content-Type": "text/plain; charset=utf-8"},
        )


@contextmanager
def bench(folder: Path, *, edit: bool = False, copied: bool = False) -> Iterator[Bench]:
    if not copied:
        shutil.copytree(_template(), folder, dirs_exist_ok=True)
    settings = _settings(folder, edit=edit)
    log = io.StringIO()
    app = create_app(settings, clock=lambda: NOW, log_to=log)
    yield Bench(app, settings, folder, log)
    close(app)


@functools.cache
def _template() -> Path:
    """A copy of the rulebook with a database in which it is published: cases run only once."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in ("rules", "config", "tests/cases"):
        shutil.copytree(PROJECT / name, folder / name)
    close(create_app(_settings(folder, edit=False), clock=lambda: NOW, log_to=io.StringIO()))
    return folder


def _settings(folder: Path, *, edit: bool) -> Settings:
    return Settings.from_environment(
        {},
        {
            "database_url": f"sqlite:///{folder}/samtale.db",
            "rules": folder / "rules",
            "config": folder / "config",
            "cases": folder / "tests/cases",
            "key_file": folder / "keys" / "development-key.json",
            "signing_key_file": folder / "keys" / "signing-keys.txt",
            "replay_folder": folder / "replays",
            "cache": folder / "cache",
            "edit": "on" if edit else "off",
        },
    )
