"""Who is looking at the workbench, and what they may do there.

In: what a token proves, as `web.workbench` translates it. Out: `Viewer`.
Does not know: tokens or cookies.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from registry.commands import Caller


class Right(StrEnum):
    """One thing that a viewer may do; `docs/workbench.md` says which scope of a token gives it."""

    READ_RULES = "read_rules"
    """Read the rulebook, its tables and what in it is uncertain."""
    TRY = "try"
    """Try an interview without storing it, and see the decisions of one's own organisation."""
    ANALYSE = "analyse"
    """The role analyst: see the decisions of every organisation, and change files of rules."""


class NotProven(ValueError):
    """A token proves nothing; the reason is for the log, not for the viewer."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who has logged in; `until` is the instant at which their token expires."""

    organisation_type: str
    organisation: str
    user: str
    rights: frozenset[Right]
    until: datetime
    system: str | None = None

    @property
    def analyst(self) -> bool:
        return Right.ANALYSE in self.rights

    def may(self, right: Right) -> bool:
        return right in self.rights

    def caller(self, request_id: str) -> Caller:
        """Return the viewer as the registry and its audit log name callers."""
        return Caller(self.organisation_type, self.organisation, self.user, request_id, self.system)
