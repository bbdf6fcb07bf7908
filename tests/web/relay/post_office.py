"""What the tests of the relay share: logs with messages, receivers, the order of arrival."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from registry import schema
from registry.commands import Caller
from registry.messages import Stream, Subscriber, Wanted
from registry.storage import Database
from registry.subscribers import Subscribers
from tests.registry.fakes import NOW
from tests.web.delivery.hostile import ACCEPTED, Request, Script, hanging_up, listening, status
from web.delivery.signing import make_signing_key

LONGEST_WAIT = 40
"""Seconds until a test gives up; nothing is measured by it."""
Arrival = tuple[int, str]
"""Number and id of a message."""


def organisation(number: int) -> Caller:
    return Caller("job_centre", str(100 + number), "bo", "request-1")


def log_of(number: int) -> Subscriber:
    return Subscriber("job_centre", str(100 + number))


@contextmanager
def open_database(folder: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{folder / 'registry.db'}")
    schema.upgrade(database)
    try:
        yield database
    finally:
        database.close()


def subscribe(database: Database, *numbers: int, paths: tuple[str, ...] = ("/in",)) -> None:
    """Let organisations 100 + number have a webhook for each path, from here on."""
    for number in numbers:
        Subscribers(database, lambda: NOW).put_subscriptions(
            organisation(number), [Wanted(path) for path in paths]
        )


def stream_of(database: Database, number: int) -> Stream:
    (stream,) = Subscribers(database, lambda: NOW).read_subscriptions(organisation(number))
    return stream


def write_files(folder: Path, receivers: Mapping[int, str | Mapping[str, object]]) -> None:
    """Write the operator's files: where organisations 100 + number receive, and a key."""
    entries = []
    for number, stated in receivers.items():
        more = {"base_url": stated} if isinstance(stated, str) else stated
        entries.append(
            {
                "organisation_type": "job_centre",
                "organisation": str(100 + number),
                "allow_http": True,
                "allow_private_addresses": True,
                **more,
            }
        )
    # JSON is YAML
    (folder / "receivers.yaml").write_text(json.dumps({"format": 1, "receivers": entries}))
    key = folder / "keys.txt"
    key.write_text(make_signing_key().secret() + "\n")
    key.chmod(0o600)


class Inbox:
    """A receiver that keeps what it accepted, in order."""

    def __init__(self, script: Script | None = None) -> None:
        self.accepted: list[Arrival] = []
        self.seen: list[Arrival] = []
        """Accepted or not."""
        self.base = ""
        self.requests: list[Request] = []
        self._script = script
        self._changed = threading.Condition()

    def answer(self, opened, request: Request, wait) -> None:
        arrival = arrived(request)
        with self._changed:
            self.seen.append(arrival)
            self._changed.notify_all()
        if self._script is None or self._script(opened, request, wait) is True:
            with self._changed:
                self.accepted.append(arrival)
                self._changed.notify_all()
            opened.sendall(ACCEPTED)

    def until(self, holds: Callable[[Inbox], bool]) -> None:
        """Wait until it holds; fails when it never does."""
        with self._changed:
            assert self._changed.wait_for(lambda: holds(self), LONGEST_WAIT)

    def has(self, number: int) -> None:
        """Wait until that many different messages were accepted."""
        self.until(lambda inbox: bool(inbox.accepted) and inbox.accepted[-1][0] == number)

    @property
    def numbers(self) -> list[int]:
        return [number for number, _ in self.accepted]


def moody(chance: random.Random, share: float) -> Script:
    """Fail in one of several ways now and then: this share of all attempts."""

    def script(opened, request, wait) -> bool:
        if chance.random() >= share:
            return True
        mood = chance.random()
        if mood < 0.05:
            wait(2)  # longer than the relay does
        elif mood < 0.5:
            opened.sendall(status(500))
        elif mood < 0.75:
            opened.sendall(status(429, "Retry-After: 0"))
        elif mood < 0.85:
            opened.sendall(status(503, "Retry-After: soon"))
        else:
            hanging_up(opened, request, wait)
        return False

    return script


def arrived(request: Request) -> Arrival:
    event = json.loads(request.body)
    assert event["id"] == request.headers["webhook-id"]
    return event["data"]["sequenceNumber"], event["id"]


@contextmanager
def inbox(script: Script | None = None, **how) -> Iterator[Inbox]:
    made = Inbox(script)
    with listening(made.answer, **how) as listener:
        made.base = f"http://127.0.0.1:{listener.port}"
        made.requests = listener.requests
        yield made


def disorder(arrivals: list[Arrival], last: int, interruptions: int) -> list[str]:
    """Say what is wrong with an order of arrival: numbers 1 to `last`, each at least once.

    After an interruption it may go back and come once more in order; nothing is ever jumped over,
    and a number that comes again has the id it had.
    """
    wrong: list[str] = []
    ids: dict[int, str] = {}
    came, back = 0, 0
    for number, message_id in arrivals:
        if ids.setdefault(number, message_id) != message_id:
            wrong.append(f"{number} came again with another id")
        if number > came + 1:
            wrong.append(f"{number} came after {came}")
        back += number <= came
        came = number
    if sorted(ids) != list(range(1, last + 1)):
        wrong.append(f"{len(ids)} of {last} came")
    if len(set(ids.values())) != len(ids):
        wrong.append("two numbers with one id")
    if back > interruptions:
        wrong.append(f"went back {back} times in {interruptions} interruptions")
    return wrong


def until(holds: Callable[[], bool]) -> None:
    """Look again and again until it holds."""
    ends = time.monotonic() + LONGEST_WAIT
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.02)
