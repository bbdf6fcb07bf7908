"""How many requests one caller may send in a minute.

In: who calls. Out: `Standing`, which says whether the request is within the limit and what is left.
Does not know: HTTP, or what a request wants. Each process counts for itself: of several, each
admits its share, so that all of them together never admit more than the limit.
"""

from __future__ import annotations

import ipaddress
import math
import time
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

WINDOW_SECONDS = 60
_NETWORK_BITS = 64
"""An IPv6 customer has so many bits of addresses at least; the network counts as one caller."""


class Limit(StrEnum):
    """Which limit counts a request."""

    ORGANISATION = "organisation"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a caller stands after a request."""

    limit: Limit
    admitted: bool
    quota: int
    """Requests that this process admits in the window."""
    left: int
    seconds: int
    """Whole seconds until the next request fits, or until the window moves on; at least 1."""


def rate_headers(standing: Standing) -> dict[str, str]:
    """Return what a caller is told, as draft-ietf-httpapi-ratelimit-headers writes it."""
    name = standing.limit.value
    return {
        "RateLimit-Policy": f'"{name}";q={standing.quota};w={WINDOW_SECONDS}',
        "RateLimit": f'"{name}";r={standing.left};t={standing.seconds}',
    }


class Rates:
    """Counts requests in a window that moves with the clock; shared between threads.

    `organisation` and `address` are requests in a minute over all `processes`; 0 is no limit.
    """

    def __init__(self, organisation: int = 0, address: int = 0, processes: int = 1) -> None:
        self._items = {
            limit: RateLimitItemPerMinute(math.ceil(amount / processes))
            for limit, amount in ((Limit.ORGANISATION, organisation), (Limit.ADDRESS, address))
            if amount
        }
        self._making = Lock()
        self._window: MovingWindowRateLimiter | None = None

    def count_organisation(self, organisation_type: str, organisation: str) -> Standing | None:
        """Count a request of an organisation; None when there is no limit."""
        return self._count(Limit.ORGANISATION, organisation_type, organisation)

    def count_address(self, address: str) -> Standing | None:
        """Count a request that proved no identity; None when there is no limit."""
        return self._count(Limit.ADDRESS, network_of(address))

    def _count(self, limit: Limit, *caller: str) -> Standing | None:
        item = self._items.get(limit)
        if item is None:
            return None
        window = self._counting()
        key = (limit.value, *caller)
        admitted = window.hit(item, *key)
        reset, left = window.get_window_stats(item, *key)
        seconds = min(WINDOW_SECONDS, max(1, math.ceil(reset - time.time())))
        return Standing(limit, admitted, item.amount, left, seconds)

    def _counting(self) -> MovingWindowRateLimiter:
        # INVARIANT: made with the first request. The library starts a thread, and a thread that is
        # started before a process of gunicorn is forked is not there after it.
        with self._making:
            if self._window is None:
                self._window = MovingWindowRateLimiter(MemoryStorage())
            return self._window


def network_of(address: str) -> str:
    """Return the network that counts as one caller; what is no address counts as one all together.

    A server behind a socket file has no address of its caller.
    """
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return "none"
    if isinstance(read, ipaddress.IPv4Address):
        return str(read)
    if read.ipv4_mapped is not None:
        return str(read.ipv4_mapped)
    return str(ipaddress.ip_network((int(read), _NETWORK_BITS), strict=False))
