"""`samtale synthesize`: an invented national history as a folder of Parquet files.

In: how large, which days, a seed. Out: a folder that `samtale replay --history` reads.
Does not know: what is invented, nor how it is decided.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from engine.facts import Text
from web.cli.options import folder_options, plain_format_option, settings_from
from web.cli.output import advancing, told
from web.cli.rulebook import read, refuse
from web.cli.span_options import bounded_span_options, in_order

FIRST, LAST = "2021-01-01", "2025-12-31"


@click.command()
@click.option(
    "--registrations",
    type=click.IntRange(1, 100_000_000),
    required=True,
    envvar="SAMTALE_REGISTRATIONS",
    show_envvar=True,
    help="How many registrations.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31),
    default=1,
    envvar="SAMTALE_SEED",
    show_envvar=True,
    show_default=True,
    help="The same seed gives the same history.",
)
@bounded_span_options(FIRST, LAST)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    envvar="SAMTALE_OUTPUT",
    show_envvar=True,
    metavar="DIR",
    help="A new or empty folder.",
)
@folder_options
@plain_format_option
def synthesize(
    registrations: int,
    seed: int,
    first: datetime,
    last: datetime,
    output: Path,
    shape: str,
    **given: Any,
) -> None:
    """Invent a national history of registrations, decided by the rules.

    Job centres, unemployment funds, contact groups, seasons and hours are as in a whole country;
    a few per cent are refused. Nobody in it is a person.
    """
    # imported here, so that `samtale check` does not wait for DuckDB
    from registry.synthesis.invention import Wish
    from registry.synthesis.synthesis import synthesize as written

    in_order(first, last)
    settings = settings_from(given)
    rulebook, problems = read(settings)
    if rulebook is None:
        refuse(problems, shape)
    wish = Wish(registrations, seed, first.date(), last.date())
    with advancing("registrations") as seen:
        manifest = written(wish, rulebook, output, seen)
    told(
        Text(
            f"{manifest.total} opdigtede registreringer i {output}",
            f"{manifest.total} invented registrations in {output}",
        ),
        {
            "registrations": manifest.total,
            "operations": dict(manifest.rows),
            "rulebook": manifest.rulebook,
            "output": str(output),
        },
    )
