"""`samtale serve`: answer HTTP requests until stopped.

In: settings. Out: a server on an address, or every reason why it does not start.
Does not know: routes, rules or storage; `web.app` puts them together.
"""

from __future__ import annotations

import signal
import sys
from contextlib import suppress
from typing import Any

import click

from engine.problems import RulebookError
from web.cli.options import CouldNotRun, setting_options, settings_from
from web.cli.rulebook import Folders, refuse
from web.settings import Settings, SettingsError

LARGEST_HEADERS = 16_384
"""Bytes of all headers of a request together."""


@click.command()
@setting_options(
    "host",
    "port",
    "threads",
    "database_url",
    "rules",
    "config",
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
)
def serve(**given: Any) -> None:
    """Serve the HTTP interface.

    Refuses to start on a rulebook with errors and lists every one of them.
    """
    settings = settings_from(given)
    # imported here, so that `samtale check` does not wait for a web server and a database
    from waitress import create_server

    from web.api.library_log import write_library_logs
    from web.app import create_app

    write_library_logs(sys.stderr)
    try:
        application = create_app(settings)
    except RulebookError as error:
        refuse(Folders(settings.rules, settings.config).shown(error.problems))
    except SettingsError as error:
        raise click.UsageError("\n       ".join(error.faults)) from None
    try:
        server = create_server(
            application,
            host=settings.host,
            port=settings.port,
            threads=settings.threads,
            ident="samtale",
            max_request_header_size=LARGEST_HEADERS,
            max_request_body_size=settings.body_limit,
            clear_untrusted_proxy_headers=True,
        )
    except OSError as error:
        raise CouldNotRun(f"cannot serve on {address(settings)}: {error.strerror}") from None
    # SIGTERM stops a service as Ctrl-C does: waitress finishes the requests at hand
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        click.echo(f"serving on {address(settings, server.effective_port)}; stop with Ctrl-C")
        server.run()


def address(settings: Settings, port: int | None = None) -> str:
    """Return the address to call; `port` is the one in use when the settings leave it open."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{port or settings.port}"
