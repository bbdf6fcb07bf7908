"""The fast checker of messages and the reference one say the same; our checks rest on both."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from tests.web.door import FACTS, PROJECT, interview
from web.api.contract import OPERATIONS
from web.api.faults import pointer
from web.api.schemas import FORMATS, check, schemas, whole_schema
from web.api.scopes import ORGANISATION_TYPES

REQUESTS = sorted({each.body for each in OPERATIONS if each.body is not None})
REFERENCE_FORMATS = FormatChecker(formats=())
for name, accepts in FORMATS.items():
    REFERENCE_FORMATS.checks(name)(
        lambda value, accepts=accepts: not isinstance(value, str) or accepts(value)
    )


@functools.cache
def reference_checker(name: str) -> Draft202012Validator:
    return Draft202012Validator(whole_schema(name), format_checker=REFERENCE_FORMATS)


def reference(name: str, body: object) -> list[str]:
    """The pointers of all faults, as the reference implementation finds them."""
    found = set()
    for error in reference_checker(name).iter_errors(body):
        path = list(error.absolute_path)
        if error.validator == "required":
            found |= {
                pointer([*path, each])
                for each in error.validator_value
                if each not in error.instance
            }
        elif error.validator == "additionalProperties":
            known = error.schema["properties"]
            found |= {pointer([*path, each]) for each in error.instance if each not in known}
        else:
            found.add(pointer(path))
    return sorted(found)


WHOLE: dict[str, dict[str, Any]] = {
    "NewInterview": interview(
        interviewWithMoreAuthorities=True,
        participationStatusTypeIdentifier=5,
        bookingIdentifier="2f0c",
        agreementText="x",
        participants=[{"name": "Bo", "externalIdentifier": None, "participantTypeIdentifier": 1}],
    ),
    "ChangedInterview": interview(
        participants=[
            {"name": "Bo", "participantIdentifier": "6f1c9a34-0d7a-4c65-9b4c-111111111111"}
        ]
    ),
    "NewParticipant": {"name": "Bo", "externalIdentifier": "x", "participantTypeIdentifier": 1},
    "ChangedParticipant": {"name": "Bo", "externalIdentifier": "x"},
    "Citizen": FACTS,
    "DecisionRequest": {
        "operation": "create_interview",
        "interview": interview(),
        "interviewIdentifier": "6f1c9a34-0d7a-4c65-9b4c-111111111111",
        "citizen": {
            **FACTS,
            "interviews": [{"interviewTypeIdentifier": 7, "heldAt": "2024-03-05T10:00:00Z"}],
        },
        "registeredAt": "2024-03-05T10:00:00Z",
    },
    "NewMessageSequence": {"entity": "PersonInterview"},
    "WantedSubscriptions": {
        "subscriptions": [{"path": "/in", "entities": ["PersonInterview"]}, {"path": "/"}]
    },
}

odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 2**31 + 5),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        [
            "",
            "2024-03-05T10:00:00Z",
            "2024-03-05T10:00:00Z\n",
            "2024-01-01",
            "2024-02-30",
            "job_centre",
            "/in/..",
            "/in/",
            "PersonInterview",
            "6F1C9A34-0d7a-4c65-9b4c-111111111111",
            "6f1c9a340d7a4c659b4c111111111111",
            "x" * 41,
        ]
    ),
    st.text(max_size=5),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.sampled_from(["name", "from", "to", "x", "é"]), st.integers(), max_size=2),
)


@st.composite
def spoiled(draw: st.DrawFn, body: object) -> object:
    """A good message in which some values are replaced, left out or added."""
    if draw(st.integers(0, 9)) == 0:
        return draw(odd)
    if isinstance(body, dict):
        kept = {
            name: draw(spoiled(value))
            for name, value in body.items()
            if draw(st.integers(0, 19)) != 0
        }
        if draw(st.integers(0, 9)) == 0:
            kept[draw(st.sampled_from(["colour", "é x", "name", "to"]))] = draw(odd)
        return kept
    if isinstance(body, list):
        return [draw(spoiled(each)) for each in body]
    return body


messages = st.sampled_from(REQUESTS).flatmap(
    lambda name: st.tuples(st.just(name), spoiled(WHOLE[name]))
)


@given(messages)
@settings(max_examples=500, deadline=None)
def test_both_checkers_find_faults_at_the_same_places(message: tuple[str, object]) -> None:
    name, body = message
    assert reference(name, body) == sorted({each.pointer for each in check(name, body)})


@pytest.mark.parametrize("name", REQUESTS)
def test_whole_messages_have_no_faults(name: str) -> None:
    assert () == check(name, WHOLE[name])
    assert [] == reference(name, WHOLE[name])


@pytest.mark.parametrize("name", sorted(schemas()))
def test_every_schema_is_a_schema_that_describes_itself(name: str) -> None:
    Draft202012Validator.check_schema(whole_schema(name))
    schema = schemas()[name]
    assert name == schema["title"]
    assert schema["description"]
    assert "https://json-schema.org/draft/2020-12/schema" == schema["$schema"]


@pytest.mark.parametrize("name", sorted(schemas()))
def test_every_object_refuses_unknown_fields_or_says_what_they_hold(name: str) -> None:
    def objects(schema: object):
        if isinstance(schema, dict):
            if schema.get("type") == "object":
                yield schema
            for part in schema.values():
                yield from objects(part)
        elif isinstance(schema, list):
            for part in schema:
                yield from objects(part)

    extensible = name == "Problem"
    assert extensible or all("additionalProperties" in each for each in objects(schemas()[name]))


def test_creating_and_updating_differ_in_their_participants_alone() -> None:
    new, changed = schemas()["NewInterview"], schemas()["ChangedInterview"]
    differing = {
        name
        for name in new["properties"].keys() | changed["properties"].keys()
        if new["properties"].get(name) != changed["properties"].get(name)
    }
    assert {"participants"} == differing
    assert new["required"] == changed["required"]


def test_a_what_if_citizen_is_a_citizen_with_interviews() -> None:
    real, supposed = schemas()["Citizen"]["properties"], schemas()["WhatIfCitizen"]["properties"]
    assert {"interviews"} == supposed.keys() - real.keys()
    assert real == {name: supposed[name] for name in real}


def test_organisation_types_are_those_of_the_code_list() -> None:
    from engine.reader.load import load_rulebook

    table = load_rulebook(PROJECT / "rules", PROJECT / "config").tables["organisation_types"]
    assert set(ORGANISATION_TYPES) == set(table.rows)
    for name in ("ResponsibleAuthority", "GuestAccess"):
        assert list(ORGANISATION_TYPES) == schemas()[name]["properties"]["organisationType"]["enum"]


def test_the_files_are_written_as_one_would_by_hand() -> None:
    for path in (Path(__file__).parents[2] / "web" / "api" / "schema").glob("*.json"):
        text = path.read_text(encoding="utf-8")
        assert json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n" == text
