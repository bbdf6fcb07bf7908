"""`samtale diff`: what differs in meaning between two rulebooks, and which cases flip.

In: two names of rulebooks, a folder of cases. Out: sentences or JSON; exit code 1 when anything
differs.
Does not know: how a difference is found or told.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from engine.cases.files import Case, read_case_files
from engine.cases.flips import Flip, flips
from engine.decide import Decider
from engine.difference import difference
from engine.facts import Text
from engine.model import Rulebook
from engine.problems import Severity
from registry.rule_files import Reading
from web.case_folder import read_case_folder
from web.cli.diff_report import DiffReport, show_difference
from web.cli.exit_codes import Exit
from web.cli.options import (
    language_option,
    plain_format_option,
    setting_options,
    settings_from,
)
from web.cli.output import said, show_problems, tally_in_words, tracked
from web.cli.rulebook import nearby
from web.cli.rulebook_source import Source, before_the_working_folder, named, working_folder
from web.rulebook_cache import reading_for
from web.settings import Settings

_RUN = Text("eksempler", "cases")


@click.command()
@click.argument("old", required=False)
@click.argument("new", required=False)
@setting_options("rules", "config", "cases", "database_url", "engines")
@plain_format_option
@language_option
def diff(old: str | None, new: str | None, shape: str, language: str, **given: Any) -> None:
    """Tell what differs in meaning between two rulebooks.

    OLD and NEW are each a folder that holds `rules` and `config`, a git revision (`git:REV` or
    REV), a release (`sha256:…`, or how it begins) or `active`. Without NEW it is the working
    folder; without OLD the active rulebook, and where there is none the revision HEAD.

    Comments, layout and moved lines are no difference. Ends with 1 when there is a difference. The
    cases are those of `tests/cases` in the folder NEW, where it has any and `--cases` names none.
    """
    settings = settings_from(_with_cases_of(new, given))
    before = before_the_working_folder(settings) if old is None else named(old, settings)
    after = working_folder(settings) if new is None else named(new, settings)
    reading = reading_for(settings)
    books = (
        _read(before, reading, shape, language),
        _read(after, reading, shape, language),
    )
    cases, unreadable = _cases(settings, books)
    report = DiffReport(
        (before.called, after.called),
        difference(*books),
        _flips(books, cases, settings),
        len(cases),
        unreadable,
        language,
    )
    show_difference(report, shape)
    if report.differs:
        raise click.exceptions.Exit(Exit.FOUND)


def _with_cases_of(new: str | None, given: dict[str, Any]) -> dict[str, Any]:
    """Return the options with the cases of the folder NEW, when it has some and none are named."""
    folder = Path(new or "", "tests", "cases")
    if new is None or given["cases"] is not None or not folder.is_dir():
        return given
    return {**given, "cases": folder}


def _read(source: Source, reading: Reading, shape: str, language: str) -> Rulebook:
    """Return the rulebook; one that cannot be read cannot be compared."""
    rulebook, problems = reading(source.files)
    if rulebook is not None:
        return rulebook
    if shape == "human":
        show_problems(problems, shape, language)
    found = tally_in_words(problems)
    told = Text(
        f"regelsættet {source.called} kan ikke læses: {found.da}",
        f"the rulebook {source.called} cannot be read: {found.en}",
    )
    click.echo(told.in_language(language), err=True)
    raise click.exceptions.Exit(Exit.COULD_NOT_RUN)


def _cases(settings: Settings, books: tuple[Rulebook, Rulebook]) -> tuple[tuple[Case, ...], int]:
    """Return the cases that one of the rulebooks can read, and how many problems are left then."""
    folder = settings.cases
    if not folder.is_dir():
        return (), 0
    files = read_case_folder(folder, nearby(folder))
    cases: dict[tuple[str, str], Case] = {}
    faults = []
    for book in reversed(books):
        found, problems = _readable(files, book)
        faults.append(problems)
        for case in found:
            cases.setdefault((case.file, case.name.da), case)
    return tuple(cases.values()), min(faults)


def _readable(files: Mapping[str, bytes], book: Rulebook) -> tuple[tuple[Case, ...], int]:
    cases, problems = read_case_files(files, book)
    return cases, sum(each.severity is Severity.ERROR for each in problems)


def _flips(
    books: tuple[Rulebook, Rulebook], cases: tuple[Case, ...], settings: Settings
) -> tuple[Flip, ...]:
    if books[0].id == books[1].id:
        return ()
    old, new = (Decider(each, settings.engines) for each in books)
    return flips(old, new, tracked(cases, len(cases), said(_RUN)))
