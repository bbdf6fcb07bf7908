"""Puts the application together.

In: `Settings`. Out: a Flask application that serves the HTTP interface.
Does not know: wire names, rules or storage; each part comes from the package that owns it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TextIO

from flask import Flask

from engine.decide import Decider
from engine.load import load_rulebook
from registry.errors import RegistryError
from registry.schema import upgrade
from registry.service import Registry
from registry.storage import Database
from web.api.metrics import Metrics
from web.api.request_log import request_log
from web.api.routes import add_routes
from web.api.services import KEY, Services
from web.api.tokens import token_reader
from web.settings import Settings


def now() -> datetime:
    """Return the present in UTC."""
    return datetime.now(UTC)


def create_app(
    settings: Settings, *, clock: Callable[[], datetime] = now, log_to: TextIO | None = None
) -> Flask:
    """Return the application for these settings; the database is brought up to date first.

    Raises `RulebookError` with every problem of the rulebook, `SettingsError` when keys are missing
    and `RegistryError` when the database cannot be used: the service does not start then. Log lines
    go to `log_to`, standard error by default.
    """
    tokens = token_reader(settings)
    rulebook = load_rulebook(settings.rules, settings.config)
    database = Database(settings.database_url)
    try:
        upgrade(database)
    except RegistryError:
        database.close()
        raise
    decider = Decider(rulebook, settings.engines)
    return assemble(
        Services(
            registry=Registry(database, decider, clock),
            rulebook=rulebook,
            tokens=tokens,
            clock=clock,
            ready=lambda: check_reachable(database),
            close=database.close,
            since=clock(),
            metrics=Metrics(),
            log=request_log(log_to or sys.stderr),
        ),
        settings,
    )


def close(app: Flask) -> None:
    """Close the database of an application that will serve no more."""
    services: Services = app.extensions[KEY]
    services.close()


def assemble(services: Services, settings: Settings) -> Flask:
    """Return the application that works with these parts."""
    app = Flask("samtale", static_folder=None, template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.body_limit
    app.url_map.merge_slashes = False
    app.extensions[KEY] = services
    add_routes(app)
    return app


def check_reachable(database: Database) -> None:
    """Return when the database answers; raises `RegistryError` when it does not."""
    with database.reading():
        return
