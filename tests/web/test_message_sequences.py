"""Messages that are fetched and acknowledged, over HTTP."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.web.door import NOW, Door, interview, settings_in
from web.app import close, create_app

SEQUENCES = "/v1/message-sequences"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
_codes = itertools.count(500)


@dataclass(slots=True)
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def own_door(clock: Clock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """An application whose clock can be moved."""
    settings, log = settings_in(tmp_path_factory.mktemp("sequences")), io.StringIO()
    app = create_app(settings, clock=clock, log_to=log)
    yield Door(app, settings, log)
    close(app)


@pytest.fixture
def centre(own_door: Door) -> Door:
    """A job centre with a log of its own, in which nothing waits."""
    return own_door.of("job_centre", str(next(_codes)))


def citizen_of(centre: Door, **facts: Any) -> str:
    stated = {
        "jobCentreAffiliations": [
            {"organisationCode": centre.organisation[1], "from": "2020-01-01"}
        ]
    }
    return centre.citizen(**{**stated, "fundMemberships": [], **facts})


def told(centre: Door, times: int = 1) -> str:
    """Register so many interviews of one new citizen of the centre; return the citizen's number."""
    number = citizen_of(centre)
    for minute in range(times):
        centre.registered(
            number, interviewTypeIdentifier=12, heldAt=f"2024-03-05T10:{minute:02}:00+01:00"
        )
    return number


def opened(reader: Door, **body: Any) -> str:
    answer = reader.call("POST", SEQUENCES, json=body)
    assert 201 == answer.status_code, answer.text
    return answer.headers["Location"]


def messages(reader: Door, path: str) -> list[dict[str, Any]]:
    answer = reader.call("GET", f"{path}/messages")
    assert 200 == answer.status_code, answer.text
    return answer.json["messages"]


def numbers(reader: Door, path: str) -> list[int]:
    return [each["data"]["sequenceNumber"] for each in messages(reader, path)]


def drained(reader: Door) -> list[dict[str, Any]]:
    """All that waits for a reader, acknowledged."""
    found = []
    for _ in range(5):
        answer = reader.call("POST", SEQUENCES)
        if answer.status_code != 201:
            break
        path = answer.headers["Location"]
        found += messages(reader, path)
        assert 204 == reader.call("POST", f"{path}/terminate").status_code
    assert 204 == answer.status_code
    return found


def test_a_registration_is_fetched_once_and_then_never_again(centre: Door) -> None:
    assert 204 == centre.call("POST", SEQUENCES).status_code
    number = citizen_of(centre)
    registered = centre.registered(number)
    answer = centre.call("POST", SEQUENCES, json={"entity": "PersonInterview"})
    path = answer.headers["Location"]
    assert (1, "open", "PersonInterview") == tuple(
        answer.json[name] for name in ("messages", "state", "entity")
    )
    assert answer.json == centre.call("GET", path).json
    (message,) = messages(centre, path)
    interview_id = registered.json["interviewIdentifier"]
    assert {
        "sequenceNumber": 1,
        "entityName": "PersonInterview",
        "entityIdentifier": interview_id,
        "changeKind": 1,
        "personCivilRegistrationIdentifier": number.replace("-", ""),
        "version": 1,
        "registeredBy": {
            "organisationType": "job_centre",
            "organisationCode": centre.organisation[1],
        },
    } == message["data"]
    assert ("/samtale", interview_id) == (message["source"], message["subject"])
    assert [204, 204] == [centre.call("POST", f"{path}/terminate").status_code for _ in "ab"]
    assert "terminated" == centre.call("GET", path).json["state"]
    assert 204 == centre.call("POST", SEQUENCES).status_code


def test_the_receiver_reads_what_a_message_tells_of_with_its_own_rights(centre: Door) -> None:
    told(centre)
    (message,) = messages(centre, opened(centre))
    answer = centre.call("GET", f"/v1/interviews/{message['subject']}")
    assert message["data"]["version"] == answer.json["version"]


def test_what_is_closed_comes_again_under_the_same_ids(centre: Door) -> None:
    told(centre, 3)
    path = opened(centre)
    first = messages(centre, path)
    assert [204, 204] == [centre.call("POST", f"{path}/close").status_code for _ in "ab"]
    again = messages(centre, opened(centre))
    assert (3, first) == (len(first), again)


def test_messages_come_in_order_page_by_page(centre: Door) -> None:
    told(centre, 5)
    following, seen = f"{opened(centre)}/messages?limit=2", []
    for _ in range(3):
        answer = centre.call("GET", following)
        seen.append([each["data"]["sequenceNumber"] for each in answer.json["messages"]])
        link = answer.headers.get("Link", "<>")
        following = link[1 : link.index(">")]
    assert ("", None) == (following, answer.json["next"])
    assert [[1, 2], [3, 4], [5]] == seen


def test_one_sequence_of_a_kind_is_open_and_a_reader_that_lost_its_name_learns_it(
    centre: Door,
) -> None:
    told(centre)
    path = opened(centre)
    answer = centre.call("POST", SEQUENCES, json={})
    assert (409, "/problems/message-sequence-open") == (answer.status_code, answer.json["type"])
    assert path == f"{SEQUENCES}/{answer.json['sequenceIdentifier']}"
    beside = opened(centre, entity="PersonInterview")
    assert beside != path


def test_a_sequence_of_somebody_else_is_not_there(own_door: Door, centre: Door) -> None:
    told(centre)
    path = opened(centre)
    other = own_door.of("job_centre", str(next(_codes)))
    for method, end in (
        ("GET", ""),
        ("GET", "/messages"),
        ("POST", "/terminate"),
        ("POST", "/close"),
    ):
        bodies = []
        for place in (path, f"{SEQUENCES}/{UNKNOWN}", f"{SEQUENCES}/none"):
            answer = other.call(method, place + end, headers={"X-Request-Id": "the-same"})
            assert 404 == answer.status_code
            bodies.append(answer.json)
        assert bodies[:1] * 3 == bodies
        assert "/problems/no-such-message-sequence" == bodies[0]["type"]
    assert [1] == numbers(centre, path)


def test_an_organisation_of_another_type_with_the_same_code_has_another_log(
    own_door: Door, centre: Door
) -> None:
    told(centre)
    assert (
        204
        == own_door.of("municipality", centre.organisation[1]).call("POST", SEQUENCES).status_code
    )


@pytest.mark.parametrize(
    ("end", "state", "gone"),
    [
        ("terminate", "terminated", ["GET /messages", "POST /close"]),
        ("close", "closed", ["GET /messages", "POST /terminate"]),
    ],
)
def test_what_is_over_cannot_be_used(centre: Door, end: str, state: str, gone: list[str]) -> None:
    told(centre)
    path = opened(centre)
    centre.call("POST", f"{path}/{end}")
    for call in gone:
        method, rest = call.split(" ")
        answer = centre.call(method, path + rest)
        assert (410, state) == (answer.status_code, answer.json["state"])
        assert "/problems/message-sequence-over" == answer.json["type"]


def test_a_reader_that_vanished_blocks_nobody_for_long(centre: Door, clock: Clock) -> None:
    told(centre, 2)
    vanished = opened(centre)
    clock.now += timedelta(minutes=9)
    assert 409 == centre.call("POST", SEQUENCES).status_code
    clock.now += timedelta(minutes=1)
    assert [1, 2] == numbers(centre, opened(centre))
    for method, end in (("GET", "/messages"), ("POST", "/terminate")):
        answer = centre.call(method, vanished + end)
        assert (410, "expired") == (answer.status_code, answer.json["state"])
    assert 204 == centre.call("POST", f"{vanished}/close").status_code


def test_fetching_puts_the_expiry_off(centre: Door, clock: Clock) -> None:
    told(centre)
    path = opened(centre)
    clock.now += timedelta(minutes=9)
    messages(centre, path)
    clock.now += timedelta(minutes=9)
    assert 409 == centre.call("POST", SEQUENCES).status_code


CRASHES = ["opening", "fetching", "terminate", "close"]


@pytest.mark.parametrize("crash", CRASHES)
def test_after_a_crash_anywhere_what_is_not_acknowledged_comes_again_and_nothing_else(
    centre: Door, clock: Clock, crash: str
) -> None:
    told(centre, 3)
    path = opened(centre)
    if crash != "opening":
        before = messages(centre, path)
    if crash in {"terminate", "close"}:
        # the answer is lost: the reader does not know that it was done
        centre.call("POST", f"{path}/{crash}")
    told(centre)
    clock.now += timedelta(minutes=10)
    expected = [4] if crash == "terminate" else [1, 2, 3, 4]
    after = drained(centre)
    assert expected == [each["data"]["sequenceNumber"] for each in after]
    if crash in {"fetching", "close"}:
        assert before == after[:3]


def test_nobody_is_told_of_a_participant_changed_or_deleted_or_of_a_refusal(centre: Door) -> None:
    number = citizen_of(centre)
    path = centre.registered(number).headers["Location"]
    added = centre.call("POST", f"{path}/participants", json={"name": "Bo"}).headers["Location"]
    assert 200 == centre.call("PUT", added, json={"name": "Ib"}).status_code
    assert 204 == centre.call("DELETE", added).status_code
    refused = centre.call(
        "POST",
        "/v1/interviews",
        json=interview(interviewTypeIdentifier=18, participationStatusTypeIdentifier=4),
        citizen=number,
    )
    assert 422 == refused.status_code
    assert [(1, 1, 1), (2, 2, 2)] == [
        (each["data"]["sequenceNumber"], each["data"]["changeKind"], each["data"]["version"])
        for each in drained(centre)
    ]


def test_a_fund_is_told_only_of_the_types_that_are_open_to_it(centre: Door) -> None:
    fund = centre.of("unemployment_fund", str(next(_codes)))
    number = citizen_of(
        centre, fundMemberships=[{"organisationCode": fund.organisation[1], "from": "2023-01-01"}]
    )
    open_type = centre.registered(number, interviewTypeIdentifier=7)
    centre.registered(
        number,
        interviewTypeIdentifier=18,
        participationStatusTypeIdentifier=5,
        heldAt="2024-04-05T10:00:00+02:00",
    )
    assert [open_type.json["interviewIdentifier"]] == [each["subject"] for each in drained(fund)]
    assert 2 == len(drained(centre))


def test_every_job_centre_of_the_citizen_is_told(own_door: Door, centre: Door) -> None:
    other = own_door.of("job_centre", str(next(_codes)))
    codes = [centre.organisation[1], other.organisation[1]]
    number = citizen_of(
        centre,
        jobCentreAffiliations=[{"organisationCode": code, "from": "2020-01-01"} for code in codes],
    )
    centre.registered(number)
    ids = {drained(reader)[0]["id"] for reader in (centre, other)}
    assert 2 == len(ids)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", SEQUENCES),
        ("GET", f"{SEQUENCES}/{UNKNOWN}"),
        ("GET", f"{SEQUENCES}/{UNKNOWN}/messages"),
        ("POST", f"{SEQUENCES}/{UNKNOWN}/terminate"),
        ("POST", f"{SEQUENCES}/{UNKNOWN}/close"),
        ("GET", "/v1/subscriptions"),
        ("PUT", "/v1/subscriptions"),
    ],
)
def test_messages_need_their_scope_and_an_organisation_that_can_have_them(
    door: Door, method: str, path: str
) -> None:
    other = door.token(scopes=["interviews:read", "interviews:write"])
    without = door.call(method, path, headers={"Authorization": f"Bearer {other}"})
    forced = door.of("system", "s").token(scopes=["messages:read"])
    system = door.call(method, path, headers={"Authorization": f"Bearer {forced}"})
    assert [(403, "1013")] * 2 == [
        (each.status_code, each.json["code"]) for each in (without, system)
    ]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"entity": "Person"}, "/entity"),
        ({"entity": 1}, "/entity"),
        ({"Entity": "PersonInterview"}, "/Entity"),
        ([], ""),
    ],
)
def test_faults_of_the_wish_are_named(centre: Door, body: object, pointer: str) -> None:
    answer = centre.call("POST", SEQUENCES, json=body)
    assert (400, "1014") == (answer.status_code, answer.json["code"])
    assert {pointer} == {each["pointer"] for each in answer.json["errors"]}


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "after=-1", "after=9007199254740992"])
def test_faults_of_a_page_are_named(centre: Door, query: str) -> None:
    answer = centre.call("GET", f"{SEQUENCES}/{UNKNOWN}/messages?{query}")
    assert 400 == answer.status_code
    assert [query.split("=")[0]] == [each["parameter"] for each in answer.json["errors"]]
