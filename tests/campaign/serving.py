"""Servers as they are in production: processes of their own, to be killed and started again.

In: the address of a database and a folder. Out: `Served`, which listens on one port all its life.
Does not know: what is sent to it. Nothing that a server wrote may hold a civil registration number.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from tests.leak_guard import leaks
from web.api.tokens import sign_development_token
from web.settings import Settings

PROJECT = Path(__file__).resolve().parents[2]
SAMTALE = (sys.executable, "-c", "from web.cli import main; main()")
WITHOUT_LOCK, WITHOUT_COMMIT = (
    (sys.executable, "-m", "tests.campaign.unprotected", each) for each in ("lock", "commit")
)
"""Servers for control runs."""
SERVERS: dict[str, tuple[str, ...]] = {
    "waitress": ("--server", "waitress"),
    "gunicorn": ("--server", "gunicorn", "--workers", "2"),
}
"""Every server, with the options that choose it."""
MEANT_FOR = {"SQLite": SERVERS["waitress"], "PostgreSQL": SERVERS["gunicorn"]}
"""Which server stands in front of which database."""
START_SECONDS = 120


class Served:
    """A server and its process group; `command` is `samtale serve` or a control run's own server.

    `options` come after `serve`; the server listens on the same port each time it is started.
    """

    def __init__(
        self,
        folder: Path,
        url: str,
        *options: str,
        command: tuple[str, ...] = (*SAMTALE, "serve"),
        threads: int = 16,
        rules: Path = PROJECT / "rules",
        config: Path = PROJECT / "config",
    ) -> None:
        self.folder = folder
        self.port = free_port()
        self._settings = Settings(key_file=folder / "key.json", database_url=url)
        self._command = (
            *command,
            *("--host", "127.0.0.1", "--port", str(self.port), "--database-url", url),
            *("--threads", str(threads), "--key-file", str(self._settings.key_file)),
            *("--rules", str(rules), "--config", str(config)),
            *options,
        )
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """Everything that it has written since the beginning."""
        path = self.folder / "server.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def token(self, organisation_type: str, organisation: str, user: str = "user-1") -> str:
        return sign_development_token(
            self._settings,
            organisation_type=organisation_type,
            organisation=organisation,
            now=datetime.now(UTC),
            user=user,
        )

    def start(self, *, wait: bool = True) -> None:
        """Start, or start again; returns when a registration can be served."""
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # a process group of its own: it is killed with its workers, and we are not
                start_new_session=True,
            )
        if wait:
            self.wait_until_ready()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.ready():
            if self._process is None or self._process.poll() is not None:
                raise AssertionError(f"the server ended: {self.log[-2000:]}")
            if time.monotonic() > deadline:
                raise AssertionError(f"not ready after {START_SECONDS} s: {self.log[-2000:]}")
            time.sleep(0.02)

    def ready(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def kill(self) -> None:
        """End the whole process group at once, as the power does."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> int:
        """End in good order and return the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(START_SECONDS)
        self.kill()
        return code


@contextmanager
def serving(
    folder: Path, url: str, *options: str, command: tuple[str, ...] = (*SAMTALE, "serve")
) -> Iterator[Served]:
    """Serve until the block ends; raises `AssertionError` when the log holds a citizen's number."""
    folder.mkdir(exist_ok=True)
    served = Served(folder, url, *options, command=command)
    served.start()
    try:
        yield served
    finally:
        served.kill()
    found = list(leaks(served.log, "the log of the server"))
    assert not found, found[:3]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
