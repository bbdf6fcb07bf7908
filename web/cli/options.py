"""Command-line options that are settings: each has a variable `SAMTALE_…`, and `--help` says so.

In: the names of fields of `Settings`. Out: click options, and `Settings` from what they were given.
Does not know: what a command does with them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from web.cli.exit_codes import Exit
from web.settings import Settings, SettingsError

PROJECT = Path(__file__).resolve().parents[2]
"""The folder beside whose packages `rules`, `config` and `tests/cases` stand."""
LANGUAGES = ("da", "en")

Command = TypeVar("Command", bound=Callable[..., Any])


class CouldNotRun(click.ClickException):
    """The command could not do its work."""

    exit_code = Exit.COULD_NOT_RUN


def beside_packages(folder: str) -> Path:
    """Return a folder of the project, the one of the working folder when it has one."""
    return Path(folder) if Path(folder).is_dir() else PROJECT / folder


FOLDERS = {"rules": "rules", "config": "config", "cases": "tests/cases"}


def setting_options(*names: str) -> Callable[[Command], Command]:
    """Give a command one option per named setting, in this order; the values arrive as keywords."""
    known = {setting.name: setting for setting in Settings.variables()}

    def decorate(command: Command) -> Command:
        for name in reversed(names):
            setting = known[name]
            default = str(beside_packages(FOLDERS[name])) if name in FOLDERS else setting.default
            command = click.option(
                f"--{name.replace('_', '-')}",
                name,
                envvar=setting.variable,
                show_envvar=True,
                default=None,
                show_default=False if default is None else str(default),
                metavar="DIR" if name in FOLDERS else name.split("_")[-1].upper(),
                help=f"{setting.help[:1].upper()}{setting.help[1:]}.",
            )(command)
        return command

    return decorate


def settings_from(given: dict[str, Any]) -> Settings:
    """Read the settings; what is wrong with them is wrong usage, and all of it is said."""
    chosen = dict(given)
    if chosen.get("cache") is None:
        chosen["cache"] = os.environ.get("SAMTALE_CACHE") or _cache_of_the_user()
    for name, folder in FOLDERS.items():
        if chosen.get(name) is None:
            chosen[name] = os.environ.get(f"SAMTALE_{name.upper()}") or beside_packages(folder)
    try:
        return Settings.from_environment(os.environ, chosen)
    except SettingsError as error:
        raise click.UsageError("\n       ".join(error.faults)) from None


def _cache_of_the_user() -> Path | None:
    """Return the folder for what can be had again; None for somebody without a home."""
    caches = os.environ.get("XDG_CACHE_HOME", "")
    try:
        folder = Path(caches) if Path(caches).is_absolute() else Path.home() / ".cache"
    except RuntimeError:
        return None
    return folder / "samtale"


def folder_options(command: Command) -> Command:
    """Give a command `--rules` and `--config`."""
    return setting_options("rules", "config")(command)


def format_option(command: Command) -> Command:
    """Give a command that finds something in files a `--format`."""
    shapes = ["human", "json", "github"]
    return _format(shapes, "For people, for programs, or as annotations of a GitHub pipeline.")(
        command
    )


def plain_format_option(command: Command) -> Command:
    """Give a command that finds nothing in files a `--format`: for people or for programs."""
    return _format(["human", "json"], "For people or for programs.")(command)


def _format(shapes: list[str], meaning: str) -> Callable[[Command], Command]:
    return click.option(
        "--format",
        "shape",
        type=click.Choice(shapes),
        default="human",
        envvar="SAMTALE_FORMAT",
        show_envvar=True,
        show_default=True,
        help=meaning,
    )


def language_option(command: Command) -> Command:
    """Give a command `--language`."""
    return click.option(
        "--language",
        type=click.Choice(LANGUAGES),
        default="da",
        envvar="SAMTALE_LANGUAGE",
        show_envvar=True,
        show_default=True,
        help="Language of the answer.",
    )(command)


SHAPE, LANGUAGE = "samtale.shape", "samtale.language"
"""Where a command's context keeps what nobody else asked for."""


def answer_everywhere(command: click.Command) -> None:
    """Give a command, or every command of a group, `--format` and `--language` if it lacks them.

    What was chosen is read by `output.told`; a command that has one of the two itself gets it as
    before.
    """
    if isinstance(command, click.Group):
        for each in command.commands.values():
            answer_everywhere(each)
        return
    for add, name, key in (
        (plain_format_option, "shape", SHAPE),
        (language_option, "language", LANGUAGE),
    ):
        own = next((each for each in command.params if each.name == name), None)
        if own is None:
            command = add(command)
            own = next(each for each in command.params if each.name == name)
            own.expose_value = False
        own.callback = _noted(key)


def _noted(key: str) -> Callable[[click.Context, click.Parameter, str], str]:
    def note(ctx: click.Context, _: click.Parameter, value: str) -> str:
        ctx.meta[key] = value
        return value

    return note


def flag(name: str, variable: str, meaning: str) -> Callable[[Command], Command]:
    """Give a command a switch that a variable can set too; its value arrives under its name."""
    return click.option(name, is_flag=True, envvar=variable, show_envvar=True, help=meaning)
