"""`samtale check`: read rules and tables, and list everything that is wrong with them.

In: folders. Out: problems in the wanted shape, a summary, exit code 1 when one of them is an error.
Does not know: how problems are found.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import click

from engine.model import Rulebook, RuleKind
from engine.problems import Severity
from web.cli.exit_codes import Exit
from web.cli.options import folder_options, format_option, settings_from
from web.cli.output import as_json, counted, plain_problem, show_problems, tally
from web.cli.rulebook import Folders, read


@click.command()
@folder_options
@format_option
def check(shape: str, **given: Any) -> None:
    """Read the rules and tables, and list every problem.

    Each has its place and what to do. Ends with 1 when there is an error, with 0 when there are
    only warnings.
    """
    settings = settings_from(given)
    rulebook, problems = read(Folders(settings.rules, settings.config))
    errors = sum(each.severity is Severity.ERROR for each in problems)
    if shape == "json":
        as_json(
            {
                "rulebook": None if rulebook is None else rulebook.id,
                "errors": errors,
                "warnings": len(problems) - errors,
                "problems": [plain_problem(each) for each in problems],
            }
        )
    else:
        show_problems(problems, shape)
        click.echo(_summary(rulebook, tally(problems)))
    if errors or rulebook is None:
        raise click.exceptions.Exit(Exit.FOUND)


def _summary(rulebook: Rulebook | None, found: str) -> str:
    if rulebook is None:
        return f"the rulebook cannot be used: {found}"
    rules = [rule for file in rulebook.files for rule in file.all]
    kinds = Counter(rule.kind for rule in rules)
    of_each = ", ".join(
        counted(kinds[kind], kind.value)
        for kind in RuleKind
        if kinds[kind] or kind is RuleKind.RULE
    )
    versions = sum(len(rule.versions) for rule in rules)
    return (
        f"{of_each} in {counted(versions, 'version')}, "
        f"{counted(len(rulebook.tables), 'table')}, "
        f"{counted(len(rulebook.parameters), 'parameter')}: {found}\n"
        f"rulebook {rulebook.id}"
    )
