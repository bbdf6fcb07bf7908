"""Problems on the terminal, as JSON or as annotations of a pipeline.

In: problems. Out: text on standard output. The only place that shapes problems for the eye.
Does not know: how problems are found.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar

import click
from rich.console import Console
from rich.progress import Progress, track
from rich.text import Text as Styled

from engine.facts import Text
from engine.problem_words import hint_of, message_of
from engine.problems import Problem, Severity
from web.cli.options import LANGUAGE, SHAPE


def console() -> Console:
    """Return a console that colours for a terminal alone and never breaks a line itself."""
    return Console(soft_wrap=True, highlight=False, markup=False, emoji=False)


def wrapping_console() -> Console:
    """Return a console for trees: they wrap at the width of a terminal, and nowhere else."""
    width = None if sys.stdout.isatty() else _WIDE
    return Console(width=width, highlight=False, markup=False, emoji=False)


_WIDE = 10_000
"""Columns of what is no terminal; no sentence is so long."""

Each = TypeVar("Each")


def tracked(steps: Iterable[Each], of: int, what: str) -> Iterator[Each]:
    """Yield the steps of long work, with a progress bar on standard error of a terminal alone."""
    yield from track(
        steps,
        total=of,
        description=what,
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )


@contextmanager
def advancing(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show how far long work is, on a terminal alone; it is told what is done, of how much."""
    with Progress(
        console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()
    ) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def told(words: Text, plain: Mapping[str, object]) -> None:
    """Print an answer in the language asked for, or as JSON for programs.

    Only inside a command: what was asked for is kept in its context.
    """
    asked = click.get_current_context().meta
    if asked.get(SHAPE) == "json":
        as_json(plain)
    else:
        click.echo(said(words))


def said(words: Text) -> str:
    """Return the words in the language asked for; only inside a command, as `told`."""
    return words.in_language(chosen_language())


def chosen_language() -> str:
    """Return the language asked for; only inside a command, as `told`."""
    return str(click.get_current_context().meta.get(LANGUAGE, "da"))


def wrong_usage(da: str, en: str) -> click.UsageError:
    """Return the error that a command was used wrongly, in the language asked for."""
    return click.UsageError(said(Text(da, en)))


def as_json(value: object) -> None:
    """Print one JSON document."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def annotation(
    severity: Severity, file: str, line: int, column: int, title: str, message: str
) -> None:
    """Print one annotation for GitHub."""
    spot = f"file={_property(file)},line={line},col={column}," if file else ""
    click.echo(f"::{severity.value} {spot}title={_property(title)}::{_escaped(message)}")


def counted(number: int, thing: str) -> str:
    """Return `1 problem`, `2 problems`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the rows as lines with aligned columns; nothing is cut or wrapped."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def tally(problems: Sequence[Problem]) -> str:
    """Return `2 errors, 1 warning`."""
    errors = sum(each.severity is Severity.ERROR for each in problems)
    return f"{counted(errors, 'error')}, {counted(len(problems) - errors, 'warning')}"


def tally_in_words(problems: Sequence[Problem]) -> Text:
    """Return `2 fejl, 1 advarsel` and the same in English."""
    errors = sum(each.severity is Severity.ERROR for each in problems)
    warnings = len(problems) - errors
    return Text(
        f"{errors} fejl, {warnings} {'advarsel' if warnings == 1 else 'advarsler'}",
        tally(problems),
    )


def show_problems(problems: Sequence[Problem], shape: str, language: str = "da") -> None:
    """Print every problem in the given shape; in `json`, which has both languages, the list alone.

    For Danish readers the English words stand below the Danish ones.
    """
    PRINTERS[shape](problems, language)


def plain_problem(problem: Problem) -> Mapping[str, object]:
    """Return a problem as JSON shows it: its words in English, and under `da` in Danish."""
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "file": problem.place.file,
        "line": problem.place.line,
        "column": problem.place.column,
        "message": problem.message,
        "hint": problem.hint,
        "da": {"message": message_of(problem).da, "hint": hint_of(problem).da},
    }


_SEVERITIES = {
    Severity.ERROR: Text("fejl", "error"),
    Severity.WARNING: Text("advarsel", "warning"),
}
_HINT = Text("gør", "hint")


def _human(problems: Sequence[Problem], language: str) -> None:
    out = console()
    for problem in problems:
        error = problem.severity is Severity.ERROR
        colour = "bold red" if error else "bold yellow"
        severity = _SEVERITIES[problem.severity].in_language(language)
        place = (f"{problem.place}: ", "bold") if problem.place.file else ""
        out.print(Styled.assemble(place, (severity, colour), f" {problem.code}"))
        out.print(Styled(f"  {message_of(problem).in_language(language)}"))
        if problem.hint:
            lead = (f"  {_HINT.in_language(language)}: ", "cyan")
            out.print(Styled.assemble(lead, hint_of(problem).in_language(language)))
        if language != "en":
            english = f"{problem.message}; {problem.hint}" if problem.hint else problem.message
            out.print(Styled(f"  en: {english}", "dim"))


def _json(problems: Sequence[Problem], language: str) -> None:  # noqa: ARG001  # it has both
    as_json([plain_problem(each) for each in problems])


def _github(problems: Sequence[Problem], language: str) -> None:
    for problem in problems:
        place = problem.place
        message = message_of(problem).in_language(language)
        if problem.hint:
            hint = hint_of(problem).in_language(language)
            message = f"{message}\n{_HINT.in_language(language)}: {hint}"
        annotation(problem.severity, place.file, place.line, place.column, problem.code, message)


PRINTERS: Mapping[str, Callable[[Sequence[Problem], str], None]] = {
    "human": _human,
    "json": _json,
    "github": _github,
}


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
