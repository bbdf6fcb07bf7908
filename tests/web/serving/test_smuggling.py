"""A request that two servers could understand differently ends the connection, on every server."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.campaign.databases import SQLITE, fresh
from tests.campaign.serving import SERVERS, Served, serving

HIDDEN = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
HEADS = {
    "length, then chunks": b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n",
    "chunks, then length": b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n",
    "length and chunks in capitals": b"Content-Length: 6\r\nTransfer-Encoding: CHUNKED\r\n",
    "two lengths": b"Content-Length: 5\r\nContent-Length: 6\r\n",
}


@pytest.fixture(scope="module", params=SERVERS)
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    folder: Path = tmp_path_factory.mktemp("smuggling")
    with serving(folder, fresh(SQLITE, folder), *SERVERS[request.param]) as served:
        yield served


@pytest.mark.parametrize("head", HEADS)
def test_nothing_that_stands_behind_an_ambiguous_request_is_answered(
    served: Served, head: str
) -> None:
    sent = b"POST /v1/interviews HTTP/1.1\r\nHost: x\r\n" + HEADS[head] + b"\r\n0\r\n\r\n" + HIDDEN
    answer = b""
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as connection:
        connection.sendall(sent)
        # ends when the server closes the connection
        while received := connection.recv(65_536):
            answer += received
    assert b"HTTP/1.1 400" == answer[:12]
    assert 1 == answer.count(b"HTTP/1.1 ")


def test_chunks_alone_are_read(served: Served) -> None:
    sent = b"POST /v1/interviews HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as connection:
        connection.sendall(sent + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
        assert b"HTTP/1.1 401" == connection.recv(12)
