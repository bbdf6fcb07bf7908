"""Documents that become columns at once give what reading row by row gives, or nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.facts import plain_facts, read_facts
from registry.decisions_found import FoundRule
from registry.history.columns import schema_of, shared_columns
from registry.history.documents_table import table_of
from registry.history.rows import Snapshot, as_they_were, snapshot
from registry.history.stored import StoredRow
from tests.registry.history.stored_history import project

BOOK = project()
OPERATION = "create_interview"
SCHEMA = schema_of([BOOK], OPERATION)
days = st.dates().map(lambda day: day.isoformat())
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
instants = st.datetimes().map(lambda moment: f"{moment.isoformat()}Z")
periods = st.fixed_dictionaries(
    {"organisation": texts, "from": days}, optional={"until": st.none() | days}
)
participants = st.fixed_dictionaries(
    {"name": texts}, optional={"external_id": texts, "type": st.integers(0, 9)}
)
interviews = st.fixed_dictionaries(
    {"type": st.integers(1, 20), "held_at": instants, "held_on": days}
)
facts = st.fixed_dictionaries(
    {
        "registration.recorded_at": instants,
        "registration.recorded_on": days,
        "caller.organisation_type": st.sampled_from(["job_centre", "agency"]),
        "caller.organisation": texts,
        "interview.type": st.integers(-(2**63), 2**63 - 1),
        "interview.contact_type": st.integers(1, 9),
        "interview.held_at": instants,
        "interview.held_on": days,
        "interview.with_more_authorities": st.booleans(),
        "participants": st.lists(
            st.fixed_dictionaries(
                {"name": texts}, optional={"external_id": texts, "type": st.integers(0, 9)}
            ),
            max_size=2,
        ),
        "citizen.interviews": st.lists(
            st.fixed_dictionaries(
                {"type": st.integers(1, 20), "held_at": instants, "held_on": days}
            ),
            max_size=3,
        ),
        "citizen.contact_groups": st.lists(
            st.fixed_dictionaries({"contact_group": st.integers(1, 29), "from": days}), max_size=2
        ),
        "citizen.job_centre_affiliations": st.lists(periods, max_size=2),
        "citizen.fund_memberships": st.lists(periods, max_size=2),
        "citizen.bookings": st.lists(st.fixed_dictionaries({"booking_id": texts}), max_size=2),
    },
    optional={
        "interview.participation_status": st.integers(1, 7),
        "interview.booking_id": texts,
        "citizen.contact_course_began": days,
        "a.fact.of.old": st.lists(st.integers()),
    },
)
"""Facts as a registration writes them, and one that the catalogue does not name."""


def stored(document: str, number: int) -> StoredRow:
    found = (FoundRule("some-rule", "S-1", refuses=True),) if number % 2 else ()
    return StoredRow(
        f"{number}", OPERATION, number, "agency", "star", "book", not found, document, found
    )


def one_by_one(documents: list[str]) -> Snapshot:
    rows = [stored(each, number) for number, each in enumerate(documents)]
    return snapshot(rows, SCHEMA, [BOOK], OPERATION, lambda facts, _: as_they_were(facts, _))


def both(documents: list[str]) -> tuple[Snapshot, Snapshot]:
    rows = [stored(each, number) for number, each in enumerate(documents)]
    return snapshot(rows, SCHEMA, [BOOK], OPERATION), one_by_one(documents)


def at_once(documents: list[str]) -> bool:
    columns = shared_columns([BOOK], OPERATION)
    assert columns is not None
    return table_of(documents, columns) is not None


@settings(deadline=None)
@given(st.lists(facts, min_size=1, max_size=5))
def test_the_facts_of_registrations_come_out_alike(given_facts: list[dict[str, Any]]) -> None:
    documents = [json.dumps(each, ensure_ascii=False) for each in given_facts]
    fast, slow = both(documents)
    assert slow.table.to_pylist() == fast.table.to_pylist()
    assert slow.table.schema.equals(fast.table.schema)
    assert slow.undecidable == fast.undecidable


@settings(deadline=None)
@given(facts)
def test_what_a_registration_writes_is_read_at_once(given_facts: dict[str, Any]) -> None:
    known = {name: value for name, value in given_facts.items() if name != "a.fact.of.old"}
    whole = plain_facts(read_facts(BOOK.catalogue, OPERATION, known))
    document = json.dumps(whole, ensure_ascii=False)
    assert at_once([document]) is ("\\u" not in document)


SOUND = {
    "registration.recorded_at": "2024-06-03T10:00:00Z",
    "registration.recorded_on": "2024-06-03",
    "caller.organisation_type": "agency",
    "caller.organisation": "star",
    "interview.type": 7,
    "interview.contact_type": 1,
    "interview.held_at": "2024-06-03T09:00:00.000001Z",
    "interview.held_on": "2024-06-03",
    "interview.with_more_authorities": False,
    "participants": [],
    "citizen.interviews": [],
    "citizen.contact_groups": [{"contact_group": 1, "from": "2020-01-01"}],
    "citizen.job_centre_affiliations": [],
    "citizen.fund_memberships": [],
    "citizen.bookings": [],
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("interview.type", None),
        ("interview.type", "7"),
        ("interview.type", True),
        ("interview.type", 7.0),
        ("interview.type", 2**63),
        ("interview.with_more_authorities", 1),
        ("interview.with_more_authorities", "true"),
        ("caller.organisation", 7),
        ("caller.organisation", "A\u030a"),
        ("interview.held_on", "2024-06-03T00:00:00Z"),
        ("interview.held_on", "2024-6-3"),
        ("interview.held_on", "2024-02-30"),
        ("interview.held_on", 20240603),
        ("interview.held_at", "2024-06-03T10:00:00"),
        ("interview.held_at", "2024-06-03 10:00"),
        ("interview.held_at", 0),
        ("participants", {}),
        ("participants", [None]),
        ("participants", [1]),
        ("participants", [{"external_id": "no name"}]),
        ("citizen.contact_groups", [{"contact_group": 1, "from": None}]),
        ("citizen.contact_groups", [{"contact_group": "1", "from": "2020-01-01"}]),
    ],
)
def test_what_no_registration_writes_is_looked_at_row_by_row(name: str, value: object) -> None:
    documents = [json.dumps(SOUND), json.dumps(SOUND | {name: value}), json.dumps(SOUND)]
    fast, slow = both(documents)
    assert slow.table.to_pylist() == fast.table.to_pylist()
    assert slow.undecidable == fast.undecidable
    assert at_once([json.dumps(SOUND)])


@pytest.mark.parametrize("document", ["", "no", "[1]", "{}{}", '{"a":1}\n{"a":2}', "null"])
def test_what_is_no_document_is_told_apart(document: str) -> None:
    fast, slow = both([json.dumps(SOUND), document])
    assert slow.table.to_pylist() == fast.table.to_pylist()
    assert slow.undecidable == fast.undecidable
    assert 1 == sum(fast.undecidable.values())
