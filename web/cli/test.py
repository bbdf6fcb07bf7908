"""`samtale test`: run the analysts' cases and say which answers are other than expected.

In: folders of rules, tables and cases. Out: the failed cases with why, the rule versions that no
case satisfied or violated, exit code 1 on any failure.
Does not know: how cases are read or decided.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import track

from engine.cases.files import read_case_files
from engine.cases.results import CaseResult, all_passed, gaps, run_cases
from engine.decide import Decider
from engine.problems import Severity
from web.case_folder import read_case_folder
from web.cli.case_report import show_results
from web.cli.exit_codes import Exit
from web.cli.options import (
    beside_packages,
    folder_options,
    format_option,
    language_option,
    setting_options,
    settings_from,
)
from web.cli.rulebook import Folders, nearby, read, refuse

CASES = "tests/cases"


@click.command()
@folder_options
@click.option(
    "--cases",
    type=click.Path(path_type=Path),
    envvar="SAMTALE_CASES",
    show_envvar=True,
    show_default=str(beside_packages(CASES)),
    metavar="DIR",
    help="Folder of the case files.",
)
@setting_options("engines")
@click.option(
    "--no-gaps",
    is_flag=True,
    envvar="SAMTALE_NO_GAPS",
    show_envvar=True,
    help="End with 1 also when a rule version has no satisfied or no violated case.",
)
@format_option
@language_option
def test(cases: Path | None, no_gaps: bool, shape: str, language: str, **given: Any) -> None:
    """Run the case files, and list every wrong answer.

    With what was expected, what was found and why.
    Also names the rule versions that no case satisfied, or that none violated.
    """
    settings = settings_from(given)
    folders = Folders(settings.rules, settings.config)
    rulebook, problems = read(folders)
    if rulebook is None:
        refuse(problems, shape)
    folder = cases or beside_packages(CASES)
    found, problems = read_case_files(read_case_folder(folder, nearby(folder)), rulebook)
    if any(each.severity is Severity.ERROR for each in problems):
        refuse(problems, shape, "the cases cannot be run")
    results = _run(Decider(rulebook, settings.engines), found)
    untried = gaps(rulebook, results)
    show_results(results, untried, folders, shape, language)
    if not all_passed(results) or (no_gaps and untried):
        raise click.exceptions.Exit(Exit.FOUND)


def _run(decider: Decider, cases: Sequence[Any]) -> tuple[CaseResult, ...]:
    return tuple(
        track(
            run_cases(decider, cases),
            total=len(cases),
            description="cases",
            console=Console(stderr=True),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
    )
