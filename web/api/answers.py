"""Answers of the registry → responses.

In: JSON values; `Registered` and `Refused`. Out: responses, 422 with its violations among them.
Does not know: which operation was called.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import orjson
from flask import Response, request

from engine.facts import Text
from registry.idempotency import Once
from registry.outcome import Refused, Registered
from registry.service import Outcome
from web.api import problem_kinds as kinds
from web.api.language import language
from web.api.once import answered
from web.api.problem_kinds import Kind
from web.api.problems import Particulars, ProblemRaised, problem
from web.api.services import services
from web.api.wire_decisions import show_refusal
from web.api.wire_times import read_uuid


def answer(body: object, status: int = 200) -> Response:
    """Return a JSON response."""
    return Response(orjson.dumps(body), status, mimetype="application/json")


def linked(response: Response, parameter: str, following: object) -> Response:
    """Name the next page, where there is one: this request with `parameter` set to `following`."""
    if following is not None:
        kept = [each for each in request.args.items(multi=True) if each[0] != parameter]
        query = urlencode([*kept, (parameter, following)])
        response.headers["Link"] = f'<{request.path}?{query}>; rel="next"'
    return response


def answer_in_language(body: object, status: int = 200) -> Response:
    """Return a JSON response that holds sentences in the caller's language."""
    response = answer(body, status)
    response.headers["Content-Language"] = language()
    return response


def decided(
    call: Callable[[Once[Outcome] | None], Outcome], render: Callable[[Registered], Response]
) -> Response:
    """Make a call that rules decide, once, and answer it: 422 when they refuse."""

    def counted(once: Once[Outcome] | None) -> Outcome:
        outcome = call(once)
        services().metrics.decided(outcome.decision)
        return outcome

    def render_either(outcome: Outcome) -> Response:
        return refusal(outcome) if isinstance(outcome, Refused) else render(outcome)

    return answered(counted, render_either)


def refusal(refused: Refused) -> Response:
    """Return 422 with every violation."""
    decision = refused.decision
    codes = ", ".join(dict.fromkeys(each.code for each in decision.violations))
    broken = len(decision.violations)
    return problem(
        kinds.RULES_VIOLATED,
        Particulars(show_refusal(decision, refused.decision_id, language()), {}),
        Text(
            f"{broken} {'regel' if broken == 1 else 'regler'} er brudt: {codes}",
            f"{broken} {'rule is' if broken == 1 else 'rules are'} broken: {codes}",
        ),
    )


def identifier(text: str, unknown: Kind = kinds.NOT_FOUND) -> str:
    """Return an identifier from a path; one that is none gets the 404 of one that is unknown."""
    read = read_uuid(text)
    if read is None:
        raise ProblemRaised(unknown)
    return read
