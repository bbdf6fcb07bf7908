"""Which function serves which operation, and what happens before and after each.

In: a Flask application with `Services`. Out: the same with all routes.
Does not know: what the operations do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from engine.problems import EnginesDisagree, EvaluationError
from registry.errors import (
    Conflict,
    KeyInUse,
    KeyOfOtherCall,
    NotAuthorised,
    NotFound,
    RegistryError,
    SequenceOpen,
    SequenceOver,
    Unavailable,
)
from registry.idempotency import AnsweredBefore
from web.api import (
    asyncapi,
    citizens,
    decisions,
    docs_page,
    interviews,
    openapi,
    operations,
    participants,
    rules,
    sequences,
    subscriptions,
)
from web.api import problem_kinds as kinds
from web.api.admission import admit, name_request
from web.api.contract import OPERATIONS
from web.api.once import replayed
from web.api.problems import Particulars, ProblemRaised, answer_http, answer_raised, problem
from web.api.rates import rate_headers
from web.api.request_log import where_it_broke
from web.api.security_headers import secure
from web.api.services import services

RETRY_AFTER_SECONDS = "2"
VARY = ("Accept-Language", "Authorization")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})

VIEWS: Mapping[str, Callable[..., Response]] = {
    "create_interview": interviews.create,
    "find_interviews": interviews.find,
    "read_interview": interviews.read,
    "read_versions": interviews.read_versions,
    "update_interview": interviews.update,
    "add_participant": participants.add,
    "update_participant": participants.update,
    "delete_participant": participants.delete,
    "decide": decisions.decide,
    "list_rules": rules.list_all,
    "read_rule": rules.read,
    "list_tables": rules.list_tables,
    "read_table": rules.read_table,
    "read_rulebook": rules.read_rulebook,
    "put_citizen": citizens.put,
    "open_sequence": sequences.open_,
    "read_sequence": sequences.read,
    "fetch_messages": sequences.fetch,
    "terminate_sequence": sequences.terminate,
    "close_sequence": sequences.close,
    "read_subscriptions": subscriptions.read,
    "put_subscriptions": subscriptions.put,
    "is_alive": operations.is_alive,
    "is_ready": operations.is_ready,
    "metrics": operations.metrics,
    "openapi": openapi.read,
    "asyncapi": asyncapi.read,
    "docs": docs_page.read,
}
"""One function for each operation of `contract`."""


def add_routes(app: Flask) -> None:
    """Add every operation, the checks before them, and problems for every error."""
    for operation in OPERATIONS:
        app.add_url_rule(
            operation.rule,
            endpoint=operation.id,
            view_func=VIEWS[operation.id],
            methods=[operation.method],
            provide_automatic_options=False,
        )
    app.before_request(_begin)
    app.before_request(admit)
    app.after_request(_finish)
    app.register_error_handler(ProblemRaised, answer_raised)
    app.register_error_handler(HTTPException, answer_http)
    app.register_error_handler(RegistryError, _registry_error)
    app.register_error_handler(EvaluationError, _not_decided)
    app.register_error_handler(Exception, _broken)


def _begin() -> None:
    g.began = time.perf_counter()
    name_request()


def _registry_error(error: RegistryError) -> Response:
    match error:
        case NotFound():
            return problem(kinds.NOT_FOUND)
        case Conflict():
            return problem(kinds.VERSION_STALE)
        case NotAuthorised():
            return problem(kinds.NOT_AUTHORISED)
        case SequenceOpen():
            open_one = {"sequenceIdentifier": error.sequence_id}
            return problem(kinds.SEQUENCE_OPEN, Particulars(open_one, {}))
        case SequenceOver():
            over = {"sequenceIdentifier": error.sequence_id, "state": error.state}
            return problem(kinds.SEQUENCE_OVER, Particulars(over, {}))
        case AnsweredBefore():
            return replayed(error.answer)
        case KeyInUse():
            return problem(kinds.KEY_IN_USE, Particulars({}, {"Retry-After": RETRY_AFTER_SECONDS}))
        case KeyOfOtherCall():
            return problem(kinds.KEY_OF_OTHER_CALL)
        case Unavailable():
            g.failure = {"failure": str(error)}
            kind = kinds.UNDECIDED if error.cause == "undecided" else kinds.UNAVAILABLE
            return problem(kind, Particulars({}, {"Retry-After": RETRY_AFTER_SECONDS}))
        case _:
            return _broken(error)


def _not_decided(error: EvaluationError) -> Response:
    disagreement = isinstance(error, EnginesDisagree)
    services().metrics.failed(disagreement=disagreement)
    g.failure = {"failure": type(error).__name__, "where": where_it_broke(error)}
    if isinstance(error, EnginesDisagree):
        g.failure["rules"] = list(error.rules)
    return problem(kinds.ENGINES_DISAGREE if disagreement else kinds.CANNOT_DECIDE)


def _broken(error: Exception) -> Response:
    g.failure = {"failure": type(error).__name__, "where": where_it_broke(error)}
    return problem(kinds.INTERNAL)


def _finish(response: Response) -> Response:
    secure(response, encrypted_only=services().encrypted_only)
    if "standing" in g:
        response.headers.update(rate_headers(g.standing))
    response.headers["X-Request-Id"] = g.request_id
    if "Vary" in response.headers:
        response.vary.update(VARY)
    else:
        response.headers["Vary"] = ", ".join(VARY)
    _record(response)
    return response


def _record(response: Response) -> None:
    seconds = time.perf_counter() - g.began
    method = request.method if request.method in METHODS else "OTHER"
    route = request.url_rule.rule if request.url_rule is not None else "none"
    services().metrics.answered(method, route, response.status_code, seconds)
    organisation_type, organisation = g.get("organisation", (None, None))
    event = {
        "method": method,
        "route": route,
        "status": response.status_code,
        "milliseconds": round(seconds * 1000, 3),
        "request_id": g.request_id,
        "trace_id": g.trace_id,
        "organisation_type": organisation_type,
        "organisation": organisation,
        "system": g.get("system"),
        "replayed": g.get("replayed"),
        "refused_because": g.get("refused_because"),
        **g.get("failure", {}),
    }
    known = {name: value for name, value in event.items() if value is not None}
    services().log.info("request", **known)
