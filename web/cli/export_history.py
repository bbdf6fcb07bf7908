"""`samtale export-history`: the stored decisions as a folder of Parquet files, to be kept.

In: a database, perhaps a span of days. Out: a folder that `samtale replay --history` reads, without
names, identifiers or free text of persons.
Does not know: how facts become columns, nor what stands in for a text.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from engine.facts import Text
from registry.history.reasons import in_words
from web.cli.operator import operator
from web.cli.options import plain_format_option, setting_options, settings_from
from web.cli.output import advancing, told
from web.cli.span_options import span_of, span_options
from web.cli.stored_rules import opened


@click.command("export-history")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    envvar="SAMTALE_OUTPUT",
    show_envvar=True,
    metavar="DIR",
    help="A new or empty folder.",
)
@span_options
@setting_options("database_url")
@plain_format_option
def export_history(
    output: Path, first: datetime | None, last: datetime | None, shape: str, **given: Any
) -> None:
    """Write the stored decisions into a folder, for a replay on another machine.

    Names, identifiers and free text are replaced by stand-ins that the rules answer alike. What
    remains is still about persons: dates, codes and organisations. Columns are those of the
    active rulebook.
    """
    # imported here, so that `samtale check` does not wait for a database
    from registry.history.export import export_history as written
    from registry.replays_noted import note_export

    del shape  # `told` knows it
    with opened(settings_from(given)) as (database, releases), advancing("decisions") as seen:
        rulebook = releases.deciding().rulebook
        now = datetime.now(UTC)
        note_export(database, operator(), rulebook.id, now)
        made = written(database, span_of(first, last), rulebook, output, now, seen)
    for why, many in made.undecidable.items():
        click.echo(f"{many}: {in_words(why).en}", err=True)
    told(
        Text(f"{made.total} afgørelser i {output}", f"{made.total} decisions in {output}"),
        {
            "decisions": made.total,
            "operations": dict(made.rows),
            "undecidable": sum(made.undecidable.values()),
            "output": str(output),
        },
    )
