"""Participants over HTTP: add, update, delete."""

from __future__ import annotations

import pytest

from tests.web.door import Door

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def test_an_added_participant_is_answered_with_its_place(door: Door) -> None:
    path = door.registered().headers["Location"]
    answer = door.call(
        "POST",
        f"{path}/participants",
        json={"name": "Bo", "externalIdentifier": "x-1", "participantTypeIdentifier": 3},
    )
    assert 201 == answer.status_code
    assert '"v2"' == answer.headers["ETag"]
    identifier = answer.json["participantIdentifier"]
    assert f"{path}/participants/{identifier}" == answer.headers["Location"]
    expected = {
        "participantIdentifier": identifier,
        "name": "Bo",
        "externalIdentifier": "x-1",
        "participantTypeIdentifier": 3,
    }
    assert {**expected, "advice": []} == answer.json
    assert [expected] == door.call("GET", path).json["participants"]


def test_name_and_external_identifier_can_change_and_nothing_else(door: Door) -> None:
    receipt = door.registered(participants=[{"name": "Bo", "participantTypeIdentifier": 3}])
    (participant,) = receipt.json["participants"]
    path = (
        f"{receipt.headers['Location']}/participants/{participant['participantIdentifier'].upper()}"
    )
    changed = door.call("PUT", path, json={"name": "Bo Ny", "externalIdentifier": "x"})
    assert 200 == changed.status_code
    assert {**participant, "name": "Bo Ny", "externalIdentifier": "x", "advice": []} == changed.json
    refused = door.call("PUT", path, json={"name": "Bo", "participantTypeIdentifier": 4})
    assert ["/participantTypeIdentifier"] == [each["pointer"] for each in refused.json["errors"]]


def test_a_deleted_participant_is_gone(door: Door) -> None:
    receipt = door.registered(participants=[{"name": "Bo"}])
    (participant,) = receipt.json["participants"]
    path = f"{receipt.headers['Location']}/participants/{participant['participantIdentifier']}"
    gone = door.call("DELETE", path)
    assert (204, b"", '"v2"') == (gone.status_code, gone.data, gone.headers["ETag"])
    assert [] == door.call("GET", receipt.headers["Location"]).json["participants"]
    assert 404 == door.call("DELETE", path).status_code


def test_a_participant_without_a_name_is_refused_by_a_rule(door: Door) -> None:
    path = door.registered().headers["Location"]
    answer = door.call("POST", f"{path}/participants", json={"name": "  "})
    assert 422 == answer.status_code
    assert ["participant-has-name"] == [each["rule"] for each in answer.json["violations"]]


@pytest.mark.parametrize(("method", "body"), [("PUT", {"name": "Bo"}), ("DELETE", None)])
@pytest.mark.parametrize("participant", [UNKNOWN, "none", "%00"])
def test_unknown_participants_are_404(
    door: Door, method: str, body: dict[str, str] | None, participant: str
) -> None:
    path = door.registered().headers["Location"]
    answer = door.call(method, f"{path}/participants/{participant}", json=body)
    assert (404, "1010") == (answer.status_code, answer.json["code"])


def test_a_stranger_learns_nothing_about_participants(door: Door) -> None:
    path = door.registered(participants=[{"name": "Bo"}]).headers["Location"]
    stranger = door.of("job_centre", "999")
    answer = stranger.call("POST", f"{path}/participants", json={"name": "Bo"})
    assert (404, "1010") == (answer.status_code, answer.json["code"])
