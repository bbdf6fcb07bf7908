"""Which rules can be replayed: those of the folder, the active ones, every release.

In: what reads the folder and the releases. Out: rulebooks by what a form calls them.
Does not know: pages, nor what the rules are wanted for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.model import Rulebook
from engine.problems import Problem
from registry.errors import NoSuchRulebook, RegistryError
from registry.release import Release

FOLDER, ACTIVE, DECIDED = "folder", "active", "decided"


@dataclass(frozen=True, slots=True)
class Read:
    """A rulebook, or every problem that keeps it from being used."""

    rulebook: Rulebook | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleChoice:
    """The rules there are now; safe to share between threads."""

    folder: Callable[[], Read] | None
    """Reads the files as they stand; None where a folder does not count, in production."""
    active: Callable[[], Rulebook]
    releases: Callable[[], tuple[Release, ...]]
    of_release: Callable[[str], Rulebook | None]
    """The rulebook of a release; None when it is not stored or no longer read."""

    def find(self, name: str) -> Read | None:
        """Return the rules of that name, None when there are none."""
        if name == FOLDER:
            return None if self.folder is None else self.folder()
        if name == ACTIVE:
            return Read(self.active())
        try:
            rulebook = self.of_release(name)
        except (NoSuchRulebook, RegistryError):
            return None
        return None if rulebook is None else Read(rulebook)
