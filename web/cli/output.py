"""Problems on the terminal, as JSON or as annotations of a pipeline.

In: problems. Out: text on standard output. The only place that shapes problems for the eye.
Does not know: how problems are found.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

import click
from rich.console import Console
from rich.text import Text as Styled

from engine.problems import Problem, Severity


def console() -> Console:
    """Return a console that colours for a terminal alone and never breaks a line itself."""
    return Console(soft_wrap=True, highlight=False, markup=False, emoji=False)


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


def show_problems(problems: Sequence[Problem], shape: str) -> None:
    """Print every problem in the given shape; in `json` the list alone."""
    PRINTERS[shape](problems)


def plain_problem(problem: Problem) -> Mapping[str, object]:
    """Return a problem as JSON shows it."""
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "file": problem.place.file,
        "line": problem.place.line,
        "column": problem.place.column,
        "message": problem.message,
        "hint": problem.hint,
    }


def _human(problems: Sequence[Problem]) -> None:
    out = console()
    for problem in problems:
        error = problem.severity is Severity.ERROR
        colour = "bold red" if error else "bold yellow"
        head = (problem.severity.value, colour), f" {problem.code}"
        place = (f"{problem.place}: ", "bold") if problem.place.file else ""
        out.print(Styled.assemble(place, *head))
        out.print(Styled(f"  {problem.message}"))
        if problem.hint:
            out.print(Styled.assemble(("  hint: ", "cyan"), problem.hint))


def _json(problems: Sequence[Problem]) -> None:
    as_json([plain_problem(each) for each in problems])


def _github(problems: Sequence[Problem]) -> None:
    for problem in problems:
        place = problem.place
        message = f"{problem.message}\nhint: {problem.hint}" if problem.hint else problem.message
        annotation(problem.severity, place.file, place.line, place.column, problem.code, message)


PRINTERS: Mapping[str, Callable[[Sequence[Problem]], None]] = {
    "human": _human,
    "json": _json,
    "github": _github,
}


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
