"""Rego, the language of Open Policy Agent, on Microsoft's C++ engine (`regopy`).

One policy of partial rules that collect what is broken; the matrix of contact groups is a data
document. The policy is built into a bundle once and asked by its entry point. Facts become the
engine's own input beforehand. All thirteen rules can be expressed; the package has no functions of
time, so days and instants are numbers.
"""

from __future__ import annotations

import json
from typing import Any

from regopy import Input, Interpreter

from benchmarks.engines.contestant import Contestant, Facts
from benchmarks.engines.nested import DAY_2018, DAY_2019, with_nothing
from benchmarks.hand_written import GROUPS_ALLOWED, Found

ENTRY_POINT = "registration/broken"
POLICY = f"""
package registration

resets(kind, day) if kind in {{4, 7, 10, 15, 17}}
resets(19, day) if day < {DAY_2019}

open(period, day) if period.until == null
open(period, day) if period.until > day

belongs(periods) if {{
    some period in periods
    period.organisation == input.caller.organisation
    period.from <= input.registration.recorded_on
    open(period, input.registration.recorded_on)
}}

group_allows if {{
    input.interview.held_on >= {DAY_2018}
    some group in input.citizen.contact_groups
    group.from <= input.interview.held_on
    open(group, input.interview.held_on)
    input.interview.type in data.allowed_types[format_int(group.contact_group, 10)]
}}

booking_known if {{
    some booking in input.citizen.bookings
    booking.booking_id == input.interview.booking_id
}}

type_in_force if input.interview.type in {{4, 7, 8, 9, 10, 11, 12, 13, 15, 17, 18}}
type_in_force if {{
    input.interview.type == 19
    input.interview.held_on < {DAY_2019}
}}

broken contains ["held-not-before-latest-resetting", "S-101"] if {{
    some earlier in input.citizen.interviews
    earlier.held_at > input.interview.held_at
    resets(earlier.type, earlier.held_on)
}}

broken contains ["one-resetting-interview-per-instant", "S-102"] if {{
    resets(input.interview.type, input.interview.held_on)
    some earlier in input.citizen.interviews
    earlier.held_at == input.interview.held_at
    resets(earlier.type, earlier.held_on)
}}

broken contains ["type-allowed-for-contact-group", "S-103"] if not group_allows

broken contains ["unique-type-and-time", "S-104"] if {{
    some earlier in input.citizen.interviews
    earlier.type == input.interview.type
    earlier.held_at == input.interview.held_at
}}

broken contains ["resetting-after-other-resetting", "S-105"] if {{
    resets(input.interview.type, input.interview.held_on)
    some earlier in input.citizen.interviews
    earlier.held_at >= input.interview.held_at
    resets(earlier.type, earlier.held_on)
}}

broken contains ["participation-status-with-more-authorities", "S-106"] if {{
    input.interview.with_more_authorities
    input.interview.participation_status == null
}}

broken contains ["booking-known-for-citizen", "4768"] if {{
    input.interview.booking_id != null
    not booking_known
}}

broken contains ["direct-at-work-only-for-referral", "S-108"] if {{
    input.interview.contact_type == 6
    input.interview.type != 8
}}

broken contains ["job-centre-affiliation", "6005"] if {{
    input.caller.organisation_type == "job_centre"
    not belongs(input.citizen.job_centre_affiliations)
}}

broken contains ["rehabilitation-team-participation-status", "9125"] if {{
    input.interview.type == 18
    input.interview.participation_status != null
    not input.interview.participation_status in {{5, 6}}
}}

broken contains ["fund-registers-own-members", "4857"] if {{
    input.caller.organisation_type == "unemployment_fund"
    not belongs(input.citizen.fund_memberships)
}}

broken contains ["held-in-the-past", "S-109"] if {{
    input.interview.held_at > input.registration.recorded_at
}}

broken contains ["code-in-force-on-held-day", "4709"] if not type_in_force

broken contains ["code-in-force-on-held-day", "4708"] if {{
    not input.interview.contact_type in {{1, 2, 3, 4, 5, 6, 7, 8}}
}}

broken contains ["code-in-force-on-held-day", "2002"] if {{
    input.interview.participation_status != null
    not input.interview.participation_status in {{1, 2, 3, 4, 5, 6}}
}}
"""


def bundle() -> Contestant:
    """Build the policy and its data into a bundle."""
    builder = Interpreter()
    builder.add_data({"allowed_types": {str(g): sorted(t) for g, t in GROUPS_ALLOWED.items()}})
    builder.add_module("registration", POLICY)
    built = builder.build(None, [ENTRY_POINT])
    asked = Interpreter()

    def decide(facts: Input) -> Any:
        asked.set_input(facts)
        return asked.query_bundle_entrypoint(built, ENTRY_POINT)

    return Contestant("regopy", "regopy", decide, _input, _found, slow=True)


def _input(facts: Facts) -> Input:
    return Input(with_nothing(facts))


def _found(answer: Any) -> Found:
    return [(rule, code) for rule, code in json.loads(str(answer))["expressions"][0]]
