"""`Idempotency-Key` over HTTP: told again byte for byte, to the same caller, for the same call."""

from __future__ import annotations

import io
import json
import secrets
import sqlite3
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from registry.errors import KeyInUse, KeyOfOtherCall, Unavailable
from tests.web.door import NOW, Door, interview, settings_in
from tests.web.test_failures import failing
from web.api.contract import OPERATIONS
from web.api.once import KEPT_HEADERS
from web.app import close, create_app

INTERVIEW = interview()
PROBLEM = "/problems/idempotency-key-of-other-call"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """An application of its own: what subscribers are told must not come from other tests."""
    settings, log = settings_in(tmp_path_factory.mktemp("idempotency")), io.StringIO()
    app = create_app(settings, clock=lambda: NOW, log_to=log)
    yield Door(app, settings, log)
    close(app)


def key() -> str:
    return secrets.token_hex(16)


def keyed(name: str, **headers: str) -> dict[str, str]:
    return {"Idempotency-Key": name, **headers}


def create(door: Door, number: str, name: str | None, **changes: Any) -> TestResponse:
    return door.call(
        "POST",
        "/v1/interviews",
        json={**INTERVIEW, **changes},
        citizen=number,
        headers={} if name is None else keyed(name),
    )


def add(door: Door, path: str, name: str | None) -> TestResponse:
    headers = {} if name is None else keyed(name)
    return door.call("POST", f"{path}/participants", json={"name": "Bo"}, headers=headers)


def how_many(door: Door, number: str) -> int:
    return len(door.call("GET", "/v1/interviews", citizen=number).json["interviews"])


def assert_told_again(first: TestResponse, again: TestResponse) -> None:
    assert first.status_code == again.status_code
    assert first.data == again.data
    for name in KEPT_HEADERS:
        assert first.headers.get(name) == again.headers.get(name)
    assert "Idempotency-Replayed" not in first.headers
    assert "true" == again.headers["Idempotency-Replayed"]


def test_control_without_a_key_it_is_done_twice(door: Door) -> None:
    path = door.registered().headers["Location"]
    assert [201, 201] == [add(door, path, None).status_code for _ in range(2)]
    assert 2 == len(door.call("GET", path).json["participants"])


def test_a_registration_made_again_is_told_again(door: Door) -> None:
    number, name = door.citizen(), key()
    first = create(door, number, name)
    assert (201, '"v1"') == (first.status_code, first.headers["ETag"])
    again = create(door, number, name)
    assert_told_again(first, again)
    assert first.headers["X-Request-Id"] != again.headers["X-Request-Id"]
    assert 1 == how_many(door, number)


def test_a_refusal_is_told_again_in_the_language_of_the_first_time(door: Door) -> None:
    number, name = door.citizen(), key()
    first = create(door, number, name, interviewContactTypeIdentifier=99)
    assert (422, "/problems/rules-violated") == (first.status_code, first.json["type"])
    sent = {**INTERVIEW, "interviewContactTypeIdentifier": 99}
    again = door.call(
        "POST",
        "/v1/interviews",
        json=sent,
        citizen=number,
        language="da",
        headers=keyed(name),
    )
    assert_told_again(first, again)


def test_every_call_that_writes_is_told_again(door: Door) -> None:
    number, agency = door.citizen(), door.of("agency", "star")
    path = door.registered(number).headers["Location"]
    calls: list[tuple[Door, str, str, dict[str, Any]]] = [
        (agency, "PUT", "/v1/citizens", {"json": {}, "citizen": door.citizen()}),
        (door, "PUT", path, {"json": interview(), "headers": {"If-Match": '"v1"'}}),
        (door, "POST", f"{path}/participants", {"json": {"name": "Bo"}}),
    ]
    for who, method, where, sent in calls:
        first, _ = twice(who, method, where, **sent)
    participant = first.headers["Location"]
    twice(door, "PUT", participant, json={"name": "Ida"})
    twice(door, "DELETE", participant)
    assert '"v5"' == door.call("GET", path).headers["ETag"]


def test_every_call_of_subscribers_is_told_again(door: Door) -> None:
    subscriber = door.of("job_centre", "903")
    facts = {"jobCentreAffiliations": [{"organisationCode": "903", "from": "2020-01-01"}]}
    for _ in range(2):
        create(subscriber, door.citizen(**facts), None)
        opened, again = twice(subscriber, "POST", "/v1/message-sequences")
        assert 201 == opened.status_code
        assert opened.json["sequenceIdentifier"] == again.json["sequenceIdentifier"]
        twice(subscriber, "POST", f"{opened.headers['Location']}/terminate")
    create(subscriber, door.citizen(**facts), None)
    opened, _ = twice(subscriber, "POST", "/v1/message-sequences", json={})
    twice(subscriber, "POST", f"{opened.headers['Location']}/close")
    wanted = {"subscriptions": [{"path": "/all"}]}
    _, again = twice(subscriber, "PUT", "/v1/subscriptions", json=wanted)
    assert ["/all"] == [each["path"] for each in again.json["added"]]


def twice(
    door: Door, method: str, path: str, headers: dict[str, str] | None = None, **sent: Any
) -> tuple[TestResponse, TestResponse]:
    stated = {**(headers or {}), **keyed(key())}
    first, again = (door.call(method, path, headers=stated, **sent) for _ in range(2))
    assert first.status_code < 300, first.text
    assert_told_again(first, again)
    return first, again


def test_every_operation_that_stores_something_takes_a_key_and_no_other() -> None:
    writing = {each.id for each in OPERATIONS if each.method in {"POST", "PUT", "DELETE"}}
    assert writing - {"decide"} == {each.id for each in OPERATIONS if each.once}


# --- another call with the same key ---------------------------------------------------------------


def test_another_body_citizen_version_or_path_is_another_call(door: Door) -> None:
    number, other, name = door.citizen(), door.citizen(), key()
    path = create(door, number, name).headers["Location"]
    update = {"json": INTERVIEW, "headers": keyed(name, **{"If-Match": '"v1"'})}
    for answer in (
        create(door, number, name, agreementText="x"),
        create(door, other, name),
        door.call("PUT", path, **update),
        door.call("POST", f"{path}/participants", json={"name": "Bo"}, headers=keyed(name)),
    ):
        assert (422, PROBLEM) == (answer.status_code, answer.json["type"])
        assert "Idempotency-Replayed" not in answer.headers
    assert (1, 0) == (how_many(door, number), how_many(door, other))


def test_another_if_match_is_another_call(door: Door) -> None:
    path, name = door.registered().headers["Location"], key()
    for tag, status in (('"v1"', 200), ('"v2"', 422), ('"v1"', 200)):
        answer = door.call("PUT", path, json=interview(), headers=keyed(name, **{"If-Match": tag}))
        assert status == answer.status_code
    assert '"v2"' == door.call("GET", path).headers["ETag"]


@pytest.mark.parametrize("named", ["*", '"v1", "v7"'])
def test_an_update_is_told_again_when_the_version_it_named_is_over(door: Door, named: str) -> None:
    path = door.registered().headers["Location"]
    twice(door, "PUT", path, json=interview(), headers={"If-Match": named})


def test_an_error_is_not_kept(door: Door) -> None:
    path, name = door.registered().headers["Location"], key()
    for body, tag, status in (
        ({}, '"v1"', 400),
        (interview(), "", 428),
        (interview(), '"v2"', 412),
        (interview(), '"v1"', 200),
    ):
        headers = keyed(name, **({"If-Match": tag} if tag else {}))
        assert status == door.call("PUT", path, json=body, headers=headers).status_code


def test_clients_who_call_at_once_get_one_answer_or_409(door: Door) -> None:
    number, name = door.citizen(), key()
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: create(door, number, name), range(8)))
    told = Counter(each.status_code for each in answers)
    assert {201, 409} >= told.keys()
    assert 1 == len({each.data for each in answers if each.status_code == 201})
    assert 1 == how_many(door, number)


# --- who is told ----------------------------------------------------------------------------------


def test_another_caller_has_other_keys(door: Door) -> None:
    path, name = door.registered().headers["Location"], key()
    another_user = {"Authorization": f"Bearer {door.token(user='another')}"}
    answers = [
        add(door, path, name),
        add(door.of("unemployment_fund", "7"), path, name),
        add(door.of("agency", "star"), path, name),
        add(door.of("job_centre", "101", **another_user), path, name),
    ]
    assert [(201, None)] * 4 == [
        (each.status_code, each.headers.get("Idempotency-Replayed")) for each in answers
    ]
    assert 4 == len({each.data for each in answers})


@pytest.mark.parametrize(
    ("token", "status"),
    [({"scopes": ("interviews:read",)}, 403), ({"now": NOW - timedelta(days=2)}, 401)],
)
def test_who_may_no_longer_call_is_told_nothing(
    door: Door, token: dict[str, Any], status: int
) -> None:
    number, name = door.citizen(), key()
    create(door, number, name)
    authorised = f"Bearer {door.token(**token)}"
    answer = door.call(
        "POST",
        "/v1/interviews",
        json=INTERVIEW,
        citizen=number,
        headers=keyed(name, Authorization=authorised),
    )
    assert status == answer.status_code
    assert "Idempotency-Replayed" not in answer.headers


# --- the key --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "x" * 256, "nøgle", "a\tb", "\x7f"])
def test_a_key_that_is_none_is_refused(door: Door, name: str) -> None:
    answer = create(door, door.citizen(), name)
    assert (400, "1014") == (answer.status_code, answer.json["code"])
    (fault,) = answer.json["errors"]
    assert "Idempotency-Key" == fault["parameter"]
    assert "1 to 255" in fault["message"]["en"]


@pytest.mark.parametrize(
    "name", ["x", "x" * 255, '"8e03978e-40d5-43e8-bc93-6894a57f9324"', "a b~!"]
)
def test_any_printable_key_will_do(door: Door, name: str) -> None:
    number = door.citizen()
    assert 201 == create(door.of("agency", secrets.token_hex(4)), number, name).status_code


@pytest.mark.parametrize("name", ["x" * 256, "x"])
def test_where_nothing_is_stored_the_key_is_not_looked_at(door: Door, name: str) -> None:
    body = {"operation": "create_interview", "interview": interview()}
    for number in (door.citizen(), door.citizen()):
        answer = door.call("POST", "/v1/decisions", json=body, citizen=number, headers=keyed(name))
        assert (200, None) == (answer.status_code, answer.headers.get("Idempotency-Replayed"))


def test_the_key_is_nowhere_in_log_or_database(door: Door) -> None:
    number, name = door.citizen(), key()
    door.log.seek(0)
    door.log.truncate()
    for _ in range(2):
        create(door, number, name)
    log = door.log.getvalue()
    assert name not in log
    assert [None, True] == [json.loads(line).get("replayed") for line in log.splitlines()]
    path = door.settings.database_url.removeprefix("sqlite:///")
    with sqlite3.connect(path) as database:
        assert not [line for line in database.iterdump() if name in line]
    database.close()


# --- what the registry says -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (KeyInUse(), 409, "idempotency-key-in-use"),
        (KeyOfOtherCall(), 422, "idempotency-key-of-other-call"),
        (Unavailable("undecided"), 503, "undecided"),
        (Unavailable("busy"), 503, "unavailable"),
    ],
)
def test_what_keeps_a_call_from_being_answered(
    door: Door, error: Exception, status: int, kind: str
) -> None:
    answer = create(failing(door, error), "710190-9999", key())
    assert (status, f"/problems/{kind}") == (answer.status_code, answer.json["type"])
    assert (status != 422) == ("Retry-After" in answer.headers)
    claims_nothing = "nothing was stored" in answer.json["detail"]
    assert claims_nothing == (kind not in {"undecided", "idempotency-key-in-use"})
