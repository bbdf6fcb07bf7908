"""A database of each earlier version is brought up to date by servers that all start at once.

Clients call while they start: a server that says it is ready gives no 5xx, what was stored before
is there unchanged, and so is everything that was answered with 2xx.
"""

from __future__ import annotations

import io
import itertools
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from registry import schema
from registry.storage import Database
from tests.campaign.calling import Caller, Unanswered, invented_number
from tests.campaign.databases import damage, empty, fresh, on_each
from tests.campaign.row import Row, Scale
from tests.campaign.serving import PROJECT, Served
from tests.campaign.traffic import Wish, account
from tests.web.door import FACTS, NOW, Door, interview, settings_in
from web.app import close, create_app
from web.settings import Settings

SERVERS = 3
NOT_RESETTING = 12
LOST = "lost"
MIGRATIONS = PROJECT / "registry" / "migrations"


def run(scale: Scale) -> Iterator[Row]:
    earlier = revisions()[:-1]
    if scale.small:
        # the first one passes through all the others
        earlier = earlier[:1]
    with on_each() as kinds:
        for kind, folder in kinds:
            number, stored = invented_number(), scale.of(small=20, large=500)
            filled = fresh(kind, folder)
            _fill(filled, folder, number, stored)
            broken: list[str] = []
            fared: Counter[int] = Counter()
            for revision in earlier:
                old = empty(kind, folder)
                _copy(filled, old, revision)
                before = _rows(old)
                statuses, faults = _start_in_traffic(old, folder / revision, number, scale)
                fared += statuses
                faults += _changed(before, _rows(old))
                broken += [f"from {revision}: {each}" for each in (*faults, *damage(old))]
            yield Row(
                *("T2", kind),
                load=f"{len(earlier)} earlier versions with {stored} interviews, {SERVERS} servers",
                lost=sum(LOST in each for each in broken),
                broken=tuple(broken),
                note=f"{fared[201]:,} × 201 while they started and after",
            )


def revisions() -> list[str]:
    """Return every version of the tables, the first one first."""
    script = ScriptDirectory(str(MIGRATIONS))
    return [each.revision for each in script.walk_revisions()][::-1]


def _fill(url: str, folder: Path, number: str, interviews: int) -> None:
    stated = {name: getattr(settings_in(folder), name) for name in ("rules", "config", "key_file")}
    settings = Settings.from_environment({}, {**stated, "database_url": url})
    app = create_app(settings, clock=lambda: NOW, log_to=io.StringIO())
    door = Door(app, settings, io.StringIO())
    put = door.of("agency", "star").call("PUT", "/v1/citizens", json=FACTS, citizen=number)
    assert put.status_code == 204, put.text
    for turn in range(interviews):
        held = (NOW - timedelta(days=30, minutes=turn)).isoformat()
        door.registered(
            number, interviewTypeIdentifier=NOT_RESETTING, heldAt=held, agreementText=f"old-{turn}"
        )
    close(app)


def _copy(filled: str, old: str, revision: str) -> None:
    """Make the tables of an earlier version and put into them what fits of a newer database."""
    with closing(Database(old)) as database, database.writing() as unit:
        settings = Config()
        settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        settings.attributes["connection"] = unit.connection
        command.upgrade(settings, revision)
        unit.commit()
    source, target = sa.create_engine(filled), sa.create_engine(old)
    tables = sa.MetaData()
    tables.reflect(target)
    with source.connect() as reading, target.begin() as writing:
        for table in tables.sorted_tables:
            if table.name == "alembic_version":
                continue
            columns = ", ".join(f'"{each.name}"' for each in table.columns)
            rows = reading.exec_driver_sql(f"SELECT {columns} FROM {table.name}").mappings().all()
            writing.execute(sa.delete(table))
            if rows:
                writing.execute(sa.insert(table), [_typed(table, row) for row in rows])
    source.dispose()
    target.dispose()


def _typed(table: sa.Table, row: Any) -> dict[str, Any]:
    return {
        column.name: bool(row[column.name])
        if isinstance(column.type, sa.Boolean)
        else row[column.name]
        for column in table.columns
    }


def _rows(url: str) -> dict[str, list[tuple[tuple[str, Any], ...]]]:
    """Return what is stored of interviews and decisions, each row with the names of its columns."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = {
            table: [
                tuple(sorted(row.items()))
                for row in connection.exec_driver_sql(f"SELECT * FROM {table}").mappings()
            ]
            for table in ("citizen", "decision", "interview", "interview_version", "audit_line")
        }
    engine.dispose()
    return found


def _changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Say of which tables a row of before is no longer there; new columns are no change."""
    found = []
    for table, rows in before.items():
        names = {name for name, _ in rows[0]} if rows else set()
        left = {tuple(pair for pair in row if pair[0] in names) for row in after[table]}
        if gone := sum(row not in left for row in rows):
            found.append(f"{gone} rows of {table} are gone or changed")
    return found


def _start_in_traffic(
    url: str, folder: Path, number: str, scale: Scale
) -> tuple[Counter[int], list[str]]:
    """Start all servers at once and call each of them; return statuses, and what is wrong."""
    wanted = scale.of(small=5, large=30)
    wishes: list[Wish] = []
    fared: Counter[int] = Counter()
    broken: list[str] = []
    turns, over = itertools.count(1), Event()

    def call(served: Served) -> None:
        caller, ready, stored = Caller(served.port, served.token("job_centre", "101")), False, 0
        while stored < wanted and not over.is_set():
            ready = ready or served.ready()
            turn = next(turns)
            wish = Wish(f"new-{turn}")
            held = datetime.fromisoformat("2024-01-01T00:00:00Z") + timedelta(minutes=turn)
            body = interview(
                interviewTypeIdentifier=NOT_RESETTING,
                heldAt=held.isoformat(),
                agreementText=wish.text,
            )
            try:
                wish.status = caller.call("POST", "/v1/interviews", body, citizen=number).status
            except Unanswered:
                if ready:
                    broken.append("a ready server did not answer")
                over.wait(0.02)
                continue
            wishes.append(wish)
            fared[wish.status] += 1
            stored += wish.status == 201
            if ready and wish.status != 201:
                broken.append(f"a ready server answered {wish.status}")

    with ExitStack() as stack:
        servers = []
        for position in range(SERVERS):
            place = folder / str(position)
            place.mkdir(parents=True)
            servers.append(Served(place, url))
            stack.callback(servers[-1].kill)
        threads = [Thread(target=call, args=(each,)) for each in servers]
        stack.callback(over.set)
        for each in servers:
            each.start(wait=False)
        for thread in threads:
            thread.start()
        for each in servers:
            each.wait_until_ready()
        for thread in threads:
            thread.join(timeout=120)
    found = account(url, wishes)
    with closing(Database(url)) as database:
        if schema.differences(database):
            broken.append("the tables are not those of this version")
    broken += [f"{LOST}: {each}" for each in found.lost]
    # what was stored before there were messages has none
    broken += [each for each in found.broken if not each.startswith("half stored: old-")]
    return fared, [*dict.fromkeys(broken)]
