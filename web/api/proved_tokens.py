"""Which tokens were found to be signed by one of our keys a moment ago, and what they claim.

In: tokens with their claims, the time. Out: the claims again, within `KEPT_FOR`.
Does not know: whether a token is valid now. A signature that held holds as long as the key is ours,
so that need not be found out for every request of a caller; whether the token has begun, has
ended, or is meant for us is found out every time.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock

KEPT_FOR = timedelta(minutes=1)
MOST = 1_024
"""Tokens that are remembered; the one that was proved first makes way."""

Claims = Mapping[str, object]


class ProvedTokens:
    """Belongs to one set of keys, and must go with it; safe to share between threads.

    No token is kept, only its SHA-256: whoever can look into the process finds none to use.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._proved: OrderedDict[bytes, tuple[datetime, Claims]] = OrderedDict()
        self._lock = Lock()

    def claims(self, token: str, now: datetime) -> Claims | None:
        """Return what the token claims, None unless it was proved in the last `KEPT_FOR`."""
        found = self._proved.get(_name(token))
        if found is None:
            return None
        proved_at, claims = found
        # a clock that was set back says nothing about how long ago that was
        return claims if proved_at <= now < proved_at + KEPT_FOR else None

    def keep(self, token: str, claims: Claims, now: datetime) -> None:
        """Remember that the signature of this token holds."""
        with self._lock:
            name = _name(token)
            self._proved[name] = now, claims
            self._proved.move_to_end(name)
            while len(self._proved) > self._most:
                self._proved.popitem(last=False)


def _name(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
