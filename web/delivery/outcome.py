"""What came of sending one message once.

In: nothing. Out: `Delivered`, `Failed`, `Gone`; `read_retry_after`.
Does not know: what is done about a failure (`schedule`). None of the values holds a path, a body or
anything else of a message, so that each may be logged as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

LONGEST_RETRY_AFTER = timedelta(days=1)
"""A receiver that asks for more is asked again after this."""

_LONGEST_HEADER = 64
_MOST_DIGITS = 9


class FailureKind(StrEnum):
    """Why a message was not delivered."""

    STATUS = "status"
    """The receiver answered, and not with 2xx, 3xx or 410."""
    TIMEOUT = "timeout"
    TLS = "tls"
    """No trusted encrypted connection: certificate, name or client certificate refused."""
    REFUSED_ADDRESS = "refused-address"
    """We do not connect to where the name leads, or do not ask for this path."""
    REDIRECT = "redirect"
    TOO_LARGE = "too-large"
    """The receiver answered with more than we read."""
    CONNECTION = "connection"
    """Name unknown, port closed, connection broken, or an answer that is no HTTP."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The receiver has answered 2xx, and its answer was read to the end."""

    status: int


@dataclass(frozen=True, slots=True)
class Gone:
    """The receiver answered 410: it does not want any message any more."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Not delivered, as far as we know: the receiver may have taken it all the same.

    `status` is there for STATUS and REDIRECT; `retry_after` when the receiver asked for a pause;
    `reason` is for the operator: a range of addresses, or what is wrong with a certificate.
    """

    kind: FailureKind
    status: int | None = None
    retry_after: timedelta | None = None
    reason: str = ""


Outcome = Delivered | Gone | Failed


def read_retry_after(header: str | None, now: datetime) -> timedelta | None:
    """Read `Retry-After`, seconds or an HTTP date, as a pause from `now` (aware).

    Never negative, never above `LONGEST_RETRY_AFTER`; None when absent or neither of the two.
    """
    text = (header or "").strip()
    if not text or len(text) > _LONGEST_HEADER or not text.isascii():
        return None
    if text.isdigit():
        seconds = int(text) if len(text) <= _MOST_DIGITS else 10**_MOST_DIGITS
        return min(timedelta(seconds=seconds), LONGEST_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(timedelta(), min(moment - now, LONGEST_RETRY_AFTER))
