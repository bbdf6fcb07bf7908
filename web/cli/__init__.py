"""The command `samtale`: one file per subcommand.

In: the command line and variables `SAMTALE_…`. Out: text and an exit code of `exit_codes.Exit`.
Does not know: rules, interviews or HTTP; it calls those who do.
"""

from __future__ import annotations

from typing import Any

import click

from engine.problems import EngineError
from registry.errors import RegistryError
from web.cli.audit import audit
from web.cli.check import check
from web.cli.demo import demo
from web.cli.docs import docs
from web.cli.messages import messages
from web.cli.options import CouldNotRun
from web.cli.relay import relay
from web.cli.schemas import schemas
from web.cli.serve import serve
from web.cli.signing_key import signing_key
from web.cli.test import test
from web.cli.token import token


class _Commands(click.Group):
    """Turns what a command could not do into one line and exit code 3."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (EngineError, RegistryError, OSError) as error:
            raise CouldNotRun(str(error)) from error


@click.group(
    cls=_Commands,
    commands=[serve, relay, messages, demo, token, signing_key, check, test, schemas, docs, audit],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="samtale")
def main() -> None:
    """Register held interviews by rules that analysts write.

    Every option can also be set with the variable that its help names. Exit codes: 0 fine, 1 found
    something, 2 wrong usage, 3 could not run.
    """
