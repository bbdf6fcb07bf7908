"""Two clients change the same version of an interview: one gets 200, the other 412, every time.

Control: no lock, and no constraint that a version exists once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from tests.campaign.control import broken_at_last

from tests.campaign.calling import Answer, Caller, put_citizen, together
from tests.campaign.databases import damage, fresh, on_each
from tests.campaign.row import Row, Scale
from tests.campaign.serving import MEANT_FOR, WITHOUT_LOCK, Served, serving
from tests.web.door import interview

CLIENTS = 2
NOT_RESETTING = 12
BEGIN = datetime(2024, 3, 1, tzinfo=UTC)
EXPECTED = (200, 412)


def run(scale: Scale) -> Iterator[Row]:
    rounds = scale.of(small=20, large=500)
    with on_each() as kinds:
        for kind, folder in kinds:
            url = fresh(kind, folder)
            with serving(folder / "protected", url, *MEANT_FOR[kind]) as served:
                fared = _fared(served, rounds)
            wrong = {statuses: times for statuses, times in fared.items() if statuses != EXPECTED}
            yield Row(
                *("R3", kind),
                load=f"{rounds:,} rounds, {CLIENTS} clients with one ETag",
                doubled=sum(times for statuses, times in wrong.items() if statuses == (200, 200)),
                broken=(*damage(url), *(f"{times} × {each}" for each, times in wrong.items())),
                control=broken_at_last(partial(_control, kind, folder, scale)),
            )


def _control(kind: str, folder: Path, scale: Scale, attempt: int) -> str:
    url = fresh(kind, folder)
    with serving(folder / f"unprotected-{attempt}", url, command=WITHOUT_LOCK) as served:
        times = _fared(served, scale.of(small=20, large=50))[200, 200]
    return f"{times} × both got 200" if times else ""


def _fared(served: Served, rounds: int) -> Counter[tuple[int, ...]]:
    """Return how often the clients got which statuses."""
    token = served.token("job_centre", "101")
    callers = [Caller(served.port, token) for _ in range(CLIENTS)]
    number = put_citizen(served.port, served.token("agency", "star"))
    fared = Counter[tuple[int, ...]]()
    for round_ in range(rounds):
        # one of its own: without protection an interview can have two versions 2 afterwards
        body = interview(
            interviewTypeIdentifier=NOT_RESETTING,
            heldAt=(BEGIN + timedelta(minutes=round_)).isoformat(),
        )
        made = callers[0].call("POST", "/v1/interviews", body, citizen=number)
        assert made.status == 201, made.raw

        def change(caller: Caller, made: Answer = made, body: dict[str, Any] = body) -> int:
            changed = {**body, "agreementText": f"of {id(caller)}"}
            match = {"If-Match": made.headers["etag"]}
            return caller.call("PUT", made.headers["location"], changed, headers=match).status

        statuses = together([partial(change, caller) for caller in callers])
        fared[tuple(sorted(statuses))] += 1
    return fared
