"""Rulebooks are activated in traffic on two servers; each decision is that of one rulebook alone.

Each rulebook says its own number when it refuses. For each citizen, in the order of the commits,
the numbers never go back. Control: servers that read the active row before the citizen is locked,
or remember it.
"""

from __future__ import annotations

import itertools
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event, Thread

import orjson
from tests.campaign.control import broken_at_last

from registry import tables
from registry.commands import Caller as Operator
from registry.decision_check import verify
from registry.errors import Unavailable
from registry.releases import Releases
from registry.schema import upgrade
from registry.storage import Database
from tests.campaign.calling import Answer, Caller, Unanswered, put_citizen
from tests.campaign.databases import damage, fresh, on_each
from tests.campaign.row import Row, Scale
from tests.campaign.serving import SAMTALE, serving
from tests.registry.release_files import numbered
from tests.registry.rows import rows
from tests.web.door import interview

SERVERS, WRITERS, CITIZENS = 2, 8, 3
LONGEST_PAUSE = 0.1
TEAM, NOT_MET, MET = 18, 4, 5
BY = Operator("system", "samtale", "campaign", "campaign")
BEGIN = datetime(2024, 3, 1, tzinfo=UTC)
STALE = {
    how: (sys.executable, "-m", "tests.campaign.stale_rules", how) for how in ("cached", "early")
}


def run(scale: Scale) -> Iterator[Row]:
    activations = scale.of(small=12, large=100)
    controls = ("cached",) if scale.small else tuple(STALE)
    with on_each() as kinds:
        for kind, folder in kinds:
            run = Activations(fresh(kind, folder), folder / "protected", activations)
            run.do((*SAMTALE, "serve"))
            seen = run.seen
            yield Row(
                *("H2", kind),
                load=f"{activations} activations, {SERVERS} servers, {run.answers:,} registrations",
                broken=(*run.broken(), *run.gone_back(), *damage(run.url)),
                control=_all_of(partial(_control, kind, folder, how, scale) for how in controls),
                note=f"{seen} rulebooks decided",
            )


def _all_of(controls: Iterable[Callable[[int], str]]) -> str:
    """Return what broke, "" when one of the controls held."""
    broken = [broken_at_last(control) for control in controls]
    return "; ".join(broken) if all(broken) else ""


def _control(kind: str, folder: Path, how: str, scale: Scale, attempt: int) -> str:
    again = scale.of(small=12, large=40)
    run = Activations(fresh(kind, folder), folder / f"{how}-{attempt}", again)
    run.do(STALE[how])
    found = run.gone_back()
    return f"{how}: {len(found)} × back" if found else ""


class Activations:
    """One run on one database."""

    def __init__(self, url: str, folder: Path, activations: int) -> None:
        self.url, self.folder = url, folder
        self._database = Database(url)
        upgrade(self._database)
        self._releases = Releases(self._database, lambda: datetime.now(UTC), engines="compiled")
        self.rulebooks = [self._published(number) for number in range(activations)]
        self._failures: list[str] = []
        self._told: list[tuple[int, str, str]] = []
        self._over = Event()
        self._minutes = itertools.count()

    def _published(self, number: int) -> str:
        return self._releases.publish(numbered(number), "", BY).id

    def do(self, command: Sequence[str]) -> None:
        self._releases.activate(self.rulebooks[0], BY)
        with ExitStack() as stack:
            servers = [
                stack.enter_context(
                    serving(
                        self.folder.with_name(f"{self.folder.name}-{number}"),
                        self.url,
                        command=tuple(command),
                    )
                )
                for number in range(SERVERS)
            ]
            agency = servers[0].token("agency", "star")
            team = [{"contactGroupTypeIdentifier": 3, "eventTime": "2020-01-01"}]
            citizens = [
                put_citizen(servers[0].port, agency, contactGroups=team) for _ in range(CITIZENS)
            ]
            writers = [
                Thread(
                    target=self._write,
                    args=(served.port, served.token("job_centre", "101"), citizens),
                )
                for served, _ in zip(itertools.cycle(servers), range(WRITERS), strict=False)
            ]
            for each in writers:
                each.start()
            for rulebook in self.rulebooks[1:]:
                time.sleep(0.1)
                self._activate(rulebook)
            time.sleep(0.3)
            self._over.set()
            for each in writers:
                each.join()

    def _activate(self, rulebook: str) -> None:
        while True:
            try:
                self._releases.activate(rulebook, BY)
            except Unavailable:  # on SQLite the writers may be faster for ten seconds
                continue
            return

    def _write(self, port: int, token: str, citizens: list[str]) -> None:
        caller = Caller(port, token)
        while not self._over.is_set():
            minute = next(self._minutes)
            body = interview(
                interviewTypeIdentifier=TEAM,
                participationStatusTypeIdentifier=NOT_MET if minute % 4 else MET,
                heldAt=(BEGIN + timedelta(minutes=minute)).isoformat(),
            )
            try:
                answer = caller.call(
                    "POST", "/v1/interviews", body, citizen=citizens[minute % len(citizens)]
                )
            except Unanswered as error:
                self._failures.append(f"no answer: {error}")
                continue
            self._note(answer)
            # on SQLite a process that never pauses lets no other one write
            time.sleep(random.uniform(0, LONGEST_PAUSE))
        caller.close()

    def _note(self, answer: Answer) -> None:
        if answer.status not in {201, 422}:
            self._failures.append(f"status {answer.status}")
            return
        refusal = answer.json if answer.status == 422 else {}
        words = [each["message"]["en"] for each in refusal.get("violations", ())]
        self._told.append((answer.status, refusal.get("rulebook", ""), " ".join(words)))

    @property
    def answers(self) -> int:
        return len(self._told)

    @property
    def seen(self) -> int:
        """How many rulebooks decided something."""
        return len({row["rulebook"] for row in rows(self._database, tables.decision)})

    def broken(self) -> list[str]:
        """Say what is wrong with the answers, and with what is stored of them."""
        found = sorted(set(self._failures))
        number = {rulebook: place for place, rulebook in enumerate(self.rulebooks)}
        for status, rulebook, words in self._told:
            if status == 422 and f"Wording {number.get(rulebook)}." not in words:
                found.append("an answer names another rulebook than the one whose words it has")
        decisions = rows(self._database, tables.decision)
        if len(decisions) != self.answers:
            found.append(f"{self.answers} answers, but {len(decisions)} decisions")
        for row in decisions:
            said = [each["message"]["en"] for each in orjson.loads(row["outcome"])["violations"]]
            if not row["accepted"] and said != [f"Wording {number.get(row['rulebook'])}."]:
                found.append("a stored decision is not that of its rulebook")
        report = verify(self._database, self._releases)
        if report.differing or report.not_stored:
            found.append(f"{len(report.differing)} decisions are not made again as they were")
        if self.seen < len(self.rulebooks) // 2:
            found.append(f"only {self.seen} rulebooks decided anything")
        return found[:10]

    def gone_back(self) -> list[str]:
        """Say where a citizen's decisions went back to an earlier rulebook."""
        number = {rulebook: place for place, rulebook in enumerate(self.rulebooks)}
        latest: dict[str, int] = {}
        found = []
        lines = rows(self._database, tables.audit_line)
        for line in sorted(lines, key=lambda line: line["sequence"]):
            if line["operation"] != "create_interview":
                continue
            place = number[line["rulebook"]]
            if place < latest.get(line["citizen_id"], 0):
                found.append(f"back from rulebook {latest[line['citizen_id']]} to {place}")
            latest[line["citizen_id"]] = max(place, latest.get(line["citizen_id"], 0))
        self._database.close()
        return found
