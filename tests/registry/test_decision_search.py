"""Stored decisions, found and counted by whoever sees everybody; each look has an audit line."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from registry import schema, tables
from registry.commands import CreateInterview
from registry.decision_search import DecisionSearch
from registry.decisions_found import DecisionFilter, DecisionPosition, Figures
from registry.errors import NotAuthorised, NotFound
from registry.service import Registered, Registry
from registry.storage import Database
from tests.registry.fakes import (
    AGENCY,
    CPR,
    FUND,
    JOB_CENTRE,
    NOW,
    OTHER_JOB_CENTRE,
    Clock,
    FakeDecider,
    held,
)
from tests.registry.rows import audit_outcomes

FIRST = NOW - timedelta(days=10)


@pytest.fixture
def search(registry: Registry, database: Database, clock: Clock) -> DecisionSearch:
    """Twelve decisions: an accepted one and a refused one on each of six days."""
    for day in range(6):
        clock.now = FIRST + timedelta(days=day)
        accepted = registry.create_interview(JOB_CENTRE, CreateInterview(CPR, held(day)))
        assert isinstance(accepted, Registered)
        registry.create_interview(OTHER_JOB_CENTRE, CreateInterview(CPR, held(day)))
    clock.now = NOW
    return DecisionSearch(database, clock)


def found(search: DecisionSearch, decider: FakeDecider, **wanted: object) -> Figures:
    return search.find(AGENCY, decider, DecisionFilter(**wanted))[1]  # type: ignore[arg-type]  # named by the tests


def test_all_are_counted_by_day_organisation_and_rule(
    search: DecisionSearch, decider: FakeDecider
) -> None:
    figures = found(search, decider)
    assert (6, 6) == (figures.accepted, figures.refused)
    assert 6 == len(figures.by_day) and {(1, 1)} == set(figures.by_day.values())
    assert {
        ("job_centre", "101"): (6, 0),
        ("job_centre", "102"): (0, 6),
    } == figures.by_organisation
    assert {6} == set(figures.by_rule.values())
    assert sum(figures.by_rule.values()) == sum(search.fired().values())


def test_each_part_of_a_filter_narrows(search: DecisionSearch, decider: FakeDecider) -> None:
    ((rule, code), _) = next(iter(found(search, decider).by_rule.items()))
    for wanted, expected in (
        ({"rule": rule}, (0, 6)),
        ({"code": code}, (0, 6)),
        ({"rule": rule, "code": "S-000"}, (0, 0)),
        ({"organisation": "101"}, (6, 0)),
        ({"organisation_type": "unemployment_fund"}, (0, 0)),
        ({"operation": "update_interview"}, (0, 0)),
        ({"accepted": True}, (6, 0)),
        ({"rulebook": "sha256:another"}, (0, 0)),
        ({"since": FIRST + timedelta(days=1), "until": FIRST + timedelta(days=3)}, (2, 2)),
        ({"since": FIRST, "until": FIRST}, (0, 0)),
    ):
        figures = found(search, decider, **wanted)
        assert expected == (figures.accepted, figures.refused), wanted
    assert {code: 6} == search.fired_in_codes(rule)


def test_pages_hold_each_decision_once_the_newest_first(
    search: DecisionSearch, decider: FakeDecider
) -> None:
    seen: list[tuple[datetime, str]] = []
    after: DecisionPosition | None = None
    while True:
        page, _ = search.find(AGENCY, decider, DecisionFilter(), after, limit=5)
        seen.extend((each.recorded_at, each.decision_id) for each in page.lines)
        after = page.next
        if after is None:
            break
    assert 12 == len(set(seen)) == len(seen)
    assert sorted(seen, reverse=True) == seen


def test_a_day_is_one_in_denmark(
    registry: Registry, database: Database, decider: FakeDecider, clock: Clock
) -> None:
    # a quarter to one and a quarter past one in the summer night: 22:45 and 23:15 in UTC
    for minutes in (-75, 75):
        clock.now = datetime(2024, 5, 31, 22, 0, tzinfo=UTC) + timedelta(minutes=minutes)
        registry.create_interview(JOB_CENTRE, CreateInterview(CPR, held(minutes + 100)))
    clock.now = NOW
    figures = found(DecisionSearch(database, clock), decider)
    assert {date(2024, 5, 31), date(2024, 6, 1)} == figures.by_day.keys()


@pytest.mark.parametrize("caller", [JOB_CENTRE, FUND])
def test_who_does_not_see_everybody_is_refused_and_noted(
    search: DecisionSearch, database: Database, decider: FakeDecider, caller: object
) -> None:
    page, _ = search.find(AGENCY, decider, DecisionFilter())
    with pytest.raises(NotAuthorised):
        search.find(caller, decider, DecisionFilter())  # type: ignore[arg-type]  # a Caller
    assert ("find_decisions", "not_authorised") == audit_outcomes(database)[-1]
    with pytest.raises(NotAuthorised):
        search.read(caller, decider, page.lines[0].decision_id)  # type: ignore[arg-type]  # a Caller
    assert ("read_decision", "not_authorised") == audit_outcomes(database)[-1]


def test_each_look_has_its_audit_line_and_a_single_one_names_the_citizen(
    search: DecisionSearch, database: Database, decider: FakeDecider
) -> None:
    page, _ = search.find(AGENCY, decider, DecisionFilter())
    assert ("find_decisions", "read") == audit_outcomes(database)[-1]
    wanted = page.lines[0].decision_id
    stored = search.read(AGENCY, decider, wanted)
    assert page.lines[0] == stored.line
    with database.reading() as unit:
        line = unit.execute(
            sa.select(tables.audit_line).order_by(tables.audit_line.c.sequence.desc()).limit(1)
        ).one()
        citizen = unit.execute(sa.select(tables.citizen.c.citizen_id)).scalar_one()
    assert ("read_decision", "read", wanted, citizen) == (
        line.operation,
        line.outcome,
        line.decision_id,
        line.citizen_id,
    )


def test_a_decision_that_is_not_there_is_noted_too(
    search: DecisionSearch, database: Database, decider: FakeDecider
) -> None:
    with pytest.raises(NotFound):
        search.read(AGENCY, decider, "7667387a-62cf-44e3-b963-1bc269ad1a0a")
    assert ("read_decision", "not_found") == audit_outcomes(database)[-1]


def test_facts_come_the_oldest_first_and_from_where_one_was(search: DecisionSearch) -> None:
    first = list(search.facts_after(None, 5))
    rest = list(search.facts_after(first[-1][0], 100))
    assert (5, 7, 12) == (len(first), len(rest), search.count())
    moments = [position.recorded_at for position, _, _ in (*first, *rest)]
    assert sorted(moments) == moments


def test_decisions_of_before_are_found_after_the_tables_are_brought_up_to_date(
    search: DecisionSearch, database: Database, decider: FakeDecider
) -> None:
    before = found(search, decider)
    with database.writing() as unit:
        for statement in (
            "DROP TABLE decision_finding",
            "DROP INDEX ix_decision_figures",
            "DROP INDEX ix_decision_recorded_at_decision_id",
            "UPDATE alembic_version SET version_num = '0005'",
        ):
            unit.execute(sa.text(statement))
        unit.commit()
    schema.upgrade(database)
    assert before == found(search, decider)
    assert 6 == before.refused == sum(search.fired().values())
    assert [] == schema.differences(database)
