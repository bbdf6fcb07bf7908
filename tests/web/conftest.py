from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from tests.web.door import NOW, Door, settings_in
from web.app import close, create_app


@pytest.fixture(scope="session")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """The whole application on the real rulebook; each test makes citizens of its own."""
    folder = tmp_path_factory.mktemp("door")
    settings = settings_in(folder)
    log = io.StringIO()
    app = create_app(settings, clock=lambda: NOW, log_to=log)
    yield Door(app, settings, log)
    close(app)
