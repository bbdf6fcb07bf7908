"""Schemathesis calls every operation as each kind of organisation, with right and wrong requests.

No answer is a server error, and none differs from /openapi.json in status, content type, headers or
body. Two thirds of the calls are about citizens, interviews and sequences that exist.
"""

from __future__ import annotations

import io
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any

import hypothesis
import schemathesis
from hypothesis import strategies as st
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.campaign.databases import temporary_folder
from tests.campaign.row import Row, Scale
from tests.leak_guard import leaks
from tests.web.door import CITIZEN, FACTS, NOW, Door, interview, settings_in
from web.api.scopes import ORGANISATION_TYPES
from web.app import close, create_app

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
INSTANTS = [f"2024-03-{day:02}T10:00:00+01:00" for day in range(1, 32)]
CODES = {"job_centre": "101", "unemployment_fund": "7", "municipality": "461", "agency": "star"}
ROLES = (*ORGANISATION_TYPES, None)


def run(scale: Scale) -> Iterator[Row]:
    # a quarter more than is wanted: operations without parameters have few different requests
    wanted = scale.of(small=500, large=15_000)
    with temporary_folder() as folder:
        settings = settings_in(folder)
        app = create_app(settings, clock=lambda: NOW, log_to=io.StringIO())
        door = Door(app, settings, io.StringIO())
        schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
        operations = [each.ok() for each in schema.get_all_operations()]
        statuses: Counter[int] = Counter()
        broken: list[str] = []
        for operation in operations:
            known = _known(door)
            try:
                _call_often(operation, door, known, wanted // len(operations), statuses)
            except (FailureGroup, AssertionError) as failure:
                broken.append(f"{operation.label}: {_in_words(failure)}")
        close(app)
    yield Row(
        *("F1", "SQLite"),
        load=f"{sum(statuses.values()):,} requests, {len(operations)} operations, "
        f"{len(ROLES)} roles",
        broken=tuple(broken),
        note=", ".join(f"{times:,} × {status}" for status, times in sorted(statuses.items())),
    )


def _call_often(
    operation: Any, door: Door, known: dict[str, str], times: int, statuses: Counter[int]
) -> None:
    tokens = {
        role: None if role is None else door.of(role, CODES.get(role, "1")).token()
        for role in ROLES
    }
    modes = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]

    @hypothesis.seed(len(operation.label))
    @hypothesis.settings(
        max_examples=times,
        deadline=None,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(
        case=st.one_of(modes),
        role=st.sampled_from(ROLES),
        exists=st.sampled_from((True, True, False)),
        data=st.data(),
    )
    def call(case: Any, role: str | None, exists: bool, data: Any) -> None:
        case.headers.pop("Authorization", None)
        if tokens[role] is not None:
            case.headers["Authorization"] = f"Bearer {tokens[role]}"
        if exists:
            for name in case.path_parameters:
                case.path_parameters[name] = known.get(name, case.path_parameters[name])
            if CITIZEN in case.headers:
                case.headers[CITIZEN] = known[CITIZEN]
            if "If-Match" in case.headers:
                case.headers["If-Match"] = data.draw(st.sampled_from(['"v1"', '"v2"', '"v3"', "*"]))
            if isinstance(case.body, dict) and "heldAt" in case.body and data.draw(st.booleans()):
                case.body |= interview(heldAt=data.draw(st.sampled_from(INSTANTS)))
        answer = case.call()
        statuses[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)
        if found := list(leaks(answer.text if answer.status_code >= 400 else "", "an error")):
            raise AssertionError(found[0])

    with warnings.catch_warnings():
        # schemathesis and its libraries warn of their own matters
        warnings.simplefilter("ignore")
        call()


def _known(door: Door) -> dict[str, str]:
    """Return what exists: a citizen with an interview, a participant, a sequence of messages."""
    number = door.citizen(**FACTS)
    answer = door.registered(number, participants=[{"name": "Ida", "participantTypeIdentifier": 1}])
    body: dict[str, Any] = answer.get_json()
    fund = door.of("unemployment_fund", "7")
    sequence = fund.call("POST", "/v1/message-sequences", json={}).get_json() or {}
    return {
        CITIZEN: number,
        "interviewId": body["interviewIdentifier"],
        "participantId": body["participants"][0]["participantIdentifier"],
        "sequenceId": str(sequence.get("sequenceIdentifier", "unknown")),
        "ruleId": "held-in-the-past",
        "tableName": "allowed_interview_types",
    }


def _in_words(failure: BaseException) -> str:
    parts = failure.exceptions if isinstance(failure, FailureGroup) else [failure]
    return "; ".join(" ".join(f"{type(each).__name__} {each}".split())[:300] for each in parts)
