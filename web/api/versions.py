"""Versions of interviews as entity tags, and the headers that ask about them.

In: version numbers, the headers `If-Match` and `If-None-Match`. Out: strong entity tags, answers.
Does not know: interviews.
"""

from __future__ import annotations

import hashlib
import re

from flask import Response, request

from registry.commands import ExpectedVersion
from web.api import problem_kinds as kinds
from web.api.problems import ProblemRaised

_OURS = re.compile(r"v([1-9][0-9]{0,9})")


def entity_tag(version: int) -> str:
    """Return the entity tag of a version, without the quotation marks."""
    return f"v{version}"


def expected_version() -> ExpectedVersion:
    """Return the versions that `If-Match` names; None, any, for `*`.

    Raises 428 without the header and 412 when no tag can be the current one.
    """
    if "If-Match" not in request.headers:
        raise ProblemRaised(kinds.VERSION_REQUIRED)
    return expected_version_if_given()


def expected_version_if_given() -> ExpectedVersion:
    """Return the same, and None without the header; raises 412 as `expected_version`."""
    named = request.if_match
    if "If-Match" not in request.headers or named.star_tag:
        return None
    # Werkzeug reads the tag `""` as None
    versions = frozenset(int(match[1]) for tag in named if (match := _OURS.fullmatch(tag or "")))
    if not versions:
        raise ProblemRaised(kinds.VERSION_STALE)
    return versions


def tagged(response: Response, version: int | None = None) -> Response:
    """Set the entity tag and answer 304 where it is known; without a version it is the body's."""
    body = response.get_data()
    tag = hashlib.sha256(body).hexdigest()[:32] if version is None else entity_tag(version)
    response.set_etag(tag)
    # only `If-None-Match` is looked at: a read with `If-Match` is an ordinary read
    if request.if_none_match.contains_weak(tag):
        response.status_code = 304
        response.set_data(b"")
        del response.headers["Content-Type"], response.headers["Content-Length"]
    return response
