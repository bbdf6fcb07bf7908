"""Rulebooks that were read once are not read again: the reader, with a memory in a folder.

In: the bytes of files. Out: what `engine.reader.read_rulebook` gives for them, sooner.
Does not know: where files come from. A rulebook with errors is read each time, so that problems
are never out of date; whatever cannot be found, or is not what it should be, is read as well.

What is kept is found by the files, and by everything else that reading depends on: the text of the
engine, and the versions of Python and of the packages that read. See docs/decisions/0073.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import engine
from engine.model import Rulebook
from engine.problems import Problem
from engine.reader.rulebook import read_rulebook
from engine.snapshot.snapshot import NotASnapshot, Read, key_of, read_snapshot, snapshot_of
from registry.rule_files import Files, Reading, read_files
from web.private_folder import PrivateFolder
from web.settings import Settings

_READS = ("PyYAML", "google-re2")
"""The packages that have a say in what a file means."""


def reading_for(
    settings: Settings, otherwise: Reading = read_rulebook, *, keeps: bool = True
) -> Reading:
    """Return what reads rulebooks under these settings; `otherwise` reads what is not found."""
    program = None if settings.cache is None else program_text()
    if settings.cache is None or program is None:
        return otherwise
    return RulebookCache(PrivateFolder(settings.cache), program, otherwise, keeps=keeps).read


def read_for(settings: Settings) -> Callable[[Files], Rulebook]:
    """Return what `Releases` reads stored files with; raises `RulebookError` as they are read."""
    return partial(read_files, reading=reading_for(settings))


class RulebookCache:
    """Reads as `read_rulebook` does; `program` names all that reading depends on but the files.

    `otherwise` reads what is not found. Without `keeps` it is not kept then: what somebody is
    typing will hardly be asked for again.
    """

    def __init__(
        self,
        folder: PrivateFolder,
        program: str,
        otherwise: Reading = read_rulebook,
        *,
        keeps: bool = True,
    ) -> None:
        self._folder = folder
        self._program = program
        self._otherwise = otherwise
        self._keeps = keeps

    def read(self, files: Files) -> tuple[Rulebook | None, tuple[Problem, ...]]:
        """Return the rulebook and its warnings, or None and every problem. Never raises."""
        key = key_of(files, self._program)
        kept = self._found(key)
        if kept is not None:
            return kept.rulebook, kept.warnings
        rulebook, problems = self._otherwise(files)
        if rulebook is not None and self._keeps:
            self._keep(key, Read(rulebook, problems))
        return rulebook, problems

    def _found(self, key: str) -> Read | None:
        raw = self._folder.find(key)
        if raw is None:
            return None
        try:
            return read_snapshot(raw, key)
        except NotASnapshot:
            return None

    def _keep(self, key: str, read: Read) -> None:
        try:
            raw = snapshot_of(read, key)
        except ValueError:  # a number or text that JSON cannot hold: it is read each time
            return
        self._folder.keep(key, raw)


@cache
def program_text() -> str | None:
    """Return what changes whenever the same files could be read as something else.

    Asked when a process starts, while the files are the ones that it runs. None where the program
    is not there as files.
    """
    digest = hashlib.sha256()
    folder = Path(engine.__file__ or "").parent
    try:
        for path in sorted(folder.glob("**/*.py")):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(folder)} {len(content)}\n".encode() + content)
        packages = [f"{name} {version(name)}" for name in _READS]
    except (OSError, PackageNotFoundError):
        return None
    return "\n".join((digest.hexdigest(), sys.version, *packages))
