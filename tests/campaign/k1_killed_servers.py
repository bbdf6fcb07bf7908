"""The whole server is killed again and again in traffic; no 2xx is lost and nothing is done twice.

Clients throw some answers away and try again with their `Idempotency-Key`. Of every 2xx interview,
decision, audit line and messages must be there. Control: a server that answers just before it
commits, and clients without keys.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.campaign.control import broken_at_last

from tests.campaign.databases import damage, fresh, on_each
from tests.campaign.row import Row, Scale
from tests.campaign.serving import MEANT_FOR, WITHOUT_COMMIT, serving
from tests.campaign.traffic import Traffic, account

CLIENTS = 12
SECONDS = (0.3, 1.2)
"""Between a start and the next kill."""


def run(scale: Scale) -> Iterator[Row]:
    kills = scale.of(small=2, large=100)
    with on_each() as kinds:
        for kind, folder in kinds:
            url = fresh(kind, folder)
            with serving(folder / "protected", url, *MEANT_FOR[kind]) as served:
                traffic = _killed(Traffic(served), kills)
            found = account(url, traffic.wishes)
            yield Row(
                *("K1", kind),
                load=f"{CLIENTS} clients, {len(traffic.wishes):,} registrations",
                faults=f"{kills} SIGKILLs",
                lost=len(found.lost),
                doubled=len(found.doubled),
                broken=(*found.broken, *traffic.not_accepted(), *damage(url)),
                control=broken_at_last(partial(_control, kind, folder)),
                note=f"{traffic.statuses()[0]:,} answers did not come or were thrown away",
            )


def _control(kind: str, folder: Path, attempt: int) -> str:
    url = fresh(kind, folder)
    with serving(folder / f"unprotected-{attempt}", url, command=WITHOUT_COMMIT) as served:
        traffic = _killed(Traffic(served, keys=False), kills=2)
    found = account(url, traffic.wishes)
    # both have to show: each of the two protections prevents something else
    if not found.lost or not found.doubled:
        return ""
    return f"{len(found.lost)} lost, {len(found.doubled)} doubled"


def _killed(traffic: Traffic, kills: int) -> Traffic:
    chance = random.Random(1)
    with traffic.running(CLIENTS):
        for _ in range(kills):
            started = time.monotonic()
            time.sleep(chance.uniform(*SECONDS))
            # on a machine that is busy otherwise nothing may have happened yet
            traffic.wait_for_an_answer(started)
            traffic.served.kill()
            traffic.served.start()
        # the last ones have something to come back to
        time.sleep(SECONDS[1])
    return traffic
