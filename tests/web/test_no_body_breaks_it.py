"""Whatever is sent, the answer is one that is described, and never a failure of the service."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.door import NOW, Door
from tests.web.test_schemas_agree import WHOLE, messages
from web.api.contract import OPERATIONS

QUICK = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
WHERE = {
    each.body: (each.method, each.path.replace("{", "").replace("}", ""))
    for each in OPERATIONS
    if each.body is not None
}
NUMBER = "710190-0001"

header_text = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40)
anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10)),
    lambda inside: st.one_of(
        st.lists(inside, max_size=4), st.dictionaries(st.text(max_size=10), inside, max_size=4)
    ),
    max_leaves=20,
)


def send(door: Door, name: str, raw: bytes) -> int:
    method, path = WHERE[name]
    answer = door.of("agency", "star").call(
        method,
        path,
        data=raw,
        citizen=NUMBER,
        headers={"Content-Type": "application/json", "If-Match": "*"},
    )
    return answer.status_code


@given(messages)
@QUICK
def test_spoiled_messages_are_answered(door: Door, message: tuple[str, object]) -> None:
    name, body = message
    assert send(door, name, json.dumps(body).encode()) < 500


@given(st.sampled_from(sorted(WHOLE)), anything)
@QUICK
def test_any_json_is_answered(door: Door, name: str, body: object) -> None:
    assert send(door, name, json.dumps(body).encode()) < 500


@given(st.sampled_from(sorted(WHOLE)), st.binary(max_size=200))
@QUICK
def test_any_bytes_are_answered(door: Door, name: str, raw: bytes) -> None:
    assert send(door, name, raw) < 500


@given(st.sampled_from(sorted(WHOLE)), st.data())
@QUICK
def test_a_message_cut_or_changed_anywhere_is_answered(
    door: Door, name: str, data: st.DataObject
) -> None:
    raw = json.dumps(WHOLE[name]).encode()
    position = data.draw(st.integers(0, len(raw)))
    changed = raw[:position] + data.draw(st.binary(max_size=3)) + raw[position + 1 :]
    assert send(door, name, changed) < 500


NAMES = (
    "Authorization",
    "X-Civil-Registration-Identifier",
    "X-Request-Id",
    "traceparent",
    "Accept-Language",
    "If-Match",
    "If-None-Match",
    "Content-Type",
    "Accept",
    "Range",
)


@given(
    st.sampled_from(OPERATIONS),
    st.dictionaries(st.sampled_from(NAMES), header_text, max_size=4),
    st.dictionaries(
        st.sampled_from(
            [
                *("on", "limit", "cursor", "heldFrom", "heldTo", "interviewType", "operation", "x"),
                *("after", "asOf", "view"),
            ]
        ),
        st.text(max_size=30),
        max_size=3,
    ),
    st.text(max_size=20),
)
@QUICK
def test_any_headers_query_and_path_are_answered(
    door: Door, operation, headers: dict[str, str], query: dict[str, str], name: str
) -> None:
    segment = quote(name.encode("utf-8", "replace"), safe="")
    path = re.sub(r"\{\w+\}", lambda _: segment, operation.path)
    asked = "&".join(
        f"{key}={quote(value.encode('utf-8', 'replace'))}" for key, value in query.items()
    )
    answer = door.of("agency", "star").call(
        operation.method, f"{path}?{asked}", citizen=NUMBER, json={}, headers=headers
    )
    assert answer.status_code < 500


@given(st.datetimes(min_value=NOW.replace(tzinfo=None, year=1900)), st.timezones())
@QUICK
def test_any_moment_of_any_zone_is_answered(door: Door, moment, zone) -> None:
    body = {**WHOLE["NewInterview"], "heldAt": moment.replace(tzinfo=zone).isoformat()}
    assert send(door, "NewInterview", json.dumps(body).encode()) < 500
