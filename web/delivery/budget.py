"""How long one attempt may take and how much may be read, whatever the receiver does.

In: limits and a clock. Out: a `Budget`, and sockets that keep to it.
Does not know: HTTP. The limits hold below it, so that nothing in an answer gets around them: not a
byte a second, not endless headers, interim answers, chunk extensions or trailers.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

Monotonic = Callable[[], float]
"""Seconds from some moment on, never backwards."""


class TooMuchRead(Exception):
    """The receiver sent more than may be read."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one attempt; times in seconds, sizes in bytes."""

    total: float = 20.0
    """From the first question to the resolver to the last byte of the answer."""
    connect: float = 5.0
    """For one address, with the TLS handshake."""
    silence: float = 15.0
    """Without a byte from the receiver."""
    answer: int = 65_536
    """Of the answer with its headers."""


class Budget:
    """What is left of one attempt."""

    def __init__(self, limits: Limits, monotonic: Monotonic) -> None:
        self._limits = limits
        self._monotonic = monotonic
        self._ends = monotonic() + limits.total
        self.bytes_read = 0

    def to_connect(self) -> float:
        """Return the seconds for one connection; raises `TimeoutError` when none are left."""
        return min(self._limits.connect, self.left())

    def to_wait(self) -> float:
        """Return the seconds for one read or write; raises `TimeoutError` when none are left."""
        return min(self._limits.silence, self.left())

    def left(self) -> float:
        """Return the seconds until the attempt is over; raises `TimeoutError` when it is."""
        left = self._ends - self._monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def spend(self, read: int) -> None:
        """Count what was read; raises `TooMuchRead`."""
        self.bytes_read += read
        if self.bytes_read > self._limits.answer:
            raise TooMuchRead


class PlainSocket(socket.socket):
    """A socket whose every read and write is paid for from `budget`."""

    budget: Budget

    def recv_into(self, buffer: WriteableBuffer, nbytes: int | None = None, flags: int = 0) -> int:
        self.settimeout(self.budget.to_wait())
        read = super().recv_into(buffer, nbytes or 0, flags)
        self.budget.spend(read)
        return read

    def sendall(self, data: ReadableBuffer, flags: int = 0) -> None:
        self.settimeout(self.budget.to_wait())
        super().sendall(data, flags)


class EncryptedSocket(ssl.SSLSocket):
    """The same with TLS; made by an `SSLContext` whose `sslsocket_class` it is."""

    budget: Budget

    def recv_into(self, buffer: WriteableBuffer, nbytes: int | None = None, flags: int = 0) -> int:
        self.settimeout(self.budget.to_wait())
        read = super().recv_into(buffer, nbytes, flags)
        self.budget.spend(read)
        return read

    def send(self, data: ReadableBuffer, flags: int = 0) -> int:
        # `sendall` of a TLS socket is a loop over this
        self.settimeout(self.budget.to_wait())
        return super().send(data, flags)


BudgetedSocket = PlainSocket | EncryptedSocket


def connect(address: tuple[Any, ...], family: socket.AddressFamily, budget: Budget) -> PlainSocket:
    """Connect to a numeric address and port, nothing else; raises `OSError`."""
    opened = PlainSocket(family, socket.SOCK_STREAM)
    try:
        opened.budget = budget
        opened.settimeout(budget.to_connect())
        # a request is not held back until the last one's receipt
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        opened.connect(address)
    except BaseException:
        opened.close()
        raise
    return opened


def encrypt(opened: PlainSocket, host: str, tls: ssl.SSLContext, budget: Budget) -> EncryptedSocket:
    """Shake hands with `host` over a connection that is used up by this; raises `OSError`."""
    tls.sslsocket_class = EncryptedSocket
    try:
        opened.settimeout(budget.to_connect())
        encrypted = tls.wrap_socket(opened, server_hostname=host)
    except BaseException:
        opened.close()
        raise
    assert isinstance(encrypted, EncryptedSocket)  # noqa: S101  # it is the class set above
    encrypted.budget = budget
    return encrypted
