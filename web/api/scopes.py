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

ANALYSTS = frozenset({"agency", "system"})
"""Who can have the role analyst: those who see every citizen anyway."""

SUBSCRIBERS = frozenset(ORGANISATION_TYPES) - {"system"}
"""Who can have messages; whom a change is told to is said by the rule files."""


class Scope(StrEnum):
    """One thing a token may be used for."""

    READ_INTERVIEWS = "interviews:read"
    WRITE_INTERVIEWS = "interviews:write"
    DECISIONS = "decisions"
    RULES = "rules"
    WRITE_CITIZENS = "citizens:write"
    MESSAGES = "messages:read"
    ANALYST = "analyst"
    """The role analyst of the workbench: see decisions of every organisation, change rules."""


def scopes_that_suit(organisation_type: str) -> tuple[str, ...]:
    """Return the scopes that an organisation of this type can make use of.

    Writing interviews is among them for every type: whether the type may register is said by the
    rulebook's code list, with another error code.
    """
    only_for = {
        Scope.WRITE_CITIZENS: OWNERS_OF_CITIZEN_FACTS,
        Scope.MESSAGES: SUBSCRIBERS,
        Scope.ANALYST: ANALYSTS,
    }
    return tuple(
        scope.value
        for scope in Scope
        if organisation_type in only_for.get(scope, ORGANISATION_TYPES)
    )
