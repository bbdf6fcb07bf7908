"""What a release of the rules is: values.

In: nothing. Out: `Release`, `Activation`.
Does not know: how they are stored, nor what stands in a rulebook.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ActivationKind(StrEnum):
    """Why a rulebook became the active one."""

    START = "start"
    """A service found it in its folder when it started."""
    WATCH = "watch"
    """Somebody changed the files that `samtale serve --watch` watches."""
    PUBLISH = "publish"
    """It was published and activated in one go."""
    ACTIVATE = "activate"
    """Somebody chose it among the published ones."""
    ROLLBACK = "rollback"
    """It was active before the one that was taken back."""


@dataclass(frozen=True, slots=True)
class Release:
    """A published rulebook. `id` is `Rulebook.id`; instants are in UTC.

    `note` is free text and `published_by` names a user: neither belongs in a log.
    """

    id: str
    published_at: datetime
    published_by: str
    note: str
    cases_run: int
    """Cases that were decided by both engines when it was published."""
    cases_passed: int
    """Fewer only for what a service found in its folder when it started in development."""
    engine: str
    """Version of the program that published it."""
    active_since: datetime | None = None
    """When it became the active one; None for all others."""


@dataclass(frozen=True, slots=True)
class Activation:
    """One line of the log of activations; `number` counts from 1."""

    number: int
    rulebook: str
    kind: ActivationKind
    at: datetime
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class Present:
    """Which rulebook is active, None in a database without any.

    `folder` is the rulebook that stood in the folder when a service last looked there.
    """

    rulebook: str | None
    activation: int | None
    folder: str | None
