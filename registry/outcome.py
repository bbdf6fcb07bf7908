"""What the registry answers to a command.

In: interviews and decisions. Out: `Registered`, `Refused`, `Page`, `VersionPage`.
Does not know: how an answer is rendered.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.decision import Decision
from registry.commands import PagePosition
from registry.interview import CitizenFacts, EarlierInterview, Interview, RegisteredBy
from registry.messages import Change


@dataclass(frozen=True, slots=True)
class Registered:
    """Accepted and committed; `interview` is the whole new version.

    `participant_id` names the participant that was added, updated or deleted, else None.
    """

    interview: Interview
    decision: Decision
    decision_id: str
    participant_id: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Refused by rules; only the decision and the audit line were stored."""

    decision: Decision
    decision_id: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the interviews asked for; `next` is None when there are no more."""

    interviews: tuple[Interview, ...]
    next: PagePosition | None


@dataclass(frozen=True, slots=True)
class InterviewVersion:
    """One version of an interview, whole: what it was, who made it so, how and by which decision.

    It was registered at `interview.updated_at`, by the organisation `registered_by`, while
    `interview.registered_by` is who registered the first one. `user` is None when the audit log
    has no line of it.
    """

    interview: Interview
    registered_by: RegisteredBy
    user: str | None
    change: Change
    decision_id: str


@dataclass(frozen=True, slots=True)
class VersionPage:
    """Some versions in order; `next` is the one after which the next page begins, or None."""

    versions: tuple[InterviewVersion, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class KnownCitizen:
    """What the rules know of a citizen, for a trial: neither number nor name."""

    facts: CitizenFacts
    interviews: tuple[EarlierInterview, ...]
