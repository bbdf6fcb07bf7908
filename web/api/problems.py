"""Every refusal and error as problem+json (RFC 9457).

In: a kind of problem and what is particular about it. Out: a response.
Does not know: when a problem arises, except for what Werkzeug itself raises. No title or detail
holds a civil registration number, a name or free text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Response, current_app, g
from werkzeug.exceptions import HTTPException

from engine.facts import Text
from web.api import problem_kinds as kinds
from web.api.faults import Fault
from web.api.language import language
from web.api.problem_kinds import Kind


class ProblemRaised(HTTPException):
    """Ends the request with a problem; Flask turns it into the response."""

    def __init__(
        self,
        kind: Kind,
        errors: Iterable[Fault] = (),
        headers: Mapping[str, str] | None = None,
        detail: Text | None = None,
    ) -> None:
        super().__init__(kind.title.en)
        self.code = kind.status
        self.kind = kind
        self.errors = tuple(errors)
        self.extra_headers = dict(headers or {})
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Particulars:
    """What one problem has beyond its kind: further members of the body, and headers."""

    members: Mapping[str, object]
    headers: Mapping[str, str]


NOTHING = Particulars({}, {})


def problem(kind: Kind, particulars: Particulars = NOTHING, detail: Text | None = None) -> Response:
    """Return the response for a problem of this kind in the caller's language."""
    spoken = language()
    body: dict[str, object] = {
        "type": kind.type,
        "title": kind.title.in_language(spoken),
        "status": kind.status,
        "detail": (detail or kind.detail).in_language(spoken),
        "instance": f"/requests/{g.request_id}",
    }
    if kind.code is not None:
        body["code"] = kind.code
    body.update(particulars.members)
    response = Response(orjson.dumps(body), kind.status, mimetype="application/problem+json")
    response.headers.update(particulars.headers)
    response.headers["Content-Language"] = spoken
    return response


def bare_problem(status: int) -> bytes:
    """Return the body of a problem that arose before there was a request to speak of."""
    kind = kinds.OF_STATUS.get(status) or kinds.unnamed(status)
    words = {"title": kind.title.en, "status": kind.status, "detail": kind.detail.en}
    return orjson.dumps({"type": kind.type, **words})


def show_faults(errors: Iterable[Fault]) -> list[dict[str, object]]:
    """Return faults as they stand in the member `errors`."""
    return [
        {
            **(
                {"pointer": each.pointer}
                if each.parameter is None
                else {"parameter": each.parameter}
            ),
            "message": {"da": each.da, "en": each.en},
        }
        for each in errors
    ]


def answer_raised(raised: ProblemRaised) -> Response:
    members = {"errors": show_faults(raised.errors)} if raised.errors else {}
    return problem(raised.kind, Particulars(members, raised.extra_headers), raised.detail)


def answer_http(error: HTTPException) -> Response:
    """Return the problem for what Flask or Werkzeug raised: no such path, wrong method."""
    status = error.code or 500
    kind = kinds.OF_STATUS.get(status) or kinds.unnamed(status)
    headers: dict[str, Any] = {}
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        headers["Allow"] = ", ".join(sorted(allowed))
    limit = current_app.config["MAX_CONTENT_LENGTH"]
    detail = kinds.at_most(limit) if kind is kinds.BODY_TOO_LARGE else None
    return problem(kind, Particulars({}, headers), detail)
