"""`samtale demo`: a database with an invented population, and three calls to try on it.

In: settings. Out: a database that is up to date and filled, calls on standard output.
Does not know: how the population is invented. Running it again adds nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from engine.facts import Text
from web.cli.options import setting_options, settings_from
from web.cli.output import counted, said, told
from web.cli.refusals import refusals_shown
from web.cli.rulebook import Folders
from web.cli.serve import address
from web.settings import Settings, SettingsError

_TRY = Text(
    "Tre kald at prøve, mens `samtale serve` kører, for eksempel i en anden terminal:",
    "Three calls to try while `samtale serve` runs, for instance in another terminal:",
)

if TYPE_CHECKING:
    from registry.errors import CasesFailed
    from registry.service import Registry


@click.command()
@setting_options(
    "database_url",
    "rules",
    "config",
    "engines",
    "host",
    "port",
    "mode",
    "key_file",
    "audience",
    "issuer",
)
def demo(**given: Any) -> None:
    """Invent a population, and print three calls to try.

    A database that has the population keeps it as it is; every person in it is invented.
    """
    settings = settings_from(given)
    now = datetime.now(UTC)
    token = _token(settings, now)
    with refusals_shown(Folders(settings.rules, settings.config)):
        filled = _fill(settings, now)
    calls = _calls(settings, token, now)
    words = Text(
        "\n".join((filled.da, "", _TRY.da, "", *calls.values())),
        "\n".join((filled.en, "", _TRY.en, "", *calls.values())),
    )
    plain = {"population": filled.en, "token": token, "calls": list(calls)}
    told(words, plain)


def _fill(settings: Settings, now: datetime) -> Text:
    # imported here, so that `samtale check` does not wait for a database
    from registry.population import populate
    from registry.releases import Releases
    from registry.schema import upgrade
    from registry.service import Registry
    from registry.storage import Database
    from web.cli.calls import citizen_to_try
    from web.rule_folder import content_at_start, settle
    from web.rulebook_cache import read_for

    content = content_at_start(settings)
    database = Database(settings.database_url)
    releases = Releases(database, lambda: now, engines=settings.engines, read=read_for(settings))
    try:
        upgrade(database)
        decider = settle(releases, settings, content, _tell_failed_cases)
        added = populate(database, decider, now, also=(citizen_to_try(),))
        if not added.citizens:
            _ensure_citizen(Registry(database, releases, lambda: now))
            return Text(
                "databasen har allerede borgere og er, som den var",
                "the database has citizens already and is left as it is",
            )
    finally:
        database.close()
    citizens, interviews, refused = added.citizens, added.registered, added.refused
    more = Text(f", {refused} mere blev afvist", f", {refused} more were refused")
    end = more if refused else Text("", "")
    return Text(
        f"opdigtede {citizens} borgere med {interviews} samtaler{end.da}",
        f"invented {counted(citizens, 'citizen')} with {counted(interviews, 'interview')}{end.en}",
    )


def _tell_failed_cases(failed: CasesFailed) -> None:
    count = len(failed.failed)
    words = Text(
        f"{count} {'eksempel' if count == 1 else 'eksempler'} svarer ikke som ventet "
        "(`samtale test` viser dem); reglerne gælder alligevel, for dette er ikke produktion",
        f"{counted(count, 'case')} failed (`samtale test` shows them); the rules hold all the "
        "same, for this is not production",
    )
    click.echo(said(words), err=True)


def _ensure_citizen(registry: Registry) -> None:
    """Add the citizen of the three calls to a database that somebody else has filled."""
    from registry.commands import Caller, FindInterviews
    from registry.errors import NotFound
    from web.cli.calls import CITIZEN, citizen_to_try

    agency = Caller("agency", "demo", "demo", "demo")
    try:
        registry.find_interviews(agency, FindInterviews(CITIZEN, limit=1))
    except NotFound:
        registry.put_citizen(agency, citizen_to_try())


def _token(settings: Settings, now: datetime) -> str:
    from web.api.tokens import sign_development_token
    from web.cli.calls import JOB_CENTRE

    try:
        return sign_development_token(
            settings, organisation_type="job_centre", organisation=JOB_CENTRE, now=now
        )
    except SettingsError as error:
        raise click.UsageError("\n       ".join(error.faults)) from None


def _calls(settings: Settings, token: str, now: datetime) -> dict[str, str]:
    """Return each call as a command, with what it shows above it."""
    from web.cli.calls import three_calls

    return {
        call.command(address(settings), token): (
            f"# {number}. {call.shows}\n{call.command(address(settings), token)}\n"
        )
        for number, call in enumerate(three_calls(now), start=1)
    }
