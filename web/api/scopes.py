"""What a token may be used for.

In: nothing. Out: the scopes, and which of them suit an organisation type.
Does not know: tokens, or which operation asks for which scope.
"""

from __future__ import annotations

from enum import StrEnum

ORGANISATION_TYPES = (
    "job_centre",
    "unemployment_fund",
    "municipality",
    "external_operator",
    "joint_operating_company",
    "agency",
    "system",
)
"""The text ids of the code list `organisation_types`."""

OWNERS_OF_CITIZEN_FACTS = frozenset({"agency", "system"})
"""Who may hand in the reference facts of a citizen."""


class Scope(StrEnum):
    """One thing a token may be used for."""

    READ_INTERVIEWS = "interviews:read"
    WRITE_INTERVIEWS = "interviews:write"
    DECISIONS = "decisions"
    RULES = "rules"
    WRITE_CITIZENS = "citizens:write"


def scopes_that_suit(organisation_type: str) -> tuple[str, ...]:
    """Return the scopes that an organisation of this type can make use of.

    Writing interviews is among them for every type: whether the type may register is said by the
    rulebook's code list, with another error code.
    """
    return tuple(
        scope.value
        for scope in Scope
        if scope is not Scope.WRITE_CITIZENS or organisation_type in OWNERS_OF_CITIZEN_FACTS
    )
