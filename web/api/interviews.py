"""Interviews: create, update, read one with its versions, list.

In: requests. Out: responses. Does not know: rules, storage, or wire names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Response, request

from registry.commands import CreateInterview, FindInterviews, FindVersions, UpdateInterview
from registry.interview import Interview
from registry.outcome import Registered
from web.api.answers import answer, answer_in_language, decided, identifier, linked
from web.api.citizen_number import citizen_number
from web.api.language import language
from web.api.query import LARGEST, Query
from web.api.request_body import read_body
from web.api.services import caller, services
from web.api.versions import entity_tag, expected_version, tagged
from web.api.wire import (
    interview_content,
    show_cursor,
    show_interview,
    show_status,
    show_version,
)
from web.api.wire_decisions import show_findings

MOST_TYPES = 20
"""How many interview types one call may ask for."""
MOST_AT_ONCE = 200
"""The largest page."""
VIEWS: Mapping[str, Callable[[Interview], dict[str, object]]] = {
    "full": show_interview,
    "status": show_status,
}
"""How a list shows each interview; the first is meant when none is named."""


def create() -> Response:
    command = CreateInterview(citizen_number(), interview_content(read_body("NewInterview")))
    return decided(
        lambda once: services().registry.create_interview(caller(), command, once), _created
    )


def update(interviewId: str) -> Response:  # noqa: N803  # the name in the published path
    interview_id = identifier(interviewId)
    version = expected_version()
    content = interview_content(read_body("ChangedInterview"))
    command = UpdateInterview(interview_id, version, content)
    return decided(
        lambda once: services().registry.update_interview(caller(), command, once), _receipt
    )


def read(interviewId: str) -> Response:  # noqa: N803
    query = Query()
    as_of = query.instant("asOf")
    query.done()
    interview_id = identifier(interviewId)
    interview = services().registry.read_interview(caller(), interview_id, as_of=as_of)
    return tagged(answer(show_interview(interview)), interview.version)


def read_versions(interviewId: str) -> Response:  # noqa: N803
    query = Query()
    wanted = FindVersions(
        identifier(interviewId),
        limit=query.number("limit", 1, MOST_AT_ONCE, otherwise=50),
        after=query.number("after", 0, LARGEST, otherwise=0),
    )
    query.done()
    page = services().registry.read_versions(caller(), wanted)
    body = {"versions": [show_version(each) for each in page.versions], "next": page.next}
    return _page(body, "after")


def find() -> Response:
    cpr = citizen_number()
    query = Query()
    view = query.one_of("view", tuple(VIEWS))
    wanted = FindInterviews(
        cpr,
        interview_types=query.numbers("interviewType", most=MOST_TYPES),
        held_from=query.instant("heldFrom"),
        held_to=query.instant("heldTo"),
        as_of=query.instant("asOf"),
        limit=query.number("limit", 1, MOST_AT_ONCE, otherwise=50),
        after=query.cursor("cursor"),
    )
    query.done()
    page = services().registry.find_interviews(caller(), wanted)
    cursor = None if page.next is None else show_cursor(page.next)
    body = {"interviews": [VIEWS[view](each) for each in page.interviews], "next": cursor}
    return _page(body, "cursor")


def _page(body: Mapping[str, object], parameter: str) -> Response:
    """Return a page; `parameter` is the one that takes its `next`."""
    return linked(tagged(answer(body)), parameter, body["next"])


def _created(outcome: Registered) -> Response:
    response = _receipt(outcome, 201)
    # the path of one interview is that of all and its identifier; building it from the table of
    # routes takes longer than rendering the interview
    path = f"{request.script_root}{request.path}"
    response.headers["Location"] = f"{path}/{outcome.interview.interview_id}"
    return response


def _receipt(outcome: Registered, status: int = 200) -> Response:
    response = answer_in_language(
        {
            **show_interview(outcome.interview),
            "advice": show_findings(outcome.decision.advice, language()),
        },
        status,
    )
    response.set_etag(entity_tag(outcome.interview.version))
    return response
