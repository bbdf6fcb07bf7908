"""Clients that send a byte now and then: they cost time, but never the service.

The control runs stand still: gunicorn's own worker, and ours without a deadline.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.web.serving.process import Served, read_answer, serving, wait_until

THREADS = 2
SLOW = 8
"""Four times as many as there are threads."""


@contextmanager
def slow_clients(served: Served, beginning: bytes) -> Iterator[list[socket.socket]]:
    """Begin requests on many connections, and leave them so."""
    with ExitStack() as open_ones:
        found = []
        for _ in range(SLOW):
            connection = open_ones.enter_context(served.connect())
            connection.sendall(beginning)
            found.append(connection)
        yield found


def answers_within(served: Served, seconds: float) -> bool:
    with served.connect(seconds=seconds) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        try:
            return read_answer(connection).status == 200
        except TimeoutError:
            return False


HALF_A_HEAD = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "


def half_a_body(served: Served) -> bytes:
    return (
        f"POST /v1/interviews HTTP/1.1\r\nHost: x\r\n{served.bearer()}\r\n"
        "X-Civil-Registration-Identifier: 710190-4321\r\n"
        'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"a'
    ).encode()


def options(read_seconds: int) -> tuple[str, ...]:
    return (
        *("--workers", "1", "--threads", str(THREADS)),
        *("--read-seconds", str(read_seconds)),
    )


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("slow"), *options(read_seconds=1)) as each:
        yield each


def test_slow_heads_do_not_stop_the_service_and_are_answered_408(served: Served) -> None:
    with slow_clients(served, HALF_A_HEAD) as slow:
        assert answers_within(served, 60)
        answer = read_answer(slow[0])
        assert (408, "application/problem+json") == (answer.status, answer.headers["content-type"])


def test_slow_bodies_do_not_stop_the_service_and_are_answered_408(served: Served) -> None:
    with slow_clients(served, half_a_body(served)) as slow:
        assert answers_within(served, 60)
        answer = read_answer(slow[0])
        assert (408, "/problems/too-slow") == (answer.status, answer.json["type"])


def test_a_byte_now_and_then_gains_no_time(served: Served) -> None:
    with served.connect() as connection:
        connection.sendall(HALF_A_HEAD)
        began = time.monotonic()
        connection.setblocking(False)
        while True:
            try:
                connection.send(b"x")
                if connection.recv(16).startswith(b"HTTP/1.1 408"):
                    break
            except BlockingIOError:
                pass
            assert time.monotonic() - began < 60
            time.sleep(0.1)


def test_clients_that_say_nothing_are_let_go(served: Served) -> None:
    silent = [served.connect() for _ in range(SLOW)]
    try:
        assert answers_within(served, 60)
        assert [b""] * SLOW == [each.recv(1) for each in silent]
    finally:
        for each in silent:
            each.close()


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that would wait for five minutes."""
    with serving(tmp_path_factory.mktemp("patient"), *options(read_seconds=300)) as each:
        yield each


def test_a_head_that_is_not_whole_takes_no_thread(patient: Served) -> None:
    with slow_clients(patient, HALF_A_HEAD), slow_clients(patient, b"\r\n\r\nGET"):
        assert answers_within(patient, 60)


def test_half_a_request_behind_a_whole_one_takes_no_thread(patient: Served) -> None:
    whole = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    with slow_clients(patient, whole + HALF_A_HEAD) as slow:
        assert [200] * SLOW == [read_answer(each).status for each in slow]
        assert answers_within(patient, 60)
        # and the rest of it is understood when it comes
        slow[0].sendall(b"now\r\n\r\n")
        assert 200 == read_answer(slow[0]).status


def test_a_body_that_nobody_asked_for_takes_no_thread(patient: Served) -> None:
    head = b"POST /v1/interviews HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{"
    with slow_clients(patient, head) as slow:
        assert [401] * SLOW == [read_answer(each).status for each in slow]
        assert answers_within(patient, 60)


def test_control_slow_bodies_with_a_token_stop_the_service_when_there_is_no_deadline(
    patient: Served,
) -> None:
    with slow_clients(patient, half_a_body(patient)):
        assert not answers_within(patient, 4)


MANY = 20
CLOSES = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def not_hanging_up(served: Served) -> bool:
    """Whether the next ones are served when many who were answered keep the line open."""
    with ExitStack() as open_ones:
        for _ in range(MANY):
            open_ones.enter_context(served.connect()).sendall(CLOSES)
        # the first may be taken together with them
        return all(answers_within(served, 8) for _ in range(3))


def test_clients_that_do_not_hang_up_keep_nobody_waiting(served: Served) -> None:
    assert not_hanging_up(served)


APPLICATION = """\
def application(environ, start):
    start("200 OK", [("Content-Length", "2")])
    return [b"{}"]
"""


@contextmanager
def gunicorn_alone(folder: Path) -> Iterator[Served]:
    """gunicorn's own threaded worker, as it comes."""
    (folder / "alone.py").write_text(APPLICATION, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = ("-m", "gunicorn", "-k", "gthread", "--threads", str(THREADS), "--keep-alive", "5")
    process = subprocess.Popen(
        [sys.executable, *words, "--no-control-socket", "-b", f"127.0.0.1:{port}", "alone"],
        cwd=folder,
        stderr=subprocess.DEVNULL,
    )
    served = Served(process, folder, port)
    try:
        wait_until(lambda: listens(served))
        yield served
    finally:
        process.kill()
        process.wait(60)


def listens(served: Served) -> bool:
    try:
        return answers_within(served, 60)
    except ConnectionError:
        return False


def test_control_gunicorn_alone_stands_still_for_slow_heads(tmp_path: Path) -> None:
    with gunicorn_alone(tmp_path) as served, slow_clients(served, HALF_A_HEAD):
        assert not answers_within(served, 4)


def test_control_gunicorn_alone_waits_for_those_who_do_not_hang_up(tmp_path: Path) -> None:
    with gunicorn_alone(tmp_path) as served:
        assert not not_hanging_up(served)
