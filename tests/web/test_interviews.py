"""Interviews over HTTP: create, update, read."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.web.door import Door, interview, invented_number


def codes(answer) -> list[str]:
    return [each["code"] for each in answer.json["violations"]]


def test_a_registration_is_answered_with_a_receipt(door: Door) -> None:
    number = door.citizen()
    answer = door.call("POST", "/v1/interviews", json=interview(), citizen=number)
    assert 201 == answer.status_code
    assert f"/v1/interviews/{answer.json['interviewIdentifier']}" == answer.headers["Location"]
    assert '"v1"' == answer.headers["ETag"]
    assert {"organisationType": "job_centre", "organisationCode": "101"} == answer.json[
        "registeredBy"
    ]
    assert [] == answer.json["advice"]
    assert "2024-06-03T12:00:00+02:00" == answer.json["registeredAt"]


def test_what_was_registered_is_read_back_whole(door: Door) -> None:
    stated = interview(
        interviewWithMoreAuthorities=True,
        participationStatusTypeIdentifier=5,
        bookingIdentifier="2f0c",
        agreementText="Søger job\nsom smed",
        responsibleAuthority={
            "organisationType": "unemployment_fund",
            "organisationCode": "7",
            "caseWorkerName": "Åse Ørn",
        },
        participants=[
            {"name": "Bo 😀", "externalIdentifier": "x-1", "participantTypeIdentifier": 2}
        ],
    )
    receipt = door.registered(**stated)
    read = door.call("GET", receipt.headers["Location"])
    assert 200 == read.status_code
    assert stated == {
        **{name: read.json[name] for name in stated},
        "participants": [
            {k: v for k, v in each.items() if k != "participantIdentifier"}
            for each in read.json["participants"]
        ],
    }
    assert {k: v for k, v in receipt.json.items() if k != "advice"} == read.json


def test_status_4_for_the_rehabilitation_team_is_refused_with_9125(door: Door) -> None:
    answer = door.call(
        "POST",
        "/v1/interviews",
        json=interview(interviewTypeIdentifier=18, participationStatusTypeIdentifier=4),
        citizen=door.citizen(),
        headers={"X-Request-Id": "abc-1"},
    )
    assert 422 == answer.status_code
    assert "application/problem+json" == answer.mimetype
    assert "/problems/rules-violated" == answer.json["type"]
    assert "/requests/abc-1" == answer.json["instance"]
    assert answer.json["rulebook"].startswith("sha256:")
    assert ["9125"] == codes(answer)
    violation = answer.json["violations"][0]
    assert "rehabilitation-team-participation-status" == violation["rule"]
    assert "/participationStatusTypeIdentifier" == violation["field"]
    assert "official" == violation["basis"]["confidence"]
    assert {"da", "en"} == violation["message"].keys()
    assert violation["because"]


def test_the_language_chooses_title_detail_and_reasons(door: Door) -> None:
    number = door.citizen()
    body = interview(interviewTypeIdentifier=18, participationStatusTypeIdentifier=4)
    english, danish, neither = (
        door.call("POST", "/v1/interviews", json=body, citizen=number, language=each)
        for each in ("en-GB,en;q=0.9", "da", None)
    )
    assert ("en", "da", "da") == tuple(
        each.headers["Content-Language"] for each in (english, danish, neither)
    )
    assert "1 rule is broken: 9125" == english.json["detail"]
    assert "1 regel er brudt: 9125" == danish.json["detail"] == neither.json["detail"]
    assert english.json["title"] != danish.json["title"]
    assert english.json["violations"][0]["because"] != danish.json["violations"][0]["because"]
    assert "Accept-Language" in english.headers["Vary"]


def test_all_rules_that_fire_are_returned(door: Door) -> None:
    answer = door.call(
        "POST",
        "/v1/interviews",
        json=interview(interviewWithMoreAuthorities=True, bookingIdentifier="unknown"),
        citizen=door.citizen(),
    )
    assert {"S-106", "4768"} == set(codes(answer))
    (booking,) = (each for each in answer.json["violations"] if each["code"] == "4768")
    assert "90036" == booking["newCode"]


def test_advice_stands_in_the_receipt_and_refuses_nothing(door: Door) -> None:
    answer = door.registered(interviewContactTypeIdentifier=6)
    assert ["S-108"] == [each["code"] for each in answer.json["advice"]]


def test_the_hour_is_written_with_the_offset_of_its_own_day(door: Door) -> None:
    summer = door.registered(heldAt="2023-07-01T08:00:00.250000Z")
    assert "2023-07-01T10:00:00.250000+02:00" == summer.json["heldAt"]


def test_update_makes_a_new_version(door: Door) -> None:
    receipt = door.registered(participants=[{"name": "Bo"}])
    path, tag = receipt.headers["Location"], receipt.headers["ETag"]
    answer = door.call(
        "PUT", path, json=interview(interviewTypeIdentifier=12), headers={"If-Match": tag}
    )
    assert 200 == answer.status_code
    assert '"v2"' == answer.headers["ETag"]
    assert 12 == answer.json["interviewTypeIdentifier"]
    assert receipt.json["participants"] == answer.json["participants"]


def test_an_update_keeps_the_participants_it_names_and_replaces_the_rest(door: Door) -> None:
    receipt = door.registered(participants=[{"name": "Bo"}, {"name": "Eva"}])
    kept = receipt.json["participants"][1]["participantIdentifier"]
    answer = door.call(
        "PUT",
        receipt.headers["Location"],
        json=interview(
            participants=[
                {"name": "Eva Ny", "participantIdentifier": kept.upper()},
                {"name": "Per"},
            ]
        ),
        headers={"If-Match": "*"},
    )
    assert ["Eva Ny", "Per"] == [each["name"] for each in answer.json["participants"]]
    assert kept == answer.json["participants"][0]["participantIdentifier"]


def test_an_update_without_if_match_is_428(door: Door) -> None:
    receipt = door.registered()
    answer = door.call("PUT", receipt.headers["Location"], json=interview())
    assert (428, "/problems/version-required") == (answer.status_code, answer.json["type"])


@pytest.mark.parametrize("tag", ['"v2"', 'W/"v1"', '"else"', "v1x", '"v99999999999999999999"'])
def test_an_update_of_another_version_is_412(door: Door, tag: str) -> None:
    receipt = door.registered()
    answer = door.call(
        "PUT", receipt.headers["Location"], json=interview(), headers={"If-Match": tag}
    )
    assert 412 == answer.status_code


def test_of_two_updates_with_the_same_tag_the_second_is_412(door: Door) -> None:
    receipt = door.registered()
    statuses = [
        door.call(
            "PUT",
            receipt.headers["Location"],
            json=interview(),
            headers={"If-Match": receipt.headers["ETag"]},
        ).status_code
        for _ in range(2)
    ]
    assert [200, 412] == statuses


def test_several_tags_match_when_one_is_current(door: Door) -> None:
    path = door.registered().headers["Location"]
    answer = door.call("PUT", path, json=interview(), headers={"If-Match": '"v7", "v1"'})
    assert 200 == answer.status_code


def test_an_update_is_refused_by_the_same_rules(door: Door) -> None:
    receipt = door.registered()
    answer = door.call(
        "PUT",
        receipt.headers["Location"],
        json=interview(interviewTypeIdentifier=18, participationStatusTypeIdentifier=4),
        headers={"If-Match": "*"},
    )
    assert ["9125"] == codes(answer)
    assert 1 == door.call("GET", receipt.headers["Location"]).json["version"]


def test_a_read_with_if_match_is_an_ordinary_read(door: Door) -> None:
    path = door.registered().headers["Location"]
    answer = door.call("GET", path, headers={"If-Match": '"v7"'})
    assert (200, 1) == (answer.status_code, answer.json["version"])


def test_reading_a_known_version_is_304(door: Door) -> None:
    receipt = door.registered()
    path = receipt.headers["Location"]
    known = door.call("GET", path, headers={"If-None-Match": receipt.headers["ETag"]})
    older = door.call("GET", path, headers={"If-None-Match": '"v9"'})
    assert (304, b"") == (known.status_code, known.data)
    assert 200 == older.status_code


def test_what_is_missing_and_what_may_not_be_seen_get_the_same_body(door: Door) -> None:
    path = door.registered().headers["Location"]
    stranger = door.of("job_centre", "999")
    same_request = {"X-Request-Id": "same"}
    bodies = [
        door.of("job_centre", "999").call("GET", each, headers=same_request)
        for each in (
            path,
            f"/v1/interviews/{uuid4()}",
            "/v1/interviews/nothing",
            "/v1/interviews/%00",
        )
    ]
    bodies += [
        stranger.call("GET", "/v1/interviews", citizen=number, headers=same_request)
        for number in (door.citizen(), invented_number())
    ]
    bodies += [
        stranger.call("PUT", path, json=interview(), headers={**same_request, "If-Match": tag})
        for tag in ('"v1"', "*")
    ]
    assert [404] * len(bodies) == [each.status_code for each in bodies]
    assert "1010" == bodies[0].json["code"]
    assert 1 == len({each.data for each in bodies})


def test_a_foreign_citizen_and_an_unknown_one_are_refused_alike(door: Door) -> None:
    stranger = door.of("job_centre", "999")
    foreign, unknown = (
        stranger.call("POST", "/v1/interviews", json=interview(), citizen=number)
        for number in (door.citizen(), invented_number())
    )
    assert ["6005"] == codes(foreign) == codes(unknown)
    assert foreign.json["violations"] == unknown.json["violations"]
    assert foreign.json.keys() == unknown.json.keys()
    fund = door.of("unemployment_fund", "99").call(
        "POST", "/v1/interviews", json=interview(), citizen=invented_number()
    )
    assert ["4857"] == codes(fund)


def test_an_agency_that_writes_on_an_unknown_citizen_gets_404(door: Door) -> None:
    answer = door.of("agency", "star").call(
        "POST", "/v1/interviews", json=interview(), citizen=invented_number()
    )
    assert (404, "1010") == (answer.status_code, answer.json["code"])


def test_organisation_types_that_register_nowhere_are_told_4575(door: Door) -> None:
    answer = door.of("municipality", "461").call(
        "POST", "/v1/interviews", json=interview(), citizen=door.citizen()
    )
    assert (403, "4575") == (answer.status_code, answer.json["code"])
