"""`samtale verify-decisions`: decide every stored decision again with its own rulebook.

In: a database, perhaps a span of days. Out: the decisions that differ, with exit code 1.
Does not know: how decisions are made or compared. Nothing here shows whom a decision is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from engine.facts import Text
from web.cli.exit_codes import Exit
from web.cli.options import plain_format_option, setting_options, settings_from
from web.cli.output import advancing, as_json, columns, counted, said
from web.cli.span_options import span_of, span_options
from web.cli.stored_rules import opened

if TYPE_CHECKING:
    from registry.decision_check import Verification

MEANINGS: Mapping[str, Text] = {
    "outcome": Text(
        "dens regelsæt svarer noget andet på de samme oplysninger",
        "its rulebook answers otherwise on these facts",
    ),
    "facts": Text(
        "dens oplysninger er ikke, som en registrering skriver dem",
        "its facts are not as a registration writes them",
    ),
    "not_decided": Text(
        "dens regelsæt kan ikke afgøre noget ud fra oplysningerne",
        "its rulebook cannot decide on these facts",
    ),
    "rulebook_damaged": Text(
        "dens regelsæt er ændret eller fjernet", "its rulebook was changed or taken away"
    ),
    "rulebook_unreadable": Text(
        "denne udgave af samtale kan ikke læse dens regelsæt",
        "this version of samtale does not read its rulebook",
    ),
}
"""What each `registry.decision_check.Difference` means."""
_HEADINGS = (Text("afgørelse", "decision"), Text("regelsæt", "rulebook"), Text("hvorfor", "why"))


@click.command("verify-decisions")
@span_options
@setting_options("database_url", "engines")
@plain_format_option
def verify_decisions(
    first: datetime | None, last: datetime | None, shape: str, **given: Any
) -> None:
    """Decide every stored decision again, and list those that differ.

    Each with its own rulebook, from its stored facts; the answers must be equal byte for byte. Days
    are days in Denmark. Ends with 1 when a decision differs; decisions older than the first stored
    rulebook cannot be compared and are counted apart.
    """
    # imported here, so that `samtale check` does not wait for a database
    from registry.decision_check import verify

    span = span_of(first, last)
    with opened(settings_from(given)) as (database, releases), advancing("decisions") as seen:
        found = verify(database, releases, begin=span.begin, end=span.end, seen=seen)
    (_json if shape == "json" else _human)(found)
    if found.differing:
        raise click.exceptions.Exit(Exit.FOUND)


def _json(found: Verification) -> None:
    as_json(
        {
            "decisions": found.decisions,
            "equal": found.equal,
            "differing": [
                {
                    "decision": each.decision_id,
                    "rulebook": each.rulebook,
                    "difference": each.difference.value,
                }
                for each in found.differing
            ],
            "rulebookNotStored": dict(found.not_stored),
        }
    )


def _human(found: Verification) -> None:
    if found.differing:
        rows = [
            (each.decision_id, each.rulebook, said(MEANINGS[each.difference.value]))
            for each in found.differing
        ]
        for line in columns([[said(each) for each in _HEADINGS], *rows]):
            click.echo(line)
    for rulebook, decisions in found.not_stored.items():
        words = Text(
            f"regelsættet er ikke gemt, {_decisions_da(decisions)}: {rulebook}",
            f"rulebook not stored, {counted(decisions, 'decision')}: {rulebook}",
        )
        click.echo(said(words))
    equal, differ, rest = found.equal, len(found.differing), sum(found.not_stored.values())
    words = Text(
        f"{_decisions_da(found.decisions)}: {equal} ens, {differ} afviger, "
        f"{rest} ikke sammenlignet",
        f"{counted(found.decisions, 'decision')}: {equal} equal, {differ} differ, "
        f"{rest} not compared",
    )
    click.echo(said(words))


def _decisions_da(number: int) -> str:
    return f"{number} afgørelse" if number == 1 else f"{number} afgørelser"
