"""Whom the shipped rules tell of each change; see `test_message_log` for what the log promises."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from engine.decide import Decider
from engine.reader.load import load_rulebook
from registry import tables
from registry.commands import (
    AddParticipant,
    CreateInterview,
    DeleteParticipant,
    PutCitizen,
    UpdateInterview,
    UpdateParticipant,
)
from registry.in_force import Always
from registry.interview import (
    CitizenFacts,
    ContactGroupPeriod,
    NewParticipant,
    OrganisationPeriod,
)
from registry.service import Refused, Registered, Registry
from registry.storage import Database
from tests.registry.fakes import AGENCY, CPR, NOW, SINCE_2020, Clock, held
from tests.registry.rows import rows

ROOT = Path(__file__).parents[2]
TODAY = NOW.date()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
CITIZEN = CitizenFacts(
    contact_groups=(ContactGroupPeriod(3, SINCE_2020),),
    job_centre_affiliations=(
        OrganisationPeriod("101", SINCE_2020, TOMORROW),
        OrganisationPeriod("101", TODAY),
        OrganisationPeriod("102", TODAY),
        OrganisationPeriod("103", SINCE_2020, TODAY),
        OrganisationPeriod("104", TOMORROW),
    ),
    fund_memberships=(
        OrganisationPeriod("7", TODAY),
        OrganisationPeriod("9", SINCE_2020, TODAY),
    ),
    bookings=("b-1",),
)
JOB_CENTRES = [("job_centre", "101"), ("job_centre", "102")]
FUND = ("unemployment_fund", "7")


@pytest.fixture(scope="module")
def rules() -> Decider:
    return Decider(load_rulebook(ROOT / "rules", ROOT / "config"), "both")


@pytest.fixture
def registry(database: Database, rules: Decider) -> Registry:
    registry = Registry(database, Always(rules), Clock())
    registry.put_citizen(AGENCY, PutCitizen(CPR, CITIZEN))
    return registry


def told(database: Database, change: str) -> list[tuple[str, str]]:
    """Return the organisations that have a message of that change, sorted."""
    whose = {
        each["subscriber_id"]: (each["organisation_type"], each["organisation"])
        for each in rows(database, tables.subscriber)
    }
    return sorted(
        whose[each["subscriber_id"]]
        for each in rows(database, tables.message)
        if each["change"] == change
    )


def test_each_change_is_told_to_whom_it_concerns(registry: Registry, database: Database) -> None:
    first = registry.create_interview(AGENCY, CreateInterview(CPR, held(0)))
    assert isinstance(first, Registered)
    which = first.interview.interview_id
    registry.update_interview(AGENCY, UpdateInterview(which, 1, held(1)))
    added = registry.add_participant(AGENCY, AddParticipant(which, NewParticipant("Ida")))
    assert isinstance(added, Registered) and added.participant_id is not None
    one = added.participant_id
    registry.update_participant(AGENCY, UpdateParticipant(which, one, "Eva"))
    registry.delete_participant(AGENCY, DeleteParticipant(which, one))
    for change in ("interview_created", "interview_updated", "participant_added"):
        assert [*JOB_CENTRES, FUND] == told(database, change)
    for change in ("participant_updated", "participant_deleted"):
        assert [] == told(database, change)


def test_funds_are_told_of_open_types_only(registry: Registry, database: Database) -> None:
    closed = registry.create_interview(AGENCY, CreateInterview(CPR, held(0, type=18)))
    assert isinstance(closed, Registered)
    assert JOB_CENTRES == told(database, "interview_created")
    update = UpdateInterview(closed.interview.interview_id, 1, held(0, type=12))
    assert isinstance(registry.update_interview(AGENCY, update), Registered)
    assert [*JOB_CENTRES, FUND] == told(database, "interview_updated")


def test_a_refusal_is_told_to_nobody(registry: Registry, database: Database) -> None:
    refused = registry.create_interview(
        AGENCY, CreateInterview(CPR, held(0, type=18, participation_status=4))
    )
    assert isinstance(refused, Refused)
    assert [] == rows(database, tables.message)
