"""Who may come in: the request's identity, token or certificate, rate, scope and parameters.

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
from web.api.certificates import CertificateRefused, agree
from web.api.citizen_number import read_citizen_number
from web.api.contract_types import Operation
from web.api.faults import in_query
from web.api.once import read_key
from web.api.problems import ProblemRaised
from web.api.rates import Standing
from web.api.request_body import refuse
from web.api.services import services
from web.api.tokens import Grant, TokenRefused

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_TRACE_PARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
CHALLENGE = 'Bearer realm="samtale"'
CLIENT_CERTIFICATE = "samtale.client_certificate"
"""Where a server that speaks TLS puts the certificate (DER) into the WSGI environment.

A header could not: all of them begin with `HTTP_` there.
"""
NEVER_LIMITED = frozenset({"is_alive", "is_ready", "metrics"})
"""Monitoring must see most when there is most to see."""


def name_request() -> None:
    """Give the request its identifier: the caller's when it is a sane one, else a new one."""
    stated = request.headers.get("X-Request-Id", "")
    sane = _REQUEST_ID.fullmatch(stated) and read_citizen_number(stated) is None
    g.request_id = stated if sane else str(uuid4())
    parent = _TRACE_PARENT.fullmatch(request.headers.get("traceparent", ""))
    g.trace_id = parent[1] if parent else None


def admit() -> None:
    """Refuse whoever may not call this operation now; for the rest, set `g.caller`."""
    operation = contract.BY_ID.get(request.endpoint or "")
    if operation is None:
        count_address()
        return
    if operation.scope is not None:
        grant = _grant()
        _count(services().rates.count_organisation(grant.organisation_type, grant.organisation))
        _permit(operation, grant)
        g.caller = _caller(grant)
    elif operation.id not in NEVER_LIMITED:
        count_address()
    g.idempotency_key = read_key(operation)
    known = {each.name for each in operation.query}
    refuse(
        tuple(
            in_query(name, faults.UNKNOWN_PARAMETER) for name in request.args if name not in known
        )[:1]
    )


def count_address() -> None:
    """Count a request that proves no identity; raises 429 when its address has sent too many."""
    _count(services().rates.count_address(request.remote_addr or ""))


def _count(standing: Standing | None) -> None:
    if standing is None:
        return
    g.standing = standing
    if not standing.admitted:
        services().metrics.refused_by_rate(standing.limit)
        g.refused_because = f"too many requests of this {standing.limit}"
        raise ProblemRaised(kinds.TOO_MANY_REQUESTS, headers={"Retry-After": str(standing.seconds)})


def _grant() -> Grant:
    """Return what certificate and token prove; one of both is enough, both must agree."""
    certificate: bytes | None = request.environ.get(CLIENT_CERTIFICATE)
    authorisation = request.headers.get("Authorization")
    try:
        if certificate is None:
            grant = _token_grant(authorisation or "")
        else:
            grant = services().certificates.read(certificate, services().clock())
            if authorisation is not None:
                grant = agree(grant, _token_grant(authorisation))
            services().metrics.certified(grant.user if grant.system is None else grant.system)
    except (TokenRefused, CertificateRefused) as reason:
        count_address()
        g.refused_because = str(reason)
        invalid = certificate is not None or authorisation is not None
        challenge = f'{CHALLENGE}, error="invalid_token"' if invalid else CHALLENGE
        raise ProblemRaised(kinds.LOG_ON_FAILED, headers={"WWW-Authenticate": challenge}) from None
    g.organisation = (grant.organisation_type, grant.organisation)
    g.system = grant.system
    return grant


def _token_grant(authorisation: str) -> Grant:
    scheme, _, token = authorisation.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenRefused("no bearer token")
    return services().tokens.read(token.strip(), services().clock())


def _permit(operation: Operation, grant: Grant) -> None:
    types = operation.organisation_types
    lacking = operation.scope not in grant.scopes
    if lacking or (types is not None and grant.organisation_type not in types):
        g.refused_because = f"expected scope `{operation.scope}` and a fitting organisation type"
        challenge = f'{CHALLENGE}, error="insufficient_scope", scope="{operation.scope}"'
        detail = kinds.without_scope(operation.scope) if lacking and operation.scope else None
        raise ProblemRaised(
            kinds.NO_PERMISSION, headers={"WWW-Authenticate": challenge}, detail=detail
        )


def _caller(grant: Grant) -> Caller:
    return Caller(
        organisation_type=grant.organisation_type,
        organisation=grant.organisation,
        user=grant.user,
        request_id=g.request_id,
        system=grant.system,
    )
