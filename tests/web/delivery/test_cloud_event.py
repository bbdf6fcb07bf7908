"""A message on the wire, and on its way to a receiver that checks everything."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from registry.interview import RegisteredBy
from registry.messages import (
    GET_PERSON_INTERVIEW,
    PERSON_INTERVIEW,
    Change,
    ChangeKind,
    Message,
    Subscriber,
)
from tests.web.delivery.hostile import ACCEPTED, listening, saying
from web.delivery.client import Post, Sender
from web.delivery.cloud_event import TYPES, cloud_event, event_bytes, message_body
from web.delivery.locations import BaseAddress
from web.delivery.outcome import Delivered
from web.delivery.receivers import Receiver
from web.delivery.signature_check import is_signed
from web.delivery.signing import make_signing_key

NOW = datetime(2024, 6, 3, 10, 0, tzinfo=UTC)
CITIZEN = "7101901234"
MESSAGE = Message(
    message_id="0190a6f2-3b1c-7def-8000-000000000001",
    subscriber=Subscriber("unemployment_fund", "7"),
    number=7,
    name=GET_PERSON_INTERVIEW,
    entity=PERSON_INTERVIEW,
    entity_id="5d5ba4e8-0000-4000-8000-00000000000a",
    change=Change.PARTICIPANT_ADDED,
    version=2,
    recorded_at=datetime(2024, 6, 3, 12, 0, tzinfo=timezone(timedelta(hours=2))),
    registered_by=RegisteredBy("job_centre", "101"),
    cpr=CITIZEN,
)
EVENT = {
    "specversion": "1.0",
    "id": "0190a6f2-3b1c-7def-8000-000000000001",
    "source": "/samtale",
    "type": "samtale.person-interview.updated",
    "subject": "5d5ba4e8-0000-4000-8000-00000000000a",
    "time": "2024-06-03T10:00:00Z",
    "datacontenttype": "application/json",
    "data": {
        "sequenceNumber": 7,
        "entityName": "PersonInterview",
        "entityIdentifier": "5d5ba4e8-0000-4000-8000-00000000000a",
        "changeKind": 2,
        "personCivilRegistrationIdentifier": CITIZEN,
        "version": 2,
        "registeredBy": {"organisationType": "job_centre", "organisationCode": "101"},
    },
}


def test_a_message_is_a_thin_cloud_event() -> None:
    assert EVENT == cloud_event(MESSAGE, "/samtale")
    assert EVENT == json.loads(event_bytes(MESSAGE, "/samtale"))
    assert EVENT["data"] == message_body(MESSAGE)


@pytest.mark.parametrize(
    ("kind", "number", "word"),
    [
        (ChangeKind.CREATED, 1, "created"),
        (ChangeKind.UPDATED, 2, "updated"),
        (ChangeKind.DELETED, 3, "deleted"),
    ],
)
def test_the_kinds_of_change_are_numbered_as_dfdg_does(
    kind: ChangeKind, number: int, word: str
) -> None:
    assert number == kind
    assert f"samtale.person-interview.{word}" == TYPES[kind]


def test_the_citizen_stands_in_the_data_and_nowhere_else() -> None:
    envelope = {name: value for name, value in EVENT.items() if name != "data"}
    assert CITIZEN not in json.dumps(envelope)
    assert CITIZEN not in repr(MESSAGE)


def test_a_message_arrives_signed_and_its_citizen_in_no_line_or_header() -> None:
    keys = [make_signing_key(), make_signing_key()]
    with listening(saying(ACCEPTED)) as listener:
        base = BaseAddress("http", "receiver.example", listener.port)
        sender = Sender(
            Receiver("job_centre", "101", base, allow_private_addresses=True),
            resolver=lambda *_: ["127.0.0.1"],
        )
        outcome = Post("/samtale", keys).deliver(sender, "/in", MESSAGE, NOW)
        sender.close()
    assert Delivered(204) == outcome
    [request] = listener.requests
    assert EVENT == json.loads(request.body)
    assert "application/cloudevents+json" == request.headers["content-type"]
    assert MESSAGE.message_id == request.headers["webhook-id"]
    for key in keys:
        assert is_signed(request.headers, request.body, [key.public], NOW)
    assert CITIZEN not in request.line + repr(request.headers)
