"""`samtale token`: a bearer token for trying things out, signed with the local development key.

In: who is calling and what for. Out: the token, alone on the last line.
Does not know: how tokens are signed. Production mode refuses.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import click

from engine.facts import Text
from web.api.scopes import ORGANISATION_TYPES
from web.api.tokens import sign_development_token
from web.cli.options import setting_options, settings_from
from web.cli.output import told
from web.settings import SettingsError


@click.command()
@click.option(
    "--org-type",
    required=True,
    type=click.Choice(sorted(ORGANISATION_TYPES)),
    envvar="SAMTALE_ORG_TYPE",
    show_envvar=True,
    help="What kind of organisation calls.",
)
@click.option(
    "--org-code",
    required=True,
    envvar="SAMTALE_ORG_CODE",
    show_envvar=True,
    help="Code of the organisation, e.g. 101.",
)
@click.option(
    "--user",
    default="developer",
    envvar="SAMTALE_USER",
    show_envvar=True,
    show_default=True,
    help="Name of the user on whose behalf the organisation calls.",
)
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    envvar="SAMTALE_SCOPE",
    show_envvar=True,
    help="What the token is for; may be repeated. Default: all that suits the organisation.",
)
@click.option(
    "--expires",
    "hours",
    type=click.FloatRange(min=0, min_open=True, max=24 * 365),
    default=12,
    envvar="SAMTALE_EXPIRES",
    show_envvar=True,
    show_default=True,
    metavar="HOURS",
    help="Hours until the token expires.",
)
@setting_options("mode", "key_file", "audience", "issuer")
def token(
    org_type: str, org_code: str, user: str, scopes: tuple[str, ...], hours: float, **given: Any
) -> None:
    """Print a token for trying things out.

    Only an installation in development mode, with the same key file, accepts it.
    The first call makes the local development key.
    """
    settings = settings_from(given)
    try:
        signed = sign_development_token(
            settings,
            organisation_type=org_type,
            organisation=org_code,
            now=datetime.now(UTC),
            user=user,
            scopes=[each for given in scopes for each in given.split()] or None,
            life=timedelta(hours=hours),
        )
    except SettingsError as error:
        raise click.UsageError("\n       ".join(error.faults)) from None
    told(Text(signed, signed), {"token": signed})
