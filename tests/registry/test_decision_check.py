"""Every stored decision is made again with its own rulebook, and must be what it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update

from registry import tables
from registry.commands import CreateInterview, PutCitizen
from registry.decision_check import Difference, Differing, Verification, verify
from registry.releases import Releases
from registry.service import Registry
from registry.storage import Database
from tests.registry.fakes import AGENCY, CPR, JOB_CENTRE, NOW, Clock, held
from tests.registry.release_files import numbered
from tests.registry.rows import rows
from tests.registry.test_releases import TEAM


@pytest.fixture
def releases(database: Database, clock: Clock) -> Releases:
    """Return two rulebooks, and eight decisions by each: every other one refused."""
    releases = Releases(database, clock)
    registry = Registry(database, releases, clock)
    registry.put_citizen(AGENCY, PutCitizen(CPR, TEAM))
    for number in (1, 2):
        releases.activate(releases.publish(numbered(number), "", AGENCY).id, AGENCY)
        for minute in range(8):
            content = held(60 * number + minute, type=18, participation_status=4 + minute % 2)
            registry.create_interview(JOB_CENTRE, CreateInterview(CPR, content))
        clock.now += timedelta(days=1)
    return releases


def fresh(database: Database) -> Releases:
    """Return what another process would use: nothing is at hand."""
    return Releases(database, Clock())


def change(database: Database, table: Any, key: Any, **values: Any) -> None:
    with database.writing() as unit:
        unit.execute(update(table).where(key).values(values))
        unit.commit()


def a_decision(database: Database, *, accepted: bool) -> dict[str, Any]:
    return next(row for row in rows(database, tables.decision) if row["accepted"] is accepted)


def test_decisions_that_nobody_touched_are_equal(database: Database, releases: Releases) -> None:
    told: list[tuple[int, int]] = []
    found = verify(database, fresh(database), seen=lambda done, of: told.append((done, of)))
    assert Verification(16, (), {}) == found
    assert 16 == found.equal
    assert [(16, 16)] == told
    refused = [row for row in rows(database, tables.decision) if not row["accepted"]]
    assert 8 == len(refused), "half of them say why, in the words of their rulebook"


@pytest.mark.parametrize(
    ("values", "difference"),
    [
        ({"outcome": "with other words"}, Difference.OUTCOME),
        ({"accepted": True}, Difference.OUTCOME),
        ({"facts": "with other facts"}, Difference.OUTCOME),
        ({"facts": '{"interview.type":18}'}, Difference.FACTS),
        ({"facts": "[1]"}, Difference.FACTS),
        ({"facts": "no document"}, Difference.FACTS),
        ({"operation": "no_such_operation"}, Difference.NOT_DECIDED),
    ],
)
def test_a_decision_that_was_tampered_with_is_found(
    database: Database, releases: Releases, values: dict[str, Any], difference: Difference
) -> None:
    decision = a_decision(database, accepted=False)
    if values == {"outcome": "with other words"}:
        values = {"outcome": decision["outcome"].replace("Wording", "Words")}
    if values == {"facts": "with other facts"}:
        before = '"interview.participation_status":4'
        assert before in decision["facts"]
        values = {"facts": decision["facts"].replace(before, before[:-1] + "6")}
    which = decision["decision_id"]
    change(database, tables.decision, tables.decision.c.decision_id == which, **values)
    found = verify(database, fresh(database))
    assert (Differing(which, decision["rulebook"], difference),) == found.differing
    assert 15 == found.equal


def test_facts_that_were_written_anew_are_found_though_the_answer_is_the_same(
    database: Database, releases: Releases
) -> None:
    decision = a_decision(database, accepted=True)
    which = decision["decision_id"]
    spaced = decision["facts"].replace(",", ", ")
    change(database, tables.decision, tables.decision.c.decision_id == which, facts=spaced)
    found = verify(database, fresh(database))
    assert [Difference.FACTS] == [each.difference for each in found.differing]


def test_a_rulebook_that_was_tampered_with_is_found_at_each_of_its_decisions(
    database: Database, releases: Releases
) -> None:
    first = releases.activations()[0].rulebook
    key = tables.rulebook_release.c.rulebook_id == first
    change(database, tables.rulebook_release, key, content_hash="0" * 64)
    found = verify(database, fresh(database))
    assert [(first, Difference.RULEBOOK_DAMAGED)] * 8 == [
        (each.rulebook, each.difference) for each in found.differing
    ]
    assert 8 == found.equal


def test_a_decision_under_the_name_of_another_rulebook_is_found(
    database: Database, releases: Releases
) -> None:
    decision = a_decision(database, accepted=False)
    (other,) = {each.rulebook for each in releases.activations()} - {decision["rulebook"]}
    key = tables.decision.c.decision_id == decision["decision_id"]
    change(database, tables.decision, key, rulebook=other)
    found = verify(database, fresh(database))
    assert (Differing(decision["decision_id"], other, Difference.OUTCOME),) == found.differing


def test_a_rulebook_older_than_releases_is_told_apart_from_one_that_was_taken_away(
    database: Database, releases: Releases
) -> None:
    first, second = (each.rulebook for each in releases.activations())
    old = "sha256:" + "1" * 64
    change(database, tables.decision, tables.decision.c.rulebook == first, rulebook=old)
    found = verify(database, fresh(database))
    assert {old: 8} == found.not_stored
    assert ((), 8) == (found.differing, found.equal)
    with database.writing() as unit:
        unit.execute(update(tables.active_rulebook).values(rulebook_id=None, activation=None))
        unit.execute(delete(tables.rulebook_activation))
        unit.execute(delete(tables.rulebook_release))
        unit.commit()
    found = verify(database, fresh(database))
    assert {old: 8} == found.not_stored
    assert [(second, Difference.RULEBOOK_DAMAGED)] * 8 == [
        (each.rulebook, each.difference) for each in found.differing
    ]


def test_a_span_of_time_is_looked_at_alone(database: Database, releases: Releases) -> None:
    later = NOW + timedelta(hours=12)
    assert 16 == verify(database, releases).decisions
    assert 8 == verify(database, releases, begin=later).decisions
    assert 8 == verify(database, releases, end=later).decisions
    assert 0 == verify(database, releases, begin=later, end=later).decisions
