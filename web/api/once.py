"""Calls with an `Idempotency-Key`: done once, and answered alike as often as they are made.

In: the current request, what it does, how its outcome is rendered. Out: the answer, made in the
transaction of the change and kept there; or the one that was kept before.
Does not know: which operation was called, or where answers are kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from flask import Response, g, request

from registry.idempotency import KeptAnswer, Once
from web.api import contract, faults
from web.api.citizen_number import HEADER as CITIZEN
from web.api.contract_types import Operation
from web.api.faults import in_header
from web.api.request_body import refuse
from web.api.services import caller

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT_HEADERS = ("Content-Type", "Content-Language", "ETag", "Location")
"""What belongs to an answer; the other headers belong to the request that it is sent to."""

_KEY = re.compile(r"[ -~]{1,255}")
_Outcome = TypeVar("_Outcome")


def read_key(operation: Operation) -> str | None:
    """Return the key of the current request, None where there is none or nothing is stored.

    Raises 400 with code 1014 for anything but 1 to 255 printable ASCII characters.
    """
    key = request.headers.get(HEADER) if operation.once else None
    if key is not None and not _KEY.fullmatch(key):
        refuse((in_header(HEADER, faults.PRINTABLE_KEY),))
    return key


def answered(
    call: Callable[[Once[_Outcome] | None], _Outcome], render: Callable[[_Outcome], Response]
) -> Response:
    """Make the call and answer it. `render` must change nothing: the call may be begun again."""
    key: str | None = g.idempotency_key
    if key is None:
        return render(call(None))
    rendered: list[Response] = []

    def keep(outcome: _Outcome) -> KeptAnswer:
        response = render(outcome)
        rendered.append(response)
        headers = {
            name: response.headers[name] for name in KEPT_HEADERS if name in response.headers
        }
        return KeptAnswer(response.status_code, headers, response.get_data())

    call(Once.of(caller(), key, _asked(), keep))
    return rendered[-1]


def replayed(answer: KeptAnswer) -> Response:
    """Return an answer of before, byte for byte, and say that it is one."""
    g.replayed = True
    response = Response(answer.body, answer.status)
    del response.headers["Content-Type"]
    response.headers.update({**answer.headers, REPLAYED: "true"})
    return response


def _asked() -> tuple[bytes, ...]:
    """Return everything that makes this request another one than the next."""
    operation = contract.BY_ID[request.endpoint or ""]
    headers = (request.headers.get(name, "") for name in (CITIZEN, "If-Match"))
    return (
        request.method.encode(),
        request.path.encode("utf-8", "backslashreplace"),
        *(each.encode("utf-8", "backslashreplace") for each in headers),
        # a body that no operation reads may be longer than anyone has bounded
        b"" if operation.body is None else request.get_data(),
    )
