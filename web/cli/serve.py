"""`samtale serve`: answer HTTP requests until stopped.

In: settings. Out: a server on an address, or every reason why it does not start.
Does not know: routes, rules or storage; `web.app` puts them together.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import click

from engine.facts import Text
from web.cli.options import CouldNotRun, setting_options, settings_from
from web.cli.output import told
from web.cli.refusals import refusals_shown
from web.cli.rulebook import Folders
from web.settings import Settings, SettingsError


@click.command()
@setting_options(
    "host",
    "port",
    "threads",
    "database_url",
    "rules",
    "config",
    "cases",
    "engines",
    "mode",
    "key_file",
    "jwks_file",
    "audience",
    "issuer",
    "body_limit",
    "receivers",
    "signing_key_file",
    "event_source",
    "sequence_minutes",
    "server",
    "workers",
    "max_requests",
    "read_seconds",
    "tls_certificate",
    "tls_key",
    "tls_client_ca",
    "client_certificates",
    "rate_limit",
    "address_rate_limit",
)
@click.option(
    "--edit",
    is_flag=True,
    default=None,
    envvar="SAMTALE_EDIT",
    show_envvar=True,
    help="Let analysts change the files of rules, tables and cases in the workbench; not in "
    "production.",
)
@click.option(
    "--watch",
    is_flag=True,
    envvar="SAMTALE_WATCH",
    show_envvar=True,
    help="Watch the folders of rules, tables and cases, and activate what is saved there when it "
    "passes; for development.",
)
def serve(watch: bool, **given: Any) -> None:
    """Serve the HTTP interface.

    Decides by the rulebook that is active in the database. A folder of rules that is looked at and
    has errors keeps the service from starting; all reasons are listed. So do cases that fail in
    production; in development the log names them.
    """
    settings = settings_from(given)
    if watch and settings.with_gunicorn:
        raise click.UsageError("`--watch` is for development, with the server waitress")
    # imported here, so that `samtale check` does not wait for a web server and a database
    from web.api.library_log import write_library_logs

    write_library_logs(sys.stderr)
    try:
        with refusals_shown(Folders(settings.rules, settings.config)):
            if settings.with_gunicorn:
                _with_gunicorn(settings)
            else:
                _with_waitress(settings, watch=watch)
    except SettingsError as error:
        raise click.UsageError("\n       ".join(error.faults)) from None


def _with_waitress(settings: Settings, *, watch: bool) -> None:
    from web.api.services import KEY
    from web.app import create_app
    from web.rule_watch import watching
    from web.serving import waitress_server

    application = create_app(settings)
    parts = application.extensions[KEY]
    watched = watching(parts.releases, settings, parts.log) if watch else nullcontext()
    with _port_to_be_had(settings), watched:
        waitress_server.serve(application, settings, _announced(settings))


def _with_gunicorn(settings: Settings) -> None:
    from web.serving import gunicorn_server

    def make(figures: Path) -> Any:
        from web.app import close, create_app

        application = create_app(settings, shared_figures=figures)
        # processes that are forked must not share a connection
        close(application)
        return application

    with _port_to_be_had(settings):
        gunicorn_server.serve(make, settings, _announced(settings))


@contextmanager
def _port_to_be_had(settings: Settings) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CouldNotRun(f"cannot serve on {address(settings)}: {error.strerror}") from None


def _announced(settings: Settings) -> Callable[[int], None]:
    def announce(port: int) -> None:
        where = address(settings, port)
        told(
            Text(f"kører på {where}; stop med Ctrl-C", f"serving on {where}; stop with Ctrl-C"),
            {"address": where},
        )

    return announce


def address(settings: Settings, port: int | None = None) -> str:
    """Return the address to call; `port` is the one in use when the settings leave it open."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http{'s' if settings.encrypted else ''}://{host}:{port or settings.port}"
