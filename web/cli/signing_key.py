"""`samtale signing-key`: the keys that webhooks are signed with.

In: settings. Out: a key file that its owner alone can read; the public keys, the newest first.
Does not know: how a message is signed. Private keys are never printed.
"""

from __future__ import annotations

from typing import Any

import click

from engine.facts import Text
from web.cli.options import setting_options, settings_from
from web.cli.output import told
from web.delivery.key_file import write_signing_keys
from web.delivery.operator_files import MOST_KEYS, signing_keys
from web.delivery.signing import SigningKey, make_signing_key
from web.settings import Settings, SettingsError


@click.command("signing-key")
@click.option(
    "--rotate",
    is_flag=True,
    envvar="SAMTALE_ROTATE",
    show_envvar=True,
    help="Put a new key in front; the others go on signing beside it.",
)
@click.option(
    "--retire",
    is_flag=True,
    envvar="SAMTALE_RETIRE",
    show_envvar=True,
    help="Keep the newest key alone; every receiver must know it by now.",
)
@setting_options("signing_key_file", "mode")
def signing_key(rotate: bool, retire: bool, **given: Any) -> None:
    """Make the keys that webhooks are signed with, and print the public ones.

    The first call makes the file. To replace a key: `--rotate`, restart the relays, tell the
    receivers the new public key, and when all of them know it, `--retire`.
    """
    settings = settings_from(given)
    if rotate and retire:
        raise click.UsageError("`--rotate` and `--retire` are two steps")
    had = _present(settings)
    keys = (make_signing_key(), *had) if rotate or not had else had
    if retire:
        keys = keys[:1]
    if len(keys) > MOST_KEYS:
        raise click.UsageError(f"there are {MOST_KEYS} keys already; `--retire` the old ones first")
    if keys != had:
        write_signing_keys(settings.signing_key_file, keys)
    public = [key.public for key in keys]
    told(Text("\n".join(public), "\n".join(public)), {"publicKeys": public})


def _present(settings: Settings) -> tuple[SigningKey, ...]:
    if not settings.signing_key_file.exists():
        return ()
    try:
        return signing_keys(settings)
    except SettingsError as error:
        raise click.UsageError("\n       ".join(error.faults)) from None
