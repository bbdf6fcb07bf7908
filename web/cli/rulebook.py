"""The rulebook that the options name, read once for a command.

In: the folders of rules and tables. Out: the rulebook and its problems, at places that exist for
whoever stands in the working folder.
Does not know: what a command does with it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

import click

from engine.cases.files import Case, read_case_files
from engine.facts import Text
from engine.model import Rulebook
from engine.problems import Problem, RulebookError, Severity
from engine.reader.load import read_folders
from engine.reader.rulebook import read_rulebook
from registry.rule_files import Reading
from web.case_folder import read_case_folder
from web.cli.exit_codes import Exit
from web.cli.output import chosen_language, said, show_problems, tally_in_words
from web.rulebook_cache import reading_for
from web.settings import Settings


@dataclass(frozen=True, slots=True)
class Folders:
    """Where rules and tables stand."""

    rules: Path
    config: Path

    def shown(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Return the problems with paths from the working folder, for editors and pipelines."""
        return tuple(
            replace(each, place=replace(each.place, file=self.path(each.place.file)))
            for each in problems
        )

    def path(self, file: str) -> str:
        """Return where `rules/…` or `config/…`, as the engine names files, really stands."""
        for name, folder in (("rules", self.rules), ("config", self.config)):
            if file == name:
                return nearby(folder)
            if file.startswith(f"{name}/"):
                return nearby(folder / file.removeprefix(f"{name}/"))
        return file


def nearby(path: Path) -> str:
    """Return the path as seen from the working folder, when it lies below it."""
    resolved, here = path.resolve(), Path.cwd().resolve()
    return str(resolved.relative_to(here)) if resolved.is_relative_to(here) else os.fspath(path)


def read(settings: Settings) -> tuple[Rulebook | None, tuple[Problem, ...]]:
    """Read the rulebook of the settings, None when it cannot be used."""
    return read_folder(Folders(settings.rules, settings.config), reading_for(settings))


def read_folder(
    folders: Folders, reading: Reading = read_rulebook
) -> tuple[Rulebook | None, tuple[Problem, ...]]:
    """Read a rulebook, None when it cannot be used."""
    try:
        rulebook, problems = reading(read_folders(folders.rules, folders.config))
    except RulebookError as error:
        return None, folders.shown(error.problems)
    return rulebook, folders.shown(problems)


def read_with_cases(settings: Settings, shape: str) -> tuple[Rulebook, tuple[Case, ...]]:
    """Read the rulebook and its cases; ends the command on a problem that keeps them from use."""
    rulebook, problems = read(settings)
    if rulebook is None:
        refuse(problems, shape)
    folder = settings.cases
    cases, problems = read_case_files(read_case_folder(folder, nearby(folder)), rulebook)
    if any(each.severity is Severity.ERROR for each in problems):
        refuse(problems, shape, CASES_UNUSABLE)
    return rulebook, cases


UNUSABLE = Text("regelsættet kan ikke bruges", "the rulebook cannot be used")
CASES_UNUSABLE = Text("eksemplerne kan ikke køres", "the cases cannot be run")


def refuse(problems: Iterable[Problem], shape: str = "human", what: Text = UNUSABLE) -> NoReturn:
    """Show every problem and end the command: something was found."""
    found = tuple(problems)
    show_problems(found, shape, chosen_language())
    tally = tally_in_words(found)
    click.echo(said(Text(f"{what.da}: {tally.da}", f"{what.en}: {tally.en}")), err=True)
    raise click.exceptions.Exit(Exit.FOUND)
