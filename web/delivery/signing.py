"""Signatures of webhooks by the Standard Webhooks specification 1.0.0, asymmetric (ed25519).

In: keys as text, a message's id, time and bytes. Out: the three headers.
Does not know: HTTP. How a receiver checks them stands in `signature_check`.

Signed is `{id}.{timestamp}.{body}`. While a key is being replaced, messages are signed with both:
a receiver accepts a message when one signature fits the key it knows.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SECRET_PREFIX, PUBLIC_PREFIX = "whsk_", "whpk_"
_SEED = 32


class SigningKeyRefused(ValueError):
    """The text is no signing key; the message never shows any of it."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key that messages are signed with; `public` is what receivers are told (`whpk_…`)."""

    public: str
    _private: Ed25519PrivateKey = field(repr=False)

    def secret(self) -> str:
        """Return the key as text (`whsk_…`), for the operator's key file only."""
        seed = self._private.private_bytes_raw()
        return SECRET_PREFIX + _encoded(seed + self._private.public_key().public_bytes_raw())

    def sign(self, signed: bytes) -> str:
        return "v1a," + _encoded(self._private.sign(signed))


def make_signing_key() -> SigningKey:
    return _signing_key(Ed25519PrivateKey.generate())


def read_signing_key(text: str) -> SigningKey:
    """Read `whsk_` and the base64 of the seed, alone or followed by the public key.

    Raises `SigningKeyRefused`.
    """
    prefix, encoded = text[: len(SECRET_PREFIX)], text[len(SECRET_PREFIX) :]
    if prefix != SECRET_PREFIX:
        raise SigningKeyRefused(f"expected a signing key that begins with `{SECRET_PREFIX}`")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise SigningKeyRefused(f"expected base64 after `{SECRET_PREFIX}`") from None
    if len(raw) not in (_SEED, 2 * _SEED):
        raise SigningKeyRefused(f"expected {_SEED} or {2 * _SEED} bytes after `{SECRET_PREFIX}`")
    private = Ed25519PrivateKey.from_private_bytes(raw[:_SEED])
    if raw[_SEED:] not in (b"", private.public_key().public_bytes_raw()):
        raise SigningKeyRefused("the two halves of the signing key do not belong together")
    return _signing_key(private)


def signature_headers(
    message_id: str, sent_at: datetime, body: bytes, keys: Sequence[SigningKey]
) -> dict[str, str]:
    """Return the headers for one attempt; `sent_at` (aware) is when it is made.

    The id stays the same however often a message is sent. Raises `ValueError` for an id that
    could move the border between the signed parts, and when there is no key.
    """
    if not keys:
        raise ValueError("expected at least one signing key, found none")
    if not message_id.isascii() or not message_id.replace("-", "").replace("_", "").isalnum():
        raise ValueError("expected a message id of letters, digits, `-` and `_`")
    timestamp = str(int(sent_at.timestamp()))
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(key.sign(signed) for key in keys),
    }


def _signing_key(private: Ed25519PrivateKey) -> SigningKey:
    return SigningKey(PUBLIC_PREFIX + _encoded(private.public_key().public_bytes_raw()), private)


def _encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
