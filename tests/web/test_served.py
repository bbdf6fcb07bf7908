"""The application behind the server it is meant for: bodies as they come over a socket."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator

import pytest
from waitress.server import create_server

from tests.web.door import Door, interview


@pytest.fixture(scope="module")
def address(door: Door) -> Iterator[tuple[str, int]]:
    server = create_server(door.app, host="127.0.0.1", port=0, threads=2)
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
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(request.encode())
        for part in parts:
            connection.sendall(part)
        answer = b""
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
