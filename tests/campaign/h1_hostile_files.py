"""Mutilated rule files are saved in a watched folder during traffic; the old rulebook stays.

Nobody's request fails, and each file is refused with line and column. At the end a good change is
saved, and decides.
"""

from __future__ import annotations

import itertools
import json
import random
import re
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

from engine.reader.rulebook import read_rulebook
from tests.campaign.calling import Caller, Unanswered, put_citizen
from tests.campaign.databases import SQLITE, damage, fresh, temporary_folder
from tests.campaign.row import Row, Scale
from tests.campaign.serving import PROJECT, Served
from tests.leak_guard import leaks
from tests.registry.release_files import project_files
from tests.web.door import interview

CALLERS = 4
PATIENCE = 60
PLACE = re.compile(r"(rules|config)/[\w/.-]+:[1-9]\d*:[1-9]\d*")
BEGIN = datetime(2024, 3, 1, tzinfo=UTC)


def run(scale: Scale) -> Iterator[Row]:
    wanted = scale.of(small=25, large=200)
    with temporary_folder() as folder:
        for name in ("rules", "config"):
            shutil.copytree(PROJECT / name, folder / name)
        url = fresh(SQLITE, folder)
        served = Served(folder, url, "--watch", rules=folder / "rules", config=folder / "config")
        served.start()
        try:
            watched = Watched(served, folder)
            broken = [*watched.drop(hostile(wanted)), *damage(url)]
        finally:
            served.kill()
        found = list(leaks(served.log, "the log of the server"))
        yield Row(
            *("H1", SQLITE),
            load=f"{wanted} files, {watched.calls:,} calls meanwhile",
            broken=(*broken, *map(str, found[:3])),
            note=f"{watched.refusals} reasons logged",
        )


class Watched:
    """A server that watches a folder, with callers."""

    def __init__(self, served: Served, folder: Path) -> None:
        self._served, self._folder = served, folder
        self._failed: set[str] = set()
        self._over = Event()
        self._counted = itertools.count()
        self.calls = 0
        self.refusals = 0

    def drop(self, files: Iterator[tuple[str, bytes]]) -> list[str]:
        """Save each file while callers call, then a good one; return what went wrong."""
        agency = self._served.token("agency", "star")
        citizen = put_citizen(self._served.port, agency)
        callers = [Thread(target=self._call, args=(citizen,)) for _ in range(CALLERS)]
        before = self._rulebook()
        for each in callers:
            each.start()
        try:
            broken = [each for name, raw in files for each in self._one(name, raw)]
            if self._rulebook() != before:
                broken.append("another rulebook became active")
            broken += self._good(before)
        finally:
            self._over.set()
            for each in callers:
                each.join()
        self.calls = next(self._counted)
        return [*broken[:10], *sorted(self._failed)]

    def _one(self, name: str, raw: bytes) -> Iterator[str]:
        known = len(self._refused())
        (self._folder / name).write_bytes(raw)
        arrived = self._wait(lambda: len(self._refused()) > known)
        for line in self._refused()[known:]:
            self.refusals += 1
            if not PLACE.fullmatch(line.get("place", "")) or not line.get("message"):
                yield f"refused without line and column: {line.get('reason')}"
        if not arrived:
            yield f"a bad `{name}` was not refused within {PATIENCE} s"
        (self._folder / name).write_bytes(project_files()[name])

    def _good(self, before: str) -> Iterator[str]:
        path = self._folder / "rules/registration.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("It must be 5 (took part)", "It is 5 (took part)"), "utf-8")
        if not self._wait(lambda: self._rulebook() != before):
            yield "a good change did not become active after all that"

    def _wait(self, happened: Callable[[], bool]) -> bool:
        deadline = time.monotonic() + PATIENCE
        while not happened():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def _refused(self) -> list[dict[str, Any]]:
        whole = self._served.log.rpartition("\n")[0]
        lines = (json.loads(line) for line in whole.splitlines() if line.startswith("{"))
        return [line for line in lines if line.get("event") == "rulebook refused"]

    def _rulebook(self) -> str:
        caller = Caller(self._served.port, self._served.token("agency", "star"))
        identifier: str = caller.call("GET", "/v1/rulebook").json["id"]
        caller.close()
        return identifier

    def _call(self, citizen: str) -> None:
        caller = Caller(self._served.port, self._served.token("job_centre", "101"))
        while not self._over.is_set():
            held = BEGIN + timedelta(minutes=next(self._counted))
            try:
                body = interview(interviewTypeIdentifier=12, heldAt=held.isoformat())
                answer = caller.call("POST", "/v1/interviews", body, citizen=citizen)
                if answer.status != 201:
                    self._failed.add(f"status {answer.status}")
            except Unanswered as error:
                self._failed.add(f"no answer: {error}")
            time.sleep(0.02)
        caller.close()


def hostile(wanted: int, seed: int = 4) -> Iterator[tuple[str, bytes]]:
    """Yield files of the rulebook, each spoilt in one way so that it cannot be used."""
    chance = random.Random(seed)
    names = sorted(project_files())
    ways = itertools.cycle(WAYS)
    while wanted:
        name, spoil = chance.choice(names), next(ways)
        raw = spoil(project_files()[name], chance)
        if read_rulebook(project_files() | {name: raw})[0] is None:
            wanted -= 1
            yield name, raw


def _at(raw: bytes, chance: random.Random, inserted: bytes) -> bytes:
    place = chance.randrange(len(raw))
    return raw[:place] + inserted + raw[place:]


def _without_a_line(raw: bytes, chance: random.Random) -> bytes:
    lines = raw.splitlines(keepends=True)
    del lines[chance.randrange(len(lines))]
    return b"".join(lines)


def _line_twice(raw: bytes, chance: random.Random) -> bytes:
    lines = raw.splitlines(keepends=True)
    place = chance.randrange(len(lines))
    return b"".join([*lines[:place], lines[place], *lines[place:]])


def _moved_in(raw: bytes, chance: random.Random) -> bytes:
    lines = raw.splitlines(keepends=True)
    place = chance.randrange(len(lines))
    return b"".join([*lines[:place], b" " + lines[place], *lines[place + 1 :]])


_BOMB = b"\na: &a [x, x, x, x]\nb: &b [*a, *a, *a, *a]\nc: &c [*b, *b, *b, *b]\nd: [*c, *c, *c]\n"

WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    lambda raw, chance: raw[: chance.randrange(1, len(raw))],
    _without_a_line,
    _line_twice,
    _moved_in,
    lambda raw, chance: _at(raw, chance, b"\x00"),
    lambda raw, chance: _at(raw, chance, b"\xff\xfe"),
    lambda raw, chance: _at(raw, chance, b"\t"),
    lambda raw, chance: _at(raw, chance, "\u202e".encode()),
    lambda raw, chance: _at(raw, chance, b"\n---\n"),
    lambda raw, chance: _at(raw, chance, bytes([chance.randrange(33, 127)])),
    lambda raw, _: raw + _BOMB,
    lambda raw, _: raw + b"\nx: !!python/object/apply:os.system [true]\n",
    lambda raw, _: raw + b"\nx: " + b"[" * 100_000,
    lambda raw, _: raw + b"\nx: " + b"y" * 2_000_000,
    lambda raw, _: b"",
)
"""How a file is spoilt."""
