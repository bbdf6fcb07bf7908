"""Message logs as tables for people and as JSON for programs.

In: depths, messages, gaps. Out: text on standard output; the same columns in both shapes.
Does not know: where they come from. Who the citizen of a message is is never shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

import click

from registry.messages import LogDepth, Message, SkippedMessage, StreamDepth, Subscriber
from web.cli.output import as_json, columns

Shown = TypeVar("Shown")
Cells = tuple[object, ...]

LOG_HEADINGS = ("subscriber", "messages", "keptFrom", "waiting", "waitingSince", "webhooks")
MESSAGE_HEADINGS = ("number", "id", "change", "entity", "entityId", "version", "at", "receivedAt")
STREAM_HEADINGS = (
    "stream",
    "subscriber",
    "path",
    "state",
    "deliveredTo",
    "behind",
    "waitingSince",
    "failures",
    "nextAttemptAt",
    "reason",
)
GAP_HEADINGS = ("stream", "path", "number", "id", "at", "by", "reason")


def plain_log(log: LogDepth) -> Cells:
    """Return one log under its headings."""
    waiting = (log.waiting, _moment(log.oldest_at)) if log.fetched else (None, None)
    return (_name(log.subscriber), log.last_number, log.pruned_to + 1, *waiting, len(log.streams))


def plain_message(message: Message) -> Cells:
    """Return one message under its headings."""
    return (
        message.number,
        message.message_id,
        message.change.value,
        message.entity,
        message.entity_id,
        message.version,
        _moment(message.recorded_at),
        _moment(message.acknowledged_at),
    )


def plain_stream(depth: StreamDepth) -> Cells:
    """Return one webhook under its headings."""
    stream = depth.stream
    return (
        stream.stream_id,
        _name(stream.subscriber),
        stream.path,
        stream.state.value,
        stream.delivered_to,
        depth.behind,
        _moment(depth.oldest_at),
        stream.tries.failures,
        _moment(stream.next_attempt_at),
        stream.reason,
    )


def plain_gap(gap: SkippedMessage) -> Cells:
    """Return one gap under its headings."""
    return (
        gap.stream_id,
        gap.path,
        gap.number,
        gap.message_id,
        _moment(gap.skipped_at),
        gap.skipped_by,
        gap.reason,
    )


def show(
    shape: str,
    headings: tuple[str, ...],
    found: Iterable[Shown],
    plain: Callable[[Shown], Cells],
) -> None:
    """Print what was found, `human` or `json`."""
    rows = [plain(each) for each in found]
    if shape == "json":
        as_json([dict(zip(headings, row, strict=True)) for row in rows])
        return
    texts = [["–" if cell is None else str(cell) for cell in row] for row in rows]
    for line in columns([headings, *texts]):
        click.echo(line)


def _name(subscriber: Subscriber) -> str:
    return f"{subscriber.organisation_type}:{subscriber.organisation}"


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds").replace("+00:00", "Z")
