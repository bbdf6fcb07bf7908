"""Who may come in: the request's identity, token, scope and query parameters.

In: the current request and the table of operations. Out: `g.caller`, or a problem.
Does not know: citizens; whether this organisation may act on this citizen is decided by rules.
"""

from __future__ import annotations

import re
from uuid import uuid4

from flask import g, request

from registry.commands import Caller
from web.api import contract, faults
from web.api import problem_kinds as kinds
from web.api.citizen_number import read_citizen_number
from web.api.contract_types import Operation
from web.api.faults import in_query
from web.api.problems import ProblemRaised
from web.api.request_body import refuse
from web.api.services import services
from web.api.tokens import Grant, TokenRefused

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_TRACE_PARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
CHALLENGE = 'Bearer realm="samtale"'


def name_request() -> None:
    """Give the request its identifier: the caller's when it is a sane one, else a new one."""
    stated = request.headers.get("X-Request-Id", "")
    sane = _REQUEST_ID.fullmatch(stated) and read_citizen_number(stated) is None
    g.request_id = stated if sane else str(uuid4())
    parent = _TRACE_PARENT.fullmatch(request.headers.get("traceparent", ""))
    g.trace_id = parent[1] if parent else None


def admit() -> None:
    """Refuse whoever may not call this operation; for the rest, set `g.caller`."""
    operation = contract.BY_ID.get(request.endpoint or "")
    if operation is None:
        return
    if operation.scope is not None:
        g.caller = _caller(_grant(operation))
    refuse(
        tuple(
            in_query(name, faults.UNKNOWN_PARAMETER)
            for name in request.args
            if name not in {each.name for each in operation.query}
        )[:1]
    )


def _grant(operation: Operation) -> Grant:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        g.refused_because = "no bearer token"
        raise ProblemRaised(kinds.LOG_ON_FAILED, headers={"WWW-Authenticate": CHALLENGE})
    try:
        grant = services().tokens.read(token.strip(), services().clock())
    except TokenRefused as reason:
        g.refused_because = str(reason)
        raise ProblemRaised(
            kinds.LOG_ON_FAILED,
            headers={"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'},
        ) from None
    g.organisation = (grant.organisation_type, grant.organisation)
    g.system = grant.system
    types = operation.organisation_types
    if operation.scope not in grant.scopes or (
        types is not None and grant.organisation_type not in types
    ):
        g.refused_because = f"expected scope `{operation.scope}` and a fitting organisation type"
        challenge = f'{CHALLENGE}, error="insufficient_scope", scope="{operation.scope}"'
        raise ProblemRaised(kinds.NO_PERMISSION, headers={"WWW-Authenticate": challenge})
    return grant


def _caller(grant: Grant) -> Caller:
    return Caller(
        organisation_type=grant.organisation_type,
        organisation=grant.organisation,
        user=grant.user,
        request_id=g.request_id,
        system=grant.system,
    )
