"""The operations by which organisations get their messages: sequences and subscriptions.

In: nothing. Out: a part of the table in `contract`.
Does not know: what an operation does.
"""

from __future__ import annotations

from engine.facts import Text
from registry.message_sequences import MOST_MESSAGES
from web.api.contract_types import Answer, Operation, Parameter
from web.api.scopes import SUBSCRIBERS, Scope

SEQUENCES = "/v1/message-sequences"
SEQUENCE = SEQUENCES + "/{sequenceId}"
SUBSCRIPTIONS = "/v1/subscriptions"

HIGHEST_NUMBER = 2**53 - 1
"""The highest number that every JSON parser reads exactly."""

MESSAGE_OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "open_sequence",
        "POST",
        SEQUENCES,
        Text("åbn en sekvens af ventende beskeder", "open a sequence of waiting messages"),
        {
            201: Answer("opened", "MessageSequence", ("Location",)),
            204: Answer("nothing waits; no sequence was opened"),
        },
        scope=Scope.MESSAGES,
        organisation_types=SUBSCRIBERS,
        body="NewMessageSequence",
        body_optional=True,
        once=True,
        problems=(409,),
    ),
    Operation(
        "read_sequence",
        "GET",
        SEQUENCE,
        Text("hvor langt er en sekvens", "how far has a sequence come"),
        {
            200: Answer("the sequence", "MessageSequence", ("ETag",)),
            304: Answer("nothing has changed", None, ("ETag",)),
        },
        scope=Scope.MESSAGES,
        if_none_match=True,
        organisation_types=SUBSCRIBERS,
        problems=(404,),
    ),
    Operation(
        "fetch_messages",
        "GET",
        SEQUENCE + "/messages",
        Text("hent beskederne i en sekvens", "fetch the messages of a sequence"),
        {
            200: Answer("messages in order", "MessagePage", ("ETag", "Link")),
            304: Answer("nothing has changed", None, ("ETag",)),
        },
        scope=Scope.MESSAGES,
        if_none_match=True,
        organisation_types=SUBSCRIBERS,
        query=(
            Parameter(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": MOST_MESSAGES, "default": 100},
                "how many at most",
            ),
            Parameter(
                "after",
                {"type": "integer", "minimum": 0, "maximum": HIGHEST_NUMBER, "default": 0},
                "only messages with higher sequence numbers; `next` of an earlier answer",
            ),
        ),
        problems=(404, 410),
    ),
    Operation(
        "terminate_sequence",
        "POST",
        SEQUENCE + "/terminate",
        Text(
            "afslut en sekvens: alle dens beskeder er modtaget",
            "terminate a sequence: all its messages were received",
        ),
        {204: Answer("its messages never come again")},
        scope=Scope.MESSAGES,
        once=True,
        organisation_types=SUBSCRIBERS,
        problems=(404, 410),
    ),
    Operation(
        "close_sequence",
        "POST",
        SEQUENCE + "/close",
        Text("luk en sekvens uden at kvittere", "close a sequence without acknowledging it"),
        {204: Answer("its messages come again")},
        scope=Scope.MESSAGES,
        once=True,
        organisation_types=SUBSCRIBERS,
        problems=(404, 410),
    ),
    Operation(
        "read_subscriptions",
        "GET",
        SUBSCRIPTIONS,
        Text("organisationens webhooks", "the webhooks of the organisation"),
        {
            200: Answer("each with its state", "SubscriptionList", ("ETag",)),
            304: Answer("nothing has changed", None, ("ETag",)),
        },
        scope=Scope.MESSAGES,
        if_none_match=True,
        organisation_types=SUBSCRIBERS,
    ),
    Operation(
        "put_subscriptions",
        "PUT",
        SUBSCRIPTIONS,
        Text(
            "erstat alle organisationens webhooks; alt eller intet",
            "replace all webhooks of the organisation; all or nothing",
        ),
        {200: Answer("what was added, kept and removed", "SubscriptionChanges")},
        scope=Scope.MESSAGES,
        organisation_types=SUBSCRIBERS,
        body="WantedSubscriptions",
        once=True,
        problems=(409,),
    ),
)
