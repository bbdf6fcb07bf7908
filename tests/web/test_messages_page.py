"""The page on messages tells the truth: its calls, states, limits, and the check of a signature."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from registry.interview import RegisteredBy
from registry.messages import (
    PERSON_INTERVIEW,
    Change,
    Message,
    SequenceState,
    StreamState,
    Subscriber,
)
from tests.web.door import PROJECT
from web.api.contract import OPERATIONS
from web.api.schemas import check
from web.api.scopes import ORGANISATION_TYPES
from web.delivery.cloud_event import event_bytes
from web.delivery.receivers import read_receivers
from web.delivery.schedule import Patience
from web.delivery.signing import SigningKey, make_signing_key, signature_headers

PAGE = (PROJECT / "docs" / "messages.md").read_text(encoding="utf-8")
NOW = datetime(2024, 6, 3, 10, tzinfo=UTC)
MESSAGE = Message(
    message_id="b2b0a8de-54f7-4a86-9d0e-1f2f0a9b7c33",
    subscriber=Subscriber("job_centre", "101"),
    number=7,
    name="GetPersonInterview",
    entity=PERSON_INTERVIEW,
    entity_id="6f1c9a34-0d7a-4c65-9b4c-111111111111",
    change=Change.INTERVIEW_UPDATED,
    version=2,
    recorded_at=NOW,
    registered_by=RegisteredBy("job_centre", "101"),
    cpr="7101904321",
)


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


# --- the signature --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def is_ours() -> Callable[..., bool]:
    (snippet,) = blocks("python")
    names: dict[str, object] = {}
    exec(compile(snippet, "docs/messages.md", "exec"), names)
    return names["is_ours"]


def sent(*keys: SigningKey) -> tuple[dict[str, str], bytes]:
    body = event_bytes(MESSAGE, "/samtale")
    return signature_headers(MESSAGE.message_id, NOW, body, keys), body


def test_the_documented_check_believes_what_is_signed(is_ours: Callable[..., bool]) -> None:
    key = make_signing_key()
    headers, body = sent(key)
    assert is_ours(headers, body, [key.public], NOW.timestamp())


def test_the_documented_check_believes_either_key_while_one_is_replaced(
    is_ours: Callable[..., bool],
) -> None:
    old, new = make_signing_key(), make_signing_key()
    headers, body = sent(new, old)
    for known in ([old.public], [new.public], [new.public, old.public]):
        assert is_ours(headers, body, known, NOW.timestamp())


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_the_documented_check_sees_a_changed_header(
    is_ours: Callable[..., bool], name: str
) -> None:
    key = make_signing_key()
    headers, body = sent(key)
    other, _ = sent(make_signing_key())
    changed = {"webhook-id": "x", "webhook-timestamp": str(int(NOW.timestamp()) + 1)}
    spoiled = {**headers, name: changed.get(name, other[name])}
    assert not is_ours(spoiled, body, [key.public], NOW.timestamp())


def test_the_documented_check_sees_a_changed_body_another_key_and_an_old_message(
    is_ours: Callable[..., bool],
) -> None:
    key = make_signing_key()
    headers, body = sent(key)
    assert not is_ours(headers, body + b" ", [key.public], NOW.timestamp())
    assert not is_ours(headers, body, [make_signing_key().public], NOW.timestamp())
    assert not is_ours(headers, body, [key.public], NOW.timestamp() + 301)


# --- the rest -------------------------------------------------------------------------------------


def test_the_documented_message_is_the_one_that_is_sent() -> None:
    (shown,) = blocks("json")
    assert json.loads(event_bytes(MESSAGE, "/samtale")) == json.loads(shown)
    assert () == check("Message", json.loads(shown))


def test_every_documented_call_is_one_there_is_with_a_body_that_is_accepted() -> None:
    calls = 0
    for call in re.findall(
        r"^curl (.*?)(?<!\\)$", "\n".join(blocks("bash")), re.MULTILINE | re.DOTALL
    ):
        path = re.search(r'\$REGISTRY(/[^"?]*)', call)[1].replace("$SEQUENCE", "{sequenceId}")
        method = (re.search(r"-X (\w+)", call) or ["", "GET"])[1]
        body = re.search(r"-d '(.*?)'", call, re.DOTALL)
        (operation,) = (each for each in OPERATIONS if (each.method, each.path) == (method, path))
        if body is not None:
            assert () == check(str(operation.body), json.loads(body[1]))
        calls += 1
    assert 9 == calls


def test_the_documented_file_of_receivers_is_accepted() -> None:
    (shown,) = blocks("yaml")
    _, problems = read_receivers(
        shown.encode(),
        "receivers.yaml",
        folder=PROJECT,
        organisation_types=ORGANISATION_TYPES,
        production=True,
    )
    assert () == problems


def test_the_state_machines_have_the_states_there_are() -> None:
    sequences, streams = (
        set(re.findall(r"\b([a-z]+)\b(?= -->|:)", re.sub(r":.*", ":", drawn)))
        for drawn in blocks("mermaid")
    )
    assert {each.value for each in SequenceState} == sequences
    assert {each.value for each in StreamState} == streams


def test_the_page_tells_the_patience_of_the_relay() -> None:
    patience = Patience()
    minutes = int(patience.refused_for.total_seconds() // 60)
    assert f"after {patience.refusals} refusals over at least {minutes} minutes" in PAGE
    assert f"refused {patience.refusals} times over {minutes} minutes" in PAGE
    assert 3600 == patience.longest_pause.total_seconds()
    assert "up to an hour" in PAGE
