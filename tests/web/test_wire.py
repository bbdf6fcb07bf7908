"""Wire names and the registry's values: nothing is lost between them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from registry.commands import PagePosition
from registry.days import day_of
from registry.interview import (
    CitizenFacts,
    ContactGroupPeriod,
    EarlierInterview,
    GuestAccess,
    InterviewContent,
    NewParticipant,
    OrganisationPeriod,
    ResponsibleAuthority,
)
from tests.web.door import interview
from web.api.wire import (
    citizen_facts,
    earlier_interviews,
    interview_content,
    read_cursor,
    show_cursor,
)
from web.api.wire_times import read_day, start_of

DAY = date(2024, 1, 1)
END = date(2025, 1, 1)


def test_every_fact_of_a_citizen_is_read() -> None:
    period = {"organisationCode": "1", "from": "2024-01-01", "to": "2025-01-01"}
    open_period = {"organisationCode": "2", "from": "2024-01-01", "to": None}
    body = {
        "contactGroups": [
            {"contactGroupTypeIdentifier": 1, "eventTime": "2024-01-01", "endTime": "2025-01-01"},
            {"contactGroupTypeIdentifier": 2, "eventTime": "2024-01-01"},
        ],
        "jobCentreAffiliations": [period, open_period],
        "fundMemberships": [period],
        "municipalities": [open_period],
        "guestAccess": [{"organisationType": "job_centre", **period}],
        "bookings": [{"bookingIdentifier": "a"}, {"bookingIdentifier": "b"}],
        "contactCourseBegan": "2024-01-01",
    }
    assert CitizenFacts(
        contact_groups=(ContactGroupPeriod(1, DAY, END), ContactGroupPeriod(2, DAY)),
        job_centre_affiliations=(
            OrganisationPeriod("1", DAY, END),
            OrganisationPeriod("2", DAY),
        ),
        fund_memberships=(OrganisationPeriod("1", DAY, END),),
        municipalities=(OrganisationPeriod("2", DAY),),
        guest_access=(GuestAccess("job_centre", "1", DAY, END),),
        bookings=("a", "b"),
        contact_course_began=DAY,
    ) == citizen_facts(body)
    assert CitizenFacts() == citizen_facts({})


def test_earlier_interviews_left_out_are_not_the_same_as_none_at_all() -> None:
    assert earlier_interviews({}) is None
    assert () == earlier_interviews({"interviews": []})
    stated = {"interviewTypeIdentifier": 7.0, "heldAt": "2024-03-05T10:00:00+01:00"}
    held_at = datetime(2024, 3, 5, 9, tzinfo=UTC)
    assert (EarlierInterview(7, held_at),) == earlier_interviews({"interviews": [stated]})


def test_every_field_of_an_interview_is_read() -> None:
    body = interview(
        interviewWithMoreAuthorities=True,
        participationStatusTypeIdentifier=5,
        bookingIdentifier="b",
        agreementText="t",
        responsibleAuthority={
            "organisationType": "agency",
            "organisationCode": "1",
            "caseWorkerName": "n",
        },
        participants=[
            {
                "name": "Bo",
                "externalIdentifier": "x",
                "participantTypeIdentifier": 2,
                "participantIdentifier": "6F1C9A34-0D7A-4C65-9B4C-111111111111",
            }
        ],
    )
    assert InterviewContent(
        type=7,
        contact_type=1,
        held_at=datetime(2024, 3, 5, 9, tzinfo=UTC),
        with_more_authorities=True,
        responsible_authority=ResponsibleAuthority("agency", "1", "n"),
        participation_status=5,
        booking_id="b",
        agreement_text="t",
        participants=(NewParticipant("Bo", "x", 2, "6f1c9a34-0d7a-4c65-9b4c-111111111111"),),
    ) == interview_content(body)


def test_participants_left_out_are_not_the_same_as_none_at_all() -> None:
    assert interview_content(interview()).participants is None
    assert () == interview_content(interview(participants=[])).participants


@pytest.mark.parametrize(
    "held_at",
    [
        datetime(1900, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2024, 3, 5, 9, 0, 0, 123_456, tzinfo=UTC),
        datetime(2200, 12, 31, 23, tzinfo=UTC),
    ],
)
def test_a_cursor_is_read_back_to_the_microsecond(held_at: datetime) -> None:
    position = PagePosition(held_at, "6f1c9a34-0d7a-4c65-9b4c-111111111111")
    assert position == read_cursor(show_cursor(position))


@pytest.mark.parametrize(
    "text", ["", "x", "æ", "e30", "W10", "WzFd", "WzEsMl0", "W251bGwsImEiXQ", "WzFlMzAwLCJhIl0"]
)
def test_any_other_text_is_no_cursor(text: str) -> None:
    assert read_cursor(text) is None


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("2024-01-01", datetime(2023, 12, 31, 23, tzinfo=UTC)),
        ("2024-07-01", datetime(2024, 6, 30, 22, tzinfo=UTC)),
        ("2024-03-31", datetime(2024, 3, 30, 23, tzinfo=UTC)),
        ("2024-04-01", datetime(2024, 3, 31, 22, tzinfo=UTC)),
    ],
)
def test_a_day_begins_at_midnight_in_denmark(text: str, begins: datetime) -> None:
    day = read_day(text)
    assert day is not None
    assert begins == start_of(day)
    assert day == day_of(begins)
