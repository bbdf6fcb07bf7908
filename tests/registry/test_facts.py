"""What the rules are told: days in Denmark, contact groups as intervals, text in NFC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.facts import Catalogue, Fact, FactType, Text
from registry.commands import Caller
from registry.days import day_of, from_microseconds, to_microseconds
from registry.errors import FactsNotSupplied
from registry.facts import (
    access_facts,
    contact_group_records,
    interview_facts,
    not_supplied,
    participant_facts,
)
from registry.in_force import Always
from registry.interview import NOTHING_KNOWN, ContactGroupPeriod, NewParticipant
from registry.storage import Database
from tests.registry.fakes import CONTENT, FakeDecider

D1, D2, D3 = date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2024, 3, 30, 22, 59, tzinfo=UTC), date(2024, 3, 30)),
        (datetime(2024, 3, 30, 23, 0, tzinfo=UTC), date(2024, 3, 31)),
        (datetime(2024, 3, 31, 22, 0, tzinfo=UTC), date(2024, 4, 1)),
        (datetime(2024, 10, 27, 22, 59, tzinfo=UTC), date(2024, 10, 27)),
        (datetime(2024, 10, 27, 23, 0, tzinfo=UTC), date(2024, 10, 28)),
        (datetime(2023, 12, 31, 23, 0, tzinfo=UTC), date(2024, 1, 1)),
        (datetime(2024, 2, 28, 23, 30, tzinfo=timezone(timedelta(hours=-5))), date(2024, 2, 29)),
        (datetime(9999, 12, 31, 23, 30, tzinfo=UTC), date(9999, 12, 31)),
        (datetime(1, 1, 1, tzinfo=UTC), date(1, 1, 1)),
    ],
)
def test_a_day_is_the_day_in_denmark(instant: datetime, day: date) -> None:
    assert day == day_of(instant)


@given(st.datetimes(timezones=st.just(UTC)))
def test_instants_are_stored_to_the_microsecond(instant: datetime) -> None:
    assert instant == from_microseconds(to_microseconds(instant))


@pytest.mark.parametrize(
    ("periods", "expected"),
    [
        ([(1, D1, None)], [(1, D1, None)]),
        ([(1, D1, None), (2, D2, None)], [(1, D1, D2), (2, D2, None)]),
        ([(2, D2, None), (1, D1, None)], [(2, D2, None), (1, D1, D2)]),
        ([(1, D1, D3), (2, D2, None)], [(1, D1, D3), (2, D2, None)]),
        ([(1, D1, None), (2, D1, None)], [(1, D1, None), (2, D1, None)]),
        (
            [(1, D1, None), (2, D1, None), (3, D2, None)],
            [(1, D1, D2), (2, D1, D2), (3, D2, None)],
        ),
    ],
)
def test_a_contact_group_lasts_until_its_end_or_the_next_event(
    periods: list[tuple[int, date, date | None]],
    expected: list[tuple[int, date, date | None]],
) -> None:
    records = contact_group_records(tuple(ContactGroupPeriod(*each) for each in periods))
    assert expected == [(each["contact_group"], each["from"], each["until"]) for each in records]


def test_text_is_composed_so_that_equal_words_are_equal() -> None:
    (record,) = _records(participant_facts([NewParticipant("Åse", "Å1")]), "participants")
    assert ("Åse", "Å1") == (record["name"], record["external_id"])
    assert "Å" == interview_facts(replace(CONTENT, booking_id="Å"))["interview.booking_id"]


def test_a_catalogue_that_asks_for_more_is_refused_at_start(database: Database) -> None:
    words = Text("ord", "words")
    field = Fact("weight", FactType.INTEGER, words, words)
    facts = {
        "citizen.height": Fact("citizen.height", FactType.INTEGER, words, words),
        "participants": Fact(
            "participants", FactType.RECORDS, words, words, fields={"weight": field}
        ),
        "interview.type": Fact("interview.type", FactType.CODE, words, words),
    }
    catalogue = Catalogue(facts, {"create_interview": frozenset(facts)})
    assert (
        "create_interview: citizen.height",
        "create_interview: participants.weight",
    ) == not_supplied(catalogue)
    assert () == not_supplied(FakeDecider().rulebook.catalogue)
    rulebook = replace(FakeDecider().rulebook, catalogue=catalogue)
    with pytest.raises(FactsNotSupplied):
        Always(FakeDecider(rulebook=rulebook))


def _records(facts: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return list(facts[name])


@pytest.mark.parametrize(
    ("kind", "operator"), [("external_operator", "AA-1"), ("job_centre", ""), ("agency", "")]
)
def test_only_an_external_operator_is_asked_about_in_the_table_of_operators(
    kind: str, operator: str
) -> None:
    facts = access_facts(Caller(kind, "AA-1", "bo", "request"), D1, NOTHING_KNOWN)
    assert operator == facts["caller.operator"]
