"""`rule-engine`: one rule in its Python-like language per finding, matched against dictionaries.

It knows days and instants, so they come as they are and the rules name days as `d'2019-06-01'`.
A quantifier is a list comprehension that is empty or not. Facts are flat and fields of records read
by subscript: whatever is read by a dot is searched through for its type each time, which makes the
same rules over nested facts eight times slower. All thirteen rules can be expressed; the look-ups
stand in the rules.
"""

from __future__ import annotations

from typing import Any

import rule_engine

from benchmarks.engines.contestant import Contestant, Facts
from benchmarks.engines.nested import groups_by_types
from benchmarks.hand_written import Found


def _resets(kind: str, day: str) -> str:
    return f"({kind} in [4, 7, 10, 15, 17] or ({kind} == 19 and {day} < d'2019-06-01'))"


def _holds(period: str, day: str) -> str:
    return f"{period}['from'] <= {day} and ({period}['until'] == null or {period}['until'] > {day})"


def _belongs(periods: str) -> str:
    holds = _holds("p", "registration_recorded_on")
    return _some("p", periods, f"p['organisation'] == caller_organisation and {holds}")


def _some(name: str, records: str, condition: str) -> str:
    return f"not [{name} for {name} in {records} if {condition}].is_empty"


_ALLOWS = " or ".join(
    f"(g['contact_group'] in {groups} and interview_type in {list(types)})"
    for types, groups in groups_by_types().items()
)
_ALLOWED = _some(
    "g", "citizen_contact_groups", f"{_holds('g', 'interview_held_on')} and ({_ALLOWS})"
)
_RESETS = _resets("interview_type", "interview_held_on")
_EARLIER_RESETS = _resets("e['type']", "e['held_on']")


def _earlier(condition: str) -> str:
    return _some("e", "citizen_interviews", condition)


RULES: dict[tuple[str, str], str] = {
    ("held-not-before-latest-resetting", "S-101"): _earlier(
        f"e['held_at'] > interview_held_at and {_EARLIER_RESETS}"
    ),
    ("one-resetting-interview-per-instant", "S-102"): (
        f"{_RESETS} and " + _earlier(f"e['held_at'] == interview_held_at and {_EARLIER_RESETS}")
    ),
    ("type-allowed-for-contact-group", "S-103"): (
        f"interview_held_on < d'2018-01-01' or not ({_ALLOWED})"
    ),
    ("unique-type-and-time", "S-104"): _earlier(
        "e['type'] == interview_type and e['held_at'] == interview_held_at"
    ),
    ("resetting-after-other-resetting", "S-105"): (
        f"{_RESETS} and " + _earlier(f"e['held_at'] >= interview_held_at and {_EARLIER_RESETS}")
    ),
    ("participation-status-with-more-authorities", "S-106"): (
        "interview_with_more_authorities and interview_participation_status == null"
    ),
    ("booking-known-for-citizen", "4768"): (
        "interview_booking_id != null and not ("
        + _some("b", "citizen_bookings", "b['booking_id'] == interview_booking_id")
        + ")"
    ),
    ("direct-at-work-only-for-referral", "S-108"): (
        "interview_contact_type == 6 and interview_type != 8"
    ),
    ("job-centre-affiliation", "6005"): (
        "caller_organisation_type == 'job_centre' and "
        f"not ({_belongs('citizen_job_centre_affiliations')})"
    ),
    ("rehabilitation-team-participation-status", "9125"): (
        "interview_type == 18 and interview_participation_status != null and "
        "not (interview_participation_status in [5, 6])"
    ),
    ("fund-registers-own-members", "4857"): (
        "caller_organisation_type == 'unemployment_fund' and "
        f"not ({_belongs('citizen_fund_memberships')})"
    ),
    ("held-in-the-past", "S-109"): "interview_held_at > registration_recorded_at",
    ("code-in-force-on-held-day", "4709"): (
        "not (interview_type in [4, 7, 8, 9, 10, 11, 12, 13, 15, 17, 18]) and "
        "not (interview_type == 19 and interview_held_on < d'2019-06-01')"
    ),
    ("code-in-force-on-held-day", "4708"): (
        "not (interview_contact_type in [1, 2, 3, 4, 5, 6, 7, 8])"
    ),
    ("code-in-force-on-held-day", "2002"): (
        "interview_participation_status != null and "
        "not (interview_participation_status in [1, 2, 3, 4, 5, 6])"
    ),
}


def rule_by_rule() -> Contestant:
    """Read every rule once."""
    rules = [rule_engine.Rule(text) for text in RULES.values()]

    def decide(facts: dict[str, Any]) -> list[bool]:
        return [rule.matches(facts) for rule in rules]

    return Contestant("rule-engine", "rule-engine", decide, _flat, _found, slow=True)


def _flat(facts: Facts) -> dict[str, Any]:
    return {name.replace(".", "_"): value for name, value in facts.items()}


def _found(broken: list[bool]) -> Found:
    return [finding for finding, is_broken in zip(RULES, broken, strict=True) if is_broken]
