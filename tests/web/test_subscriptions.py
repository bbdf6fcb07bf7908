"""Webhooks stated as one whole list, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from registry.messages import ENTITIES
from registry.subscriptions import MOST_SUBSCRIPTIONS
from tests.web.door import Door
from web.api.schemas import schemas
from web.delivery.signing import read_signing_key

PATH = "/v1/subscriptions"


@pytest.fixture(autouse=True)
def _no_webhooks_are_left_from_another_test(door: Door) -> None:
    for centre in ("901", "902", "903"):
        door.of("job_centre", centre).call("PUT", PATH, json=stated())


def stated(*paths: str) -> dict[str, Any]:
    return {"subscriptions": [{"path": path} for path in paths]}


def paths(answer: Any) -> dict[str, list[str]]:
    lists = {name: part for name, part in answer.json.items() if name != "publicKeys"}
    return {name: [each["path"] for each in listed] for name, listed in lists.items()}


def test_the_whole_list_is_stated_again_and_again(door: Door) -> None:
    centre = door.of("job_centre", "901")
    first = centre.call("PUT", PATH, json=stated("/b", "/a"))
    assert {"added": ["/a", "/b"], "kept": [], "removed": []} == paths(first)
    again = centre.call("PUT", PATH, json=stated("/a", "/b"))
    assert {"added": [], "kept": ["/a", "/b"], "removed": []} == paths(again)
    other = centre.call("PUT", PATH, json=stated("/b", "/c/"))
    assert {"added": ["/c/"], "kept": ["/b"], "removed": ["/a"]} == paths(other)
    assert ["/b", "/c/"] == paths(centre.call("GET", PATH))["subscriptions"]
    nothing = centre.call("PUT", PATH, json=stated())
    assert {"added": [], "kept": [], "removed": ["/b", "/c/"]} == paths(nothing)


def test_each_webhook_is_shown_with_where_it_leads_and_how_far_it_is(door: Door) -> None:
    centre = door.of("job_centre", "902")
    centre.call("PUT", PATH, json=stated("/in"))
    (shown,) = centre.call("GET", PATH).json["subscriptions"]
    assert {
        "path": "/in",
        "entities": ["PersonInterview"],
        "url": "https://[2001:db8::1]:8443/in",
        "state": "active",
        "reason": None,
        "deliveredTo": 0,
        "failures": 0,
        "nextAttemptAt": "2024-06-03T12:00:00+02:00",
    } == shown


def test_the_prefix_of_the_operator_stands_before_the_path(door: Door) -> None:
    centre = door.of("job_centre", "901")
    centre.call("PUT", PATH, json=stated("/in"))
    (shown,) = centre.call("GET", PATH).json["subscriptions"]
    assert "https://webhooks.jobcenter.example/samtale/in" == shown["url"]


def test_receivers_learn_the_public_keys_and_nothing_of_the_private_ones(door: Door) -> None:
    (line,) = door.settings.signing_key_file.read_text(encoding="ascii").split()
    answer = door.call("GET", PATH)
    assert [read_signing_key(line).public] == answer.json["publicKeys"]
    assert "whsk_" not in answer.text


def test_a_new_webhook_begins_with_what_is_registered_next(door: Door) -> None:
    centre = door.of("job_centre", "903")
    number = centre.citizen(
        jobCentreAffiliations=[{"organisationCode": "903", "from": "2020-01-01"}],
        fundMemberships=[],
    )
    centre.registered(number)
    added = centre.call("PUT", PATH, json=stated("/in")).json["added"]
    assert [1] == [each["deliveredTo"] for each in added]


def test_every_fault_of_the_list_is_named_and_nothing_is_done(door: Door) -> None:
    centre = door.of("job_centre", "902")
    centre.call("PUT", PATH, json=stated("/in"))
    answer = centre.call(
        "PUT",
        PATH,
        json={
            "subscriptions": [
                {"path": "/fine"},
                {"path": "https://elsewhere.example/"},
                {"path": "/a/../b"},
                {"path": "/x", "entities": []},
                {"path": "/x", "entities": ["Person"]},
                {"entities": ["PersonInterview"]},
                {"path": "/y", "secret": "x"},
                {"path": "/7101904321"},
            ]
        },
    )
    assert (400, "1014") == (answer.status_code, answer.json["code"])
    assert [
        "/subscriptions/1/path",
        "/subscriptions/2/path",
        "/subscriptions/3/entities",
        "/subscriptions/4/entities/0",
        "/subscriptions/4/path",
        "/subscriptions/5/path",
        "/subscriptions/6/secret",
        "/subscriptions/7/path",
    ] == [each["pointer"] for each in answer.json["errors"]]
    assert "7101904321" not in answer.text
    assert ["/in"] == paths(centre.call("GET", PATH))["subscriptions"]


@pytest.mark.parametrize("body", [{}, {"subscriptions": None}, {"subscriptions": ["/in"]}, []])
def test_anything_but_a_list_of_webhooks_is_refused(door: Door, body: object) -> None:
    assert 400 == door.of("job_centre", "902").call("PUT", PATH, json=body).status_code


def test_without_a_base_address_there_is_no_webhook_and_the_answer_says_what_to_do(
    door: Door,
) -> None:
    centre = door.of("job_centre", "999")
    answer = centre.call("PUT", PATH, json=stated("/in"))
    assert (409, "/problems/no-base-address") == (answer.status_code, answer.json["type"])
    assert "ask the operator" in answer.json["detail"]
    assert 200 == centre.call("PUT", PATH, json=stated()).status_code


def test_an_organisation_sees_its_own_webhooks_only(door: Door) -> None:
    door.of("job_centre", "901").call("PUT", PATH, json=stated("/in"))
    for other in (door.of("unemployment_fund", "901"), door.of("job_centre", "904")):
        assert [] == other.call("GET", PATH).json["subscriptions"]


def test_the_schema_knows_the_limits_of_the_registry() -> None:
    wanted = schemas()["WantedSubscriptions"]["properties"]["subscriptions"]
    assert MOST_SUBSCRIPTIONS == wanted["maxItems"]
    entities = schemas()["WantedSubscription"]["properties"]["entities"]["items"]["enum"]
    assert ENTITIES == set(entities)
    assert {*ENTITIES, None} == set(schemas()["NewMessageSequence"]["properties"]["entity"]["enum"])
