"""One message on the wire: thin, as a CloudEvents 1.0 event in JSON (structured mode).

In: a `Message`. Out: what is sent by webhook, and what is handed out when messages are fetched.
Does not know: HTTP, or who receives it. This is the only place that knows the wire names of
messages.

    {"specversion": "1.0", "id": "…", "source": "…", "type": "samtale.person-interview.updated",
     "subject": "<interview>", "time": "2024-06-03T10:00:00Z", "datacontenttype":
     "application/json", "data": {"sequenceNumber": 7, "entityName": "PersonInterview",
     "entityIdentifier": "<interview>", "changeKind": 2, "personCivilRegistrationIdentifier": "…",
     "version": 2, "registeredBy": {"organisationType": "job_centre", "organisationCode": "101"}}}

The citizen stands in `data` and nowhere else: the other fields may end in a receiver's log.
"""

from __future__ import annotations

from datetime import UTC

import orjson

from registry.messages import ChangeKind, Message

CONTENT_TYPE = "application/cloudevents+json"

TYPES = {kind: f"samtale.person-interview.{kind.name.lower()}" for kind in ChangeKind}


def message_body(message: Message) -> dict[str, object]:
    """Return what the message says, without its envelope."""
    return {
        "sequenceNumber": message.number,
        "entityName": message.entity,
        "entityIdentifier": message.entity_id,
        "changeKind": message.change_kind.value,
        "personCivilRegistrationIdentifier": message.cpr,
        "version": message.version,
        "registeredBy": {
            "organisationType": message.registered_by.organisation_type,
            "organisationCode": message.registered_by.organisation,
        },
    }


def cloud_event(message: Message, source: str) -> dict[str, object]:
    """Return the event; `source` (a URI reference) names this registry, id and source are unique.

    The time is in UTC, with decimals only when there are some.
    """
    return {
        "specversion": "1.0",
        "id": message.message_id,
        "source": source,
        "type": TYPES[message.change_kind],
        "subject": message.entity_id,
        "time": message.recorded_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": message_body(message),
    }


def event_bytes(message: Message, source: str) -> bytes:
    """Return the event as it is signed and sent: the same bytes for the same message, always."""
    return orjson.dumps(cloud_event(message, source))
