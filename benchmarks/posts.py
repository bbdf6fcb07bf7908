"""Accepted POSTs, and three ways to make them: in the process, over a socket, to the bare server.

In: tokens, and what makes a call. Out: requests whose citizens are known already, each citizen with
up to eight earlier interviews.
Does not know: who answers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from itertools import count
from typing import Any, NamedTuple

import orjson
from flask import Flask
from werkzeug.test import EnvironBuilder

from tests.web.door import CITIZEN

EARLIER_INTERVIEWS = 8
BEGAN = datetime(2024, 3, 1, tzinfo=UTC)
TYPE = 7
FACTS: dict[str, Any] = {
    "contactGroups": [{"contactGroupTypeIdentifier": 1, "eventTime": "2020-01-01"}],
    "jobCentreAffiliations": [{"organisationCode": "101", "from": "2020-01-01"}],
    "bookings": [{"bookingIdentifier": "b-1"}],
}


class Request(NamedTuple):
    """One call, as bytes."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Call = Callable[[Request], int]
"""Makes a call and returns the status of the answer."""


@dataclass
class Posts:
    """Requests to register interviews; `know` hands in a citizen, if citizens must be known."""

    token: str
    know: Callable[[str], None] = lambda _citizen: None
    citizens: count[int] = field(default_factory=count)

    def take(self, number: int) -> list[Request]:
        """Return so many requests; each can be made once, after those before it."""
        requests: list[Request] = []
        while len(requests) < number:
            citizen = civil_registration_number(next(self.citizens))
            self.know(citizen)
            requests += [self._request(citizen, each) for each in range(EARLIER_INTERVIEWS + 1)]
        return requests[:number]

    def _request(self, citizen: str, number: int) -> Request:
        body = {
            "interviewTypeIdentifier": TYPE,
            "interviewContactTypeIdentifier": 1,
            "heldAt": (BEGAN + timedelta(minutes=number)).isoformat(),
            "bookingIdentifier": "b-1",
            "responsibleAuthority": {"organisationType": "job_centre", "organisationCode": "101"},
            "participants": [{"name": "Invented Mentor"}],
        }
        return Request("POST", "/v1/interviews", headers(self.token, citizen), orjson.dumps(body))


def citizen_put(agency: str, citizen: str) -> Request:
    """Return the request that hands in the facts of a citizen."""
    return Request("PUT", "/v1/citizens", headers(agency, citizen), orjson.dumps(FACTS))


def headers(token: str, citizen: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Accept-Language": "en",
        CITIZEN: citizen,
    }


def civil_registration_number(number: int) -> str:
    """Return a number of nobody: the day is raised by 60."""
    day, serial = divmod(number, 9000)
    return f"{61 + day:02}0190{1000 + serial}"


def in_process(app: Flask) -> tuple[Callable[[Request], dict[str, Any]], Callable[[Any], int]]:
    """Return what makes a WSGI environment of a request, and what calls the application with it."""

    def environ(request: Request) -> dict[str, Any]:
        method, path, stated, body = request
        return EnvironBuilder(path, method=method, headers=stated, data=body).get_environ()

    def call(made: dict[str, Any]) -> int:
        statuses: list[str] = []
        b"".join(app(made, lambda status, *_: statuses.append(status)))  # type: ignore[arg-type,return-value]  # nobody writes
        return int(statuses[0][:3])

    return environ, call


class Client:
    """One connection that is kept, as a system of a job centre has it."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)

    def __call__(self, request: Request) -> int:
        """Make the call and read the whole answer."""
        method, path, stated, body = request
        self._connection.request(method, path, body, stated)
        answer = self._connection.getresponse()
        answer.read()
        return answer.status

    def close(self) -> None:
        self._connection.close()
