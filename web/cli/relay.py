"""`samtale relay`: send what waits in the message logs to the webhooks of subscribers.

In: settings. Out: requests to receivers, JSON lines on standard error, figures for Prometheus.
Does not know: how a message is sent or when again; `web.relay` does.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import sys
from datetime import UTC, datetime
from random import SystemRandom
from typing import Any

import click

from engine.facts import Text
from web.api.scopes import ORGANISATION_TYPES
from web.cli.exit_codes import Exit
from web.cli.options import CouldNotRun, setting_options, settings_from
from web.cli.output import told
from web.settings import SettingsError


@click.command()
@click.option(
    "--once",
    is_flag=True,
    envvar="SAMTALE_ONCE",
    show_envvar=True,
    help="Deliver what is due, then end; 1 when not all arrived.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=16,
    envvar="SAMTALE_RELAY_WORKERS",
    show_envvar=True,
    show_default=True,
    help="Webhooks that are sent to at once.",
)
@click.option(
    "--poll",
    type=click.FloatRange(0.01, 3600),
    default=1.0,
    envvar="SAMTALE_POLL",
    show_envvar=True,
    show_default=True,
    metavar="SECONDS",
    help="How long an idle relay waits before it looks again.",
)
@click.option(
    "--patience",
    "attempt_seconds",
    type=click.FloatRange(0.1, 300),
    default=20.0,
    envvar="SAMTALE_PATIENCE",
    show_envvar=True,
    show_default=True,
    metavar="SECONDS",
    help="How long one attempt may take, whatever the receiver does.",
)
@click.option(
    "--metrics-port",
    type=click.IntRange(0, 65535),
    envvar="SAMTALE_METRICS_PORT",
    show_envvar=True,
    metavar="PORT",
    help="Show figures for Prometheus on this port of `--host`.",
)
@setting_options("database_url", "receivers", "signing_key_file", "event_source", "mode", "host")
def relay(
    once: bool,
    workers: int,
    poll: float,
    attempt_seconds: float,
    metrics_port: int | None,
    **given: Any,
) -> None:
    """Send waiting messages to the webhooks of subscribers.

    In order for each webhook, each message at least once. Several relays on one database are safe.
    SIGTERM ends it after the message at hand.
    """
    settings = settings_from(given)
    # imported here, so that `samtale check` does not wait for a database
    from registry.outbox import Outbox
    from registry.schema import upgrade
    from registry.storage import Database
    from web.api.library_log import write_library_logs
    from web.api.request_log import request_log
    from web.delivery.budget import Limits
    from web.delivery.client import Post, Sender
    from web.delivery.operator_files import receivers_and_keys
    from web.relay.relay import Relay, Stopping
    from web.relay.report import Report
    from web.relay.senders import Senders
    from web.relay.terms import SLACK_SECONDS, Terms
    from web.relay.turn import Trade

    if settings.receivers is None:
        raise click.UsageError("a relay needs the file of receivers: `SAMTALE_RECEIVERS`")
    try:
        receivers, keys = receivers_and_keys(settings, ORGANISATION_TYPES)
    except SettingsError as error:
        raise click.UsageError("\n       ".join(error.faults)) from None
    write_library_logs(sys.stderr)
    usual = Limits()
    limits = Limits(
        attempt_seconds,
        min(usual.connect, attempt_seconds),
        min(usual.silence, attempt_seconds),
        usual.answer,
    )
    terms = Terms(
        workers=workers,
        poll_seconds=poll,
        lease_seconds=3 * (attempt_seconds + SLACK_SECONDS),
        limits=limits,
    )
    report = Report(request_log(sys.stderr))
    stopping = Stopping()
    database = Database(settings.database_url)
    try:
        upgrade(database)
        if metrics_port is not None:
            _show_figures(report, metrics_port, settings.host)
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda *_: stopping.stop())
        runs = Relay(
            _name(),
            Trade(
                Outbox(database),
                Post(settings.event_source, keys),
                report,
                terms,
                lambda: datetime.now(UTC),
                SystemRandom().random,
                stopping,
            ),
            Senders(receivers, lambda receiver: Sender(receiver, limits=limits)),
            stopping,
        )
        told(Text("sender; stop med Ctrl-C", "relaying; stop with Ctrl-C"), {"relay": "started"})
        runs.run(once=once)
    finally:
        database.close()
    if once and runs.failed:
        raise click.exceptions.Exit(Exit.FOUND)


def _name() -> str:
    """Return a name that no other relay has, and that tells an operator which one it is."""
    return f"{socket.gethostname()[:32]}-{os.getpid()}-{secrets.token_hex(4)}"


def _show_figures(report: Any, port: int, host: str) -> None:
    from prometheus_client import start_http_server

    try:
        server, _ = start_http_server(port, host, registry=report.figures)
    except OSError as error:
        raise CouldNotRun(f"cannot show figures on port {port}: {error.strerror}") from None
    where = f"http://{host}:{server.server_port}/metrics"
    told(Text(f"tal på {where}", f"figures on {where}"), {"metrics": where})
