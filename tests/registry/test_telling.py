"""Who is told of what: with the fake decider, and with the shipped rules and both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from engine.decide import Decider
from engine.reader.load import load_rulebook
from registry.commands import (
    AddParticipant,
    CreateInterview,
    DeleteParticipant,
    PutCitizen,
    UpdateInterview,
    UpdateParticipant,
    WhatIf,
)
from registry.in_force import Always
from registry.interview import ContactGroupPeriod, NewParticipant, OrganisationPeriod
from registry.messages import Change, Message
from registry.service import Refused, Registered, Registry
from registry.storage import Database
from tests.registry.fakes import (
    AGENCY,
    CITIZEN,
    CPR,
    FUND,
    JOB_CENTRE,
    NOW,
    OTHER_JOB_CENTRE,
    SINCE_2020,
    Clock,
    held,
)
from tests.registry.rows import counts
from tests.registry.telling import CENTRE, OTHER_CENTRE, SOME_FUND, log_of, numbers

ROOT = Path(__file__).parents[2]
TEAM = 18
"""An interview type that funds may not read."""
TODAY = NOW.date()


@pytest.fixture(scope="module")
def rules() -> Decider:
    return Decider(load_rulebook(ROOT / "rules", ROOT / "config"), "both")


@pytest.fixture(params=["by hand", "shipped"])
def registry(
    request: pytest.FixtureRequest, database: Database, registry: Registry, clock: Clock
) -> Registry:
    """Return a registry with hand-written notices, then one with those of `rules/`."""
    if request.param == "by hand":
        return registry
    return Registry(database, Always(request.getfixturevalue("rules")), clock)


def created(registry: Registry, **changes: object) -> Registered:
    outcome = registry.create_interview(JOB_CENTRE, CreateInterview(CPR, held(0, **changes)))
    assert isinstance(outcome, Registered)
    return outcome


def told(messages: tuple[Message, ...]) -> list[tuple[Change, int, int]]:
    return [(each.change, each.change_kind, each.version) for each in messages]


def test_job_centre_and_fund_are_told_of_a_new_interview(
    registry: Registry, database: Database
) -> None:
    interview = created(registry).interview
    for each in (CENTRE, SOME_FUND):
        (message,) = log_of(database, each)
        assert (each, interview.interview_id, CPR, NOW, interview.registered_by) == (
            message.subscriber,
            message.entity_id,
            message.cpr,
            message.recorded_at,
            message.registered_by,
        )
    assert () == log_of(database, OTHER_CENTRE)


def test_updates_and_added_participants_are_told_and_other_changes_of_participants_are_not(
    registry: Registry, database: Database, clock: Clock
) -> None:
    interview_id = created(registry).interview.interview_id
    clock.pass_minutes(1)
    registry.update_interview(FUND, UpdateInterview(interview_id, 1, held(0)))
    added = registry.add_participant(
        JOB_CENTRE, AddParticipant(interview_id, NewParticipant("Ida", type=1))
    )
    assert isinstance(added, Registered) and added.participant_id
    for outcome in (
        registry.update_participant(
            JOB_CENTRE, UpdateParticipant(interview_id, added.participant_id, "Bo")
        ),
        registry.delete_participant(
            JOB_CENTRE, DeleteParticipant(interview_id, added.participant_id)
        ),
    ):
        assert isinstance(outcome, Registered)
    expected = [
        (Change.INTERVIEW_CREATED, 1, 1),
        (Change.INTERVIEW_UPDATED, 2, 2),
        (Change.PARTICIPANT_ADDED, 2, 3),
    ]
    assert expected == told(log_of(database, CENTRE))
    assert expected == told(log_of(database, SOME_FUND))
    by = [each.registered_by.organisation_type for each in log_of(database)]
    assert ["job_centre", "unemployment_fund", "job_centre"] == by


def test_nobody_is_told_of_what_was_refused_or_only_tried(
    registry: Registry, database: Database
) -> None:
    created(registry)
    before = counts(database)["message"]
    refused = registry.create_interview(JOB_CENTRE, CreateInterview(CPR, held(-1)))
    assert isinstance(refused, Refused)
    foreign = registry.create_interview(OTHER_JOB_CENTRE, CreateInterview(CPR, held(5)))
    assert isinstance(foreign, Refused)
    registry.dry_run(JOB_CENTRE, WhatIf("create_interview", held(5), cpr=CPR))
    assert before == counts(database)["message"]


def test_an_organisation_the_citizen_belongs_to_twice_is_told_once(
    registry: Registry, database: Database
) -> None:
    twice = (OrganisationPeriod("101", SINCE_2020), OrganisationPeriod("101", date(2021, 1, 1)))
    citizen = replace(CITIZEN, job_centre_affiliations=twice)
    registry.put_citizen(AGENCY, PutCitizen(CPR, citizen))
    created(registry)
    assert [1] == numbers(log_of(database))


class TestShippedRules:
    @pytest.fixture
    def registry(self, database: Database, rules: Decider, clock: Clock) -> Registry:
        registry = Registry(database, Always(rules), clock)
        groups = (ContactGroupPeriod(3, SINCE_2020),)
        registry.put_citizen(AGENCY, PutCitizen(CPR, replace(CITIZEN, contact_groups=groups)))
        return registry

    def test_a_fund_is_not_told_of_types_that_are_closed_to_it(
        self, registry: Registry, database: Database
    ) -> None:
        created(registry, type=TEAM, participation_status=5)
        assert [1] == numbers(log_of(database, CENTRE))
        assert () == log_of(database, SOME_FUND)

    @pytest.mark.parametrize(
        ("from_day", "until", "expected"),
        [
            (TODAY, None, 1),
            (date(2024, 6, 4), None, 0),
            (SINCE_2020, TODAY, 0),
            (SINCE_2020, date(2024, 6, 4), 1),
        ],
        ids=["from today", "from tomorrow", "until today", "until tomorrow"],
    )
    def test_who_counts_is_who_the_citizen_belongs_to_on_the_day_of_registration(
        self,
        registry: Registry,
        database: Database,
        from_day: date,
        until: date | None,
        expected: int,
    ) -> None:
        affiliations = (
            OrganisationPeriod("101", SINCE_2020),
            OrganisationPeriod("102", from_day, until),
        )
        citizen = replace(CITIZEN, job_centre_affiliations=affiliations)
        registry.put_citizen(AGENCY, PutCitizen(CPR, citizen))
        created(registry)
        assert expected == len(log_of(database, OTHER_CENTRE))
