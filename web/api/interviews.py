"""Interviews: create, update, read one, list.

In: requests. Out: responses. Does not know: rules, storage, or wire names.
"""

from __future__ import annotations

from dataclasses import replace
from heapq import merge
from itertools import islice
from urllib.parse import urlencode

from flask import Response, request, url_for

from registry.commands import CreateInterview, FindInterviews, PagePosition, UpdateInterview
from registry.outcome import Page, Refused, Registered
from web.api.answers import answer, answer_in_language, identifier, refusal
from web.api.citizen_number import citizen_number
from web.api.language import language
from web.api.query import Query
from web.api.request_body import read_body
from web.api.services import caller, services
from web.api.versions import entity_tag, expected_version, tagged
from web.api.wire import interview_content, show_cursor, show_interview
from web.api.wire_decisions import show_findings

MOST_TYPES = 20
"""How many interview types one call may ask for."""


def create() -> Response:
    command = CreateInterview(citizen_number(), interview_content(read_body("NewInterview")))
    outcome = services().registry.create_interview(caller(), command)
    if isinstance(outcome, Refused):
        return refusal(outcome)
    response = _receipt(outcome, 201)
    response.headers["Location"] = url_for(
        "read_interview", interviewId=outcome.interview.interview_id
    )
    return response


def update(interviewId: str) -> Response:  # noqa: N803  # the name in the published path
    interview_id = identifier(interviewId)
    registry = services().registry
    version = expected_version(lambda: registry.read_interview(caller(), interview_id).version)
    content = interview_content(read_body("ChangedInterview"))
    outcome = registry.update_interview(caller(), UpdateInterview(interview_id, version, content))
    return refusal(outcome) if isinstance(outcome, Refused) else _receipt(outcome, 200)


def read(interviewId: str) -> Response:  # noqa: N803
    interview = services().registry.read_interview(caller(), identifier(interviewId))
    return tagged(answer(show_interview(interview)), interview.version)


def find() -> Response:
    cpr = citizen_number()
    query = Query()
    types = query.numbers("interviewType", most=MOST_TYPES)
    wanted = FindInterviews(
        cpr,
        held_from=query.instant("heldFrom"),
        held_to=query.instant("heldTo"),
        limit=query.number("limit", 1, 200, otherwise=50),
        after=query.cursor("cursor"),
    )
    query.done()
    page = _find(wanted, types)
    cursor = None if page.next is None else show_cursor(page.next)
    body = {"interviews": [show_interview(each) for each in page.interviews], "next": cursor}
    response = tagged(answer(body))
    if cursor is not None:
        kept = [each for each in request.args.items(multi=True) if each[0] != "cursor"]
        following = f"{request.path}?{urlencode([*kept, ('cursor', cursor)])}"
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def _find(wanted: FindInterviews, types: tuple[int, ...]) -> Page:
    """Return the page of all types wanted; the registry filters by one, so several are merged."""
    registry = services().registry
    if len(types) < 2:
        only = types[0] if types else None
        return registry.find_interviews(caller(), replace(wanted, interview_type=only))
    pages = [
        registry.find_interviews(caller(), replace(wanted, interview_type=each)) for each in types
    ]
    in_order = merge(
        *(page.interviews for page in pages), key=lambda each: (each.held_at, each.interview_id)
    )
    found = tuple(islice(in_order, wanted.limit))
    more = any(page.next for page in pages) or sum(len(page.interviews) for page in pages) > len(
        found
    )
    last = PagePosition(found[-1].held_at, found[-1].interview_id) if more else None
    return Page(found, last)


def _receipt(outcome: Registered, status: int) -> Response:
    services().metrics.decided(outcome.decision)
    response = answer_in_language(
        {
            **show_interview(outcome.interview),
            "advice": show_findings(outcome.decision.advice, language()),
        },
        status,
    )
    response.set_etag(entity_tag(outcome.interview.version))
    return response
