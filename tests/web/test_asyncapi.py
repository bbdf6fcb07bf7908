"""The AsyncAPI document: current, sound, and true of what is sent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7

from registry.interview import RegisteredBy
from registry.messages import GET_PERSON_INTERVIEW, PERSON_INTERVIEW, Change, Message, Subscriber
from tests.web.door import Door
from web.api.asyncapi import document, written
from web.delivery.cloud_event import TYPES, cloud_event
from web.delivery.signing import make_signing_key, signature_headers

PROJECT = Path(__file__).parents[2]
NOW = datetime(2024, 6, 3, 10, 0, 0, 5, tzinfo=UTC)
MESSAGE = Message(
    message_id="0190a6f2-3b1c-7def-8000-000000000001",
    subscriber=Subscriber("unemployment_fund", "7"),
    number=7,
    name=GET_PERSON_INTERVIEW,
    entity=PERSON_INTERVIEW,
    entity_id="5d5ba4e8-0000-4000-8000-00000000000a",
    change=Change.INTERVIEW_CREATED,
    version=2,
    recorded_at=NOW,
    registered_by=RegisteredBy("job_centre", "101"),
    cpr="7101901234",
)
# what the specification lets stand in the objects that are used here, and what must
OBJECTS: dict[str, tuple[set[str], set[str]]] = {
    "root": (
        {"asyncapi", "info"},
        {"id", "servers", "defaultContentType", "channels", "operations", "components"},
    ),
    "info": (
        {"title", "version"},
        {"description", "termsOfService", "contact", "license", "tags", "externalDocs"},
    ),
    "server": (
        {"host", "protocol"},
        {"protocolVersion", "pathname", "description", "title", "summary", "variables", "security"}
        | {"tags", "externalDocs", "bindings"},
    ),
    "channel": (
        set(),
        {"address", "messages", "title", "summary", "description", "servers", "parameters"}
        | {"tags", "externalDocs", "bindings"},
    ),
    "parameter": (set(), {"enum", "default", "description", "examples", "location"}),
    "operation": (
        {"action", "channel"},
        {"title", "summary", "description", "security", "tags", "externalDocs", "bindings"}
        | {"traits", "messages", "reply"},
    ),
    "message": (
        set(),
        {"headers", "payload", "correlationId", "contentType", "name", "title", "summary"}
        | {"description", "tags", "externalDocs", "bindings", "examples", "traits"},
    ),
    "components": (
        set(),
        {"schemas", "servers", "channels", "operations", "messages", "securitySchemes"}
        | {"serverVariables", "parameters", "correlationIds", "replies", "replyAddresses"}
        | {"externalDocs", "tags", "operationTraits", "messageTraits", "serverBindings"}
        | {"channelBindings", "operationBindings", "messageBindings"},
    ),
}


def objects() -> Iterator[tuple[str, dict[str, Any]]]:
    whole = document()
    yield "root", whole
    yield "info", whole["info"]
    yield "components", whole["components"]
    for kind in ("server", "channel", "operation"):
        for each in whole[f"{kind}s"].values():
            yield kind, each
    for each in whole["components"]["messages"].values():
        yield "message", each
    for channel in whole["channels"].values():
        for each in channel["parameters"].values():
            yield "parameter", each


def references(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for each in part.values():
            yield from references(each)
    elif isinstance(part, list):
        for each in part:
            yield from references(each)


def at(reference: str) -> Any:
    found: Any = document()
    for name in reference.removeprefix("#/").split("/"):
        found = found[name]
    return found


def schema_of(pointer: str) -> Draft7Validator:
    whole = DRAFT7.create_resource(document())
    registry: Any = Registry().with_resource("urn:samtale", whole)
    return Draft7Validator({"$ref": f"urn:samtale#{pointer}"}, registry=registry)


def test_the_committed_document_is_the_one_that_the_schemas_give() -> None:
    assert written() == (PROJECT / "docs" / "asyncapi.json").read_bytes()


def test_it_is_served(door: Door) -> None:
    answer = door.call("GET", "/asyncapi.json")
    assert (200, document()) == (answer.status_code, answer.json)


def test_every_object_has_what_the_specification_asks_for_and_nothing_else() -> None:
    assert "3.1.0" == document()["asyncapi"]
    for kind, each in objects():
        required, optional = OBJECTS[kind]
        assert required <= set(each) <= required | optional, kind


def test_every_reference_leads_somewhere_in_the_document() -> None:
    found = list(references(document()))
    assert len(found) > 10
    for each in found:
        assert at(each) is not None


def test_operations_send_messages_of_their_own_channel() -> None:
    for operation in document()["operations"].values():
        assert "send" == operation["action"]
        channel = operation["channel"]["$ref"]
        listed = {each["$ref"] for each in operation["messages"]}
        assert {f"{channel}/messages/{name}" for name in at(channel)["messages"]} == listed


def test_every_expression_of_an_address_or_host_is_explained() -> None:
    whole = document()
    for channel in whole["channels"].values():
        assert set(channel["parameters"]) == set(re.findall(r"\{(\w+)\}", channel["address"]))
    for server in whole["servers"].values():
        assert set(server["variables"]) == set(re.findall(r"\{(\w+)\}", server["host"]))


def test_the_schemas_mean_the_same_to_a_reader_of_draft_7() -> None:
    # AsyncAPI's own schemas are draft 7, where what stands beside `$ref` is ignored
    newer = {"$defs", "prefixItems", "unevaluatedProperties", "dependentRequired", "minContains"}
    text = json.dumps(document()["components"]["schemas"])
    assert [] == [each for each in newer if f'"{each}"' in text]
    for schema in document()["components"]["schemas"].values():
        Draft7Validator.check_schema(schema)


@pytest.mark.parametrize(
    ("change", "kind"),
    [(Change.INTERVIEW_CREATED, "created"), (Change.PARTICIPANT_ADDED, "updated")],
)
def test_what_is_sent_is_what_is_described(change: Change, kind: str) -> None:
    event = cloud_event(replace(MESSAGE, change=change), "/samtale")
    payload = schema_of(f"/components/messages/{kind}/payload")
    assert [] == [error.message for error in payload.iter_errors(event)]
    wrong = [event | {"type": "samtale.person-interview.moved"}, event | {"agreement": "x"}]
    assert [False, False] == [payload.is_valid(each) for each in wrong]
    headers = signature_headers(MESSAGE.message_id, NOW, b"{}", [make_signing_key()])
    described = at(f"#/components/messages/{kind}/headers/$ref")
    assert set(at(described)["required"]) == set(headers)


def test_every_kind_of_change_is_described() -> None:
    names = {each["name"] for each in document()["components"]["messages"].values()}
    assert set(TYPES.values()) == names
