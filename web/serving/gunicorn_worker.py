"""A process of gunicorn that answers requests with threads, as an operator needs it.

In: connections. Out: answers of the application; problem+json for what never reaches it.
Does not know: the application.

gunicorn's own threaded worker gives a thread to every client that has said nothing or half of what
it wants, waits for clients to hang up with the loop that takes new ones, answers faults in HTML,
and drops the connections that wait in the queue when it stops. All of this is mended here.
"""

from __future__ import annotations

import errno
import selectors
import socket
import time
from collections import deque
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from web.api import problem_kinds as kinds
from web.api.problems import bare_problem
from web.serving.bounds import DRAIN_SECONDS, LINGER_SECONDS, SEND_SECONDS
from web.serving.connection import Connection, Wanted
from web.serving.timed_reader import TooSlow

STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (TooSlow, 408),
    (errors.LimitRequestLine, 414),
    (errors.ExpectationFailed, 417),
    (errors.LimitRequestHeaders, 431),
    (errors.UnsupportedTransferCoding, 501),
    (errors.ParseException, 400),
)
"""What a request that cannot be understood is answered; anything else is a fault of ours."""

_NOBODY_THERE = frozenset({errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED})
_EVENTS = {Wanted.TO_READ: selectors.EVENT_READ, Wanted.TO_WRITE: selectors.EVENT_WRITE}


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """One process; `slot` is its number among those that live, given before the fork.

    Everything but `handle…` and `_keepalive_after` runs in one thread, the loop.
    """

    slot = 0

    def __init__(self, *made_of: Any) -> None:
        super().__init__(*made_of)
        self._leaving: deque[Connection] = deque()
        self._seconds: float = self.app.settings.read_seconds

    def accept(self, listener: Any) -> bool:
        """Take a connection; False when there is none."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in _NOBODY_THERE:
                raise
            return False
        self.nr_conns += 1
        made_of = (self.cfg, client, address, listener.getsockname())
        self._expect(Connection(*made_of, seconds=self._seconds))
        return True

    def on_client_socket_readable(self, conn: Connection, client: Any) -> None:
        """Expect the next request of a connection that was kept."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._expect(conn)

    def enqueue_req(self, conn: Connection) -> None:
        """Expect a request of which bytes were read with the one before."""
        conn.sock.setblocking(False)
        self._expect(conn)

    def _expect(self, conn: Connection) -> None:
        conn.timeout = time.monotonic() + (self._seconds if self.alive else LINGER_SECONDS)
        self.pending_conns.append(conn)
        self._gather(conn)

    def on_pending_socket_readable(self, conn: Connection, client: Any) -> None:
        self.poller.unregister(client)
        self._gather(conn)

    def _gather(self, conn: Connection) -> None:
        """Read on without waiting; a thread is taken when there is something for it to do."""
        wanted = conn.gather()
        if wanted in _EVENTS:
            readable = partial(self.on_pending_socket_readable, conn)
            self.poller.register(conn.sock, _EVENTS[wanted], readable)
            return
        self.pending_conns.remove(conn)
        if wanted is Wanted.A_THREAD:
            super().enqueue_req(conn)
        else:
            self.nr_conns -= 1
            conn.close()

    def murder_pending(self) -> None:
        """Let go of those whose head did not come in time, and of those that do not hang up."""
        now = time.monotonic()
        while self.pending_conns and self.pending_conns[0].timeout <= now:
            conn = self.pending_conns.popleft()
            self._forget(conn)
            if conn.begun:
                with suppress(OSError):
                    conn.sock.send(bare_answer(408))
            self.nr_conns -= 1
            self.let_go(conn)
        while self._leaving and self._leaving[0].timeout <= now:
            self._gone(self._leaving[0])

    def finish_request(self, conn: Connection, fs: Any) -> None:
        # what gunicorn would do here waits for the client, and everybody else with it
        conn.close = partial(self._close, conn)
        super().finish_request(conn, fs)

    def _close(self, conn: Connection, graceful: bool = False) -> None:
        if graceful:
            self.let_go(conn)
        else:
            with suppress(OSError):
                conn.sock.close()

    def let_go(self, conn: Connection) -> None:
        """Close our side, and read on until the client closes its own: it must get the answer.

        A connection that is closed with bytes unread is reset, and takes the answer with it.
        """
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._close(conn)
            return
        self.nr_conns += 1
        conn.timeout = time.monotonic() + LINGER_SECONDS
        self._leaving.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._discard, conn))

    def _discard(self, conn: Connection, client: Any) -> None:
        try:
            if client.recv(65_536):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._gone(conn)

    def _gone(self, conn: Connection) -> None:
        self._leaving.remove(conn)
        self._forget(conn)
        self.nr_conns -= 1
        self._close(conn)

    def _forget(self, conn: Connection) -> None:
        with suppress(OSError, KeyError, ValueError):
            self.poller.unregister(conn.sock)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Take connections or not; one that stops first takes those that the system has taken.

        Their clients have sent requests already, which would be lost when the last process closes
        the address.
        """
        stops = not enabled and not self.alive
        if stops and self._accepting:
            for listener in self.sockets:
                while self.nr_conns < self.worker_connections and self.accept(listener):
                    pass
        super().set_accept_enabled(enabled)
        if stops:
            for listener in self.sockets:
                listener.close()
            soon = time.monotonic() + LINGER_SECONDS
            for conn in self.pending_conns:
                conn.timeout = min(conn.timeout, soon)

    def handle_request(self, req: Any, conn: Connection) -> bool:
        conn.parser.unreader.head_is_over()
        answered: bool = super().handle_request(req, conn)
        return answered

    def _keepalive_after(self, conn: Connection, keepalive: bool) -> bool:
        """Whether the connection can go on: not when a body is left that does not come at once."""
        conn.parser.unreader.expect(DRAIN_SECONDS)
        try:
            kept: bool = super()._keepalive_after(conn, keepalive)
        except (TooSlow, errors.ParseException, OSError):
            return False
        return kept

    def handle_error(self, _request: Any, client: Any, _address: Any, exc: Exception) -> None:
        """Answer what never reached the application; nothing of the request is logged."""
        status = next((status for kind, status in STATUSES if isinstance(exc, kind)), 500)
        if status == 500:
            self.log.error("a request broke", exc_info=exc)
        else:
            self.log.warning("a request was not understood", extra={"failure": type(exc).__name__})
        try:
            client.settimeout(SEND_SECONDS)
            client.sendall(bare_answer(status))
        except OSError:
            self.log.debug("the client is gone")


def bare_answer(status: int) -> bytes:
    """Return a whole answer with a problem, after which the connection is closed."""
    body = bare_problem(status)
    head = (
        f"HTTP/1.1 {status} {kinds.unnamed(status).title.en}\r\n"
        "Content-Type: application/problem+json\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body
