"""`samtale demo`: a database with an invented population, and three calls to try on it.

In: settings. Out: a database that is up to date and filled, calls on standard output.
Does not know: how the population is invented. Running it again adds nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from engine.model import Rulebook
from web.cli.options import setting_options, settings_from
from web.cli.output import counted
from web.cli.rulebook import Folders, read, refuse
from web.cli.serve import address
from web.settings import Settings, SettingsError

if TYPE_CHECKING:
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
    rulebook, problems = read(Folders(settings.rules, settings.config))
    if rulebook is None:
        refuse(problems)
    now = datetime.now(UTC)
    token = _token(settings, now)
    click.echo(_fill(settings, rulebook, now))
    _print_calls(settings, token, now)


def _fill(settings: Settings, rulebook: Rulebook, now: datetime) -> str:
    # imported here, so that `samtale check` does not wait for a database
    from engine.decide import Decider
    from registry.population import populate
    from registry.schema import upgrade
    from registry.service import Registry
    from registry.storage import Database
    from web.cli.calls import citizen_to_try

    database = Database(settings.database_url)
    decider = Decider(rulebook, settings.engines)
    try:
        upgrade(database)
        added = populate(database, decider, now, also=(citizen_to_try(),))
        if not added.citizens:
            _ensure_citizen(Registry(database, decider, lambda: now))
            return "the database has citizens already and is left as it is"
    finally:
        database.close()
    refused = f", {added.refused} more were refused" if added.refused else ""
    return (
        f"invented {counted(added.citizens, 'citizen')} with "
        f"{counted(added.registered, 'interview')}{refused}"
    )


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


def _print_calls(settings: Settings, token: str, now: datetime) -> None:
    from web.cli.calls import three_calls

    click.echo(
        "\nThree calls to try while `samtale serve` runs, for instance in another terminal:\n"
    )
    for number, call in enumerate(three_calls(now), start=1):
        click.echo(f"# {number}. {call.shows}")
        click.echo(f"{call.command(address(settings), token)}\n")
