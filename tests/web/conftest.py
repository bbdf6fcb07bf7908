from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from tests.web.door import NOW, PROJECT, Door
from web.app import close, create_app
from web.settings import Settings


@pytest.fixture(scope="session")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """The whole application on the real rulebook; each test makes citizens of its own."""
    folder = tmp_path_factory.mktemp("door")
    settings = Settings.from_environment(
        {},
        {
            "database_url": f"sqlite:///{folder}/samtale.db",
            "rules": PROJECT / "rules",
            "config": PROJECT / "config",
            "key_file": folder / "keys" / "development-key.json",
            "body_limit": 65_536,
        },
    )
    log = io.StringIO()
    app = create_app(settings, clock=lambda: NOW, log_to=log)
    yield Door(app, settings, log)
    close(app)
