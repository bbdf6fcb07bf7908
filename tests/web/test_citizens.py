"""Reference facts over HTTP, and the civil registration number in the header."""

from __future__ import annotations

import pytest

from tests.web.door import FACTS, Door, interview, invented_number
from web.api.citizen_number import read_citizen_number


def put(door: Door, body, number: str | None = None):
    number = number or invented_number()
    return door.of("agency", "star").call("PUT", "/v1/citizens", json=body, citizen=number)


def test_facts_are_replaced_as_a_whole(door: Door) -> None:
    number = door.citizen()
    assert 201 == door.registered(number).status_code
    assert 204 == put(door, {}, number).status_code
    refused = door.call("POST", "/v1/interviews", json=interview(), citizen=number)
    assert ["6005"] == [each["code"] for each in refused.json["violations"]]


def test_a_number_with_a_hyphen_is_the_same_number(door: Door) -> None:
    number = door.citizen()
    assert 201 == door.registered(number.replace("-", "")).status_code


@pytest.mark.parametrize("organisation_type", ["job_centre", "unemployment_fund", "municipality"])
def test_only_owners_may_hand_in_facts(door: Door, organisation_type: str) -> None:
    caller = door.of(organisation_type, "101")
    token = caller.token(scopes=["citizens:write"])
    answer = caller.call(
        "PUT",
        "/v1/citizens",
        json=FACTS,
        citizen=invented_number(),
        headers={"Authorization": f"Bearer {token}"},
    )
    assert (403, "1013") == (answer.status_code, answer.json["code"])


def test_a_system_may_hand_in_facts(door: Door) -> None:
    answer = door.of("system", "kss").call(
        "PUT", "/v1/citizens", json=FACTS, citizen=invented_number()
    )
    assert 204 == answer.status_code


def test_periods_that_end_before_they_begin_are_named(door: Door) -> None:
    backwards = {"organisationCode": "1", "from": "2024-01-02", "to": "2024-01-01"}
    answer = put(
        door,
        {
            "contactGroups": [
                {
                    "contactGroupTypeIdentifier": 1,
                    "eventTime": "2024-01-02",
                    "endTime": "2024-01-02",
                }
            ],
            "municipalities": [{"organisationCode": "1", "from": "2024-01-01"}, backwards],
        },
    )
    assert ["/contactGroups/0/endTime", "/municipalities/1/to"] == [
        each["pointer"] for each in answer.json["errors"]
    ]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("710190-1234", "7101901234"),
        ("7101901234", "7101901234"),
        ("910190-1234", "9101901234"),
        ("890224-4000", "8902244000"),  # 29 February 2024
    ],
)
def test_civil_registration_numbers_are_read(text: str, number: str) -> None:
    assert number == read_citizen_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "710190 1234",
        "710190-12345",
        "710190-123",
        "710190--1234",
        "71019-01234",
        "abcdefghij",
        "٧١٠١٩٠١٢٣٤",
        "7101901234\n",
        "001390-1234",
        "611390-1234",
        "920190-1234",
        "600190-1234",
        "890223-4000",  # no 29 February in 2023
    ],
)
def test_anything_else_is_no_civil_registration_number(text: str) -> None:
    assert read_citizen_number(text) is None


@pytest.mark.parametrize("number", [None, "", "710190-123", "710190-12345", "999999-9999"])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/interviews", interview()),
        ("GET", "/v1/interviews", None),
        ("PUT", "/v1/citizens", FACTS),
        ("POST", "/v1/decisions", {"operation": "create_interview", "interview": interview()}),
    ],
)
def test_a_malformed_number_is_400_with_1001(
    door: Door, method: str, path: str, body: object, number: str | None
) -> None:
    answer = door.of("agency", "star").call(method, path, json=body, citizen=number)
    assert (400, "1001") == (answer.status_code, answer.json["code"])
    assert not number or number not in answer.text
