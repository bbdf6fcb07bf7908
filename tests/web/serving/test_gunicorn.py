"""gunicorn as it is served: several processes, their figures and log, bodies, heads and limits."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.web.door import FACTS, interview, invented_number
from tests.web.serving.process import COMMAND, PROJECT, Served, read_answer, serving, wait_until
from tests.web.test_metrics import figure
from web.serving.shared_figures import lowest_free

CHUNKED = "Transfer-Encoding: chunked"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("gunicorn")
    with serving(folder, "--workers", "2", "--body-limit", "65536", "--read-seconds", "30") as each:
        yield each


def post(served: Served, path: str, head: tuple[str, ...], *parts: bytes, method: str = "POST"):
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: x",
        "Connection: close",
        "Content-Type: application/json",
        *head,
    ]
    with served.connect() as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        for part in parts:
            try:
                connection.sendall(part)
            except ConnectionError:
                break  # the server need not read what it will not take
        return read_answer(connection)


def chunk(raw: bytes) -> bytes:
    return f"{len(raw):x}\r\n".encode() + raw + b"\r\n"


def citizen(served: Served) -> str:
    number = invented_number()
    raw = json.dumps(FACTS).encode()
    head = (
        served.bearer(organisation_type="agency", organisation="star"),
        f"X-Civil-Registration-Identifier: {number}",
        f"Content-Length: {len(raw)}",
    )
    assert 204 == post(served, "/v1/citizens", head, raw, method="PUT").status
    return f"X-Civil-Registration-Identifier: {number}"


def test_a_registration_is_served(served: Served) -> None:
    raw = json.dumps(interview()).encode()
    head = (served.bearer(), citizen(served), f"Content-Length: {len(raw)}")
    assert 201 == post(served, "/v1/interviews", head, raw).status


def test_a_chunked_registration_is_served(served: Served) -> None:
    raw = json.dumps(interview()).encode()
    head = (served.bearer(), citizen(served), CHUNKED)
    answer = post(served, "/v1/interviews", head, chunk(raw[:10]), chunk(raw[10:]), b"0\r\n\r\n")
    assert 201 == answer.status


def test_a_chunked_body_over_the_limit_is_413(served: Served) -> None:
    head = (served.bearer(), citizen(served), CHUNKED)
    answer = post(served, "/v1/interviews", head, *[chunk(b" " * 10_000)] * 10, b"0\r\n\r\n")
    assert (413, "/problems/body-too-large") == (answer.status, answer.json["type"])


def test_an_endless_chunked_body_is_413(served: Served) -> None:
    head = (served.bearer(), citizen(served), CHUNKED)
    answer = post(served, "/v1/interviews", head, *[chunk(b" " * 65_536)] * 100)
    assert (413, "/problems/body-too-large") == (answer.status, answer.json["type"])


def test_an_announced_body_over_the_limit_is_413(served: Served) -> None:
    head = (served.bearer(), citizen(served), "Content-Length: 5000000000")
    answer = post(served, "/v1/interviews", head, b"[" * 100_000)
    assert (413, "/problems/body-too-large") == (answer.status, answer.json["type"])


@pytest.mark.parametrize("malformed", [b"xyz\r\n", b"5\r\nabcdefgh\r\n", b"5;=\r\nabcde\r\n"])
def test_a_chunked_body_that_is_none_is_400(served: Served, malformed: bytes) -> None:
    head = (served.bearer(), citizen(served), CHUNKED)
    answer = post(served, "/v1/interviews", head, malformed)
    assert (400, "application/problem+json") == (answer.status, answer.headers["content-type"])


def test_a_body_that_is_cut_is_400(served: Served) -> None:
    raw = json.dumps(interview()).encode()
    lines = f"Content-Type: application/json\r\n{served.bearer()}\r\n{citizen(served)}\r\n"
    with served.connect() as connection:
        connection.sendall(
            f"POST /v1/interviews HTTP/1.1\r\nHost: x\r\n{lines}{CHUNKED}\r\n\r\n".encode()
        )
        connection.sendall(chunk(raw[:20]))
        connection.shutdown(socket.SHUT_WR)
        assert 400 == read_answer(connection).status


@pytest.mark.parametrize(
    ("status", "request_"),
    [
        (400, b"GET /healthz\r\n\r\n"),
        (400, b"GET /healthz HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n"),
        (431, b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"A" * 9_300 + b": 1\r\n\r\n"),
        (414, b"GET /" + b"x" * 5_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"),
        (431, b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"A: 1\r\n" * 80 + b"\r\n"),
        (431, b"GET /healthz HTTP/1.1\r\nHost: x\r\nA: " + b"x" * 9_300 + b"\r\n\r\n"),
        (431, b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + (b"A: " + b"x" * 900 + b"\r\n") * 40),
        (501, b"GET /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: x, chunked\r\n\r\n"),
        (400, b"GET /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n"),
    ],
)
def test_a_head_that_cannot_be_taken_is_a_problem(
    served: Served, status: int, request_: bytes
) -> None:
    with served.connect() as connection:
        connection.sendall(request_)
        answer = read_answer(connection)
    found = (answer.status, answer.headers["content-type"], answer.json["status"])
    assert (status, "application/problem+json", status) == found


def test_what_is_wrong_with_a_head_is_not_logged_with_its_words(served: Served) -> None:
    with served.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nSecret Words: Karen Hansen\r\n\r\n")
        assert 400 == read_answer(connection).status
    assert "InvalidHeaderName" in served.log
    assert "Karen" not in served.log


def test_no_header_makes_a_certificate_or_an_address(served: Served) -> None:
    for header in (
        "X-Client-Certificate: MIIB",
        "samtale.client_certificate: MIIB",
        "X-SSL-Client-Cert: MIIB",
        "X-Forwarded-Client-Cert: Hash=00",
    ):
        assert 401 == served.ask("/v1/rulebook", header).status


def test_every_line_of_every_process_is_json(served: Served) -> None:
    served.ask("/healthz")
    assert [] == [line for line in served.log.splitlines() if not line.startswith("{")]
    assert "gunicorn.error" in {line.get("logger") for line in served.lines()}


def test_figures_of_all_processes_are_added_up_and_never_fall(tmp_path: Path) -> None:
    labels = {"method": "GET", "route": "/healthz", "status": "200"}

    def counted(served: Served) -> float:
        return figure(served.ask("/metrics").body, "samtale_requests_total", **labels) or 0

    with serving(tmp_path, "--workers", "3", "--max-requests", "10") as served:
        first = served.workers()
        for number in range(1, 81):
            assert 200 == served.ask("/healthz").status
            if number % 20 == 0:
                assert number == counted(served)
        # all that began have made room for others by now, or the count above tested nothing
        assert not first <= served.workers()
        assert 80 == counted(served)


def test_a_new_process_gets_the_number_of_one_that_ended() -> None:
    assert [1, 2, 3] == [lowest_free(set()), lowest_free({1, 3}), lowest_free({1, 2})]


def test_a_process_that_is_killed_is_replaced_and_its_figures_stay(tmp_path: Path) -> None:
    labels = {"method": "GET", "route": "/healthz", "status": "200"}
    with serving(tmp_path, "--workers", "2") as served:
        for _ in range(20):
            assert 200 == served.ask("/healthz").status
        killed = min(served.workers())
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: killed not in served.workers() and len(served.workers()) == 2)
        assert 200 == served.ask("/healthz").status
        figures = served.ask("/metrics").body
        assert 21 == figure(figures, "samtale_requests_total", **labels)


def test_no_process_shares_a_connection_of_the_database(served: Served) -> None:
    """A connection that two processes know would answer one with what the other asked."""
    opened = {
        file.path
        for file in psutil.Process(served.process.pid).open_files()
        if file.path.startswith(str(served.folder / "samtale.db"))
    }
    assert set() == opened


def test_a_port_that_is_taken_ends_with_3(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ran = subprocess.run(
            [*COMMAND, "serve", "--server", "gunicorn", "--port", port],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert (3, False) == (ran.returncode, "Traceback" in ran.stderr)
    assert f"127.0.0.1:{port}" in ran.stderr


def test_the_folder_of_figures_goes_with_the_server(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with serving(tmp_path, TMPDIR=str(temporary)) as served:
        assert 200 == served.ask("/healthz").status
        assert 1 == len(list(temporary.glob("samtale-figures-*")))
    assert [] == list(temporary.glob("samtale-figures-*"))
