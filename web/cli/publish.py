"""`samtale publish`: store a rulebook that passes, so that it can decide.

In: folders of rules, tables and cases. Out: a release in the database, or every reason against it
with exit code 1; then nothing is stored.
Does not know: how rules are checked or stored.
"""

from __future__ import annotations

from typing import Any

import click

from engine.facts import Text
from engine.reader.load import read_folders
from registry.release import ActivationKind, Release
from web.case_folder import read_case_folder
from web.cli.operator import operator
from web.cli.options import format_option, setting_options, settings_from
from web.cli.output import counted, told, wrong_usage
from web.cli.refusals import refusals_shown
from web.cli.release_tables import plain_release
from web.cli.rulebook import Folders, nearby
from web.cli.stored_rules import opened


@click.command()
@setting_options("rules", "config", "cases", "database_url", "engines")
@click.option(
    "--note",
    default="",
    envvar="SAMTALE_NOTE",
    show_envvar=True,
    help="Why; for those who list rulebooks later.",
)
@click.option(
    "--activate",
    is_flag=True,
    envvar="SAMTALE_ACTIVATE",
    show_envvar=True,
    help="Let it decide at once.",
)
@format_option
def publish(note: str, activate: bool, shape: str, **given: Any) -> None:
    """Store the rulebook of a folder for good.

    It is checked and all its cases are run through both engines first. Ends with 1 and stores
    nothing when there is an error or a case fails. Running services decide by it from the moment it
    is activated.
    """
    # imported here, so that `samtale check` does not wait for a database
    from web.rule_folder import case_folder_of

    settings = settings_from(given)
    folder = case_folder_of(settings)
    if not folder.is_dir():
        raise wrong_usage(
            f"ventede en mappe med eksempler, fandt ingen: `{nearby(folder)}`; angiv `--cases`",
            f"expected a folder of cases, found none at `{nearby(folder)}`: name it with `--cases`",
        )
    folders = Folders(settings.rules, settings.config)
    with refusals_shown(folders, shape):
        files = read_folders(settings.rules, settings.config)
        cases = read_case_folder(folder, nearby(folder))
        with opened(settings, made=True) as (_, releases):
            known = {each.id for each in releases.listed()}
            release = releases.publish(files, note, operator(), cases)
            if activate:
                release = releases.activate(release.id, operator(), note, ActivationKind.PUBLISH)
    stored, active = release.id in known, release.active_since is not None
    told(_words(release, stored, active), plain_release(release) | {"new": not stored})


def _words(release: Release, stored: bool, active: bool) -> Text:
    """Return what was done; `stored` says that it was there before."""
    done = (
        Text("var allerede offentliggjort", "was published before")
        if stored
        else Text("offentliggjort", "published")
    )
    state = (
        Text("det gælder nu", "it decides now")
        if active
        else Text("det gælder ikke endnu", "it does not decide yet")
    )
    return Text(
        f"{done.da}: {release.cases_passed} eksempler svarede som ventet med begge motorer\n"
        f"{state.da}\nregelsæt {release.id}",
        f"{done.en}: {counted(release.cases_passed, 'case')} passed through both engines\n"
        f"{state.en}\nrulebook {release.id}",
    )
