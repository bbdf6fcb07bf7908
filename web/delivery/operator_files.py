"""What the operator keeps in files: the receivers that are allowed, and the signing keys.

In: `Settings`. Out: `Receivers` and `SigningKey`s, or `SettingsError` with every fault.
Does not know: who needs them. The service and each relay must be given the same files.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection
from pathlib import Path

from engine.problems import Problem
from web.delivery.receivers import Receivers, read_receivers
from web.delivery.signing import SigningKey, SigningKeyRefused, make_signing_key, read_signing_key
from web.settings import Settings, SettingsError, variable_of

MOST_KEYS = 4
"""One is in use; more than two stand in the file while something goes wrong."""


def receivers_and_keys(
    settings: Settings, organisation_types: Collection[str]
) -> tuple[Receivers, tuple[SigningKey, ...]]:
    """Return both, empty when the settings name no file of receivers.

    Raises `SettingsError` with every problem of the file of receivers, or with what is wrong with
    the keys.
    """
    if settings.receivers is None:
        return Receivers({}), ()
    return allowed_receivers(settings.receivers, settings, organisation_types), signing_keys(
        settings
    )


def allowed_receivers(
    path: Path, settings: Settings, organisation_types: Collection[str]
) -> Receivers:
    """Read the file of receivers; names of files in it are relative to its folder."""
    variable = variable_of("receivers")
    try:
        raw = path.read_bytes()
    except OSError as fault:
        raise SettingsError(
            (f"`{variable}`: cannot read `{path.name}`: {fault.strerror}",)
        ) from None
    receivers, problems = read_receivers(
        raw,
        path.name,
        folder=path.parent,
        organisation_types=organisation_types,
        production=settings.in_production,
    )
    if receivers is None:
        raise SettingsError(tuple(f"`{variable}`: {_line(each)}" for each in problems))
    return receivers


def signing_keys(settings: Settings) -> tuple[SigningKey, ...]:
    """Return the keys of the key file, the first being the one that stays.

    In development the first call makes the file, readable by its owner alone.
    """
    path, variable = settings.signing_key_file, variable_of("signing_key_file")
    try:
        if not path.exists() and not settings.in_production:
            _make(path)
        if path.stat().st_mode & 0o077:
            raise SettingsError((f"`{variable}`: others may read `{path.name}`",))
        lines = path.read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError):
        raise SettingsError((f"`{variable}`: cannot make or read `{path.name}`",)) from None
    if not 1 <= len(lines) <= MOST_KEYS:
        raise SettingsError((f"`{variable}`: expected 1 to {MOST_KEYS} keys, one on each line",))
    keys, faults = [], []
    for number, line in enumerate(lines, start=1):
        try:
            keys.append(read_signing_key(line))
        except SigningKeyRefused as refused:
            faults.append(f"`{variable}`: key {number}: {refused}")
    if faults:
        raise SettingsError(tuple(faults))
    return tuple(keys)


def _make(path: Path) -> None:
    """Write a new key whole or not at all; when two do so at once, the first one stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent)  # made with mode 600
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(make_signing_key().secret() + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(unfinished, path)
        except FileExistsError:
            return
    finally:
        Path(unfinished).unlink()


def _line(problem: Problem) -> str:
    hint = f"; {problem.hint}" if problem.hint else ""
    return f"{problem.place}: {problem.message}{hint}"
