"""Whoever is not let in leaves a line in the log; whoever is, their system's name in the audit."""

from __future__ import annotations

import json
from typing import Any

import pytest
from joserfc import jwt
from sqlalchemy import create_engine

from tests.web.door import NOW, Door
from web.api.token_keys import development_key


def last_line(door: Door) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(door.log.getvalue().splitlines()[-1])
    return read


def signed(door: Door, **claims: object) -> str:
    key = development_key(door.settings.key_file)
    usual = {
        "iss": "samtale",
        "aud": "samtale",
        "sub": "bo",
        "org_type": "job_centre",
        "org_code": "101",
        "client_id": "caseworker-portal",
        "scope": "interviews:read",
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 60,
    }
    header = {"alg": key.algorithms[0], "kid": key.key_id}
    return jwt.encode(header, {**usual, **claims}, key.key, algorithms=list(key.algorithms))


@pytest.mark.parametrize(
    ("authorization", "reason"),
    [
        ("", "no bearer token"),
        ("Basic YTpi", "no bearer token"),
        ("Bearer x", "the header cannot be read"),
    ],
)
def test_a_call_without_a_token_that_counts_is_logged_with_the_reason(
    door: Door, authorization: str, reason: str
) -> None:
    answer = door.call("GET", "/v1/interviews", headers={"Authorization": authorization})
    line = last_line(door)
    assert (401, reason, answer.headers["X-Request-Id"]) == (
        line["status"],
        line["refused_because"],
        line["request_id"],
    )


def test_an_expired_token_is_logged(door: Door) -> None:
    token = signed(door, exp=int(NOW.timestamp()) - 60)
    door.call("GET", "/v1/interviews", headers={"Authorization": f"Bearer {token}"})
    assert "expired" == last_line(door)["refused_because"]


def test_a_token_for_something_else_is_logged_with_its_organisation_and_system(door: Door) -> None:
    token = signed(door, scope="rules")
    answer = door.call("GET", "/v1/interviews", headers={"Authorization": f"Bearer {token}"})
    assert 403 == answer.status_code
    assert {
        "status": 403,
        "organisation_type": "job_centre",
        "organisation": "101",
        "system": "caseworker-portal",
        "refused_because": "expected scope `interviews:read` and a fitting organisation type",
    }.items() <= last_line(door).items()


def test_the_system_of_a_call_is_in_its_audit_line(door: Door) -> None:
    token = signed(door)
    number = door.citizen()
    answer = door.call(
        "GET", "/v1/interviews", citizen=number, headers={"Authorization": f"Bearer {token}"}
    )
    engine = create_engine(door.settings.database_url)
    with engine.connect() as connection:
        line = connection.exec_driver_sql(
            'SELECT system, organisation, "user", operation, outcome FROM audit_line '
            "WHERE request_id = ?",
            (answer.headers["X-Request-Id"],),
        ).one()
    engine.dispose()
    assert ("caseworker-portal", "101", "bo", "find_interviews", "read") == tuple(line)
