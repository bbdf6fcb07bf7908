"""The files of a rulebook, wherever they come from, and what reads them.

In: bytes by name. Out: a rulebook, or every reason why there is none.
Does not know: databases, folders, or whether the rulebook may decide (`examination` says that).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.model import Rulebook
from engine.problems import Problem, RulebookError
from engine.reader.rulebook import read_rulebook

Files = Mapping[str, bytes]
"""Content by name: `rules/registration.yaml`, `config/code_lists.yaml`."""
Reading = Callable[[Files], tuple[Rulebook | None, tuple[Problem, ...]]]
"""What reads files as `read_rulebook` does, and gives the same."""


def read_files(files: Files, reading: Reading = read_rulebook) -> Rulebook:
    """Read a rulebook from the bytes of its files; raises `RulebookError` with every problem."""
    rulebook, problems = reading(files)
    if rulebook is None:
        raise RulebookError(problems)
    return rulebook
