"""A connection to one receiver, at an address that was checked and to no other.

In: a base address, a resolver, a budget. Out: a `Line`, or `AddressRefused`; failures are raised.
Does not know: messages. The name is asked for once for each connection; the certificate, SNI and
the header `Host` are those of the name, the packets go to the address.

`http.client` runs on a socket that is opened here: it cannot connect anywhere itself, knows no
proxies and no redirects, and writes no log. (urllib3 adds nothing to that, and logs the URL and
parts of the answer when it finds a header line that it cannot read.)
"""

from __future__ import annotations

import http.client
import queue
import select
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence

from web.delivery.addresses import Address, AddressRefused, Resolver, check_addresses
from web.delivery.budget import (
    Budget,
    BudgetedSocket,
    PlainSocket,
    TooMuchRead,
    connect,
    encrypt,
)
from web.delivery.locations import BaseAddress

MOST_TRIED = 3
"""Of several addresses of a name this many are tried."""


class _OneWrite(http.client.HTTPConnection):
    """Headers and body go out as one: a second write costs as much as all the rest of a request.

    INVARIANT: it has the socket it was given or none; it never connects, and so never resolves.
    """

    def __init__(self, base: BaseAddress, opened: BudgetedSocket) -> None:
        super().__init__(base.host, base.port)
        self.auto_open = 0
        self.sock = opened
        self._unsent = bytearray()

    def send(self, data: object) -> None:
        """Keep what is to be sent until the answer is asked for."""
        if not isinstance(data, bytes | bytearray):
            raise TypeError("only bytes are sent")
        self._unsent += data

    def getresponse(self) -> http.client.HTTPResponse:
        """Send what was kept and return the answer; raises as `Line.post` does."""
        unsent, self._unsent = self._unsent, bytearray()
        self.sock.sendall(unsent)
        return super().getresponse()


class Line:
    """An open connection; for one thread, one request after the other."""

    def __init__(self, base: BaseAddress, opened: BudgetedSocket, opened_at: float) -> None:
        self.opened_at = opened_at
        self._socket = opened
        self._http = _OneWrite(base, opened)
        self._host = base.in_header

    def is_usable(self) -> bool:
        """Tell whether the last answer left it open and nothing unasked for has arrived since."""
        if self._http.sock is None:
            return False
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return not poll.poll(0)

    def post(
        self, path: str, headers: Mapping[str, str], body: bytes, budget: Budget
    ) -> http.client.HTTPResponse:
        """Send the request and return the answer, its body not read yet.

        Raises `OSError`, `http.client.HTTPException`, `TooMuchRead`.
        """
        self._socket.budget = budget
        self._http.request("POST", path, body, {**headers, "Host": self._host})
        return self._http.getresponse()

    def close(self) -> None:
        """Close it, also in the middle of an answer."""
        self._http.close()
        self._socket.close()


def read_to_the_end(answer: http.client.HTTPResponse, most: int) -> None:
    """Read an answer of at most `most` bytes and forget it; it is never decompressed.

    Raises `TooMuchRead`, at once for one that announces more, and `http.client.HTTPException` for
    one that ends early.
    """
    if answer.length is not None and answer.length > most:
        # nothing is set aside for what is only announced
        raise TooMuchRead
    if len(answer.read(most + 1)) > most:
        raise TooMuchRead
    if not answer.isclosed():
        raise http.client.IncompleteRead(b"")


def open_line(
    base: BaseAddress,
    resolver: Resolver,
    tls: ssl.SSLContext | None,
    budget: Budget,
    *,
    allow_private: bool,
    opened_at: float,
) -> Line | AddressRefused:
    """Resolve once, check every address, connect to the first that answers.

    With `https` a `tls` is needed. Raises `OSError`.
    """
    found = _resolved(resolver, base, budget.left())
    addresses = check_addresses(found, allow_private=allow_private)
    if isinstance(addresses, AddressRefused):
        return addresses
    opened = _first_that_answers(addresses, base.port, budget)
    if base.scheme == "http":
        return Line(base, opened, opened_at)
    if tls is None:
        opened.close()
        raise ssl.SSLError("no settings for TLS")
    return Line(base, encrypt(opened, base.host, tls, budget), opened_at)


def _first_that_answers(addresses: Sequence[Address], port: int, budget: Budget) -> PlainSocket:
    failure: OSError = OSError("the name has no address")
    for address in addresses[:MOST_TRIED]:
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        try:
            return connect((str(address), port), family, budget)
        except OSError as error:
            failure = error
    raise failure


def _resolved(resolver: Resolver, base: BaseAddress, seconds: float) -> Sequence[str]:
    """Ask the resolver, but wait no longer than this; raises `OSError`.

    The system's resolver cannot be told how long to try. A late answer is thrown away.
    """
    answers: queue.SimpleQueue[Sequence[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolver(base.host, base.port))
        except OSError as error:
            answers.put(error)
        except UnicodeError:
            answers.put(OSError("a name that cannot be asked for"))

    threading.Thread(target=ask, name="resolver", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, OSError):
        raise answer
    return answer
