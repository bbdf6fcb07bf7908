"""A rulebook by what an analyst calls it: a folder, a git revision, a release, `active`.

In: a name, and the settings that say where folders and database are. Out: the bytes of the files.
Does not know: what stands in them, nor what they are wanted for.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from engine.reader.load import read_folders
from registry.errors import NoActiveRulebook, NoSuchRulebook, RegistryError
from web.cli.options import CouldNotRun
from web.cli.output import wrong_usage
from web.cli.stored_rules import opened
from web.settings import Settings

ACTIVE, GIT, RELEASE = "active", "git:", "sha256:"
_PATIENCE = 60
"""Seconds that git may take for one answer."""


@dataclass(frozen=True, slots=True)
class Source:
    """The files of one rulebook, by the names that problems show, and what it is called."""

    called: str
    files: Mapping[str, bytes]


def working_folder(settings: Settings) -> Source:
    """Return the rulebook of the folders that the settings name."""
    return Source(f"{settings.rules}", read_folders(settings.rules, settings.config))


def before_the_working_folder(settings: Settings) -> Source:
    """Return what the working folder is held against when nothing is named: active, else HEAD."""
    try:
        return _active(settings)
    except (RegistryError, CouldNotRun):
        return _revision("HEAD", settings)


def named(name: str, settings: Settings) -> Source:
    """Return the rulebook of that name.

    A folder holds `rules` and `config`. Raises `click.UsageError` when there is no such rulebook
    and `CouldNotRun` when git or the database does not answer.
    """
    if name == ACTIVE:
        try:
            return _active(settings)
        except NoActiveRulebook:
            raise wrong_usage(
                "intet regelsæt er aktivt i databasen", "no rulebook is active in the database"
            ) from None
    if name.startswith(GIT):
        return _revision(name.removeprefix(GIT), settings)
    if name.startswith(RELEASE):
        return _release(name, settings)
    folder = Path(name)
    if folder.is_dir():
        return _folder(folder)
    try:
        return _revision(name, settings)
    except click.UsageError:
        pass
    try:
        return _release(name, settings)
    except (click.UsageError, CouldNotRun, RegistryError):
        raise wrong_usage(
            "ventede en mappe, en git-revision, et offentliggjort regelsæt eller `active`, "
            f"fandt `{name}`",
            f"expected a folder, a git revision, a release or `active`, found `{name}`",
        ) from None


def _folder(folder: Path) -> Source:
    for part in ("rules", "config"):
        if not (folder / part).is_dir():
            raise wrong_usage(
                f"ventede en mappe med `rules` og `config`, fandt ingen `{part}` i `{folder}`",
                f"expected a folder with `rules` and `config`, found no `{part}` in `{folder}`",
            )
    return Source(f"{folder}", read_folders(folder / "rules", folder / "config"))


# --- releases -------------------------------------------------------------------------------------


def _active(settings: Settings) -> Source:
    with opened(settings) as (_, releases):
        release = releases.active()
        return Source(f"{ACTIVE} ({_short(release.id)})", releases.files_of(release.id))


def _release(name: str, settings: Settings) -> Source:
    with opened(settings) as (_, releases):
        try:
            release = releases.named(name)
        except NoSuchRulebook as error:
            raise wrong_usage(
                f"ventede ét offentliggjort regelsæt `{name}`, fandt {error.fitting or 'intet'}",
                str(error),
            ) from None
        return Source(_short(release.id), releases.files_of(release.id))


def _short(rulebook: str) -> str:
    return rulebook[: len(RELEASE) + 12]


# --- git ------------------------------------------------------------------------------------------


def _revision(revision: str, settings: Settings) -> Source:
    """Read the files as they were committed; the folders are found by their names of today."""
    git = shutil.which("git")
    if git is None:
        raise CouldNotRun("cannot look at revisions: the command `git` is not installed")
    top = settings.rules.resolve().parent
    asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    commit = _git(git, top, *asked)
    if commit is None:
        raise wrong_usage(
            f"der er ingen revision `{revision}` i git-arkivet for `{settings.rules}`",
            f"there is no revision `{revision}` in the git repository of `{settings.rules}`",
        )
    called = commit.decode().strip()
    files: dict[str, bytes] = {}
    for shown_as, folder in (("rules", settings.rules), ("config", settings.config)):
        files.update(_files(git, folder.resolve(), called, shown_as))
    if not files:
        raise wrong_usage(
            f"revisionen `{revision}` har ingen regler i `{settings.rules}` og `{settings.config}`",
            f"revision `{revision}` has no rules at `{settings.rules}` and `{settings.config}`",
        )
    return Source(f"{GIT}{revision} ({called[:12]})", files)


def _files(git: str, folder: Path, commit: str, shown_as: str) -> dict[str, bytes]:
    """Return the YAML files below a folder, which may be gone today, as they were committed."""
    where = folder.parent
    listed = _git(
        git, where, "ls-tree", "-r", "-z", "--name-only", commit, "--", f"./{folder.name}"
    )
    files = {}
    for path in (listed or b"").decode("utf-8", "surrogateescape").split("\0"):
        name = path.removeprefix("./").removeprefix(f"{folder.name}/")
        hidden = any(part.startswith(".") for part in Path(name).parts)
        if not path or hidden or not name.endswith((".yaml", ".yml")):
            continue
        content = _git(git, where, "cat-file", "blob", f"{commit}:./{path}")
        if content is not None:
            files[f"{shown_as}/{name}"] = content
    return files


def _git(git: str, folder: Path, *words: str) -> bytes | None:
    """Return what git prints, None when it refuses."""
    if not folder.is_dir():
        return None
    try:
        done = subprocess.run(  # noqa: S603  # no shell; a revision cannot become an option
            [git, "-C", str(folder), *words],
            capture_output=True,
            check=False,
            timeout=_PATIENCE,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        raise CouldNotRun(f"git did not answer within {_PATIENCE} seconds") from None
    return done.stdout if done.returncode == 0 else None
