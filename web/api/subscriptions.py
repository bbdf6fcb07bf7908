"""Subscriptions: the webhooks of the calling organisation, as a whole list.

In: requests. Out: responses. Does not know: storage, wire names, or how webhooks are sent.
"""

from __future__ import annotations

from flask import Response

from web.api import problem_kinds as kinds
from web.api.answers import answer
from web.api.once import answered
from web.api.problems import ProblemRaised
from web.api.request_body import read_body
from web.api.services import caller, services
from web.api.versions import tagged
from web.api.wire_messages import (
    paths_stated_twice,
    show_changes,
    show_subscriptions,
    wanted_subscriptions,
)
from web.delivery.receivers import Receiver


def read() -> Response:
    streams = services().subscribers.read_subscriptions(caller())
    return tagged(
        answer(
            {
                "subscriptions": show_subscriptions(streams, _receiver()),
                "publicKeys": list(services().webhooks.public_keys),
            }
        )
    )


def put() -> Response:
    wanted = wanted_subscriptions(read_body("WantedSubscriptions", paths_stated_twice))
    receiver = _receiver()
    if wanted and receiver is None:
        raise ProblemRaised(kinds.NO_BASE_ADDRESS)
    return answered(
        lambda once: services().subscribers.put_subscriptions(caller(), wanted, once),
        lambda synced: answer(show_changes(synced, receiver)),
    )


def _receiver() -> Receiver | None:
    """Return what the operator lists for the calling organisation."""
    organisation = caller()
    return services().webhooks.receivers.of(
        organisation.organisation_type, organisation.organisation
    )
