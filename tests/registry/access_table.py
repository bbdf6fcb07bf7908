"""Who sees what and who writes what, written by hand from the published matrix; callers, citizens.

It knows nothing of `rules/access.yaml`, of the tables of operators or of how grants are asked: what
stands here is what they are held against.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from registry.commands import Caller
from registry.interview import CitizenFacts, GuestAccess, OrganisationPeriod

Periods = Sequence[OrganisationPeriod]

OPEN_TO_FUNDS = frozenset({7, 8, 9, 10, 11, 12, 13, 15, 17})
NEAR = timedelta(days=120)
ONE_DAY = timedelta(days=1)
MAY_REGISTER = frozenset({"job_centre", "unemployment_fund", "agency"})

NEW_YEAR_2024, NEW_YEAR_2025 = date(2024, 1, 1), date(2025, 1, 1)
FIRST_DAY, LAST_DAY = date.min, date.max - ONE_DAY
OWN_CITIZENS_OF: Mapping[str, Mapping[str, tuple[date, date]]] = {
    "AA-1": {"101": (FIRST_DAY, LAST_DAY)},
    "AA-2": {"102": (NEW_YEAR_2024, NEW_YEAR_2025 - ONE_DAY)},
    "AA-4": {"101": (FIRST_DAY, date(2024, 6, 30))},
}
"""Operator → job centre → first and last day on which it acts for the job centre's own citizens."""
GUESTS_OF: Mapping[str, Mapping[str, tuple[date, date]]] = {
    "AA-1": {"102": (NEW_YEAR_2024, NEW_YEAR_2025 - ONE_DAY)},
    "AA-2": {"101": (FIRST_DAY, LAST_DAY)},
    "AA-4": {"102": (NEW_YEAR_2024, date(2024, 6, 30))},
}
SEES_ALL = {"AA-3": (NEW_YEAR_2024, NEW_YEAR_2025 - ONE_DAY)}


BEGIN, END = date(2024, 3, 1), date(2024, 8, 1)
"""Each relation begins on the one day and is over on the other."""
OPEN, CLOSED = 7, 18

CALLERS = [
    Caller(kind, organisation, "bo", "matrix")
    for kind, organisations in {
        "unemployment_fund": ["7", "9", "101"],
        "job_centre": ["101", "102", "7", "AA-1"],
        "municipality": ["901", "902", "101"],
        "joint_operating_company": ["101", "102"],
        "external_operator": ["AA-1", "AA-2", "AA-3", "AA-4", "AA-9", "101", ""],
        "agency": ["star"],
        "system": ["kss", "101"],
        "unheard_of": ["101"],
    }.items()
    for organisation in organisations
]


def _period(organisation: str) -> tuple[OrganisationPeriod, ...]:
    return (OrganisationPeriod(organisation, BEGIN, END),)


def _guest_of(kind: str, organisation: str) -> CitizenFacts:
    return CitizenFacts(guest_access=(GuestAccess(kind, organisation, BEGIN, END),))


RELATIONS = {
    "no relation": CitizenFacts(),
    "of job centre 101": CitizenFacts(job_centre_affiliations=_period("101")),
    "of job centre 102": CitizenFacts(job_centre_affiliations=_period("102")),
    "member of fund 7": CitizenFacts(fund_memberships=_period("7")),
    "lives in 901": CitizenFacts(municipalities=_period("901")),
    "guest of job centre 101": _guest_of("job_centre", "101"),
    "guest of job centre 102": _guest_of("job_centre", "102"),
    "guest of fund 7": _guest_of("unemployment_fund", "7"),
    "guest of municipality 901": _guest_of("municipality", "901"),
    "guest of joint company 101": _guest_of("joint_operating_company", "101"),
    "guest of operator AA-1": _guest_of("external_operator", "AA-1"),
}


def sees_citizen(caller: Caller, citizen: CitizenFacts, day: date) -> bool:
    """Tell what the matrix says of organisation type and relation on a day."""
    own = caller.organisation
    match caller.organisation_type:
        case "agency":
            return True
        case "unemployment_fund":
            return _near(citizen.fund_memberships, own, day) or _guest(caller, citizen, day)
        case "job_centre" | "joint_operating_company":
            return _in(citizen.job_centre_affiliations, own, day) or _guest(caller, citizen, day)
        case "municipality":
            return _in(citizen.municipalities, own, day) or _guest(caller, citizen, day)
        case "external_operator":
            return _operator_sees(own, citizen, day)
        case _:
            return False


def sees_interview(caller: Caller, citizen: CitizenFacts, day: date, interview_type: int) -> bool:
    """Tell the same of one interview: only funds are kept from some types."""
    if caller.organisation_type == "unemployment_fund" and interview_type not in OPEN_TO_FUNDS:
        return False
    return sees_citizen(caller, citizen, day)


def writes(caller: Caller, citizen: CitizenFacts, day: date) -> bool:
    """Tell who registers: own citizens and current members only, agencies on everyone."""
    match caller.organisation_type:
        case "agency":
            return True
        case "job_centre":
            return _in(citizen.job_centre_affiliations, caller.organisation, day)
        case "unemployment_fund":
            return _in(citizen.fund_memberships, caller.organisation, day)
        case _:
            return False


def _operator_sees(operator: str, citizen: CitizenFacts, day: date) -> bool:
    if operator in SEES_ALL and _between(SEES_ALL[operator], day):
        return True
    own = any(
        _between(days, day) and _in(citizen.job_centre_affiliations, job_centre, day)
        for job_centre, days in OWN_CITIZENS_OF.get(operator, {}).items()
    )
    return own or any(
        _between(days, day) and _guest(Caller("job_centre", job_centre, "", ""), citizen, day)
        for job_centre, days in GUESTS_OF.get(operator, {}).items()
    )


def _guest(caller: Caller, citizen: CitizenFacts, day: date) -> bool:
    guests = [
        OrganisationPeriod(each.organisation, each.from_day, each.until)
        for each in citizen.guest_access
        if each.organisation_type == caller.organisation_type
    ]
    return _in(guests, caller.organisation, day)


def _in(periods: Periods, organisation: str, day: date) -> bool:
    return any(_between(days, day) for days in _days(periods, organisation))


def _near(periods: Periods, organisation: str, day: date) -> bool:
    return any(
        _between((first - NEAR, last if last == LAST_DAY else last + NEAR), day)
        for first, last in _days(periods, organisation)
    )


def _days(periods: Periods, organisation: str) -> list[tuple[date, date]]:
    """Return first and last day of each of the organisation's periods."""
    return [
        (each.from_day, LAST_DAY if each.until is None else each.until - ONE_DAY)
        for each in periods
        if each.organisation == organisation
    ]


def _between(days: tuple[date, date], day: date) -> bool:
    first, last = days
    return first <= day <= last
