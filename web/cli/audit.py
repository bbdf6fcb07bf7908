"""`samtale audit`: hold the audit log against tampering, and report it to a citizen.

In: a database; a civil registration number on standard input, never in the command line, where
every user of the machine could read it. Out: faults with exit code 1; a report.
Does not know: how lines are chained or found.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import Progress

from engine.facts import Text
from web.cli.exit_codes import Exit
from web.cli.operator import operator
from web.cli.options import (
    LANGUAGES,
    CouldNotRun,
    plain_format_option,
    setting_options,
    settings_from,
)
from web.cli.output import said

if TYPE_CHECKING:
    from registry.storage import Database


@click.group()
def audit() -> None:
    """Hold the audit log against tampering, and report it."""


@audit.command()
@setting_options("database_url")
@click.option(
    "--expect-head",
    envvar="SAMTALE_EXPECT_HEAD",
    show_envvar=True,
    metavar="HASH",
    help="The head that an earlier run printed, kept where nobody who may write to the database "
    "can change it: finds a log that was written anew.",
)
@plain_format_option
def verify(expect_head: str | None, shape: str, **given: Any) -> None:
    """Walk the chain of the audit log and list what is wrong with it.

    Ends with 1 when a line was removed, changed, inserted or moved, or the newest ones cut off.
    """
    # imported here, so that `samtale check` does not wait for a database
    from registry import audit_chain
    from web.cli.audit_faults import show_chain

    anchor = None if expect_head is None else expect_head.strip().lower()
    with closing(_opened(given)) as database, _progress() as seen:
        report = audit_chain.check(database, anchor=anchor, seen=seen)
    show_chain(report, shape)
    if report.faults:
        raise click.exceptions.Exit(Exit.FOUND)


@audit.command(context_settings={"ignore_unknown_options": True})
@click.option("--citizen", is_flag=True, help="Report on the citizen named on standard input.")
@setting_options("database_url", "rules", "config")
@plain_format_option
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default="da",
    envvar="SAMTALE_LANGUAGE",
    show_envvar=True,
    show_default=True,
    help="Language of the report.",
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="")
def report(citizen: bool, shape: str, language: str, words: tuple[str, ...], **given: Any) -> None:
    """Report who looked at or changed what is registered of a citizen.

    The civil registration number is read from standard input: in the command line, others could
    read it. The report is itself noted in the audit log. Ends with 1 when nobody is registered
    under that number.
    """
    if words:
        # they are not repeated: one of them may be a number
        raise click.UsageError(
            "expected no further words; the civil registration number is read from standard input"
        )
    if not citizen:
        raise click.UsageError("expected `--citizen`")
    cpr = _number_on_standard_input()
    from registry.audit_report import citizen_report
    from registry.errors import NotFound
    from web.cli.citizen_report import show_report

    with closing(_opened(given)) as database:
        try:
            found = citizen_report(database, operator(), cpr, datetime.now(UTC))
        except NotFound:
            nobody = Text(
                "ingen er registreret under dette nummer", "nobody is registered under this number"
            )
            click.echo(said(nobody), err=True)
            raise click.exceptions.Exit(Exit.FOUND) from None
    show_report(found, shape, language, settings_from(given))


def _number_on_standard_input() -> str:
    from web.api.citizen_number import read_citizen_number

    if sys.stdin.isatty():
        text = click.prompt("civil registration number", hide_input=True, err=True)
    else:
        text = sys.stdin.readline()
    number = read_citizen_number(text.strip())
    if number is None:
        raise click.UsageError("expected a civil registration number on standard input")
    return number


def _opened(given: dict[str, Any]) -> Database:
    from registry.schema import open_current

    try:
        return open_current(settings_from(given).database_url)
    except ValueError as error:
        raise CouldNotRun(str(error)) from None


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Show how far a walk has come, on a terminal alone."""
    with Progress(
        console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()
    ) as bar:
        task = bar.add_task("audit lines", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
