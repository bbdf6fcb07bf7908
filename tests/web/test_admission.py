"""Who may come in: token, scope, and the identity of a request."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from tests.web.door import Door
from web.api.contract import OPERATIONS, Operation
from web.api.scopes import Scope

GUARDED = [each for each in OPERATIONS if each.scope is not None]
OPEN = [each for each in OPERATIONS if each.scope is None]


def path(operation: Operation) -> str:
    return re.sub(r"\{[A-Za-z]+\}", "6f1c9a34-0d7a-4c65-9b4c-111111111111", operation.path)


@pytest.mark.parametrize("operation", GUARDED, ids=lambda each: each.id)
@pytest.mark.parametrize("value", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer a.b.c"])
def test_without_a_valid_token_nothing_is_answered(
    door: Door, operation: Operation, value: str
) -> None:
    answer = door.call(operation.method, path(operation), headers={"Authorization": value})
    assert (401, "1012") == (answer.status_code, answer.json["code"])
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


@pytest.mark.parametrize("operation", GUARDED, ids=lambda each: each.id)
def test_every_scope_but_the_one_needed_is_not_enough(door: Door, operation: Operation) -> None:
    caller = door.of("agency", "star")
    token = caller.token(scopes=[each for each in Scope if each is not operation.scope])
    answer = caller.call(
        operation.method, path(operation), headers={"Authorization": f"Bearer {token}"}
    )
    assert (403, "1013") == (answer.status_code, answer.json["code"])
    assert f'scope="{operation.scope}"' in answer.headers["WWW-Authenticate"]
    assert f"lacks the scope `{operation.scope}`" in answer.json["detail"]


@pytest.mark.parametrize("operation", GUARDED, ids=lambda each: each.id)
def test_the_scope_needed_is_enough(door: Door, operation: Operation) -> None:
    caller = door.of("agency", "star")
    token = caller.token(scopes=[operation.scope])
    answer = caller.call(
        operation.method, path(operation), headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code not in {401, 403}


@pytest.mark.parametrize("operation", OPEN, ids=lambda each: each.id)
def test_what_is_open_needs_no_token(door: Door, operation: Operation) -> None:
    answer = door.call(operation.method, operation.path, headers={"Authorization": ""})
    assert 200 == answer.status_code


def test_a_token_is_asked_for_before_the_body_is_read(door: Door) -> None:
    answer = door.call("POST", "/v1/interviews", data="{", headers={"Authorization": ""})
    assert 401 == answer.status_code


@pytest.mark.parametrize("identifier", ["a", "0af7651916cd43dd8448eb211c80319c", "A.b:c_d-" * 16])
def test_a_sane_request_id_is_echoed(door: Door, identifier: str) -> None:
    answer = door.call("GET", "/v1/rules/nothing", headers={"X-Request-Id": identifier})
    assert identifier == answer.headers["X-Request-Id"]
    assert f"/requests/{identifier}" == answer.json["instance"]


@pytest.mark.parametrize(
    "identifier", ["", " ", "a b", "é", "<script>", "x" * 129, "710190-1234", "7101901234"]
)
def test_any_other_request_id_is_replaced(door: Door, identifier: str) -> None:
    answer = door.call("GET", "/healthz", headers={"X-Request-Id": identifier})
    assert identifier != answer.headers["X-Request-Id"]
    assert UUID(answer.headers["X-Request-Id"])


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_security_headers_are_on_every_answer(door: Door, operation: Operation) -> None:
    headers = door.call(operation.method, path(operation)).headers
    assert "nosniff" == headers["X-Content-Type-Options"]
    assert "DENY" == headers["X-Frame-Options"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "no-store" == headers["Cache-Control"]


@pytest.mark.parametrize(
    ("method", "where", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/v1", 404),
        ("GET", "/v1/interviews/", 404),
        ("GET", "//v1/interviews", 404),
        ("GET", "/v1/%FF", 404),
        ("DELETE", "/v1/interviews", 405),
        ("PATCH", "/v1/interviews/6f1c9a34-0d7a-4c65-9b4c-111111111111", 405),
        ("OPTIONS", "/v1/interviews", 405),
        ("TRACE", "/v1/rules", 405),
        ("POST", "/healthz", 405),
    ],
)
def test_wrong_paths_and_methods_are_problems_too(
    door: Door, method: str, where: str, status: int
) -> None:
    answer = door.call(method, where)
    assert (status, "application/problem+json") == (answer.status_code, answer.mimetype)
    assert status == answer.json["status"]
    assert (status == 405) == ("Allow" in answer.headers)


def test_the_methods_of_a_path_are_named(door: Door) -> None:
    answer = door.call("DELETE", "/v1/interviews")
    assert {"GET", "HEAD", "POST"} == set(answer.headers["Allow"].split(", "))


def test_unknown_query_parameters_are_refused_everywhere(door: Door) -> None:
    for where in ("/v1/rulebook?x=1", "/healthz?x=1"):
        answer = door.call("GET", where)
        assert ["x"] == [each["parameter"] for each in answer.json["errors"]]
