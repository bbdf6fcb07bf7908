"""Stored decisions as analysts find them: which are meant, what is told of each, figures.

In: nothing. Out: frozen values.
Does not know: the database, or who may look.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class DecisionFilter:
    """Which decisions are meant; None leaves a part open. `since` counts, `until` does not."""

    rule: str | None = None
    code: str | None = None
    organisation_type: str | None = None
    organisation: str | None = None
    operation: str | None = None
    accepted: bool | None = None
    rulebook: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class DecisionPosition:
    """Where a page ended; the next one begins with the decision that came before it in time."""

    recorded_at: datetime
    decision_id: str


@dataclass(frozen=True, slots=True)
class FoundRule:
    """A rule that spoke up in a decision, with its code; it refused or only advised."""

    rule: str
    code: str
    refuses: bool


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One decision without what it was about."""

    decision_id: str
    operation: str
    accepted: bool
    rulebook: str
    organisation_type: str
    organisation: str
    recorded_at: datetime
    found: tuple[FoundRule, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """Some decisions, the newest first; `next` is None when there are no more."""

    lines: tuple[DecisionLine, ...]
    next: DecisionPosition | None


@dataclass(frozen=True, slots=True)
class Figures:
    """How many decisions there are of each kind; a decision counts once for each of its rules."""

    accepted: int
    refused: int
    by_day: Mapping[date, tuple[int, int]]
    """Accepted and refused, by day in Denmark."""
    by_organisation: Mapping[tuple[str, str], tuple[int, int]]
    by_rule: Mapping[tuple[str, str], int]
    """By rule and code."""


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """One decision with the facts it was made on, as `engine.facts.read_facts` reads them."""

    line: DecisionLine
    facts: Mapping[str, object]
