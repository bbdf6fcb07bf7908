"""Case files that were read with a rulebook, and need not be read again.

In: the bytes of files, a rulebook. Out: cases and problems, as `read_case_files` gives them.
Does not know: where files come from. The last few readings are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from engine.cases.files import Case, read_case_files
from engine.model import Rulebook
from engine.problems import Problem
from web.ui.kept import Kept

Cases = tuple[tuple[Case, ...], tuple[Problem, ...]]


class CaseReader:
    """Safe to share between threads."""

    def __init__(self) -> None:
        self._kept: Kept[Cases] = Kept()

    def read(self, files: Mapping[str, bytes], rulebook: Rulebook) -> Cases:
        """Return the cases, and what is wrong with the files."""
        key = f"{rulebook.id} {digest_of(files)}"
        return self._kept.get(key, lambda: read_case_files(files, rulebook))


def digest_of(files: Mapping[str, bytes]) -> str:
    """Return what changes whenever a name or a byte does."""
    digest = sha256()
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + sha256(files[name]).digest())
    return digest.hexdigest()
