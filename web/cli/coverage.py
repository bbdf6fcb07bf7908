"""`samtale coverage`: what the cases try of the rules, and the missing cases written out.

In: folders of rules, tables and cases. Out: a table of rules, the gaps, the missing cases as YAML;
exit code 1 only when `--fail-under` asks for it.
Does not know: how anything is tried or found.
"""

from __future__ import annotations

from typing import Any

import click

from engine.coverage.coverage import Coverage
from engine.coverage.coverage import coverage as covered_by
from engine.coverage.search import Missing, Search
from engine.decide import Decider
from engine.facts import Text
from engine.model import Rulebook
from engine.reader.reading import nearest
from web.cli.completion_values import RULE_ID
from web.cli.coverage_report import CoverageReport, show_coverage
from web.cli.exit_codes import Exit
from web.cli.options import (
    flag,
    language_option,
    plain_format_option,
    setting_options,
    settings_from,
)
from web.cli.output import said, tracked, wrong_usage
from web.cli.rulebook import read_with_cases

_SOUGHT = Text("manglende eksempler", "missing cases")


@click.command()
@click.argument("rules_asked", metavar="[RULE…]", nargs=-1, type=RULE_ID)
@flag("--missing", "SAMTALE_MISSING", "Write out the missing cases, ready to paste.")
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    envvar="SAMTALE_FAIL_UNDER",
    show_envvar=True,
    metavar="PERCENT",
    help="End with 1 when less than this is tried.",
)
@setting_options("rules", "config", "cases")
@plain_format_option
@language_option
def coverage(
    rules_asked: tuple[str, ...],
    missing: bool,
    fail_under: float | None,
    shape: str,
    language: str,
    **given: Any,
) -> None:
    """Show what the cases try of the rules: conditions, boundaries and date seams.

    Without RULE all rules and tables in brief; with some, each of their conditions. Expectations in
    the missing cases are computed by both engines: look at them before you paste.
    """
    settings = settings_from(given)
    rulebook, cases = read_with_cases(settings, shape)
    _refuse_unknown(rules_asked, rulebook)
    whole = covered_by(rulebook, cases)
    found = _missing(whole, whole.of_rules(rules_asked)) if missing else None
    report = CoverageReport(whole.of_rules(rules_asked), found, bool(rules_asked), language)
    show_coverage(report, shape)
    if fail_under is not None and report.coverage.percent < fail_under:
        raise click.exceptions.Exit(Exit.FOUND)


def _missing(whole: Coverage, asked: Coverage) -> tuple[Missing, ...]:
    """Search for what is missing of the rules asked; every rule's cases may serve as a start."""
    search = Search(whole, Decider(whole.rulebook))
    return tuple(tracked(search.missing(asked.gaps), len(asked.gaps), said(_SOUGHT)))


def _refuse_unknown(asked: tuple[str, ...], rulebook: Rulebook) -> None:
    known = [rule.id for file in rulebook.files for rule in file.all]
    for name in asked:
        if name not in known:
            near = nearest(name, known)
            raise wrong_usage(
                f"der er ingen regel `{name}`" + (f"; mener du `{near}`?" if near else ""),
                f"there is no rule `{name}`" + (f"; did you mean `{near}`?" if near else ""),
            )
