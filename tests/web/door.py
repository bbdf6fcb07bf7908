"""A client of the whole application that holds every answer against the published description."""

from __future__ import annotations

import functools
import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from jsonschema import Draft202012Validator, FormatChecker
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from web.api.contract import BY_ID
from web.api.openapi import schemas_of_problem, statuses_of_problems
from web.api.schemas import whole_schema
from web.api.tokens import sign_development_token
from web.settings import Settings

PROJECT = Path(__file__).parents[2]
NOW = datetime(2024, 6, 3, 10, tzinfo=UTC)
CITIZEN = "X-Civil-Registration-Identifier"
_numbers = itertools.count(1000)


def invented_number() -> str:
    """A civil registration number of nobody: the day is raised by 60."""
    return f"710190-{next(_numbers)}"


def interview(**changes: Any) -> dict[str, Any]:
    """An interview that the rules accept for the citizen of `Door.citizen`."""
    body = {
        "interviewTypeIdentifier": 7,
        "interviewContactTypeIdentifier": 1,
        "heldAt": "2024-03-05T10:00:00+01:00",
        "responsibleAuthority": {"organisationType": "job_centre", "organisationCode": "101"},
    }
    return {**body, **changes}


def without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}


FACTS: dict[str, Any] = {
    "contactGroups": [{"contactGroupTypeIdentifier": 13, "eventTime": "2020-01-01"}],
    "jobCentreAffiliations": [{"organisationCode": "101", "from": "2020-01-01", "to": None}],
    "fundMemberships": [{"organisationCode": "7", "from": "2023-01-01"}],
    "municipalities": [{"organisationCode": "461", "from": "2020-01-01"}],
    "guestAccess": [
        {"organisationType": "job_centre", "organisationCode": "102", "from": "2024-01-01"}
    ],
    "bookings": [{"bookingIdentifier": "2f0c"}],
    "contactCourseBegan": "2024-01-15",
}


RECEIVERS = """\
format: 1
receivers:
  - organisation_type: job_centre
    organisation: "901"
    base_url: https://webhooks.jobcenter.example
    path_prefix: /samtale
  - {organisation_type: job_centre, organisation: "902", base_url: "https://[2001:db8::1]:8443"}
  - {organisation_type: job_centre, organisation: "903", base_url: "https://a.example"}
"""


def settings_in(folder: Path) -> Settings:
    """Settings for the real rulebook and files in this folder, receivers of webhooks among them."""
    (folder / "receivers.yaml").write_text(RECEIVERS, encoding="utf-8")
    return Settings.from_environment(
        {},
        {
            "database_url": f"sqlite:///{folder}/samtale.db",
            "rules": PROJECT / "rules",
            "config": PROJECT / "config",
            "key_file": folder / "keys" / "development-key.json",
            "body_limit": 65_536,
            "receivers": folder / "receivers.yaml",
            "signing_key_file": folder / "keys" / "signing-keys.txt",
        },
    )


@dataclass(frozen=True, slots=True)
class Door:
    """The application, seen by one organisation."""

    app: Flask
    settings: Settings
    log: io.StringIO
    organisation: tuple[str, str] = ("job_centre", "101")
    headers: dict[str, str] = field(default_factory=dict)

    def of(self, organisation_type: str, code: str, **headers: str) -> Door:
        return Door(self.app, self.settings, self.log, (organisation_type, code), headers)

    def token(self, **changes: Any) -> str:
        organisation_type, organisation = self.organisation
        stated: dict[str, Any] = {
            "organisation_type": organisation_type,
            "organisation": organisation,
            "now": NOW,
        }
        return sign_development_token(self.settings, **{**stated, **changes})

    def citizen(self, **facts: Any) -> str:
        """Hand in the facts of a new citizen and return the number."""
        number = invented_number()
        agency = self.of("agency", "star")
        answer = agency.call("PUT", "/v1/citizens", json={**FACTS, **facts}, citizen=number)
        assert 204 == answer.status_code, answer.text
        return number

    def registered(self, number: str | None = None, **changes: Any) -> TestResponse:
        """Register an interview, of a new citizen when no number is given."""
        answer = self.call(
            "POST",
            "/v1/interviews",
            json=interview(**changes),
            citizen=number or self.citizen(),
        )
        assert 201 == answer.status_code, answer.text
        return answer

    def call(
        self,
        method: str,
        path: str,
        *,
        citizen: str | None = None,
        language: str | None = "en",
        headers: dict[str, str] | None = None,
        **sent: Any,
    ) -> TestResponse:
        """Call, hold the answer against the description, return it."""
        stated = {"Authorization": f"Bearer {self.token()}", **self.headers}
        if citizen is not None:
            stated[CITIZEN] = citizen
        if language is not None:
            stated["Accept-Language"] = language
        stated.update(headers or {})
        answer = self.app.test_client().open(path, method=method, headers=stated, **sent)
        for fault in undocumented(self.app, answer):
            raise AssertionError(f"{method} {path}: {fault}\n{answer.text[:2000]}")
        return answer


@functools.cache
def described_by(schema: str) -> Draft202012Validator:
    return Draft202012Validator(whole_schema(schema), format_checker=FormatChecker())


def undocumented(app: Flask, answer: TestResponse) -> Iterator[str]:
    """Yield how an answer differs from what the OpenAPI document says."""
    try:
        endpoint, _ = app.url_map.bind("").match(answer.request.path, answer.request.method)
    except HTTPException:
        endpoint = None
    if "X-Request-Id" not in answer.headers:
        yield "no request id"
    if endpoint not in BY_ID:
        return
    operation = BY_ID[endpoint]
    if answer.status_code in operation.answers:
        described = operation.answers[answer.status_code]
        schema = described.schema
        for name in described.headers:
            if name not in answer.headers and name != "Link":
                yield f"header {name} is missing"
        if schema is None and answer.status_code != 200 and answer.data:
            yield "a body where none is described"
    elif answer.status_code in statuses_of_problems(operation):
        schemas = schemas_of_problem(operation, answer.status_code)
        refused = "violations" in (answer.json or {})
        schema = "Refusal" if refused and "Refusal" in schemas else schemas[-1]
        if answer.mimetype != "application/problem+json":
            yield f"a problem as {answer.mimetype}"
    else:
        yield f"status {answer.status_code} is not described"
        return
    if schema is not None:
        for error in described_by(schema).iter_errors(answer.json):
            yield f"{list(error.absolute_path)}: {error.message}"
