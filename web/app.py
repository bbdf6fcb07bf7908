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
from engine.reader.load import load_rulebook
from registry import audit_chain
from registry.errors import RegistryError
from registry.message_desk import MessageDesk
from registry.schema import upgrade
from registry.service import Registry
from registry.storage import Database
from registry.subscribers import Subscribers
from web.api.metrics import Metrics
from web.api.request_log import request_log
from web.api.routes import add_routes
from web.api.scopes import ORGANISATION_TYPES
from web.api.services import KEY, Services, Webhooks
from web.api.stored_figures import figures_of
from web.api.tokens import token_reader
from web.delivery.operator_files import receivers_and_keys
from web.settings import Settings


def now() -> datetime:
    """Return the present in UTC."""
    return datetime.now(UTC)


def create_app(
    settings: Settings, *, clock: Callable[[], datetime] = now, log_to: TextIO | None = None
) -> Flask:
    """Return the application for these settings; the database is brought up to date first.

    Raises `RulebookError` with every problem of the rulebook, `SettingsError` when keys are missing
    or with every problem of the file of receivers, and `RegistryError` when the database cannot be
    used: the service does not start then. Log lines go to `log_to`, standard error by default.
    """
    tokens = token_reader(settings)
    receivers, keys = receivers_and_keys(settings, ORGANISATION_TYPES)
    rulebook = load_rulebook(settings.rules, settings.config)
    database = Database(settings.database_url)
    try:
        upgrade(database)
    except RegistryError:
        database.close()
        raise
    decider = Decider(rulebook, settings.engines)
    desk = MessageDesk(database, clock)
    return assemble(
        Services(
            registry=Registry(database, decider, clock),
            subscribers=Subscribers(database, clock, sequence_minutes=settings.sequence_minutes),
            webhooks=Webhooks(receivers, tuple(key.public for key in keys), settings.event_source),
            rulebook=rulebook,
            tokens=tokens,
            clock=clock,
            ready=lambda: check_reachable(database),
            close=database.close,
            since=clock(),
            metrics=Metrics(
                logs=lambda: figures_of(desk.depths(), clock()),
                audit_lines=lambda: audit_chain.length(database),
            ),
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
