"""Callers: one connection each, kept open, as the systems of job centres do.

In: a port and a token. Out: answers, or `Unanswered` when nobody can know what became of a call.
Does not know: what is called, nor whether it is tried again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count
from threading import Barrier
from typing import Any, TypeVar

from tests.web.door import CITIZEN, FACTS

_Result = TypeVar("_Result")
_numbers = count(1)


class Unanswered(Exception):
    """The connection went before the answer came."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers in lower case, and the body as it came."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)


@dataclass(slots=True)
class Caller:
    """One organisation behind one connection; not to be shared between threads."""

    port: int
    token: str | None
    timeout: float = 30
    _connection: HTTPConnection | None = field(default=None, init=False)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        citizen: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Call once; raises `Unanswered`. A call is never repeated here."""
        stated = {"Accept-Language": "en", **(headers or {})}
        if self.token is not None:
            stated.setdefault("Authorization", f"Bearer {self.token}")
        if citizen is not None:
            stated[CITIZEN] = citizen
        raw = None
        if body is not None:
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            stated.setdefault("Content-Type", "application/json")
        if self._connection is None:
            self._connection = HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        try:
            self._connection.request(method, path, raw, stated)
            answer = self._connection.getresponse()
            content = answer.read()
        except (OSError, HTTPException) as error:
            self.close()
            raise Unanswered(type(error).__name__) from error
        named = {name.lower(): value for name, value in answer.getheaders()}
        if answer.will_close:
            self.close()
        return Answer(answer.status, named, content)

    def __del__(self) -> None:
        # whoever is gone has hung up
        self.close()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def invented_number() -> str:
    """A civil registration number of nobody: the day is raised by 60."""
    return f"710190-{next(_numbers) % 9000 + 1000}"


def put_citizen(port: int, agency: str, **facts: Any) -> str:
    """Hand in the facts of a new citizen and return the number."""
    number = invented_number()
    answer = Caller(port, agency).call("PUT", "/v1/citizens", {**FACTS, **facts}, citizen=number)
    assert answer.status == 204, answer.raw
    return number


def together(work: Sequence[Callable[[], _Result]]) -> list[_Result]:
    """Do everything at the same time, each in a thread; all begin when the last is ready."""
    start = Barrier(len(work))

    def begin(each: Callable[[], _Result]) -> _Result:
        start.wait()
        return each()

    with ThreadPoolExecutor(len(work)) as threads:
        return list(threads.map(begin, work))
