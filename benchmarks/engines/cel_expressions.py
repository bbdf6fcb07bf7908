"""The thirteen rules in the Common Expression Language, one expression per finding.

In: nothing. Out: (rule, code) → an expression that is true when the rule is broken, over the facts
of `nested`. Optional fields are asked for with `has`, as the language has it; the look-ups
(resetting types, the matrix of contact groups, code lists) stand in the expressions, since the
language can declare no tables and its users write such sets as lists.
Does not know: which of the three engines evaluates them.
"""

from __future__ import annotations

from benchmarks.engines.nested import DAY_2018, DAY_2019, groups_by_types

Finding = tuple[str, str]


def _resets(kind: str, day: str) -> str:
    return f"({kind} in [4, 7, 10, 15, 17] || {kind} == 19 && {day} < {DAY_2019})"


def _holds(period: str, day: str) -> str:
    return f"{period}.from <= {day} && (!has({period}.until) || {period}.until > {day})"


def _belongs(periods: str) -> str:
    holds = _holds("p", "registration.recorded_on")
    return f"{periods}.exists(p, p.organisation == caller.organisation && {holds})"


_ALLOWS = " || ".join(
    f"g.contact_group in {groups} && interview.type in {list(types)}"
    for types, groups in groups_by_types().items()
)
_RESETS = _resets("interview.type", "interview.held_on")
_EARLIER_RESETS = _resets("e.type", "e.held_on")

EXPRESSIONS: dict[Finding, str] = {
    ("held-not-before-latest-resetting", "S-101"): (
        f"citizen.interviews.exists(e, e.held_at > interview.held_at && {_EARLIER_RESETS})"
    ),
    ("one-resetting-interview-per-instant", "S-102"): (
        f"{_RESETS} && citizen.interviews.exists(e, "
        f"e.held_at == interview.held_at && {_EARLIER_RESETS})"
    ),
    ("type-allowed-for-contact-group", "S-103"): (
        f"interview.held_on < {DAY_2018} || !citizen.contact_groups.exists(g, "
        f"{_holds('g', 'interview.held_on')} && ({_ALLOWS}))"
    ),
    ("unique-type-and-time", "S-104"): (
        "citizen.interviews.exists(e, e.type == interview.type && e.held_at == interview.held_at)"
    ),
    ("resetting-after-other-resetting", "S-105"): (
        f"{_RESETS} && citizen.interviews.exists(e, "
        f"e.held_at >= interview.held_at && {_EARLIER_RESETS})"
    ),
    ("participation-status-with-more-authorities", "S-106"): (
        "interview.with_more_authorities && !has(interview.participation_status)"
    ),
    ("booking-known-for-citizen", "4768"): (
        "has(interview.booking_id) && "
        "!citizen.bookings.exists(b, b.booking_id == interview.booking_id)"
    ),
    ("direct-at-work-only-for-referral", "S-108"): (
        "interview.contact_type == 6 && interview.type != 8"
    ),
    ("job-centre-affiliation", "6005"): (
        f"caller.organisation_type == 'job_centre' && "
        f"!{_belongs('citizen.job_centre_affiliations')}"
    ),
    ("rehabilitation-team-participation-status", "9125"): (
        "interview.type == 18 && has(interview.participation_status) && "
        "!(interview.participation_status in [5, 6])"
    ),
    ("fund-registers-own-members", "4857"): (
        f"caller.organisation_type == 'unemployment_fund' && "
        f"!{_belongs('citizen.fund_memberships')}"
    ),
    ("held-in-the-past", "S-109"): "interview.held_at > registration.recorded_at",
    ("code-in-force-on-held-day", "4709"): (
        "!(interview.type in [4, 7, 8, 9, 10, 11, 12, 13, 15, 17, 18]) && "
        f"!(interview.type == 19 && interview.held_on < {DAY_2019})"
    ),
    ("code-in-force-on-held-day", "4708"): "!(interview.contact_type in [1, 2, 3, 4, 5, 6, 7, 8])",
    ("code-in-force-on-held-day", "2002"): (
        "has(interview.participation_status) && "
        "!(interview.participation_status in [1, 2, 3, 4, 5, 6])"
    ),
}
FINDINGS = tuple(EXPRESSIONS)


def found(broken: list[bool]) -> list[Finding]:
    """Return the findings whose expressions were true, given in the order of `EXPRESSIONS`."""
    return [finding for finding, is_broken in zip(FINDINGS, broken, strict=True) if is_broken]
