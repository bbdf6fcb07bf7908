"""The thirteen rules of registration as a programmer would write them by hand.

In: the same facts that the engine gets. Out: the (rule, code) pairs that are violated, in file
order, advice included. The yardstick for the engine, and a third opinion on the rulebook.
Does not know: the engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

Facts = Mapping[str, Any]
Found = list[tuple[str, str]]

FROM_2019 = date(2019, 6, 1)
FROM_2018 = date(2018, 1, 1)
RESETTING = frozenset({4, 7, 10, 15, 17, 19})
TYPES = frozenset({4, 7, 8, 9, 10, 11, 12, 13, 15, 17, 18})
CONTACT_TYPES = frozenset({1, 2, 3, 4, 5, 6, 7, 8})
STATUSES = frozenset({1, 2, 3, 4, 5, 6})
GROUPS_ALLOWED: Mapping[int, frozenset[int]] = {
    1: frozenset({7, 8, 9, 10, 11, 12, 13, 15, 17}),
    2: frozenset({7, 8, 9, 11, 12, 13}),
    3: frozenset({7, 8, 9, 11, 12, 13, 18}),
    6: frozenset({4, 12, 18}),
    12: frozenset({7, 8, 9, 11, 12, 13}),
    13: frozenset({4, 7, 12, 18}),
    17: frozenset({7, 8, 9, 11, 12, 13}),
    24: frozenset({4, 12, 18}),
    25: frozenset({4, 12, 18}),
    26: frozenset({7, 8, 9, 11, 12, 13}),
    27: frozenset({7, 8, 9, 11, 12, 13, 18}),
    28: frozenset({7, 8, 9, 11, 12, 13}),
    29: frozenset({7, 8, 9, 11, 12, 13, 18}),
}


def _is_resetting(interview_type: int, day: date) -> bool:
    if interview_type == 19:
        return day < FROM_2019
    return interview_type in RESETTING


def _belongs(periods: tuple[Mapping[str, Any], ...], organisation: str, day: date) -> bool:
    for period in periods:
        until = period["until"]
        if (
            period["organisation"] == organisation
            and period["from"] <= day
            and (until is None or until > day)
        ):
            return True
    return False


def broken_rules(facts: Facts) -> Found:
    """Return every broken rule of a registration recorded on or after 1 June 2019."""
    found: Found = []
    kind = facts["interview.type"]
    contact_type = facts["interview.contact_type"]
    held_at = facts["interview.held_at"]
    held_on = facts["interview.held_on"]
    status = facts["interview.participation_status"]
    booking = facts["interview.booking_id"]
    recorded_on = facts["registration.recorded_on"]
    caller_type = facts["caller.organisation_type"]
    caller = facts["caller.organisation"]
    resets = _is_resetting(kind, held_on)

    later = same_instant = same_type = not_before = False
    for earlier in facts["citizen.interviews"]:
        earlier_at = earlier["held_at"]
        if earlier_at < held_at:
            continue
        if earlier_at == held_at and earlier["type"] == kind:
            same_type = True
        if _is_resetting(earlier["type"], earlier["held_on"]):
            not_before = True
            if earlier_at == held_at:
                same_instant = True
            else:
                later = True
    if later:
        found.append(("held-not-before-latest-resetting", "S-101"))
    if resets and same_instant:
        found.append(("one-resetting-interview-per-instant", "S-102"))
    for group in facts["citizen.contact_groups"]:
        until = group["until"]
        if (
            group["from"] <= held_on
            and (until is None or until > held_on)
            and held_on >= FROM_2018
            and kind in GROUPS_ALLOWED.get(group["contact_group"], ())
        ):
            break
    else:
        found.append(("type-allowed-for-contact-group", "S-103"))
    if same_type:
        found.append(("unique-type-and-time", "S-104"))
    if resets and not_before:
        found.append(("resetting-after-other-resetting", "S-105"))
    if facts["interview.with_more_authorities"] and status is None:
        found.append(("participation-status-with-more-authorities", "S-106"))
    if booking is not None:
        for known in facts["citizen.bookings"]:
            if known["booking_id"] == booking:
                break
        else:
            found.append(("booking-known-for-citizen", "4768"))
    if contact_type == 6 and kind != 8:
        found.append(("direct-at-work-only-for-referral", "S-108"))
    if caller_type == "job_centre" and not _belongs(
        facts["citizen.job_centre_affiliations"], caller, recorded_on
    ):
        found.append(("job-centre-affiliation", "6005"))
    if kind == 18 and status is not None and status not in (5, 6):
        found.append(("rehabilitation-team-participation-status", "9125"))
    if caller_type == "unemployment_fund" and not _belongs(
        facts["citizen.fund_memberships"], caller, recorded_on
    ):
        found.append(("fund-registers-own-members", "4857"))
    if held_at > facts["registration.recorded_at"]:
        found.append(("held-in-the-past", "S-109"))
    if kind not in TYPES and not (kind == 19 and held_on < FROM_2019):
        found.append(("code-in-force-on-held-day", "4709"))
    if contact_type not in CONTACT_TYPES:
        found.append(("code-in-force-on-held-day", "4708"))
    if status is not None and status not in STATUSES:
        found.append(("code-in-force-on-held-day", "2002"))
    return found
