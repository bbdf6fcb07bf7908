"""Clients that keep every promise of a good client, while everything around them fails.

In: a served address. Out: `Wish`es, each with the answer it got at last; what of them is lost or
doubled in the database. Each wish carries a text that nobody else uses and, if clients have keys,
an `Idempotency-Key`; a client tries a wish again until the server has decided it.
Does not know: which fault is made while it runs.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from tests.campaign.calling import Caller, Unanswered, put_citizen
from tests.campaign.serving import Served
from tests.campaign.stored import asking, rows
from tests.web.door import interview

NOT_RESETTING = 12
BEGIN = datetime(2024, 3, 1, tzinfo=UTC)
TRY_AGAIN = frozenset({409, 429, 500, 502, 503, 504, 507})
PATIENCE = 120
THROWN_AWAY, WITHOUT_KEYS = 0.05, 0.5
"""So many answers are thrown away unread, as if the network had gone."""


@dataclass(slots=True)
class Wish:
    """One registration that a client wants; `text` is in it and nowhere else."""

    text: str
    participant_of: str | None = None
    status: int = 0
    """Of the answer that was read; 0 while there is none."""
    statuses: Counter[int] = field(default_factory=Counter)
    """Of every answer that was read, 0 for each that did not come."""


@dataclass(slots=True)
class Traffic:
    """What clients have wished for so far."""

    served: Served
    keys: bool = True
    citizens: int = 5
    wishes: list[Wish] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    """The citizens."""
    last_answer: float = 0.0
    """When the last 2xx came, by the monotonic clock."""
    _over: threading.Event = field(default_factory=threading.Event)
    _failed: list[BaseException] = field(default_factory=list)

    @contextmanager
    def running(self, clients: int) -> Iterator[Traffic]:
        """Let clients work until the block ends and all their wishes are decided."""
        agency = self.served.token("agency", "star")
        self.numbers = [put_citizen(self.served.port, agency) for _ in range(self.citizens)]
        if not self.keys:
            # the server of a control run commits late: it must not lose the citizens as well
            time.sleep(2)
        threads = [
            threading.Thread(target=self._watched_work, args=(each,)) for each in range(clients)
        ]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._over.set()
            for thread in threads:
                thread.join()
        self.check()

    def check(self) -> None:
        """Raise what ended a client, if something did."""
        if self._failed:
            raise self._failed[0]

    def wait_for_an_answer(self, since: float) -> None:
        """Return when a 2xx has come after that moment of the monotonic clock."""
        deadline = time.monotonic() + PATIENCE
        while self.last_answer < since:
            self.check()
            if time.monotonic() > deadline:
                raise AssertionError(f"no 2xx in {PATIENCE} s: {dict(self.statuses())}")
            time.sleep(0.005)

    def statuses(self) -> Counter[int]:
        return sum((each.statuses for each in self.wishes), Counter())

    def not_accepted(self) -> list[str]:
        """Say how wishes ended that should all have been accepted."""
        ended = Counter(each.status for each in self.wishes if not 200 <= each.status < 300)
        return [f"{times} wishes ended with {status}" for status, times in ended.items()]

    def _watched_work(self, number: int) -> None:
        try:
            self._work(number)
        except BaseException as error:
            self._failed.append(error)
            raise

    def _work(self, number: int) -> None:
        caller = Caller(self.served.port, self.served.token("job_centre", "101"))
        chance, turn, place = random.Random(number), 0, None
        while not self._over.is_set():
            turn += 1
            wish = Wish(f"wish-{number}-{turn}", place if turn % 3 == 0 else None)
            self.wishes.append(wish)
            if wish.participant_of is not None:
                self._until_decided(
                    caller, wish, f"{wish.participant_of}/participants", _participant(wish), chance
                )
            else:
                # minutes of its own for each client: no two interviews at one time
                held = BEGIN + timedelta(minutes=turn, seconds=number)
                body = interview(
                    interviewTypeIdentifier=NOT_RESETTING,
                    heldAt=held.isoformat(),
                    agreementText=wish.text,
                )
                place = self._until_decided(caller, wish, "/v1/interviews", body, chance) or place

    def _until_decided(
        self, caller: Caller, wish: Wish, path: str, body: dict[str, Any], chance: random.Random
    ) -> str | None:
        headers = {"Idempotency-Key": wish.text} if self.keys else {}
        citizen = self.numbers[hash(wish.text) % len(self.numbers)]
        about = citizen if path == "/v1/interviews" else None
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                answer = caller.call("POST", path, body, citizen=about, headers=headers)
                if chance.random() < (THROWN_AWAY if self.keys else WITHOUT_KEYS):
                    raise Unanswered("thrown away")
                wish.statuses[answer.status] += 1
                if answer.status not in TRY_AGAIN:
                    wish.status = answer.status
                    if answer.status == 201:
                        self.last_answer = time.monotonic()
                    return answer.headers.get("location")
            except Unanswered:
                wish.statuses[0] += 1
            if time.monotonic() > deadline:
                raise AssertionError(f"no decision in {PATIENCE} s: {dict(wish.statuses)}")
            time.sleep(0.05)


def _participant(wish: Wish) -> dict[str, Any]:
    return {"name": wish.text, "participantTypeIdentifier": 1}


@dataclass(frozen=True, slots=True)
class Account:
    """What became of the wishes in the database."""

    lost: tuple[str, ...]
    """A 2xx was answered, but the interview, its decision, audit line or messages are missing."""
    doubled: tuple[str, ...]
    """One wish, stored twice."""
    broken: tuple[str, ...]
    """Half a registration that nobody was promised, or a gap in the numbers of messages."""


def account(url: str, wishes: list[Wish]) -> Account:
    """Look for every wish and for all that is to be stored with it."""
    with asking(url) as connection:
        stored = rows(
            connection,
            "SELECT v.interview_id, v.version, v.content, v.decision_id, d.accepted, d.operation"
            " FROM interview_version v LEFT JOIN decision d ON d.decision_id = v.decision_id"
            " ORDER BY v.interview_id, v.version",
        )
        lines = Counter(
            each["decision_id"]
            for each in rows(connection, "SELECT decision_id, outcome FROM audit_line")
            if each["outcome"] == "accepted"
        )
        told = Counter(
            (each["entity_id"], each["version"])
            for each in rows(connection, "SELECT entity_id, version FROM message")
        )
        gaps = rows(
            connection,
            "SELECT s.subscriber_id FROM subscriber s LEFT JOIN message m"
            " ON m.subscriber_id = s.subscriber_id GROUP BY s.subscriber_id, s.last_number,"
            " s.pruned_to HAVING count(m.number) <> s.last_number - s.pruned_to",
        )
        of_nobody = rows(
            connection,
            "SELECT d.decision_id FROM decision d LEFT JOIN interview_version v"
            " ON v.decision_id = d.decision_id WHERE d.accepted AND v.decision_id IS NULL",
        )
    whole: dict[str, bool] = {}
    times: Counter[str] = Counter()
    for row, text in _texts(stored):
        times[text] += 1
        is_whole = (
            bool(row["accepted"])
            and lines[row["decision_id"]] == 1
            and told[row["interview_id"], row["version"]] >= 1
        )
        whole[text] = whole.get(text, True) and is_whole
    promised = {each.text for each in wishes if 200 <= each.status < 300}
    return Account(
        lost=tuple(sorted(text for text in promised if not whole.get(text, False))),
        doubled=tuple(sorted(text for text, count in times.items() if count > 1)),
        broken=(
            *(f"{len(gaps)} message logs with a gap" for _ in gaps[:1]),
            *(f"{len(of_nobody)} accepted decisions of nothing" for _ in of_nobody[:1]),
            *(f"half stored: {text}" for text, is_whole in whole.items() if not is_whole),
        ),
    )


def _texts(stored: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each version with the text that is new in it: its wish's."""
    known: dict[str, set[str]] = defaultdict(set)
    for row in stored:
        content = orjson.loads(row["content"])
        if row["version"] == 1:
            yield row, content["agreement_text"]
        for each in content["participants"]:
            if each["participant_id"] not in known[row["interview_id"]]:
                known[row["interview_id"]].add(each["participant_id"])
                yield row, each["name"]
