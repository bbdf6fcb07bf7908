"""`--from` and `--to`: days in Denmark, both included.

In: what was stated. Out: options, and the span of time they mean.
Does not know: what lies in the span.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import click

from registry.days import beginning_of

if TYPE_CHECKING:
    from registry.history.stored import Span

Command = TypeVar("Command", bound=Callable[..., Any])


def span_options(command: Command) -> Command:
    """Give a command `--from` and `--to`; the days arrive as `first` and `last`."""
    command = _day("--to", "last", "SAMTALE_TO", "The last day.", None)(command)
    return _day("--from", "first", "SAMTALE_FROM", "The first day.", None)(command)


def bounded_span_options(first: str, last: str) -> Callable[[Command], Command]:
    """Give a command the same two, with these days where none are stated."""

    def decorate(command: Command) -> Command:
        command = _day("--to", "last", "SAMTALE_TO", "The last day.", last)(command)
        return _day("--from", "first", "SAMTALE_FROM", "The first day.", first)(command)

    return decorate


def in_order(first: datetime | None, last: datetime | None) -> None:
    """Refuse a first day that lies behind the last."""
    if first is not None and last is not None and last < first:
        raise click.UsageError("expected a day for `--from` that is not after the one for `--to`")


def span_of(first: datetime | None, last: datetime | None) -> Span:
    """Return the moments from the beginning of the first day to the end of the last."""
    from registry.history.stored import Span

    in_order(first, last)
    return Span(
        None if first is None else beginning_of(first.date()),
        None if last is None else beginning_of(last.date() + timedelta(days=1)),
    )


def _day(
    name: str, parameter: str, variable: str, meaning: str, default: str | None
) -> Callable[[Command], Command]:
    return click.option(
        name,
        parameter,
        type=click.DateTime(["%Y-%m-%d"]),
        default=default,
        envvar=variable,
        show_envvar=True,
        show_default=default is not None,
        metavar="DAY",
        help=meaning,
    )
