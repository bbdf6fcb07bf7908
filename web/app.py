"""Puts the application together.

In: `Settings`. Out: a Flask application that serves the HTTP interface.
Does not know: wire names, rules or storage; each part comes from the package that owns it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from engine.problems import EngineError
from registry import audit_chain
from registry.errors import (
    CasesFailed,
    FactsNotSupplied,
    NoActiveRulebook,
    RegistryError,
    RulebookDamaged,
    Unavailable,
)
from registry.message_desk import MessageDesk
from registry.releases import Releases
from registry.schema import upgrade
from registry.service import Registry
from registry.storage import Database
from registry.subscribers import Subscribers
from web.api.certificate_file import client_certificates
from web.api.metrics import Metrics
from web.api.problems import answer_http
from web.api.rates import Rates
from web.api.request_log import request_log
from web.api.routes import add_routes
from web.api.scopes import ORGANISATION_TYPES
from web.api.services import KEY, Services, Webhooks
from web.api.stored_figures import figures_of
from web.api.tokens import token_reader
from web.delivery.operator_files import receivers_and_keys
from web.rule_folder import content_at_start, settle
from web.rulebook_cache import read_for
from web.settings import Settings
from web.ui.blueprint import add_workbench, page_not_there
from web.ui.parts import Parts
from web.workbench import parts_of

ORGANISATION_RATE = 6_000
ADDRESS_RATE = 600
"""Requests in a minute that are admitted in production when the settings say nothing."""


def now() -> datetime:
    """Return the present in UTC."""
    return datetime.now(UTC)


def create_app(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = now,
    log_to: TextIO | None = None,
    open_database: Callable[[str], Database] = Database,
    make_releases: Callable[..., Releases] = Releases,
    shared_figures: Path | None = None,
) -> Flask:
    """Return the application for these settings; the database is brought up to date first.

    Raises `RulebookError` with every problem of the rulebook, `CasesFailed` when in production it
    answers cases otherwise than expected (see `rule_folder.settle`), `SettingsError` when keys are
    missing or with every problem of the file of receivers, and `RegistryError` when the database
    cannot be used: the service does not start then. Log lines go to `log_to`, standard error by
    default.
    Processes that serve together name the folder in which their figures are added up.
    """
    tokens = token_reader(settings)
    certificates = client_certificates(settings)
    receivers, keys = receivers_and_keys(settings, ORGANISATION_TYPES)
    content = content_at_start(settings)
    log = request_log(log_to or sys.stderr)
    database = open_database(settings.database_url)
    try:
        upgrade(database)
        releases = make_releases(database, clock, engines=settings.engines, read=read_for(settings))
        settle(releases, settings, content, partial(_tell_failed_cases, log))
    except (EngineError, RegistryError):
        database.close()
        raise
    registry = Registry(database, releases, clock)
    desk = MessageDesk(database, clock)
    return assemble(
        Services(
            registry=registry,
            subscribers=Subscribers(database, clock, sequence_minutes=settings.sequence_minutes),
            webhooks=Webhooks(receivers, tuple(key.public for key in keys), settings.event_source),
            releases=releases,
            tokens=tokens,
            clock=clock,
            ready=lambda: check_ready(releases),
            close=database.close,
            metrics=Metrics(
                logs=lambda: figures_of(desk.depths(), clock()),
                audit_lines=lambda: audit_chain.length(database),
                shared=shared_figures,
            ),
            log=log,
            certificates=certificates,
            rates=Rates(
                organisation=settings.rate(settings.rate_limit, ORGANISATION_RATE),
                address=settings.rate(settings.address_rate_limit, ADDRESS_RATE),
                processes=settings.processes,
            ),
            encrypted_only=settings.in_production or settings.encrypted,
        ),
        settings,
        parts_of(settings, database, registry, tokens, releases, clock),
    )


def _tell_failed_cases(log: Any, failed: CasesFailed) -> None:
    for result in failed.failed:
        log.warning("case failed", place=str(result.case.place))
    log.warning("rulebook active although cases failed", failed=len(failed.failed))


def close(app: Flask) -> None:
    """Close the connections of an application; one that goes on serving opens others."""
    services: Services = app.extensions[KEY]
    services.close()


def assemble(services: Services, settings: Settings, workbench: Parts | None = None) -> Flask:
    """Return the application that works with these parts; without a workbench it has no pages."""
    app = Flask("samtale", static_folder=None, template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.body_limit
    app.url_map.merge_slashes = False
    app.extensions[KEY] = services
    add_routes(app)
    if workbench is not None:
        add_workbench(app, workbench)
        app.register_error_handler(404, _no_such_path)
    return app


def _no_such_path(error: HTTPException) -> Response:
    """Answer a browser with a page and everybody else with a problem."""
    return page_not_there() or answer_http(error)


def check_ready(releases: Releases) -> None:
    """Return when the database answers and its active rulebook can decide.

    Raises `RegistryError` when not: `Unavailable` for a rulebook that cannot be used.
    """
    try:
        releases.deciding()
    except (NoActiveRulebook, RulebookDamaged, FactsNotSupplied, EngineError):
        raise Unavailable("rulebook") from None
