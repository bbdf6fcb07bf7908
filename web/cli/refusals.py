"""What stands against a rulebook that was to be activated, on the terminal.

In: the errors of `registry.examination`. Out: problems or failed cases, and the exit code.
Does not know: why the rulebook was to be activated.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from engine.facts import Text
from engine.problems import RulebookError
from registry.errors import CasesFailed
from web.cli.case_report import show_failures
from web.cli.exit_codes import Exit
from web.cli.output import chosen_language, counted, said
from web.cli.rulebook import Folders, refuse


@contextmanager
def refusals_shown(folders: Folders, shape: str = "human") -> Iterator[None]:
    """Show why a rulebook is refused and end the command: something was found."""
    try:
        yield
    except RulebookError as error:
        refuse(folders.shown(error.problems), shape)
    except CasesFailed as error:
        show_failures(error.results, folders, shape, chosen_language())
        failed = len(error.failed)
        words = Text(
            f"regelsættet kan ikke bruges: {failed} "
            f"{'eksempel' if failed == 1 else 'eksempler'} svarer ikke som ventet",
            f"the rulebook cannot be used: {counted(failed, 'case')} failed",
        )
        click.echo(said(words), err=True)
        raise click.exceptions.Exit(Exit.FOUND) from None
