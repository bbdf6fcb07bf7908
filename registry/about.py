"""Whom and what a decision or an audit line is about.

In: internal identifiers. Out: `About`.
Does not know: what was done.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class About:
    """A citizen and an interview by identifier, each None when unknown or not concerned."""

    citizen_id: str | None = None
    interview_id: str | None = None


NOBODY_KNOWN = About()
