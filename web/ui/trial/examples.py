"""Invented citizens and interviews to begin with, relative to the present day.

In: the present. Out: facts by the names of the catalogue, for every operation.
Does not know: whether the rules accept them; the page says so. Nobody here exists, and nobody has a
number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from engine.facts import Fact, FactType, Text
from engine.tables import Table
from registry.days import DENMARK, day_of

Stated = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Example:
    """One situation; `facts` may name more than an operation asks for."""

    key: str
    title: Text
    facts: Callable[[datetime], Stated]
    operation: str = "create_interview"


def _days(now: datetime, count: int) -> date:
    """Return the day so many days after the present one."""
    return day_of(now) + timedelta(days=count)


def _at(now: datetime, days: int, hour: int) -> datetime:
    return datetime.combine(_days(now, days), time(hour), DENMARK)


def _whole_past(now: datetime, organisation: str, years: int = 3) -> list[dict[str, object]]:
    return [{"organisation": organisation, "from": _days(now, -365 * years), "until": None}]


def _job_interview(now: datetime) -> Stated:
    """Everything that any operation asks for; the other examples differ from it."""
    began = _days(now, -400)
    return {
        "registration.recorded_at": now.replace(second=0, microsecond=0),
        "access.day": day_of(now),
        "change.kind": "interview_created",
        "change.recorded_on": day_of(now),
        "caller.organisation_type": "job_centre",
        "caller.organisation": "101",
        "interview.type": 7,
        "interview.contact_type": 1,
        "interview.held_at": _at(now, -1, 10),
        "interview.held_on": _days(now, -1),
        "interview.with_more_authorities": False,
        "participants": [],
        "citizen.interviews": [
            {"type": 10, "held_at": _at(now, -380, 9)},
            {"type": 7, "held_at": _at(now, -120, 13)},
            {"type": 9, "held_at": _at(now, -60, 10)},
        ],
        "citizen.contact_groups": [{"contact_group": 1, "from": began, "until": None}],
        "citizen.job_centre_affiliations": _whole_past(now, "101"),
        "citizen.job_centres": _whole_past(now, "101"),
        "citizen.fund_memberships": _whole_past(now, "7"),
        "citizen.municipalities": _whole_past(now, "901"),
        "citizen.guest_access": [],
        "citizen.bookings": [{"booking_id": "indkaldelse-1"}],
        "citizen.contact_course_began": began,
    }


def _too_early(now: datetime) -> Stated:
    return {**_job_interview(now), "interview.held_at": _at(now, -150, 10)}


def _by_fund(now: datetime) -> Stated:
    return {
        **_job_interview(now),
        "caller.organisation_type": "unemployment_fund",
        "caller.organisation": "7",
        "interview.type": 15,
        "interview.contact_type": 7,
    }


def _rehabilitation_team(now: datetime) -> Stated:
    return {
        **_job_interview(now),
        "interview.type": 18,
        "interview.with_more_authorities": True,
        "interview.participation_status": 5,
        "citizen.contact_groups": [
            {"contact_group": 1, "from": _days(now, -400), "until": _days(now, -30)},
            {"contact_group": 3, "from": _days(now, -30), "until": None},
        ],
    }


def _changed_group(now: datetime) -> Stated:
    return {
        **_rehabilitation_team(now),
        "interview.type": 10,
        "interview.with_more_authorities": False,
        "interview.participation_status": None,
    }


def _moved(now: datetime) -> Stated:
    return {
        **_job_interview(now),
        "citizen.job_centre_affiliations": [
            {"organisation": "101", "from": _days(now, -1095), "until": _days(now, -14)},
            {"organisation": "102", "from": _days(now, -14), "until": None},
        ],
    }


EXAMPLES = (
    Example(
        "jobsamtale",
        Text("Jobsamtale med en dagpengemodtager", "Job interview, benefit recipient"),
        _job_interview,
    ),
    Example(
        "for-tidlig",
        Text("Før den seneste nulstillende samtale", "Before the latest resetting interview"),
        _too_early,
    ),
    Example(
        "a-kasse",
        Text("A-kassen registrerer for sit medlem", "The fund registers for its member"),
        _by_fund,
    ),
    Example(
        "rehabilitering",
        Text("Rehabiliteringsteam med deltagelsesstatus", "Rehabilitation team with a status"),
        _rehabilitation_team,
    ),
    Example(
        "skiftet-gruppe",
        Text("Borgeren har skiftet kontaktgruppe", "The citizen has changed contact group"),
        _changed_group,
    ),
    Example(
        "flyttet",
        Text("Borgeren er flyttet til et andet jobcenter", "The citizen has moved job centre"),
        _moved,
    ),
)


def new_row(fact: Fact, now: datetime, tables: Mapping[str, Table]) -> dict[str, object]:
    """Return a record to begin with when a row is added to a list."""
    return {
        name: _beginning(field, now, tables)
        for name, field in fact.fields.items()
        if not field.optional and field.looked_up is None
    }


def _beginning(field: Fact, now: datetime, tables: Mapping[str, Table]) -> object:
    match field.type:
        case FactType.CODE:
            table = tables.get(field.code_list or "")
            return next((row.key for row in table.on(day_of(now))), None) if table else None
        case FactType.DATE:
            return _days(now, -30)
        case FactType.INSTANT:
            return _at(now, -30, 10)
        case FactType.BOOLEAN:
            return False
        case FactType.INTEGER:
            return 1
        case _:
            return _TEXTS.get(field.name, "101")


_TEXTS = {"name": "Vera Prøve", "booking_id": "indkaldelse-2"}


def example(key: str | None) -> Example:
    """Return the example of that key, the first one when there is none."""
    return next((each for each in EXAMPLES if each.key == key), EXAMPLES[0])
