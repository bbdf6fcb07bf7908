"""`samtale fmt`: one layout for the files of rules, tables and cases.

In: files, or the folders of the settings. Out: the files laid out, or with `--check` and `--diff`
what would change and exit code 1.
Does not know: what the layout is.

A file with faults in it is named and left as it is; the others are laid out all the same.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from engine.facts import Text
from engine.layout.layout import laid_out
from engine.problems import Problem
from web.cli.exit_codes import Exit
from web.cli.options import (
    flag,
    language_option,
    plain_format_option,
    setting_options,
    settings_from,
)
from web.cli.output import as_json, plain_problem, show_problems
from web.cli.rulebook import nearby
from web.cli.whole_files import replace_files
from web.settings import Settings


@dataclass(frozen=True, slots=True)
class _File:
    """One file as it is and as it should be; `after` is None when it has faults."""

    path: Path
    before: bytes
    after: bytes | None
    problems: tuple[Problem, ...]

    @property
    def changes(self) -> bool:
        return self.after is not None and self.after != self.before


@click.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@flag("--check", "SAMTALE_FMT_CHECK", "Write nothing; end with 1 when a file would change.")
@flag("--diff", "SAMTALE_FMT_DIFF", "Write nothing but what would change; end with 1 if anything.")
@setting_options("rules", "config", "cases")
@plain_format_option
@language_option
def fmt(
    files: tuple[Path, ...], check: bool, diff: bool, shape: str, language: str, **given: Any
) -> None:
    """Lay out files of rules, tables and cases in the one canonical way.

    Comments, order and meaning stay. Without FILES all of the rulebook's and its cases.
    """
    settings = settings_from(given)
    read = [_read(path) for path in files or _all_files(settings)]
    changed = [each for each in read if each.changes]
    faulty = [each for each in read if each.after is None]
    writes = not (check or diff)
    if writes:
        replace_files({each.path: each.after for each in changed if each.after is not None})
    if shape == "json":
        as_json(_plain(read, changed, faulty, written=writes))
    else:
        for each in changed if diff else ():
            click.echo("".join(_difference(each)), nl=False)
        show_problems([problem for each in faulty for problem in each.problems], shape, language)
        for line in _told(read, changed, faulty, written=writes):
            click.echo(line.in_language(language), err=diff)
    if faulty or (changed and not writes):
        raise click.exceptions.Exit(Exit.FOUND)


def _all_files(settings: Settings) -> Iterator[Path]:
    for folder in (settings.rules, settings.config, settings.cases):
        if not folder.is_dir():
            raise NotADirectoryError(f"there is no folder `{folder}`")
        for path in sorted(folder.rglob("*.yaml")):
            if not any(part.startswith(".") for part in path.relative_to(folder).parts):
                yield path


def _read(path: Path) -> _File:
    before = path.read_bytes()
    layout = laid_out(before, nearby(path))
    return _File(path, before, layout.text, layout.problems)


def _difference(file: _File) -> Iterator[str]:
    assert file.after is not None  # noqa: S101  # only what changes is shown
    before, after = (
        raw.decode("utf-8").splitlines(keepends=True) for raw in (file.before, file.after)
    )
    name = nearby(file.path)
    for line in difflib.unified_diff(before, after, name, name):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _told(
    read: Sequence[_File], changed: Sequence[_File], faulty: Sequence[_File], *, written: bool
) -> Iterator[Text]:
    for each in changed:
        name = nearby(each.path)
        yield (
            Text(f"`{name}` er lagt ud", f"`{name}` is laid out")
            if written
            else Text(
                f"`{name}` har et andet layout; kør `samtale fmt`",
                f"`{name}` has another layout; run `samtale fmt`",
            )
        )
    yield Text(
        f"{len(read)} filer: {len(changed)} med andet layout, {len(faulty)} med fejl",
        f"{len(read)} files: {len(changed)} with another layout, {len(faulty)} with faults",
    )


def _plain(
    read: Sequence[_File], changed: Sequence[_File], faulty: Sequence[_File], *, written: bool
) -> dict[str, object]:
    return {
        "files": len(read),
        "changed": [nearby(each.path) for each in changed],
        "written": written,
        "problems": [plain_problem(each) for file in faulty for each in file.problems],
    }
