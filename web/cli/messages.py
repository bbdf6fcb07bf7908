"""`samtale messages`: look into the message logs, send again, skip, go on, throw away.

In: settings, and what an operator wants. Out: tables or JSON; every change leaves an audit line.
Does not know: how messages are sent. Nothing here shows who the citizen of a message is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from engine.facts import Text
from registry.commands import Caller
from registry.errors import NotFound
from registry.messages import Stream, Subscriber
from web.api.scopes import ORGANISATION_TYPES
from web.cli.message_tables import (
    GAP_HEADINGS,
    LOG_HEADINGS,
    MESSAGE_HEADINGS,
    STREAM_HEADINGS,
    plain_gap,
    plain_log,
    plain_message,
    plain_stream,
    show,
)
from web.cli.operator import operator
from web.cli.options import (
    Command,
    CouldNotRun,
    plain_format_option,
    setting_options,
    settings_from,
)
from web.cli.output import counted, told

if TYPE_CHECKING:
    from registry.message_desk import MessageDesk

SHOWN = 50
_STREAM = click.argument("stream")


class _Subscriber(click.ParamType[Subscriber]):
    """`job_centre:101`."""

    name = "TYPE:CODE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        kind, _, code = str(value).partition(":")
        if kind not in ORGANISATION_TYPES or not code:
            self.fail("expected an organisation as TYPE:CODE, e.g. `job_centre:101`", param, ctx)
        return Subscriber(kind, code)


@click.group()
def messages() -> None:
    """Look into the message logs of subscribers, and repair their webhooks."""


def _subscriber(command: Command) -> Command:
    return click.option(
        "--subscriber",
        type=_Subscriber(),
        help="Whose, e.g. `job_centre:101`; all when left out.",
    )(command)


@messages.command("list")
@_subscriber
@click.option("--from", "from_number", type=click.IntRange(1), default=1, help="The first number.")
@click.option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=SHOWN,
    show_default=True,
    help="How many messages at most.",
)
@plain_format_option
@setting_options("database_url")
def list_messages(
    subscriber: Subscriber | None, from_number: int, limit: int, shape: str, **given: Any
) -> None:
    """List the logs, or the messages of one."""
    with _desk(given) as (desk, caller):
        if subscriber is None:
            show(shape, LOG_HEADINGS, desk.depths(), plain_log)
            return
        found = desk.list_messages(caller, subscriber, from_number=from_number, limit=limit)
        show(shape, MESSAGE_HEADINGS, found, plain_message)


@messages.command()
@_subscriber
@click.option("--skipped", is_flag=True, help="The gaps that were made for `--subscriber` instead.")
@plain_format_option
@setting_options("database_url")
def streams(subscriber: Subscriber | None, skipped: bool, shape: str, **given: Any) -> None:
    """List the webhooks: how far each has come, and why it does not go on."""
    with _desk(given) as (desk, _):
        if skipped:
            if subscriber is None:
                raise click.UsageError("`--skipped` needs `--subscriber`")
            show(shape, GAP_HEADINGS, desk.skipped(subscriber), plain_gap)
            return
        logs = [each for each in desk.depths() if subscriber in (None, each.subscriber)]
        behind = [each for log in logs for each in log.streams]
        show(shape, STREAM_HEADINGS, behind, plain_stream)


@messages.command()
@_STREAM
@click.option("--from", "from_number", type=int, required=True, help="The first number to send.")
@setting_options("database_url")
def replay(stream: str, from_number: int, **given: Any) -> None:
    """Send all messages of a webhook again, from a number on."""
    with _desk(given) as (desk, caller):
        _tell_place(desk.replay(caller, stream, from_number))


@messages.command()
@_STREAM
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Why, in words without anything personal.")
@setting_options("database_url")
def skip(stream: str, number: int, reason: str, **given: Any) -> None:
    """Leave out the next message of a webhook; the gap is recorded.

    NUMBER is that of the message: another one is not skipped by mistake.
    """
    with _desk(given) as (desk, caller):
        _tell_place(desk.skip(caller, stream, number, reason))


@messages.command()
@_STREAM
@setting_options("database_url")
def resume(stream: str, **given: Any) -> None:
    """Send again at once, from where a webhook stands."""
    with _desk(given) as (desk, caller):
        _tell_place(desk.resume(caller, stream))


@messages.command()
@click.option(
    "--keep-days", type=click.IntRange(0, 36_500), required=True, help="What is younger stays."
)
@setting_options("database_url")
def prune(keep_days: int, **given: Any) -> None:
    """Throw away old messages that every reader and webhook of their subscriber has."""
    with _desk(given) as (desk, _):
        count = desk.prune(keep_days)
    told(
        Text(f"{count} beskeder er smidt væk", f"{counted(count, 'message')} thrown away"),
        {"prunedMessages": count},
    )


@contextmanager
def _desk(given: dict[str, Any]) -> Iterator[tuple[MessageDesk, Caller]]:
    settings = settings_from(given)
    # imported here, so that `samtale check` does not wait for a database
    from registry.message_desk import MessageDesk
    from registry.schema import upgrade
    from registry.storage import Database

    database = Database(settings.database_url)
    try:
        upgrade(database)
        yield MessageDesk(database, lambda: datetime.now(UTC)), operator()
    except NotFound:
        raise CouldNotRun("there is no such webhook, or no such log") from None
    finally:
        database.close()


def _tell_place(stream: Stream) -> None:
    number = stream.delivered_to
    told(
        Text(
            f"den næste er beskeden efter nummer {number}",
            f"next is the message after number {number}",
        ),
        {"stream": stream.stream_id, "deliveredTo": number},
    )
