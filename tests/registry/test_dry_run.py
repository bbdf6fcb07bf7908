"""Decisions that are asked for and not stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from registry.commands import CreateInterview, WhatIf
from registry.errors import NotAuthorised, NotFound
from registry.interview import NOTHING_KNOWN, EarlierInterview, NewParticipant
from registry.service import Registered, Registry
from registry.storage import Database
from tests.registry.fakes import (
    AGENCY,
    CITIZEN,
    CONTENT,
    CPR,
    FUND,
    JOB_CENTRE,
    MUNICIPALITY,
    NOW,
    OTHER_CPR,
    OTHER_JOB_CENTRE,
    RESETTING,
    FakeDecider,
    held,
)
from tests.registry.rows import audit_outcomes, counts

TRY = WhatIf("create_interview", CONTENT, cpr=CPR)


@pytest.fixture
def interview_id(registry: Registry) -> str:
    participants = (NewParticipant("Ida"),)
    outcome = registry.create_interview(
        JOB_CENTRE, CreateInterview(CPR, held(0, participants=participants))
    )
    assert isinstance(outcome, Registered)
    return outcome.interview.interview_id


def codes(registry: Registry, what_if: WhatIf) -> list[str]:
    return [each.code for each in registry.dry_run(JOB_CENTRE, what_if).violations]


def test_it_decides_with_a_trace_and_stores_its_audit_line_alone(
    registry: Registry, database: Database
) -> None:
    before = counts(database)
    decision = registry.dry_run(JOB_CENTRE, TRY)
    assert decision.accepted and 1 == len(decision.steps)
    assert before | {"audit_line": before["audit_line"] + 1} == counts(database)
    assert ("dry_run", "accepted") == audit_outcomes(database)[-1]


def test_it_sees_what_is_stored(registry: Registry, interview_id: str) -> None:
    assert ["S-105"] == codes(registry, TRY)


def test_an_update_leaves_the_interview_itself_out(
    registry: Registry, interview_id: str, decider: FakeDecider
) -> None:
    what_if = WhatIf("update_interview", CONTENT, interview_id=interview_id)
    assert [] == codes(registry, what_if)
    assert ["Ida"] == [each["name"] for each in decider.asked[-1]["participants"]]


def test_a_supposed_citizen_takes_the_place_of_the_stored_one(registry: Registry) -> None:
    assert ["6005"] == codes(registry, replace(TRY, citizen=NOTHING_KNOWN))
    assert [] == codes(registry, WhatIf("create_interview", CONTENT, citizen=CITIZEN))


def test_supposed_interviews_take_the_place_of_the_stored_ones(
    registry: Registry, interview_id: str
) -> None:
    assert [] == codes(registry, replace(TRY, earlier_interviews=()))
    later = EarlierInterview(RESETTING, CONTENT.held_at + timedelta(days=1))
    assert ["S-105"] == codes(registry, replace(TRY, earlier_interviews=(later,)))


def test_a_supposed_moment_is_what_the_rules_see(registry: Registry, decider: FakeDecider) -> None:
    registry.dry_run(JOB_CENTRE, replace(TRY, recorded_at=NOW - timedelta(days=400)))
    assert NOW - timedelta(days=400) == decider.asked[-1]["registration.recorded_at"]


def test_a_foreign_citizen_looks_like_an_unknown_one(registry: Registry) -> None:
    foreign = registry.dry_run(OTHER_JOB_CENTRE, TRY)
    assert foreign == registry.dry_run(OTHER_JOB_CENTRE, replace(TRY, cpr=OTHER_CPR))
    assert ["6005"] == [each.code for each in foreign.violations]


def test_supposing_a_citizen_shows_nothing_of_a_foreign_one(
    registry: Registry, interview_id: str, decider: FakeDecider
) -> None:
    periods = (replace(CITIZEN.job_centre_affiliations[0], organisation="102"),)
    own = replace(CITIZEN, job_centre_affiliations=periods)
    decision = registry.dry_run(OTHER_JOB_CENTRE, replace(TRY, citizen=own))
    assert decision.accepted, "the stored interview would have refused it"
    assert () == decider.asked[-1]["citizen.interviews"]


def test_what_cannot_be_found_for_a_registration_cannot_be_for_a_dry_run(
    registry: Registry, interview_id: str, database: Database
) -> None:
    update = WhatIf("update_interview", CONTENT, interview_id=interview_id)
    with pytest.raises(NotFound):
        registry.dry_run(AGENCY, replace(TRY, cpr=OTHER_CPR))
    with pytest.raises(NotFound):
        registry.dry_run(OTHER_JOB_CENTRE, update)
    with pytest.raises(NotFound):
        registry.dry_run(OTHER_JOB_CENTRE, replace(update, citizen=CITIZEN))
    with pytest.raises(NotFound):
        registry.dry_run(FUND, replace(update, cpr=OTHER_CPR))
    assert ("dry_run", "not_found") == audit_outcomes(database)[-1]


def test_who_may_register_nowhere_may_try_nothing(registry: Registry, database: Database) -> None:
    with pytest.raises(NotAuthorised):
        registry.dry_run(MUNICIPALITY, TRY)
    assert ("dry_run", "not_authorised") == audit_outcomes(database)[-1]
