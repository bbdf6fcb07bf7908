"""`samtale serve` as a process of its own, for tests that need its signals, sockets and forks.

In: a folder and options. Out: `Served`, where it listens and what it wrote.
Does not know: what is tested. Requests are written by hand: no client hides a cut connection.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.leak_guard import look_at
from web.api.tokens import sign_development_token
from web.settings import Settings

PROJECT = Path(__file__).resolve().parents[3]
COMMAND = [sys.executable, "-c", "from web.cli import main; main()"]
START_SECONDS = 120
HEAD = "Host: x\r\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; status 0: nothing before the connection was closed."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        read = json.loads(self.body)
        assert isinstance(read, dict)
        return read


@dataclass(slots=True)
class Served:
    """A running server."""

    process: subprocess.Popen[bytes]
    folder: Path
    port: int = 0

    @property
    def log(self) -> str:
        return (self.folder / "err").read_text(encoding="utf-8")

    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.log.splitlines() if line.startswith("{")]

    def workers(self) -> set[int]:
        return {each.pid for each in psutil.Process(self.process.pid).children()}

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def connect(self, tls: ssl.SSLContext | None = None, seconds: float = 60) -> socket.socket:
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=seconds)
        return plain if tls is None else tls.wrap_socket(plain, server_hostname="localhost")

    def ask(self, path: str, *headers: str, tls: ssl.SSLContext | None = None) -> Answer:
        """GET on a connection of its own."""
        request = f"GET {path} HTTP/1.1\r\n{HEAD}Connection: close\r\n"
        with self.connect(tls) as connection:
            connection.sendall((request + "".join(f"{each}\r\n" for each in headers)).encode())
            connection.sendall(b"\r\n")
            return read_answer(connection)

    def token(self, **claims: str) -> str:
        """A token of this installation, in development mode."""
        from datetime import UTC, datetime

        settings = Settings(key_file=self.folder / ".samtale" / "development-key.json")
        stated = {"organisation_type": "job_centre", "organisation": "101", **claims}
        return sign_development_token(settings, now=datetime.now(UTC), **stated)  # type: ignore[arg-type]

    def bearer(self, **claims: str) -> str:
        return f"Authorization: Bearer {self.token(**claims)}"


@contextmanager
def serving(folder: Path, *options: str, **variables: str) -> Iterator[Served]:
    """Start gunicorn with these options, wait until it listens, stop it in the end."""
    with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
        process = subprocess.Popen(
            [*COMMAND, "serve", "--server", "gunicorn", "--port", "0", *options],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(PROJECT), **variables},
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
    served = Served(process, folder)
    try:
        served.port = _port(served)
        wait_until(lambda: bool(served.workers()))
        yield served
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(60)
        for name in ("out", "err"):
            look_at((folder / name).read_text(encoding="utf-8"), f"{name} of a server")


def _port(served: Served) -> int:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        said = re.search(r"127\.0\.0\.1:(\d+);", (served.folder / "out").read_text())
        if said:
            return int(said[1])
        if served.process.poll() is not None:
            break
        time.sleep(0.05)
    raise AssertionError(f"it did not start: {served.log[-2000:]}")


def read_answer(connection: socket.socket) -> Answer:
    """Read one answer; a body has a length, or goes on to the end."""
    raw = b""
    while b"\r\n\r\n" not in raw:
        try:
            received = connection.recv(65_536)
        except (ConnectionError, ssl.SSLError):
            received = b""
        if not received:
            return Answer(0, {}, raw)
        raw += received
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
    while len(body) < int(headers.get("content-length", "0")):
        received = connection.recv(65_536)
        if not received:
            return Answer(0, headers, body)
        body += received
    return Answer(int(first.split(" ")[1]), headers, body)


def wait_until(there, seconds: float = 60) -> None:  # type: ignore[no-untyped-def]
    deadline = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)
