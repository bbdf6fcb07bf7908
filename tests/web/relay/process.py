"""A relay in a process of its own that is in a hurry: to be killed, or to run beside another one.

Run as `python -m tests.web.relay.process FOLDER [options]`; the folder holds `registry.db`,
`receivers.yaml` and `keys.txt`. It writes `up` when it begins. With `--stop-at PLACE:NUMBER` it
writes `there` when it has come so far with that message, and stays there for ever.

Two options take a protection away, for control runs: `--mark-first` marks before it sends,
`--no-lease` sends from streams that another relay holds.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from registry.messages import Batch, Claim
from registry.outbox import Outbox
from registry.storage import Database
from web.api.request_log import request_log
from web.api.scopes import ORGANISATION_TYPES
from web.delivery.budget import Limits
from web.delivery.client import Post, Sender
from web.delivery.operator_files import receivers_and_keys
from web.delivery.schedule import Patience
from web.relay.relay import Relay, Stopping
from web.relay.report import Report
from web.relay.senders import Senders
from web.relay.terms import Terms
from web.relay.turn import Trade
from web.settings import Settings

IMPATIENT = Patience(
    first_pause=timedelta(milliseconds=20),
    longest_pause=timedelta(milliseconds=200),
    refusals=3,
    refused_for=timedelta(),
)


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


class Place:
    """Where to stop for ever."""

    def __init__(self, stated: str) -> None:
        self._name, _, number = stated.partition(":")
        self._number = int(number or 0)

    def reached(self, name: str, number: int) -> None:
        if (name, number) == (self._name, self._number):
            say("there")
            time.sleep(600)


class WatchedOutbox(Outbox):
    """Stops around a mark; takes protections away."""

    def __init__(self, database: Database, options: argparse.Namespace) -> None:
        super().__init__(database)
        self._options = options
        self._place = Place(options.stop_at)

    def claim_streams(
        self, relay: str, now: datetime, lease_seconds: float, limit: int = 16
    ) -> tuple[Claim, ...]:
        if self._options.no_lease:
            lease_seconds = 0
        return super().claim_streams(relay, now, lease_seconds, limit)

    def renew(self, claim: Claim, now: datetime, lease_seconds: float) -> Claim:
        if self._options.no_lease:
            return replace(claim, until=now + timedelta(seconds=lease_seconds))
        return super().renew(claim, now, lease_seconds)

    def next_messages(self, claim: Claim, limit: int = 100) -> Batch:
        batch = super().next_messages(claim, limit)
        if self._options.mark_first and batch.messages:
            super().record_delivered(claim, batch.up_to)
        return batch

    def record_delivered(self, claim: Claim, number: int) -> None:
        self._place.reached("before-mark", number)
        if not self._options.mark_first:
            super().record_delivered(claim, number)
        self._place.reached("after-mark", number)


@dataclass(frozen=True, slots=True)
class WatchedPost(Post):
    """Stops around an attempt."""

    place: Place

    def deliver(self, sender, path, message, now):
        self.place.reached("before-send", message.number)
        outcome = Post.deliver(self, sender, path, message, now)
        self.place.reached("after-answer", message.number)
        return outcome


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--mark-first", action="store_true")
    parser.add_argument("--no-lease", action="store_true")
    parser.add_argument("--stop-at", default="")
    parser.add_argument("--hours-ahead", type=int, default=0)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--turn-seconds", type=float, default=5.0)
    parser.add_argument("--attempt-seconds", type=float, default=0.5)
    options = parser.parse_args()
    folder: Path = options.folder
    receivers, keys = receivers_and_keys(
        Settings(receivers=folder / "receivers.yaml", signing_key_file=folder / "keys.txt"),
        ORGANISATION_TYPES,
    )
    limits = Limits(options.attempt_seconds, options.attempt_seconds, options.attempt_seconds)
    stopping = Stopping()
    ahead = timedelta(hours=options.hours_ahead)
    trade = Trade(
        WatchedOutbox(Database(f"sqlite:///{folder / 'registry.db'}"), options),
        WatchedPost("/samtale", keys, Place(options.stop_at)),
        Report(request_log(sys.stderr)),
        Terms(
            workers=options.workers,
            poll_seconds=0.02,
            batch=options.batch,
            turn_seconds=options.turn_seconds,
            limits=limits,
            patience=IMPATIENT,
        ),
        lambda: datetime.now(UTC) + ahead,
        random.random,
        stopping,
    )
    signal.signal(signal.SIGTERM, lambda *_: stopping.stop())
    say("up")
    senders = Senders(receivers, lambda receiver: Sender(receiver, limits=limits))
    Relay("relay", trade, senders, stopping).run(once=options.once)


if __name__ == "__main__":
    main()
