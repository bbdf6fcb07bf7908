"""The disk runs full in traffic: 503 or 507 as a problem, reads go on, and no restart is needed.

SQLite lies on a file system of 4 MB, PostgreSQL's tables in a tablespace on one of 24 MB. A ballast
is taken away once it is full; then every wish is to be accepted.
"""

from __future__ import annotations

import os
import pwd
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.campaign.calling import Caller, Unanswered
from tests.campaign.databases import POSTGRESQL, SQLITE, damage, temporary_folder
from tests.campaign.row import Row, Scale
from tests.campaign.serving import MEANT_FOR, Served, serving
from tests.campaign.traffic import Traffic, account
from tests.postgresql import NoServerError, Server

CLIENTS = 4
MEGABYTE = 1024 * 1024
FULL = {503, 507}
SECONDS_TO_FILL = 120


def run(scale: Scale) -> Iterator[Row]:
    if os.geteuid() != 0:
        yield Row("D1", "–", load="–", skipped="only root can mount a small file system")
        return
    with temporary_folder() as folder:
        # 4 MB are full for good after once: SQLite's log alone may take them all
        for kind, address, rounds in (
            (SQLITE, _sqlite, 1),
            (POSTGRESQL, _postgresql, scale.of(small=1, large=3)),
        ):
            try:
                with address(folder) as (url, disk):
                    yield _row(kind, url, disk, folder / f"server-{kind}", rounds)
            except (NoServerError, subprocess.CalledProcessError) as error:
                yield Row("D1", kind, load="–", skipped=str(error))


def _row(kind: str, url: str, disk: Path, folder: Path, rounds: int) -> Row:
    broken: list[str] = []
    with serving(folder, url, *MEANT_FOR[kind]) as served:
        traffic = Traffic(served)
        with traffic.running(CLIENTS):
            for _ in range(rounds):
                ballast = _fill(disk, leaving=MEGABYTE)
                _wait_until(traffic, lambda: bool(FULL & set(traffic.statuses())))
                broken += _while_full(served, traffic)
                room_at = time.monotonic()
                ballast.unlink()
                _wait_until(traffic, lambda at=room_at: traffic.last_answer > at)  # type: ignore[misc]
    found = account(url, traffic.wishes)
    refused = {status: n for status, n in traffic.statuses().items() if status in FULL}
    if unexpected := set(traffic.statuses()) - FULL - {0, 201}:
        broken.append(f"answers other than 201, 503 and 507: {sorted(unexpected)}")
    return Row(
        *("D1", kind),
        load=f"{CLIENTS} clients, {len(traffic.wishes):,} registrations",
        faults=f"full {rounds} times",
        lost=len(found.lost),
        doubled=len(found.doubled),
        broken=(*broken, *found.broken, *traffic.not_accepted(), *damage(url)),
        note=", ".join(f"{times:,} answers {status}" for status, times in sorted(refused.items())),
    )


def _while_full(served: Served, traffic: Traffic) -> Iterator[str]:
    """Say what a reader is refused while nothing can be written, and what a writer is told."""
    caller = Caller(served.port, served.token("job_centre", "101"))
    for number in traffic.numbers:
        status = caller.call("GET", "/v1/interviews", citizen=number).status
        if status != 200:
            yield f"a read was answered {status}"
    if (alive := caller.call("GET", "/healthz").status) != 200:
        yield f"/healthz was answered {alive}"
    try:
        answer = caller.call(
            "PUT", "/v1/citizens", {"contactGroups": []}, citizen=traffic.numbers[0]
        )
    except Unanswered:
        yield "a write was not answered"
        return
    if answer.status in FULL and answer.headers["content-type"] != "application/problem+json":
        yield f"no problem document but {answer.headers['content-type']}"


def _wait_until(traffic: Traffic, there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS_TO_FILL
    while not there():
        traffic.check()
        if time.monotonic() > deadline:
            raise AssertionError(f"after {SECONDS_TO_FILL} s: {dict(traffic.statuses())}")
        time.sleep(0.02)


def _fill(disk: Path, *, leaving: int) -> Path:
    """Take up all room of a file system but `leaving` bytes."""
    ballast = disk / "ballast"
    state = os.statvfs(disk)
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, state.f_bavail * state.f_frsize - leaving))
    return ballast


@contextmanager
def _mounted(folder: Path, megabytes: int) -> Iterator[Path]:
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    subprocess.run(mount, check=True, capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def _sqlite(folder: Path) -> Iterator[tuple[str, Path]]:
    with _mounted(folder / "small", 4) as disk:
        yield f"sqlite:///{disk}/samtale.db", disk


@contextmanager
def _postgresql(folder: Path) -> Iterator[tuple[str, Path]]:
    with ExitStack() as stack:
        server = stack.enter_context(Server(durable=True))
        folder.chmod(0o755)
        disk = stack.enter_context(_mounted(folder / "tablespace", 24))
        space = disk / "space"
        space.mkdir()
        nobody = pwd.getpwnam("nobody")
        os.chown(space, nobody.pw_uid, nobody.pw_gid)
        disk.chmod(0o755)
        server.ask(f"CREATE TABLESPACE small LOCATION '{space}'")
        server.ask("CREATE DATABASE registry TABLESPACE small")
        stack.callback(server.stop)
        yield server.url("registry"), disk
