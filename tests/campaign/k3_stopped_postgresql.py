"""PostgreSQL stops at once in traffic and comes back; the server needs no restart, nothing is lost.

The figure is the time from PostgreSQL's return to the next 2xx. Control: PostgreSQL itself answers
before its log is on the disk (`synchronous_commit = off`), and clients without keys.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.campaign.control import broken_at_last

from tests.campaign.databases import POSTGRESQL, damage, temporary_folder
from tests.campaign.row import Row, Scale
from tests.campaign.serving import MEANT_FOR, serving
from tests.campaign.traffic import Traffic, account
from tests.postgresql import NoServerError, Server

CLIENTS = 12
SECONDS_TO_RECOVER = 5.0


def run(scale: Scale) -> Iterator[Row]:
    stops = scale.of(small=2, large=20)
    try:
        server = Server(durable=True)
    except NoServerError as error:
        yield Row("K3", POSTGRESQL, load="–", skipped=str(error))
        return
    with server, temporary_folder() as folder:
        traffic, seconds = _stopped(server, folder / "protected", stops, keys=True)
        found = account(server.url(), traffic.wishes)
        broken = [*found.broken, *traffic.not_accepted(), *damage(server.url())]
        if not scale.small and max(seconds) > SECONDS_TO_RECOVER:
            broken.append(f"{max(seconds):.1f} s until the first 2xx")
        yield Row(
            *("K3", POSTGRESQL),
            load=f"{CLIENTS} clients, {len(traffic.wishes):,} registrations",
            faults=f"{stops} stops (immediate)",
            lost=len(found.lost),
            doubled=len(found.doubled),
            broken=tuple(broken),
            control=broken_at_last(partial(_control, folder)),
            note=f"back after {max(seconds):.2f} s at most, {min(seconds):.2f} s at least",
        )


def _control(folder: Path, attempt: int) -> str:
    with Server(durable=True) as hasty:
        traffic, _ = _stopped(hasty, folder / f"unprotected-{attempt}", stops=1, keys=False)
        lost = account(hasty.url(), traffic.wishes).lost
    return f"{len(lost)} lost" if lost else ""


def _answer_early(server: Server) -> None:
    """Let the log be written by and by: what has not been written when it stops is gone."""
    server.ask("ALTER SYSTEM SET synchronous_commit = off")
    server.ask("ALTER SYSTEM SET wal_writer_delay = '10s'")
    server.ask("SELECT pg_reload_conf()")


def _stopped(
    server: Server, folder: Path, stops: int, *, keys: bool
) -> tuple[Traffic, list[float]]:
    """Return what was wished for, and the seconds from each return to the next 2xx."""
    seconds = []
    with serving(folder, server.url(), *MEANT_FOR[POSTGRESQL]) as served:
        traffic = Traffic(served, keys=keys)
        with traffic.running(CLIENTS):
            if not keys:
                # not before the tables and the citizens are there for good
                _answer_early(server)
            for _ in range(stops):
                time.sleep(1)
                traffic.wait_for_an_answer(time.monotonic())
                server.stop()
                time.sleep(0.3)
                server.start()
                back = time.monotonic()
                traffic.wait_for_an_answer(back)
                seconds.append(traffic.last_answer - back)
        return traffic, seconds
