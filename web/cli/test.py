"""`samtale test`: run the analysts' cases and say which answers are other than expected.

In: folders of rules, tables and cases. Out: the failed cases with why, the rule versions that no
case satisfied or violated, exit code 1 on any failure.
Does not know: how cases are read or decided.
"""

from __future__ import annotations

from typing import Any

import click

from engine.cases.results import all_passed, gaps, run_cases
from engine.decide import Decider
from engine.facts import Text
from web.cli.case_report import show_results
from web.cli.exit_codes import Exit
from web.cli.options import flag, format_option, language_option, setting_options, settings_from
from web.cli.output import said, tracked
from web.cli.rulebook import Folders, read_with_cases

_RUN = Text("eksempler", "cases")


@click.command()
@setting_options("rules", "config", "cases", "engines")
@flag(
    "--no-gaps",
    "SAMTALE_NO_GAPS",
    "End with 1 also when a rule version has no satisfied or no violated case.",
)
@format_option
@language_option
def test(no_gaps: bool, shape: str, language: str, **given: Any) -> None:
    """Run the case files, and list every wrong answer.

    With what was expected, what was found and why.
    Also names the rule versions that no case satisfied, or that none violated.
    """
    settings = settings_from(given)
    rulebook, cases = read_with_cases(settings, shape)
    decider = Decider(rulebook, settings.engines)
    results = tuple(tracked(run_cases(decider, cases), len(cases), said(_RUN)))
    untried = gaps(rulebook, results)
    show_results(results, untried, Folders(settings.rules, settings.config), shape, language)
    if not all_passed(results) or (no_gaps and untried):
        raise click.exceptions.Exit(Exit.FOUND)
