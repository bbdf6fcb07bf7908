"""The rulebook of the project and others like it, as bytes.

In: a number. Out: files. Does not know: what is done with them.
"""

from __future__ import annotations

import functools
from pathlib import Path

from engine.reader.load import read_folders

ROOT = Path(__file__).parents[2]
REGISTRATION = "rules/registration.yaml"
SPOKEN = (
    "en: The participation status does not fit a rehabilitation team interview (type 18). "
    "It must be 5 (took part) or 6 (did not take part)."
)
"""What the project's rulebook says with the code 9125."""


@functools.cache
def project_files() -> dict[str, bytes]:
    return read_folders(ROOT / "rules", ROOT / "config")


def numbered(number: int) -> dict[str, bytes]:
    """Return a rulebook that says `wording N` with the code 9125."""
    return changed(SPOKEN, f"en: Wording {number}.")


def changed(before: str, after: str, file: str = REGISTRATION) -> dict[str, bytes]:
    """Return the project's files with one text, which stands there once, replaced."""
    text = project_files()[file].decode()
    assert 1 == text.count(before), before
    return project_files() | {file: text.replace(before, after).encode()}
