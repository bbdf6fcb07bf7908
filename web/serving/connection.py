"""A connection of gunicorn, whose TLS is opened and whose heads are gathered without waiting.

In: a socket. Out: `Wanted`, what is missing before a thread can take the request.
Does not know: threads, or what is in a request.
"""

from __future__ import annotations

import ssl
from enum import Enum
from typing import Any

from gunicorn import http, sock
from gunicorn.workers.gthread import TConn

from web.serving.bounds import LARGEST_HEADERS, SEND_SECONDS
from web.serving.timed_reader import TimedReader

_END_OF_HEAD = b"\r\n\r\n"
_RECEIVED_AT_ONCE = 8_192


class Wanted(Enum):
    """What a connection waits for."""

    TO_READ = "bytes of the client"
    TO_WRITE = "room for bytes of ours"
    A_THREAD = "a thread: the head of a request is there, or is too large"
    NOTHING = "nothing: it is over"


class Connection(TConn):  # type: ignore[misc]  # gunicorn has no types
    """One client; `seconds` is what it has for each request."""

    sock: Any
    initialized: bool

    def __init__(self, *made_of: Any, seconds: float) -> None:
        super().__init__(*made_of)
        self._seconds = seconds
        self._head = bytearray()
        self._encrypted = not self.cfg.is_ssl
        self.data_ready = True

    @property
    def begun(self) -> bool:
        """Whether part of a head has come."""
        return bool(self._head)

    def gather(self) -> Wanted:
        """Take what is there. The socket must not block."""
        try:
            if not self._encrypted:
                self._open()
            # what a parser has read beyond the last request belongs to this one
            if self.initialized:
                self._head += self.parser.unreader.take_buffered()
            while not self._is_whole():
                received = self.sock.recv(_RECEIVED_AT_ONCE)
                if not received:
                    return Wanted.NOTHING
                self._head += received
        except (BlockingIOError, ssl.SSLWantReadError):
            return Wanted.TO_READ
        except ssl.SSLWantWriteError:
            return Wanted.TO_WRITE
        except OSError:  # ssl.SSLError is one: a certificate that is not trusted ends here
            return Wanted.NOTHING
        return Wanted.A_THREAD

    def init(self) -> None:
        """Hand the head to the parser; called by the thread before each request."""
        if not self.initialized:
            self.initialized = True
            self.parser = http.get_parser(self.cfg, self.sock, self.client)
            self.parser.unreader = TimedReader(self.sock)
        self.sock.settimeout(SEND_SECONDS)
        self.parser.unreader.begin(bytes(self._head), self._seconds)
        self._head.clear()

    def _open(self) -> None:
        if not isinstance(self.sock, ssl.SSLSocket):
            self.sock = sock.ssl_wrap_socket(self.sock, self.cfg)
        self.sock.do_handshake()
        self._encrypted = True

    def _is_whole(self) -> bool:
        # empty lines before a request are no end of its head
        return len(self._head) > LARGEST_HEADERS or _END_OF_HEAD in self._head.lstrip(b"\r\n")
