"""Who may see a citizen, and which organisations may register at all.

In: caller, citizen facts, tables, the day. Out: yes or no.
Does not know: rules. Whoever may write on a citizen may see them, and agencies see everyone; the
access rules of the next issue take this module's place.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from engine.tables import Table
from registry.commands import Caller
from registry.interview import CitizenFacts, OrganisationPeriod

JOB_CENTRE = "job_centre"
UNEMPLOYMENT_FUND = "unemployment_fund"
AGENCIES = frozenset({"agency", "system"})
"""The organisation types that see every citizen and may put reference facts."""


def may_see_everyone(caller: Caller) -> bool:
    """Tell whether every citizen is visible to the caller, so that unknown ones may be told."""
    return caller.organisation_type in AGENCIES


def may_see(caller: Caller, citizen: CitizenFacts, today: date) -> bool:
    """Tell whether the citizen is visible to the caller on this day in Denmark."""
    if may_see_everyone(caller):
        return True
    periods: dict[str, tuple[OrganisationPeriod, ...]] = {
        JOB_CENTRE: citizen.job_centre_affiliations,
        UNEMPLOYMENT_FUND: citizen.fund_memberships,
    }
    return any(
        period.organisation == caller.organisation and period.covers(today)
        for period in periods.get(caller.organisation_type, ())
    )


def may_register(caller: Caller, tables: Mapping[str, Table], today: date) -> bool:
    """Tell whether the table of organisation types lets the caller's type register."""
    row = tables["organisation_types"].find(caller.organisation_type, today)
    return row is not None and row.values.get("may_register") is True
