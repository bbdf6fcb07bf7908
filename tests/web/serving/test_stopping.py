"""Stop and reload in traffic: whatever has been sent is answered."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import threading
import time
from contextlib import ExitStack
from pathlib import Path

from tests.web.serving.process import PROJECT, Served, read_answer, serving, wait_until

CLIENTS = 6


class Client(threading.Thread):
    """Asks one thing after another until told to stop; keeps its connection or opens new ones."""

    def __init__(self, served: Served, header: str, *, keeps: bool) -> None:
        super().__init__(daemon=True)
        self._served = served
        self._header = header
        self._keeps = keeps
        self._over = threading.Event()
        self.statuses: list[int] = []
        self.unanswered = 0
        self.refused = 0

    def run(self) -> None:
        connection: socket.socket | None = None
        while not self._over.is_set():
            if connection is None:
                try:
                    connection = self._served.connect()
                except ConnectionRefusedError:
                    self.refused += 1  # never taken, so nobody can have done anything
                    time.sleep(0.01)
                    continue
            closes = "" if self._keeps else "Connection: close\r\n"
            request = f"GET /v1/rules HTTP/1.1\r\nHost: x\r\n{self._header}\r\n{closes}\r\n"
            try:
                connection.sendall(request.encode())
                answer = read_answer(connection)
            except ConnectionError:
                self.unanswered += 1
                connection = None
                continue
            if answer.status == 0:
                self.unanswered += 1
            else:
                self.statuses.append(answer.status)
            # RFC 9112, 9.6: a client that reads this sends nothing more on the connection
            if answer.status == 0 or answer.headers.get("connection") == "close":
                connection.close()
                connection = None
        if connection is not None:
            connection.close()

    def stop(self) -> None:
        self._over.set()
        self.join(60)


def traffic(served: Served) -> list[Client]:
    header = served.bearer()
    clients = [Client(served, header, keeps=number % 2 == 0) for number in range(CLIENTS)]
    for each in clients:
        each.start()
    wait_until(lambda: all(len(each.statuses) > 3 for each in clients))
    wait_until(lambda: len(served.workers()) == 2)
    return clients


def test_sigterm_in_traffic_answers_everything_that_was_sent_and_ends_with_0(
    tmp_path: Path,
) -> None:
    with serving(tmp_path, "--workers", "2") as served:
        clients = traffic(served)
        served.signal(signal.SIGTERM)
        assert 0 == served.process.wait(60)
        for each in clients:
            each.stop()
    assert {200} == {status for each in clients for status in each.statuses}
    assert [0] * CLIENTS == [each.unanswered for each in clients]
    assert "CRITICAL" not in served.log


def test_sigterm_answers_those_who_wait_at_the_address_already(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "1") as served, ExitStack() as open_ones:
        (worker,) = served.workers()
        assert 200 == served.ask("/healthz").status
        os.kill(worker, signal.SIGSTOP)
        waiting = [open_ones.enter_context(served.connect()) for _ in range(8)]
        for each in waiting:
            each.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        served.signal(signal.SIGTERM)
        wait_until(lambda: "Handling signal: term" in served.log)
        # until the worker has been told to stop, too
        wait_until(lambda: pending(worker, signal.SIGTERM))
        os.kill(worker, signal.SIGCONT)
        assert [200] * 8 == [read_answer(each).status for each in waiting]
        assert 0 == served.process.wait(60)


def pending(process: int, number: signal.Signals) -> bool:
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    masks = re.findall(r"^(?:Sig|Shd)Pnd:\s*([0-9a-f]+)$", status, re.MULTILINE)
    return any(int(each, 16) >> (number - 1) & 1 for each in masks)


def test_sighup_in_traffic_fails_no_request_and_changes_every_process(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2") as served:
        clients, first = traffic(served), served.workers()
        served.signal(signal.SIGHUP)
        wait_until(lambda: len(served.workers()) == 2 and not first & served.workers())
        before = [len(each.statuses) for each in clients]
        wait_until(
            lambda: all(len(c.statuses) > n + 3 for c, n in zip(clients, before, strict=True))
        )
        for each in clients:
            each.stop()
    assert {200} == {status for each in clients for status in each.statuses}
    assert [(0, 0)] * CLIENTS == [(each.unanswered, each.refused) for each in clients]


def test_sighup_with_a_fault_in_a_file_leaves_everything_as_it_is(tmp_path: Path) -> None:
    jwks = tmp_path / "jwks.json"
    shutil.copy(PROJECT / "tests" / "web" / "serving" / "jwks.json", jwks)
    with serving(tmp_path, "--workers", "2", "--jwks-file", str(jwks)) as served:
        wait_until(lambda: len(served.workers()) == 2)
        first = served.workers()
        jwks.write_text("{", encoding="utf-8")
        served.signal(signal.SIGHUP)
        wait_until(lambda: "not reloaded" in served.log)
        assert "SAMTALE_JWKS_FILE" in served.log
        # signals are taken one after another: whatever the first one led to is done
        served.signal(signal.SIGUSR1)
        wait_until(lambda: "Handling signal: usr1" in served.log)
        assert first == served.workers()
        assert 200 == served.ask("/v1/rules", served.bearer()).status
