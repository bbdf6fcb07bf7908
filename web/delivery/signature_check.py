"""How a receiver checks that a webhook is from samtale: a model to copy, used by our own tests.

In: the headers and the raw body of a request, the keys that samtale publishes, the time.
Out: whether to believe it. Does not know: any other module of samtale, on purpose.

A receiver that has answered 2xx to an id before answers 2xx again and does nothing: every message
comes at least once.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

TOLERANCE = timedelta(minutes=5)
_MOST_SIGNATURES = 8


def is_signed(
    headers: Mapping[str, str],
    body: bytes,
    public_keys: Iterable[str],
    now: datetime,
    tolerance: timedelta = TOLERANCE,
) -> bool:
    """Tell whether one of the keys (`whpk_…`) signed this id, time and body within `tolerance`.

    `body` is what came over the wire, not what parsing and writing it anew would give. Raises
    `ValueError` for a public key that is none: that is a mistake of the receiver's own.
    """
    keys = [
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key.removeprefix("whpk_")))
        for key in public_keys
    ]
    stated = {name.lower(): value for name, value in headers.items()}
    timestamp = stated.get("webhook-timestamp", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    if abs(now.timestamp() - int(timestamp)) > tolerance.total_seconds():
        return False
    signed = f"{stated.get('webhook-id', '')}.{timestamp}.".encode() + body
    signatures = stated.get("webhook-signature", "").split(" ")[:_MOST_SIGNATURES]
    return any(_fits(key, signature, signed) for signature in signatures for key in keys)


def _fits(key: Ed25519PublicKey, signature: str, signed: bytes) -> bool:
    version, _, encoded = signature.partition(",")
    if version != "v1a":  # an older or newer kind may stand beside ours
        return False
    try:
        key.verify(base64.b64decode(encoded, validate=True), signed)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
