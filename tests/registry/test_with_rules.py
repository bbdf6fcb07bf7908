"""The registry with the shipped rules and the real engines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from engine.decide import Decider
from engine.facts import read_facts
from engine.reader.load import load_rulebook
from registry import tables
from registry.commands import (
    AddParticipant,
    Caller,
    CreateInterview,
    PutCitizen,
    UpdateInterview,
    WhatIf,
)
from registry.documents import outcome_document
from registry.in_force import Always
from registry.interview import CitizenFacts, ContactGroupPeriod, NewParticipant
from registry.service import Refused, Registered, Registry
from registry.storage import Database
from tests.registry.fakes import (
    AGENCY,
    CITIZEN,
    CPR,
    FUND,
    JOB_CENTRE,
    NOW,
    OTHER_CPR,
    OTHER_JOB_CENTRE,
    SINCE_2020,
    Clock,
    held,
)
from tests.registry.rows import rows

ROOT = Path(__file__).parents[2]
TEAM = replace(CITIZEN, contact_groups=(ContactGroupPeriod(3, SINCE_2020),))


@pytest.fixture(scope="module")
def rules() -> Decider:
    return Decider(load_rulebook(ROOT / "rules", ROOT / "config"), "both")


@pytest.fixture
def registry(database: Database, rules: Decider) -> Registry:
    registry = Registry(database, Always(rules), Clock())
    registry.put_citizen(AGENCY, PutCitizen(CPR, TEAM))
    return registry


def codes(outcome: Registered | Refused) -> list[str]:
    assert isinstance(outcome, Refused)
    return [violation.code for violation in outcome.decision.violations]


def test_a_team_interview_is_accepted_with_5_and_refused_with_4(registry: Registry) -> None:
    accepted = registry.create_interview(
        JOB_CENTRE, CreateInterview(CPR, held(0, type=18, participation_status=5))
    )
    assert isinstance(accepted, Registered)
    assert ["9125"] == codes(
        registry.create_interview(
            JOB_CENTRE, CreateInterview(CPR, held(1, type=18, participation_status=4))
        )
    )
    assert ["9125"] == codes(
        registry.update_interview(
            JOB_CENTRE,
            UpdateInterview(
                accepted.interview.interview_id, 1, held(0, type=18, participation_status=4)
            ),
        )
    )


def test_several_rules_fire_at_once(registry: Registry) -> None:
    registry.create_interview(JOB_CENTRE, CreateInterview(CPR, held(0)))
    outcome = registry.create_interview(JOB_CENTRE, CreateInterview(CPR, held(0)))
    assert ["S-102", "S-104", "S-105"] == codes(outcome)


def test_an_update_may_keep_type_and_time(registry: Registry) -> None:
    first = registry.create_interview(JOB_CENTRE, CreateInterview(CPR, held(0)))
    assert isinstance(first, Registered)
    again = UpdateInterview(first.interview.interview_id, 1, held(0, agreement_text="other"))
    assert isinstance(registry.update_interview(FUND, again), Registered)


def test_a_participant_without_a_name_is_refused(registry: Registry) -> None:
    first = registry.create_interview(JOB_CENTRE, CreateInterview(CPR, held(0)))
    assert isinstance(first, Registered)
    nobody = AddParticipant(first.interview.interview_id, NewParticipant(" "))
    assert ["S-201"] == codes(registry.add_participant(JOB_CENTRE, nobody))


@pytest.mark.parametrize(
    ("caller", "code"), [(OTHER_JOB_CENTRE, "6005"), (replace(FUND, organisation="9"), "4857")]
)
def test_not_a_word_tells_a_foreign_citizen_from_an_unknown_one(
    registry: Registry, caller: Caller, code: str
) -> None:
    foreign = registry.create_interview(caller, CreateInterview(CPR, held(0, booking_id="x")))
    unknown = registry.create_interview(caller, CreateInterview(OTHER_CPR, held(0, booking_id="x")))
    assert [code] == codes(foreign)
    assert isinstance(foreign, Refused) and isinstance(unknown, Refused)
    assert foreign.decision == unknown.decision
    dry = [
        registry.dry_run(caller, WhatIf("create_interview", held(0), cpr=cpr))
        for cpr in (CPR, OTHER_CPR)
    ]
    assert dry[0] == dry[1]


def test_a_stored_decision_can_be_made_again_from_its_facts(
    registry: Registry, database: Database, rules: Decider
) -> None:
    first = registry.create_interview(
        JOB_CENTRE, CreateInterview(CPR, held(0, participants=(NewParticipant("Ida", None, 1),)))
    )
    assert isinstance(first, Registered)
    which = first.interview.interview_id
    registry.create_interview(JOB_CENTRE, CreateInterview(CPR, held(-1, type=18)))
    registry.create_interview(OTHER_JOB_CENTRE, CreateInterview(CPR, held(0)))
    registry.create_interview(OTHER_JOB_CENTRE, CreateInterview(OTHER_CPR, held(0)))
    registry.update_interview(FUND, UpdateInterview(which, 1, held(3, contact_type=6)))
    registry.add_participant(FUND, AddParticipant(which, NewParticipant("Bo")))
    stored = rows(database, tables.decision)
    assert 6 == len(stored)
    for row in stored:
        facts = read_facts(rules.rulebook.catalogue, row["operation"], orjson.loads(row["facts"]))
        again = rules.decide(row["operation"], facts)
        assert (row["rulebook"], row["outcome"]) == (again.rulebook, outcome_document(again))


def test_a_contact_group_ends_when_the_next_begins(registry: Registry) -> None:
    day = held(0).held_at.date()
    for groups, expected in (
        ((ContactGroupPeriod(6, SINCE_2020), ContactGroupPeriod(1, day)), []),
        ((ContactGroupPeriod(1, SINCE_2020), ContactGroupPeriod(6, day)), ["S-103"]),
        ((ContactGroupPeriod(1, day), ContactGroupPeriod(6, day)), []),
        ((ContactGroupPeriod(1, SINCE_2020, day),), ["S-103"]),
    ):
        citizen = CitizenFacts(groups, CITIZEN.job_centre_affiliations, bookings=("b-1",))
        what_if = WhatIf("create_interview", held(0), citizen=citizen, recorded_at=NOW)
        decision = registry.dry_run(JOB_CENTRE, what_if)
        assert expected == [each.code for each in decision.violations]
