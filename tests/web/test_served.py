"""The application behind waitress as it is served: what comes over a socket, what is refused."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from tests.web.door import Door, interview
from web.serving.waitress_server import listening


@pytest.fixture(scope="module")
def address(door: Door) -> Iterator[tuple[str, int]]:
    server = listening(door.app, replace(door.settings, host="127.0.0.1", port=0, threads=2))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield ("127.0.0.1", server.effective_port)
    server.close()
    thread.join(timeout=10)


def exchange(address: tuple[str, int], door: Door, head: str, *parts: bytes) -> tuple[int, dict]:
    """Send raw bytes and return status and body of the answer."""
    request = (
        f"POST /v1/interviews HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        f"Authorization: Bearer {door.token()}\r\nContent-Type: application/json\r\n{head}\r\n\r\n"
    )
    return said(address, request.encode(), *parts)


def said(address: tuple[str, int], *parts: bytes) -> tuple[int, dict]:
    answer = b""
    with socket.create_connection(address, timeout=20) as connection:
        # a server need not take what it has refused already
        with suppress(ConnectionError):
            for part in parts:
                connection.sendall(part)
        with suppress(ConnectionError):
            while received := connection.recv(65_536):
                answer += received
    top, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in top or b"application/json" in top, top
    return int(top.split(b" ")[1]), json.loads(body)


def chunk(raw: bytes) -> bytes:
    return f"{len(raw):x}\r\n".encode() + raw + b"\r\n"


def test_a_chunked_body_is_read(door: Door, address: tuple[str, int]) -> None:
    raw = json.dumps(interview()).encode()
    head = f"Transfer-Encoding: chunked\r\nX-Civil-Registration-Identifier: {door.citizen()}"
    status, body = exchange(address, door, head, chunk(raw[:10]), chunk(raw[10:]), b"0\r\n\r\n")
    assert (201, 7) == (status, body["interviewTypeIdentifier"])


def test_a_chunked_body_over_the_limit_is_413(door: Door, address: tuple[str, int]) -> None:
    head = f"Transfer-Encoding: chunked\r\nX-Civil-Registration-Identifier: {door.citizen()}"
    parts = [chunk(b" " * 10_000)] * 10
    status, body = exchange(address, door, head, *parts, b"0\r\n\r\n")
    assert (413, "/problems/body-too-large") == (status, body["type"])


def test_an_announced_body_over_the_limit_is_413(door: Door, address: tuple[str, int]) -> None:
    head = f"Content-Length: 70000\r\nX-Civil-Registration-Identifier: {door.citizen()}"
    status, body = exchange(address, door, head, b"[" * 70_000)
    assert (413, "/problems/body-too-large") == (status, body["type"])


def test_a_body_of_exactly_the_limit_is_read(door: Door, address: tuple[str, int]) -> None:
    raw = json.dumps(interview()).encode().ljust(door.settings.body_limit)
    head = f"Content-Length: {len(raw)}\r\nX-Civil-Registration-Identifier: {door.citizen()}"
    assert 201 == exchange(address, door, head, raw)[0]


@pytest.mark.parametrize(
    ("status", "request_head"),
    [
        (400, b"\x16\x03\x01\r\n\r\n"),
        (400, b"GET /healthz HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n"),
        (400, b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"),
        (413, b"POST /v1/interviews HTTP/1.1\r\nContent-Length: 5000000000\r\n\r\n"),
        (431, b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 20_000 + b"\r\n\r\n"),
        (501, b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n"),
    ],
)
def test_what_never_reaches_the_application_is_answered_by_a_problem(
    address: tuple[str, int], status: int, request_head: bytes
) -> None:
    answered, body = said(address, request_head)
    assert (status, status) == (answered, body["status"])
    assert {"type", "title", "detail"} <= set(body)
