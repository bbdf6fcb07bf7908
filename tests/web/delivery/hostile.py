"""Receivers on loopback that behave as badly as they like: real sockets, real threads."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

ACCEPTED = b"HTTP/1.1 204 No Content\r\n\r\n"

Wait = Callable[[float], bool]
"""Sleeps for some seconds, or until the receiver is closed: then True."""
Script = Callable[[socket.socket, "Request", Wait], None]
"""What the receiver does with one request."""


@dataclass(frozen=True, slots=True)
class Request:
    line: str
    headers: dict[str, str]
    body: bytes


class Listener:
    """Listens on an address of loopback, counts connections and keeps every request."""

    def __init__(
        self,
        script: Script,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.requests: list[Request] = []
        self.connections = 0
        self._script = script
        self._tls = tls
        self._closing = threading.Event()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family)
        self.port = self._socket.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        self._closing.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for each in self._threads:
            each.join()

    def _accept(self) -> None:
        while True:
            try:
                opened, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(opened,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, opened: socket.socket) -> None:
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError, ValueError):
            stack.callback(opened.close)
            opened.settimeout(10)
            if self._tls is not None:
                opened = self._tls.wrap_socket(opened, server_side=True)
                stack.callback(opened.close)
            reader = stack.enter_context(opened.makefile("rb"))
            while not self._closing.is_set() and (request := _read(reader)) is not None:
                self.requests.append(request)
                self._script(opened, request, self._closing.wait)


def _read(reader) -> Request | None:
    line = reader.readline().decode().strip()
    if not line:
        return None
    headers = {}
    while pair := reader.readline().decode().strip():
        name, _, value = pair.partition(": ")
        headers[name.lower()] = value
    return Request(line, headers, reader.read(int(headers.get("content-length", "0"))))


@contextlib.contextmanager
def listening(script: Script, **how) -> Iterator[Listener]:
    listener = Listener(script, **how)
    try:
        yield listener
    finally:
        listener.close()


def saying(*answers: bytes) -> Script:
    """Give these answers in turn, the last one for ever."""
    left = list(answers)

    def script(opened: socket.socket, request: Request, wait: Wait) -> None:
        opened.sendall(left.pop(0) if len(left) > 1 else left[0])

    return script


def status(code: int, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {code} Because", *headers, "Content-Length: 0", "", ""]
    return "\r\n".join(lines).encode()


def silent(opened: socket.socket, request: Request, wait: Wait) -> None:
    wait(10)


def dripping(head: bytes, drop: bytes) -> Script:
    """Say `head` at once, then a drop now and then, for ever."""

    def script(opened: socket.socket, request: Request, wait: Wait) -> None:
        opened.sendall(head)
        while not wait(0.02):
            opened.sendall(drop)

    return script


def pouring(head: bytes, piece: bytes) -> Script:
    """Say `head`, then as many pieces as the other side takes, for ever."""

    def script(opened: socket.socket, request: Request, wait: Wait) -> None:
        opened.sendall(head)
        while not wait(0):
            opened.sendall(piece * 100)

    return script


def hanging_up(opened: socket.socket, request: Request, wait: Wait) -> None:
    opened.shutdown(socket.SHUT_RDWR)


def answering_once(opened: socket.socket, request: Request, wait: Wait) -> None:
    """Accept, and close the connection although it was to be kept open."""
    opened.sendall(ACCEPTED)
    opened.shutdown(socket.SHUT_RDWR)
