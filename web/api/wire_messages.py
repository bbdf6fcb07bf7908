"""Sequences, messages and subscriptions: wire names on one side, the registry's on the other.

In: request bodies that have passed their schema; values of `registry.messages`. Out: the other.
Does not know: HTTP. The names inside a message are those of `web.delivery.cloud_event`, which are
the same when it is sent by webhook.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from registry.messages import ENTITIES, MessagePage, Sequence, Stream, Synced, Wanted
from web.api import faults
from web.api.faults import Fault, fault
from web.api.wire_times import show_instant
from web.delivery.cloud_event import cloud_event
from web.delivery.receivers import Receiver

Json = dict[str, object]


def wanted_subscriptions(body: Mapping[str, Any]) -> tuple[Wanted, ...]:
    """Read `WantedSubscriptions`; a webhook that names no entities is told of all."""
    return tuple(
        Wanted(each["path"], tuple(each.get("entities", sorted(ENTITIES))))
        for each in body["subscriptions"]
    )


def paths_stated_twice(body: Mapping[str, Any]) -> tuple[Fault, ...]:
    """Return a fault for each path that stood in the list before; the body may be anything."""
    listed, found, seen = body.get("subscriptions"), [], set()
    for position, each in enumerate(listed if isinstance(listed, list) else ()):
        path = each.get("path") if isinstance(each, dict) else None
        if not isinstance(path, str):
            continue
        if path in seen:
            found.append(fault(("subscriptions", position, "path"), faults.PATH_TWICE))
        seen.add(path)
    return tuple(found)


def show_sequence(sequence: Sequence) -> Json:
    """Write `MessageSequence`."""
    return {
        "sequenceIdentifier": sequence.sequence_id,
        "entity": sequence.entity,
        "state": sequence.state.value,
        "messages": sequence.messages,
        "firstSequenceNumber": sequence.first_number,
        "lastSequenceNumber": sequence.last_number,
        "openedAt": show_instant(sequence.opened_at),
        "expiresAt": show_instant(sequence.expires_at),
    }


def show_messages(page: MessagePage, source: str) -> Json:
    """Write `MessagePage`; `source` names this registry."""
    return {"messages": [cloud_event(each, source) for each in page.messages], "next": page.next}


def show_changes(synced: Synced, receiver: Receiver | None) -> Json:
    """Write `SubscriptionChanges`; `receiver` is what the operator lists for the organisation."""
    return {
        "added": show_subscriptions(synced.added, receiver),
        "kept": show_subscriptions(synced.kept, receiver),
        "removed": show_subscriptions(synced.removed, receiver),
    }


def show_subscriptions(streams: tuple[Stream, ...], receiver: Receiver | None) -> list[Json]:
    """Write each as `Subscription`."""
    return [
        {
            "path": each.path,
            "entities": list(each.entities),
            "url": None if receiver is None else _url(receiver, each.path),
            "state": each.state.value,
            "reason": each.reason,
            "deliveredTo": each.delivered_to,
            "failures": each.tries.failures,
            "nextAttemptAt": show_instant(each.next_attempt_at),
        }
        for each in streams
    ]


def _url(receiver: Receiver, path: str) -> str:
    return f"{receiver.base.scheme}://{receiver.base.in_header}{receiver.path_prefix}{path}"
