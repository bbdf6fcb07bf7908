"""Reads a request from a socket within a deadline and within a size.

In: a socket, seconds, bytes. Out: what the parser of gunicorn asks for, or `TooSlow`.
Does not know: HTTP. gunicorn's threads wait for the next byte for ever; here the whole request has
one deadline, so that a byte now and then gains nothing.
"""

from __future__ import annotations

import socket
import time

from gunicorn.http.errors import LimitRequestHeaders
from gunicorn.http.unreader import SocketUnreader
from werkzeug.exceptions import RequestTimeout

from web.serving.bounds import LARGEST_HEADERS, SEND_SECONDS


class TooSlow(RequestTimeout):
    """The request did not arrive in time; the application answers 408 when it reads a body."""


class TimedReader(SocketUnreader):  # type: ignore[misc]  # gunicorn has no types
    """The requests of one connection, one after another; `begin` starts the clock of the next."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(connection)
        self._deadline = 0.0
        self._room: int | None = None

    def begin(self, head: bytes, seconds: float) -> None:
        """Expect a request whose head is there, or too large; the rest comes within `seconds`."""
        self.unread(head)
        self._room = LARGEST_HEADERS - len(head)
        self.expect(seconds)

    def expect(self, seconds: float) -> None:
        """Give the client so much time from now on."""
        self._deadline = time.monotonic() + seconds

    def head_is_over(self) -> None:
        """Expect the body; its size is the application's concern."""
        self._room = None

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return the next bytes; raises `TooSlow`, and `LimitRequestHeaders` for a large head."""
        if self._room is not None and self._room < 0:
            raise LimitRequestHeaders("limit request headers size")
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TooSlow
        self.sock.settimeout(left)
        try:
            raw: bytes = super().chunk(size_hint)
        except TimeoutError:
            raise TooSlow from None
        finally:
            # for the answer: Python takes it as the time for all of it
            self.sock.settimeout(SEND_SECONDS)
        if self._room is not None:
            self._room -= len(raw)
        return raw
