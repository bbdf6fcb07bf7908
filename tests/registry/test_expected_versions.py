"""A change that names the version it expects is made to that version, or not at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from registry import tables
from registry.commands import (
    AddParticipant,
    CreateInterview,
    DeleteParticipant,
    ExpectedVersion,
    UpdateInterview,
    UpdateParticipant,
)
from registry.errors import Conflict
from registry.interview import Interview, NewParticipant
from registry.service import Registered, Registry
from registry.storage import Database
from tests.registry.fakes import CPR, JOB_CENTRE, held
from tests.registry.rows import rows

CHANGES: dict[str, Callable[[Registry, Interview, ExpectedVersion], object]] = {
    "update interview": lambda registry, stored, expected: registry.update_interview(
        JOB_CENTRE, UpdateInterview(stored.interview_id, expected, held(1))
    ),
    "add participant": lambda registry, stored, expected: registry.add_participant(
        JOB_CENTRE, AddParticipant(stored.interview_id, NewParticipant("Bo"), expected)
    ),
    "update participant": lambda registry, stored, expected: registry.update_participant(
        JOB_CENTRE,
        UpdateParticipant(
            stored.interview_id, stored.participants[0].participant_id, "Bo", None, expected
        ),
    ),
    "delete participant": lambda registry, stored, expected: registry.delete_participant(
        JOB_CENTRE,
        DeleteParticipant(stored.interview_id, stored.participants[0].participant_id, expected),
    ),
}


@pytest.fixture
def stored(registry: Registry) -> Interview:
    outcome = registry.create_interview(
        JOB_CENTRE, CreateInterview(CPR, held(0, participants=(NewParticipant("Ida"),)))
    )
    assert isinstance(outcome, Registered)
    return outcome.interview


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("expected", [None, 1, frozenset({1}), frozenset({1, 7})], ids=str)
def test_a_change_of_an_expected_version_is_made(
    registry: Registry, stored: Interview, change: str, expected: ExpectedVersion
) -> None:
    outcome = CHANGES[change](registry, stored, expected)
    assert isinstance(outcome, Registered)
    assert 2 == outcome.interview.version


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("expected", [2, frozenset({2, 7})], ids=str)
def test_a_change_of_another_version_is_a_conflict(
    registry: Registry,
    database: Database,
    stored: Interview,
    change: str,
    expected: ExpectedVersion,
) -> None:
    before = rows(database, tables.interview_version)
    with pytest.raises(Conflict, match=r"^expected version 2( or 7)?, found version 1$"):
        CHANGES[change](registry, stored, expected)
    assert before == rows(database, tables.interview_version)
