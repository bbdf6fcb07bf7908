"""The AsyncAPI 3.1 document: what organisations receive by webhook.

In: `schema/Message.json` and what it refers to, the names of `web.delivery`. Out: the document.
Does not know: who has a webhook. `make docs` writes it to `docs/asyncapi.json` as well.
"""

from __future__ import annotations

import functools
import sys
from typing import Any

import orjson
from flask import Response

from web.api.schemas import placed, schemas
from web.delivery.cloud_event import CONTENT_TYPE, TYPES

PAYLOAD = "Message"
_SCHEMAS = "#/components/schemas/"
_HEADERS = "WebhookHeaders"
_CHANNEL = "webhook"

_DESCRIPTION = """\
Each organisation has one ordered log of messages. A message is thin: it says that something changed
and never what it is now; that is read with `GET /v1/interviews/{interviewId}` and one's own rights.

- **At least once, in order.** `sequenceNumber` counts from 1 without gaps. A message that comes
  again has the same `id` and the same bytes; answer 2xx to it and do nothing. The next message is
  not sent before this one was answered with 2xx. A gap is there only when an operator skipped a
  message.
- **Answers.** 2xx within 20 seconds: received. 410: send nothing more until the webhook is stated
  again. 429 or 503 with `Retry-After`: not before then. 3xx is a failure and is never followed. A
  message that is refused with another 4xx again and again stops the webhook until an operator acts.
- **Signature.** Standard Webhooks 1.0.0, ed25519 (`v1a`), over `{webhook-id}.{webhook-timestamp}.`
  and the raw body. One of several signatures must fit; the time may differ by five minutes.
"""


def document() -> dict[str, Any]:
    """Return the document; the same one for the same schemas."""
    names = {kind.name.lower(): name for kind, name in TYPES.items()}
    messages = {kind: {"$ref": f"#/components/messages/{kind}"} for kind in names}
    return {
        "asyncapi": "3.1.0",
        "info": {"title": "samtale", "version": "1", "description": _DESCRIPTION},
        "defaultContentType": CONTENT_TYPE,
        "servers": {
            "receiver": {
                "host": "{receiver}",
                "protocol": "https",
                "description": "where the operator lets messages for an organisation go",
                "variables": {"receiver": {"description": "host of the receiver"}},
            }
        },
        "channels": {
            _CHANNEL: {
                "address": "{path}",
                "title": "the webhook of an organisation",
                "servers": [{"$ref": "#/servers/receiver"}],
                "parameters": {
                    "path": {
                        "description": "chosen by the organisation with `PUT /v1/subscriptions`",
                        "examples": ["/samtale/messages"],
                    }
                },
                "messages": messages,
            }
        },
        "operations": {
            "tellChange": {
                "action": "send",
                "title": "tell an organisation that an interview changed",
                "channel": {"$ref": f"#/channels/{_CHANNEL}"},
                "messages": [{"$ref": f"#/channels/{_CHANNEL}/messages/{kind}"} for kind in names],
                "bindings": {"http": {"method": "POST", "bindingVersion": "0.3.0"}},
            }
        },
        "components": {
            "messages": {kind: _message(kind, name) for kind, name in names.items()},
            "schemas": {_HEADERS: _headers(), **_payload_schemas()},
        },
    }


@functools.cache
def written() -> bytes:
    """Return the document as JSON."""
    return orjson.dumps(document(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def read() -> Response:
    return Response(written(), mimetype="application/json")


def _message(kind: str, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "title": f"an interview was {kind}",
        "contentType": CONTENT_TYPE,
        "headers": {"$ref": _SCHEMAS + _HEADERS},
        "payload": {
            "allOf": [
                {"$ref": _SCHEMAS + PAYLOAD},
                {"type": "object", "properties": {"type": {"const": name}}},
            ]
        },
    }


def _headers() -> dict[str, Any]:
    stated = {
        "webhook-id": "the `id` of the message",
        "webhook-timestamp": "when this attempt was made, in seconds since 1970",
        "webhook-signature": "`v1a,` and base64; several with a space between",
    }
    return {
        "type": "object",
        "properties": {
            name: {"type": "string", "description": meaning} for name, meaning in stated.items()
        },
        "required": list(stated),
    }


def _payload_schemas() -> dict[str, Any]:
    """Return the schema of a message and all that it refers to, by name."""
    found: dict[str, Any] = {}
    wanted = [PAYLOAD]
    while wanted:
        name = wanted.pop()
        if name not in found:
            found[name] = placed(schemas()[name], _SCHEMAS)
            wanted += [each.removeprefix(_SCHEMAS) for each in _references(found[name])]
    return {name: found[name] for name in sorted(found)}


def _references(schema: object) -> list[str]:
    if isinstance(schema, dict):
        inner = [each for value in schema.values() for each in _references(value)]
        return [*inner, schema["$ref"]] if isinstance(schema.get("$ref"), str) else inner
    if isinstance(schema, list):
        return [each for value in schema for each in _references(value)]
    return []


if __name__ == "__main__":
    sys.stdout.buffer.write(written())
