"""`samtale check`: read rules and tables, and list everything that is wrong with them.

In: folders. Out: problems in the wanted shape, a summary, exit code 1 when one of them is an error.
Does not know: how problems are found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import click

from engine.facts import Text
from engine.model import Rulebook, RuleKind
from engine.problems import Problem, Severity
from web.cli.exit_codes import Exit
from web.cli.options import folder_options, format_option, language_option, settings_from
from web.cli.output import (
    as_json,
    counted,
    plain_problem,
    show_problems,
    tally_in_words,
)
from web.cli.rulebook import read


@click.command()
@folder_options
@format_option
@language_option
def check(shape: str, language: str, **given: Any) -> None:
    """Read the rules and tables, and list every problem.

    Each has its place and what to do. Ends with 1 when there is an error, with 0 when there are
    only warnings.
    """
    settings = settings_from(given)
    rulebook, problems = read(settings)
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
        show_problems(problems, shape, language)
        click.echo(_summary(rulebook, problems).in_language(language))
    if errors or rulebook is None:
        raise click.exceptions.Exit(Exit.FOUND)


_KINDS = {
    RuleKind.RULE: "regler",
    RuleKind.GRANT: "adgange",
    RuleKind.NOTICE: "beskeder",
}


def _summary(rulebook: Rulebook | None, problems: Sequence[Problem]) -> Text:
    found = tally_in_words(problems)
    if rulebook is None:
        return Text(
            f"regelsættet kan ikke bruges: {found.da}", f"the rulebook cannot be used: {found.en}"
        )
    rules = [rule for file in rulebook.files for rule in file.all]
    kinds = Counter(rule.kind for rule in rules)
    there = [kind for kind in RuleKind if kinds[kind] or kind is RuleKind.RULE]
    of_each = Text(
        ", ".join(f"{kinds[kind]} {_KINDS[kind]}" for kind in there),
        ", ".join(counted(kinds[kind], kind.value) for kind in there),
    )
    versions = sum(len(rule.versions) for rule in rules)
    tables, parameters = len(rulebook.tables), len(rulebook.parameters)
    return Text(
        f"{of_each.da} i {versions} ordlyde, {tables} tabeller, {parameters} parametre: "
        f"{found.da}\nregelsæt {rulebook.id}",
        f"{of_each.en} in {counted(versions, 'version')}, {counted(tables, 'table')}, "
        f"{counted(parameters, 'parameter')}: {found.en}\nrulebook {rulebook.id}",
    )
