"""Sending to one receiver: every attempt ends in time, and in an outcome.

In: a receiver, a path, headers, bytes, the time. Out: an `Outcome`.
Does not know: what is in the bytes. Nothing is logged and nothing the receiver does is raised.
"""

from __future__ import annotations

import http.client
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from registry.messages import Message
from web.delivery.addresses import AddressRefused, Resolver, system_resolver
from web.delivery.budget import Budget, Limits, Monotonic, TooMuchRead
from web.delivery.cloud_event import CONTENT_TYPE, event_bytes
from web.delivery.line import Line, open_line, read_to_the_end
from web.delivery.locations import LocationRefused
from web.delivery.outcome import (
    Delivered,
    Failed,
    FailureKind,
    Gone,
    Outcome,
    read_retry_after,
)
from web.delivery.receivers import Receiver, tls_settings
from web.delivery.signing import SigningKey, signature_headers

LONGEST_LIFE = 120.0
"""Seconds after which a connection is opened anew: the name may lead elsewhere by now."""


class _CertificateFileUnusable(Exception):
    """A file of the receiver's entry is missing, unreadable or no certificate."""


class Sender:
    """Sends to one receiver over one connection that is kept open; for one thread at a time.

    Close it at the end. `resolver` and `monotonic` are arguments for the sake of tests.
    """

    def __init__(
        self,
        receiver: Receiver,
        *,
        limits: Limits = Limits(),  # noqa: B008  # frozen
        resolver: Resolver = system_resolver,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self.receiver = receiver
        self._limits = limits
        self._resolver = resolver
        self._monotonic = monotonic
        self._tls: ssl.SSLContext | None = None
        self._line: Line | None = None

    def post(self, path: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Outcome:
        """Make one attempt; `path` is the subscriber's, `now` (aware) is for `Retry-After`.

        When a connection that was kept open turns out to be closed, the attempt is made again on a
        new one: the receiver may then see the message twice, as after any broken connection.
        """
        target = self.receiver.target(path)
        if isinstance(target, LocationRefused):
            return Failed(FailureKind.REFUSED_ADDRESS, reason=f"expected {target.expected}")
        budget = Budget(self._limits, self._monotonic)

        def attempt() -> Outcome:
            return self._attempt(target, headers, body, now, budget)

        kept = self._kept_line() is not None
        outcome = _as_outcome(attempt)
        if kept and budget.bytes_read == 0 and _is_broken_connection(outcome):
            self.close()
            outcome = _as_outcome(attempt)
        if not isinstance(outcome, Delivered):
            self.close()
        return outcome

    def close(self) -> None:
        """Close the connection; the next attempt opens another one."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def _attempt(
        self, target: str, headers: Mapping[str, str], body: bytes, now: datetime, budget: Budget
    ) -> Outcome:
        if self._line is None:
            opened = self._open(budget)
            if isinstance(opened, AddressRefused):
                return Failed(FailureKind.REFUSED_ADDRESS, reason=opened.reason)
            self._line = opened
        with self._line.post(target, headers, body, budget) as answer:
            status = answer.status
            if 200 <= status < 300:
                read_to_the_end(answer, self._limits.answer)
                return Delivered(status)
            # what else it says is not read: the connection is closed after anything but 2xx
            if status == http.client.GONE:
                return Gone()
            if 300 <= status < 400:
                return Failed(FailureKind.REDIRECT, status)
            pause = read_retry_after(answer.getheader("Retry-After"), now)
            return Failed(FailureKind.STATUS, status, pause)

    def _kept_line(self) -> Line | None:
        """Return the connection that is open, young enough and quiet; else close it."""
        line = self._line
        if line is None:
            return None
        if self._monotonic() - line.opened_at < LONGEST_LIFE and line.is_usable():
            return line
        self.close()
        return None

    def _open(self, budget: Budget) -> Line | AddressRefused:
        if self._tls is None and self.receiver.base.scheme == "https":
            self._tls = _tls_settings(self.receiver)
        return open_line(
            self.receiver.base,
            self._resolver,
            self._tls,
            budget,
            allow_private=self.receiver.allow_private_addresses,
            opened_at=self._monotonic(),
        )


@dataclass(frozen=True, slots=True)
class Post:
    """What every message to every receiver has in common: who we are and how we sign."""

    source: str
    keys: Sequence[SigningKey]

    def deliver(self, sender: Sender, path: str, message: Message, now: datetime) -> Outcome:
        """Make one attempt to deliver `message` to the subscriber's path; `now` is aware."""
        body = event_bytes(message, self.source)
        headers = signature_headers(message.message_id, now, body, self.keys)
        headers["Content-Type"] = CONTENT_TYPE
        headers["User-Agent"] = "samtale"
        return sender.post(path, headers, body, now)


def _tls_settings(receiver: Receiver) -> ssl.SSLContext:
    try:
        return tls_settings(receiver)
    except OSError:
        raise _CertificateFileUnusable from None


def _is_broken_connection(outcome: Outcome) -> bool:
    return isinstance(outcome, Failed) and outcome.kind is FailureKind.CONNECTION


def _as_outcome(attempt: Callable[[], Outcome]) -> Outcome:
    """Make the attempt; what goes wrong on the way is an outcome too."""
    try:
        return attempt()
    except _CertificateFileUnusable:
        return Failed(FailureKind.TLS, reason="a certificate file cannot be used")
    except TimeoutError:
        return Failed(FailureKind.TIMEOUT)
    except (TooMuchRead, http.client.LineTooLong):
        return Failed(FailureKind.TOO_LARGE)
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
        return Failed(FailureKind.CONNECTION)
    except ssl.SSLCertVerificationError as error:
        return Failed(FailureKind.TLS, reason=error.verify_message)
    except ssl.SSLError as error:
        return Failed(FailureKind.TLS, reason=error.reason or "")
    except (OSError, http.client.HTTPException):
        return Failed(FailureKind.CONNECTION)
