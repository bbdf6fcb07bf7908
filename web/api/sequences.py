"""Message sequences: open, look at, fetch, terminate, close.

In: requests. Out: responses. Does not know: storage, wire names, or whom a change is told to.
A sequence of another organisation is answered as one that does not exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response, url_for

from registry.errors import NotFound
from registry.message_sequences import MOST_MESSAGES
from registry.messages import Sequence
from web.api import problem_kinds as kinds
from web.api.answers import answer, identifier, linked
from web.api.contract_messages import HIGHEST_NUMBER
from web.api.once import answered
from web.api.problems import ProblemRaised
from web.api.query import Query
from web.api.request_body import read_body_if_given
from web.api.services import caller, services
from web.api.versions import tagged
from web.api.wire_messages import show_messages, show_sequence


def open_() -> Response:
    body = read_body_if_given("NewMessageSequence")
    return answered(
        lambda once: services().subscribers.open_sequence(caller(), body.get("entity"), once),
        _opened,
    )


def _opened(opened: Sequence | None) -> Response:
    if opened is None:
        return Response(status=204)
    response = answer(show_sequence(opened), 201)
    response.headers["Location"] = url_for("read_sequence", sequenceId=opened.sequence_id)
    return response


def read(sequenceId: str) -> Response:  # noqa: N803  # the name in the published path
    with _not_found_named(sequenceId) as sequence_id:
        sequence = services().subscribers.read_sequence(caller(), sequence_id)
    return tagged(answer(show_sequence(sequence)))


def fetch(sequenceId: str) -> Response:  # noqa: N803
    query = Query()
    limit = query.number("limit", 1, MOST_MESSAGES, otherwise=100)
    after = query.number("after", 0, HIGHEST_NUMBER, otherwise=0)
    query.done()
    with _not_found_named(sequenceId) as sequence_id:
        page = services().subscribers.fetch_messages(
            caller(), sequence_id, after=after, limit=limit
        )
    body = show_messages(page, services().webhooks.source)
    return linked(tagged(answer(body)), "after", page.next)


def terminate(sequenceId: str) -> Response:  # noqa: N803
    with _not_found_named(sequenceId) as sequence_id:
        return answered(
            lambda once: services().subscribers.terminate_sequence(caller(), sequence_id, once),
            _done,
        )


def close(sequenceId: str) -> Response:  # noqa: N803
    with _not_found_named(sequenceId) as sequence_id:
        return answered(
            lambda once: services().subscribers.close_sequence(caller(), sequence_id, once), _done
        )


def _done(_over: Sequence) -> Response:
    return Response(status=204)


@contextmanager
def _not_found_named(sequence_id: str) -> Iterator[str]:
    """Read the identifier, and say what it is that was not found."""
    try:
        yield identifier(sequence_id, kinds.NO_SUCH_SEQUENCE)
    except NotFound:
        raise ProblemRaised(kinds.NO_SUCH_SEQUENCE) from None
