"""Which facts a registration states itself, and what follows from them.

In: facts. Out: the names of those that whoever registers could have stated otherwise, and the
facts again, consistent after some of them were changed.
Does not know: rules. What is known of the citizen, who calls and when it is are not among them.
"""

from __future__ import annotations

from datetime import datetime

from engine.facts import Facts
from registry.days import day_of

OWN_FACTS = (
    "interview.type",
    "interview.held_at",
    "interview.contact_type",
    "interview.participation_status",
    "interview.with_more_authorities",
    "interview.booking_id",
)
"""In the order in which a change of them is proposed."""


def consistent(facts: Facts) -> Facts:
    """Return the facts with those recomputed that follow from others: the day from the moment."""
    held_at = facts.get("interview.held_at")
    if not isinstance(held_at, datetime):
        return facts
    return {**facts, "interview.held_on": day_of(held_at)}
