"""What never reaches the application is answered with a problem, whichever server it comes to."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.campaign.databases import SQLITE, fresh
from tests.campaign.serving import SERVERS, Served, serving

POST = b"POST /v1/interviews HTTP/1.1\r\nHost: x\r\n"
CITIZEN = b"Content-Type: application/json\r\nX-Civil-Registration-Identifier: 7101904321\r\n"
REFUSED = {
    "an announced body over the limit": (413, b"Content-Length: 9000000\r\n\r\n"),
    "a chunked body over the limit": (
        413,
        b"Transfer-Encoding: chunked\r\n\r\n" + (b"8000\r\n" + b" " * 0x8000 + b"\r\n") * 200,
    ),
    "headers over the limit": (431, (b"A: " + b"x" * 900 + b"\r\n") * 40),
    "a header without a name": (400, b": x\r\n\r\n"),
    "a length that is none": (400, b"Content-Length: many\r\n\r\n"),
}


@pytest.fixture(scope="module", params=SERVERS)
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    folder: Path = tmp_path_factory.mktemp("refusals")
    with serving(folder, fresh(SQLITE, folder), *SERVERS[request.param]) as served:
        yield served


@pytest.mark.parametrize("what", REFUSED)
def test_a_refusal_is_a_problem_and_repeats_nothing(served: Served, what: str) -> None:
    status, sent = REFUSED[what]
    token = f"Authorization: Bearer {served.token('job_centre', '101')}\r\n".encode()
    head, body = answered(served.port, POST + token + CITIZEN + sent)
    assert status == int(head.split(b" ")[1])
    assert b"content-type: application/problem+json" in head.lower()
    assert status == json.loads(body)["status"]
    assert {"type", "title", "detail"} <= json.loads(body).keys()
    assert b"many" not in body and b"xxx" not in body


def answered(port: int, sent: bytes) -> tuple[bytes, bytes]:
    """Return head and body of the first answer, read until the server closes or resets."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        with suppress(OSError):  # refused before all of it was sent: the answer is there
            connection.sendall(sent)
        with suppress(ConnectionResetError):
            while received := connection.recv(65_536):
                answer += received
    head, _, body = answer.partition(b"\r\n\r\n")
    return head, body
