"""Each call of the database fails in turn, in every operation: 503, no half state, then it works.

Every operation of the HTTP interface with its `Idempotency-Key` where it takes one, and storing,
activating and rolling back of rulebooks. Which operations there are is asked of the contract.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from registry import audit_chain
from registry.commands import Caller
from registry.errors import Unavailable
from registry.examination import examine
from registry.releases import Releases
from registry.storage import Database
from tests.campaign.databases import fresh, on_each
from tests.campaign.row import Row, Scale
from tests.registry.release_files import numbered
from tests.registry.rows import counts
from tests.registry.test_faults import failing
from tests.web.door import FACTS, NOW, Door, interview, invented_number, settings_in
from web.api.contract import OPERATIONS
from web.api.contract_types import Operation
from web.app import close, create_app
from web.settings import Settings

NEVER_FAILS = frozenset({"is_alive", "openapi", "asyncapi", "docs", "metrics"})
"""Operations that answer without the database."""
NOT_RESETTING = 12
BODIES: dict[str, Callable[[], Any]] = {
    "create_interview": lambda: interview(
        interviewTypeIdentifier=NOT_RESETTING, heldAt="2024-05-01T10:00:00Z"
    ),
    "update_interview": lambda: interview(agreementText="changed"),
    "add_participant": lambda: {"name": "Bo", "participantTypeIdentifier": 1},
    "update_participant": lambda: {"name": "Åse"},
    "decide": lambda: {"operation": "create_interview", "interview": interview()},
    "put_citizen": lambda: FACTS,
    "open_sequence": dict,
    "put_subscriptions": lambda: {
        "subscriptions": [{"path": "/samtale/in", "entities": ["PersonInterview"]}]
    },
}
ROLES = {"put_citizen": ("agency", "star")}
MESSAGES = ("unemployment_fund", "7")
PATIENCE = 10.0
LARGEST = 400
"""No operation calls the database as often."""


@dataclass(slots=True)
class Bench:
    """One application, its database, and what has been tried."""

    door: Door
    database: Database
    calls: int = 0
    broken: list[str] = field(default_factory=list)

    def expect(self, right: bool, words: str) -> None:
        if not right:
            self.broken.append(words)

    def try_everything(
        self, name: str, attempt: Callable[[], int | None], *, looks_again: bool = False
    ) -> None:
        """Let each call fail in turn; `attempt` returns a status, None for an unavailable one.

        Whoever `looks_again` reads what was stored after it was, and may fail then: the same
        command changes nothing more.
        """
        before = counts(self.database)
        failures = 0
        for at in range(LARGEST):
            with failing(self.database, at) as fault:
                status = attempt()
            if fault.calls <= at:
                break
            self.calls += 1
            if status is None or status == 503:
                failures += 1
                after = counts(self.database)
                half = [table for table in after if after[table] != before[table]]
                if half and looks_again:
                    before, looks_again = after, False
                    continue
                self.expect(not half, f"{name}, call {at}: half a state in {half}")
            else:
                # the answer was there already: what comes after it must not take it back
                self.expect(status < 400, f"{name}, call {at}: answered {status}")
                before = counts(self.database)
        else:
            self.broken.append(f"{name} never came through")
        self.expect(status is not None and status < 400, f"{name}: in the end answered {status}")
        self.expect(failures > 0, f"{name}: no call made it fail")


def run(scale: Scale) -> Iterator[Row]:
    with on_each() as kinds:
        for kind, folder in kinds:
            bench = _bench(fresh(kind, folder), folder)
            operations = [each for each in OPERATIONS if each.id not in NEVER_FAILS]
            if scale.small:
                # reads of rules are alike
                operations = [each for each in operations if "rule" not in each.id]
            for operation in operations:
                bench.try_everything(operation.id, _attempt(bench, operation))
            _rulebooks(bench)
            faults = audit_chain.check(bench.database).faults
            bench.expect(not faults, f"audit chain: {faults[:1]}")
            close(bench.door.app)
            yield Row(
                *("K4", kind),
                load=f"{len(operations)} operations, 3 of rulebooks",
                faults=f"{bench.calls:,} calls that failed",
                broken=tuple(bench.broken),
            )


def _bench(url: str, folder: Path) -> Bench:
    stated = {
        name: getattr(settings_in(folder), name)
        for name in ("rules", "config", "key_file", "receivers", "signing_key_file")
    }
    settings = Settings.from_environment({}, {**stated, "database_url": url})
    opened: list[Database] = []

    def open_database(address: str) -> Database:
        opened.append(Database(address))
        return opened[-1]

    app = create_app(settings, clock=lambda: NOW, log_to=io.StringIO(), open_database=open_database)
    return Bench(Door(app, settings, io.StringIO()), opened[0])


def _attempt(bench: Bench, operation: Operation) -> Callable[[], int]:
    """Return a call of this operation that would succeed, on things of its own."""
    door = bench.door.of(*_role(operation))
    number = bench.door.citizen()
    path = operation.path
    if "{interviewId}" in path:
        made = bench.door.registered(number, participants=[{"name": "Ida"}]).get_json()
        path = path.replace("{interviewId}", made["interviewIdentifier"])
        one = made["participants"][0]["participantIdentifier"]
        path = path.replace("{participantId}", one)
    if operation.path.startswith("/v1/message-sequences"):
        bench.door.registered(number, heldAt="2024-03-06T10:00:00Z")
    if "{sequenceId}" in path:
        # the one before may still be open
        sequence = door.call("POST", "/v1/message-sequences", json={}).get_json()
        path = path.replace("{sequenceId}", sequence["sequenceIdentifier"])
    path = path.replace("{ruleId}", "held-in-the-past").replace("{tableName}", "organisation_types")
    headers = {}
    if operation.method != "GET" and operation.scope is not None:
        headers["Idempotency-Key"] = f"k4-{operation.id}"
    if operation.if_match:
        headers["If-Match"] = '"v1"'
    about = number if operation.citizen.name != "NONE" else None
    if operation.id == "put_citizen":
        about = invented_number()
    body = BODIES.get(operation.id)

    def attempt() -> int:
        sent: dict[str, Any] = {} if body is None else {"json": body()}
        until = time.monotonic() + PATIENCE
        while True:
            answer = door.call(operation.method, path, citizen=about, headers=headers, **sent)
            # PostgreSQL may not yet have noticed that the connection of the call before is gone,
            # which holds the key: the answer says when to come again
            waits = answer.status_code == 409 and "Retry-After" in answer.headers
            if not waits or time.monotonic() > until:
                return int(answer.status_code)
            time.sleep(0.05)

    return attempt


def _role(operation: Operation) -> tuple[str, str]:
    if operation.path.startswith("/v1/message-sequences"):
        return MESSAGES
    if operation.path.startswith("/v1/subscriptions"):
        return ("job_centre", "901")
    return ROLES.get(operation.id, ("job_centre", "101"))


def _rulebooks(bench: Bench) -> None:
    """Store, activate and roll back a rulebook."""
    by = Caller("system", "samtale", "operator", "k4")
    files = numbered(4)
    examined = examine(files, None)
    releases = Releases(bench.database, lambda: NOW)
    rulebook = examined.rulebook.id

    def attempt(work: Callable[[], object]) -> Callable[[], int | None]:
        def attempted() -> int | None:
            try:
                work()
            except Unavailable:
                return None
            return 200

        return attempted

    store = attempt(lambda: releases.store(files, examined, "", by))
    bench.try_everything("store", store, looks_again=True)
    bench.try_everything("activate", attempt(lambda: releases.activate(rulebook, by)))
    bench.try_everything("roll back", attempt(lambda: releases.roll_back(by)))
