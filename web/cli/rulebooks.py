"""`samtale rulebooks`: which rulebooks there are, which one decides, and another one instead.

In: settings, and the beginning of an identifier. Out: tables or JSON; every activation leaves an
audit line.
Does not know: how rulebooks are stored.
"""

from __future__ import annotations

from typing import Any

import click

from engine.facts import Text
from web.cli.completion_values import RELEASE_ID
from web.cli.operator import operator
from web.cli.options import plain_format_option, setting_options, settings_from
from web.cli.output import told, wrong_usage
from web.cli.refusals import refusals_shown
from web.cli.release_tables import (
    plain_release,
    show_activations,
    show_release,
    show_releases,
)
from web.cli.rulebook import Folders
from web.cli.stored_rules import opened

_NOTE = click.option(
    "--note", default="", envvar="SAMTALE_NOTE", show_envvar=True, help="Why; kept in the log."
)
_RULEBOOK = click.argument("rulebook", metavar="ID", type=RELEASE_ID)


@click.group()
def rulebooks() -> None:
    """List the published rulebooks, show one, and say which one decides.

    ID is the identifier of a rulebook or its first digits, six at least.
    """


@rulebooks.command("list")
@click.option("--log", is_flag=True, help="The log of activations instead.")
@plain_format_option
@setting_options("database_url")
def list_rulebooks(log: bool, shape: str, **given: Any) -> None:
    """List the published rulebooks, the newest first."""
    with opened(settings_from(given)) as (_, releases):
        if log:
            show_activations(releases.activations(), shape)
        else:
            show_releases(releases.listed(), shape)


@rulebooks.command()
@_RULEBOOK
@click.option("--file", "file", metavar="NAME", help="Print this file as it was published.")
@plain_format_option
@setting_options("database_url")
def show(rulebook: str, file: str | None, shape: str, **given: Any) -> None:
    """Show one rulebook: who published it, its files, when it decided."""
    with opened(settings_from(given)) as (_, releases):
        release = releases.named(rulebook)
        releases.decider_of(release.id)  # says so when the row was tampered with
        files = releases.files_of(release.id)
        if file is None:
            log = tuple(each for each in releases.activations() if each.rulebook == release.id)
            show_release(release, files, log, shape)
        elif file in files:
            click.echo(files[file].decode(), nl=False)
        else:
            raise wrong_usage(
                f"ventede en af {', '.join(files)}, fandt `{file}`",
                f"expected one of {', '.join(files)}, found `{file}`",
            )


@rulebooks.command()
@_RULEBOOK
@_NOTE
@plain_format_option
@setting_options("database_url")
def activate(rulebook: str, note: str, shape: str, **given: Any) -> None:
    """Let a published rulebook decide, from the next transaction on."""
    settings = settings_from(given)
    with (
        opened(settings) as (_, releases),
        refusals_shown(Folders(settings.rules, settings.config), shape),
    ):
        release = releases.activate(releases.named(rulebook).id, operator(), note)
        _tell(plain_release(release))


@rulebooks.command()
@_NOTE
@plain_format_option
@setting_options("database_url")
def rollback(note: str, shape: str, **given: Any) -> None:
    """Let the rulebook decide that was active before the present one.

    A second roll-back goes one further back.
    """
    settings = settings_from(given)
    with (
        opened(settings) as (_, releases),
        refusals_shown(Folders(settings.rules, settings.config), shape),
    ):
        _tell(plain_release(releases.roll_back(operator(), note)))


def _tell(release: dict[str, object]) -> None:
    rulebook, at, by = (release[name] for name in ("rulebook", "publishedAt", "publishedBy"))
    told(
        Text(
            f"regelsæt {rulebook}\noffentliggjort {at} af {by}; det gælder nu",
            f"rulebook {rulebook}\npublished {at} by {by}; it decides now",
        ),
        release,
    )
