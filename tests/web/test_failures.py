"""What callers are told when deciding or storing fails, and what the log and the figures say."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from engine.problems import EnginesDisagree, EvaluationError
from registry.errors import Conflict, DatabaseFault, NotAuthorised, NotFound, Unavailable
from tests.web.door import NOW, Door, interview
from web.api.metrics import Metrics
from web.api.request_log import request_log
from web.api.services import Services, Webhooks
from web.api.tokens import token_reader
from web.app import assemble
from web.delivery.receivers import Receivers

NUMBER = "710190-9999"


class Failing:
    """A registry of which every call ends in the same error."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getattr__(self, name: str) -> Any:
        def fail(*_: object, **__: object) -> None:
            raise self.error

        return fail


def failing(door: Door, error: Exception) -> Door:
    log = io.StringIO()
    registry = Failing(error)
    services = Services(
        registry=registry,
        subscribers=registry,
        webhooks=Webhooks(Receivers({}), (), "/samtale"),
        releases=registry,
        tokens=token_reader(door.settings),
        clock=lambda: NOW,
        ready=registry.check,
        close=lambda: None,
        metrics=Metrics(),
        log=request_log(log),
    )
    return Door(assemble(services, door.settings), door.settings, log)


CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/v1/interviews", {"json": interview(), "citizen": NUMBER}),
    ("GET", "/v1/interviews", {"citizen": NUMBER}),
    ("GET", "/v1/interviews/6f1c9a34-0d7a-4c65-9b4c-111111111111", {}),
    (
        "PUT",
        "/v1/interviews/6f1c9a34-0d7a-4c65-9b4c-111111111111",
        {"json": interview(), "headers": {"If-Match": '"v1"'}},
    ),
    (
        "POST",
        "/v1/decisions",
        {"json": {"operation": "create_interview", "interview": interview()}, "citizen": NUMBER},
    ),
]


@pytest.mark.parametrize(
    ("error", "status", "kind", "code"),
    [
        (EvaluationError("x"), 500, "cannot-decide", "1011"),
        (EnginesDisagree("create_interview", ("a-rule",)), 500, "engines-disagree", "1011"),
        (DatabaseFault("x"), 500, "internal", "1011"),
        (ZeroDivisionError(f"secret of {NUMBER}"), 500, "internal", "1011"),
        (Unavailable("busy"), 503, "unavailable", None),
        (NotFound(), 404, "not-found", "1010"),
        (NotAuthorised("municipality", "x"), 403, "not-authorised", "4575"),
    ],
)
@pytest.mark.parametrize(("method", "path", "sent"), CALLS)
def test_failures_are_problems(
    door: Door,
    method: str,
    path: str,
    sent: dict[str, Any],
    error: Exception,
    status: int,
    kind: str,
    code: str | None,
) -> None:
    broken = failing(door, error)
    answer = broken.call(method, path, **sent)
    assert (status, f"/problems/{kind}", code) == (
        answer.status_code,
        answer.json["type"],
        answer.json.get("code"),
    )
    assert (status == 503) == ("Retry-After" in answer.headers)
    assert "secret" not in answer.text + broken.log.getvalue()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/message-sequences", {}),
        ("GET", "/v1/message-sequences/6f1c9a34-0d7a-4c65-9b4c-111111111111/messages", None),
        ("POST", "/v1/message-sequences/6f1c9a34-0d7a-4c65-9b4c-111111111111/terminate", None),
        ("PUT", "/v1/subscriptions", {"subscriptions": []}),
        ("GET", "/v1/subscriptions", None),
    ],
)
def test_while_the_database_is_away_subscribers_are_asked_to_come_again(
    door: Door, method: str, path: str, body: object
) -> None:
    answer = failing(door, Unavailable("busy")).call(method, path, json=body)
    assert (503, "2") == (answer.status_code, answer.headers["Retry-After"])


def test_a_conflict_is_412(door: Door) -> None:
    answer = failing(door, Conflict(1, 2)).call(
        "PUT",
        "/v1/interviews/6f1c9a34-0d7a-4c65-9b4c-111111111111",
        json=interview(),
        headers={"If-Match": '"v1"'},
    )
    assert 412 == answer.status_code


def test_a_failure_is_logged_with_its_place_and_the_request_id(door: Door) -> None:
    broken = failing(door, ZeroDivisionError("secret"))
    answer = broken.call("GET", CALLS[2][1])
    line = json.loads(broken.log.getvalue())
    assert answer.headers["X-Request-Id"] == line["request_id"]
    assert ("ZeroDivisionError", 500) == (line["failure"], line["status"])
    assert any(each.startswith("interviews.py:") for each in line["where"])


def test_a_disagreement_names_the_rules_and_is_counted(door: Door) -> None:
    broken = failing(door, EnginesDisagree("create_interview", ("a-rule",)))
    broken.call("POST", "/v1/interviews", json=interview(), citizen=NUMBER)
    assert ["a-rule"] == json.loads(broken.log.getvalue())["rules"]
    figures = broken.call("GET", "/metrics").text
    assert 'samtale_decision_failures_total{kind="engines_disagree"} 1.0' in figures
    assert 'samtale_decision_failures_total{kind="cannot_decide"} 0.0' in figures


def test_not_ready_is_503_while_the_process_is_alive(door: Door) -> None:
    broken = failing(door, Unavailable("disk"))
    assert 503 == broken.call("GET", "/readyz").status_code
    assert 200 == broken.call("GET", "/healthz").status_code


def test_a_request_is_one_line_without_anything_personal(door: Door) -> None:
    number = door.citizen()
    door.log.seek(0)
    door.log.truncate()
    door.call(
        "POST",
        "/v1/interviews",
        json=interview(participants=[{"name": "Åse Ørn"}], agreementText="hemmelig"),
        citizen=number,
        headers={"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
    )
    (line,) = door.log.getvalue().splitlines()
    event = json.loads(line)
    assert {
        "method": "POST",
        "route": "/v1/interviews",
        "status": 201,
        "organisation_type": "job_centre",
        "organisation": "101",
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
    }.items() <= event.items()
    for secret in (number, number.replace("-", ""), "Åse", "hemmelig"):
        assert secret not in line


@pytest.mark.shows_citizen_numbers("asks with numbers where none belongs")
def test_a_path_or_query_with_a_number_never_reaches_the_log(door: Door) -> None:
    door.log.seek(0)
    door.log.truncate()
    for where in ("/v1/interviews/7101901234", "/7101901234", "/v1/rules?operation=7101901234"):
        door.call("GET", where)
    assert "710190" not in door.log.getvalue()
