"""Dry runs over HTTP: a decision that is not stored, with its trace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import uuid4

import pytest

from tests.web.door import FACTS, Door, interview


def dry(door: Door, number: str | None = None, /, **body):
    stated = {"operation": "create_interview", "interview": interview(), **body}
    return door.call("POST", "/v1/decisions", json=stated, citizen=number)


def codes(answer) -> list[str]:
    return [each["code"] for each in answer.json["violations"]]


def test_a_dry_run_decides_on_the_stored_citizen_and_stores_nothing(door: Door) -> None:
    number = door.citizen()
    answer = dry(door, number)
    assert 200 == answer.status_code
    assert answer.json["accepted"]
    assert [] == door.call("GET", "/v1/interviews", citizen=number).json["interviews"]


def test_the_trace_has_one_step_per_rule_with_the_values_that_decided(door: Door) -> None:
    answer = dry(
        door,
        door.citizen(),
        interview=interview(interviewTypeIdentifier=18, participationStatusTypeIdentifier=4),
    )
    assert ["9125"] == codes(answer)
    rules = {
        each["id"]
        for each in door.call("GET", "/v1/rules?operation=create_interview").json["rules"]
    }
    steps = {each["rule"]: each for each in answer.json["trace"]}
    assert rules == steps.keys()
    step = steps["rehabilitation-team-participation-status"]
    assert ("violated", "9125", "2019-06-01") == (step["outcome"], step["code"], step["validFrom"])
    (require,) = (each for each in step["conditions"] if each["part"] == "require")
    assert require["holds"] is False
    leaves = [*require["seen"], *(seen for part in require["parts"] for seen in part["seen"])]
    assert {"interview.participation_status": 4} == {each["fact"]: each["value"] for each in leaves}
    assert "not_applicable" == steps["booking-known-for-citizen"]["outcome"]


def test_records_of_a_list_are_shown_one_by_one(door: Door) -> None:
    number = door.citizen()
    door.registered(number)
    step = next(
        each for each in dry(door, number).json["trace"] if each["rule"] == "unique-type-and-time"
    )

    def records(condition):
        yield from condition["records"]
        for part in condition["parts"]:
            yield from records(part)

    (record,) = (each for part in step["conditions"] for each in records(part))
    assert (0, True) == (record["position"], record["holds"])
    assert "2024-03-05T10:00:00+01:00" == record["record"]["held_at"]


REHABILITATION, JOB_FOCUSED = 18, 7
"""The first is not open to unemployment funds."""


def texts(value: object) -> Iterator[str]:
    """Every text in an answer, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Iterable):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts(each)


@pytest.mark.parametrize("supposed", [{}, {"citizen": FACTS}], ids=["stored", "supposed"])
def test_the_trace_tells_nothing_of_interviews_that_the_caller_may_not_see(
    door: Door, supposed: dict
) -> None:
    number = door.citizen()
    unseen, seen = "2024-03-04T10:00:00+01:00", "2024-03-05T10:00:00+01:00"
    for kind, held in ((REHABILITATION, unseen), (JOB_FOCUSED, seen)):
        door.registered(number, interviewTypeIdentifier=kind, heldAt=held)
    tried = interview(heldAt="2024-03-06T10:00:00+01:00")
    for caller, shown in ((door, {unseen, seen}), (door.of("unemployment_fund", "7"), {seen})):
        answer = dry(caller, number, interview=tried, **supposed)
        assert shown == {unseen, seen} & set(texts(answer.json))


def test_a_what_if_citizen_needs_no_number(door: Door) -> None:
    accepted = dry(door, citizen=FACTS)
    assert accepted.json["accepted"], codes(accepted)
    refused = dry(
        door,
        citizen={
            **FACTS,
            "interviews": [{"interviewTypeIdentifier": 4, "heldAt": "2024-03-06T10:00:00+01:00"}],
        },
    )
    assert "S-101" in codes(refused)


def test_a_moment_of_registration_can_be_supposed(door: Door) -> None:
    answer = dry(door, citizen=FACTS, registeredAt="2024-03-05T08:59:00Z")
    assert ["S-109"] == codes(answer)


def test_an_update_leaves_the_interview_itself_out(door: Door) -> None:
    receipt = door.registered()
    answer = dry(
        door,
        operation="update_interview",
        interviewIdentifier=receipt.json["interviewIdentifier"].upper(),
    )
    assert answer.json["accepted"], codes(answer)


def test_a_registration_names_a_citizen_in_one_way_or_another(door: Door) -> None:
    create = dry(door)
    update = dry(door, operation="update_interview")
    assert (400, "1001") == (create.status_code, create.json["code"])
    assert ["/interviewIdentifier"] == [each["pointer"] for each in update.json["errors"]]


def test_the_interview_of_an_update_must_be_visible(door: Door) -> None:
    named = door.registered().json["interviewIdentifier"]
    for door_of, identifier in ((door.of("job_centre", "999"), named), (door, str(uuid4()))):
        answer = dry(door_of, operation="update_interview", interviewIdentifier=identifier)
        assert (404, "1010") == (answer.status_code, answer.json["code"])


def test_a_gate_shows_only_itself(door: Door) -> None:
    answer = dry(door.of("job_centre", "999"), door.citizen())
    assert ["6005"] == codes(answer)
    assert {"violated"} == {
        each["outcome"] for each in answer.json["trace"] if each["rule"] == "job-centre-affiliation"
    }
    assert {"job-centre-affiliation", "fund-registers-own-members"} >= {
        each["rule"] for each in answer.json["trace"]
    }


def test_periods_of_a_what_if_citizen_are_checked(door: Door) -> None:
    answer = dry(
        door,
        citizen={
            "fundMemberships": [{"organisationCode": "7", "from": "2024-01-01", "to": "2024-01-01"}]
        },
    )
    assert ["/citizen/fundMemberships/0/to"] == [each["pointer"] for each in answer.json["errors"]]
