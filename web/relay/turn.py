"""One turn of one stream: its messages in order, until something goes wrong or others wait.

In: a claim on a stream, a sender. Out: requests, marks, and how the turn ended.
Does not know: other streams or threads. No transaction is open while something is sent.

# INVARIANT: a message is marked after its receiver has answered 2xx, never before; and nothing is
# sent unless the lease outlasts the attempt.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from registry.errors import LeaseLost, NotFound, Unavailable
from registry.messages import Claim, Message, Tries
from registry.outbox import Outbox
from web.delivery.client import Post, Sender
from web.delivery.outcome import Failed, FailureKind, Outcome
from web.delivery.schedule import Chance, GoOn, Stop, SwitchOff, TryAgain, after
from web.relay.report import Report
from web.relay.terms import Terms

NO_RECEIVER = Failed(FailureKind.REFUSED_ADDRESS, reason="no receiver")
"""What comes of sending to an organisation that is not on the operator's list."""

_BETWEEN_CALLS_SECONDS = 0.2

Came = TypeVar("Came")


class TurnEnd(StrEnum):
    """How a turn ended."""

    DRAINED = "drained"
    """All that waited is delivered."""
    MORE = "more"
    """There is more, but it is the others' turn, or the relay stops."""
    FAILED = "failed"
    """The message at the head was not delivered."""
    LOST = "lost"
    """Another relay or an operator has taken the stream over, or it is not there any more."""


@dataclass(frozen=True, slots=True)
class Trade:
    """What every turn needs; safe to share between threads."""

    outbox: Outbox
    post: Post
    report: Report
    terms: Terms
    clock: Callable[[], datetime]
    chance: Chance
    is_stopping: Callable[[], bool]


class Turn:
    """A turn of the stream of `claim`; for one thread, once."""

    def __init__(self, trade: Trade, claim: Claim, sender: Sender | None) -> None:
        self._trade = trade
        self._claim = claim
        self._sender = sender
        self._tries = claim.stream.tries
        self._delivered = claim.stream.delivered_to
        self._marked = claim.stream.delivered_to
        self._marked_at = time.monotonic()
        self.sent = 0

    def run(self) -> TurnEnd:
        """Send; raises `Unavailable` when the database stays away until the lease ends."""
        try:
            return self._run()
        except (LeaseLost, NotFound):
            return TurnEnd.LOST

    def _run(self) -> TurnEnd:
        outbox, terms = self._trade.outbox, self._trade.terms
        gives_way_at = time.monotonic() + terms.turn_seconds
        while True:
            batch = self._patiently(lambda: outbox.next_messages(self._claim, terms.batch))
            for message in batch.messages:
                if self._trade.is_stopping() or (self.sent and time.monotonic() >= gives_way_at):
                    self._release()
                    return TurnEnd.MORE
                if not self._deliver(message):
                    return TurnEnd.FAILED
            self._delivered = batch.up_to
            self._mark()
            if len(batch.messages) < terms.batch:
                self._release()
                return TurnEnd.DRAINED

    def _deliver(self, message: Message) -> bool:
        """Send one message; False when it was not delivered, and then the claim has ended."""
        self._hold()
        began = time.monotonic()
        outcome = self._attempt(message)
        now = self._trade.clock()
        terms = self._trade.terms
        following = after(outcome, self._tries, now, terms.patience, self._trade.chance)
        self._trade.report.attempted(outcome, time.monotonic() - began)
        if isinstance(following, GoOn):
            self.sent += 1
            self._delivered, self._tries = message.number, Tries()
            if time.monotonic() - self._marked_at >= terms.mark_seconds:
                self._mark()
            return True
        self._mark()
        self._settle(message, outcome, following)
        return False

    def _attempt(self, message: Message) -> Outcome:
        if self._sender is None:
            return NO_RECEIVER
        now = self._trade.clock()
        return self._trade.post.deliver(self._sender, self._claim.stream.path, message, now)

    def _settle(
        self, message: Message, outcome: Outcome, following: TryAgain | Stop | SwitchOff
    ) -> None:
        outbox, report, claim = self._trade.outbox, self._trade.report, self._claim
        stream = claim.stream
        match following:
            case TryAgain(at, tries) if isinstance(outcome, Failed):
                self._patiently(lambda: outbox.record_failure(claim, tries, at))
                report.failed(stream, message.number, outcome, tries, at)
            case Stop(tries, status):
                self._patiently(lambda: outbox.stop(claim, f"status {status}", tries))
                report.stopped(stream, message.number, status)
            case SwitchOff():
                self._patiently(lambda: outbox.switch_off(claim, "status 410", self._tries))
                report.gone(stream)

    def _hold(self) -> None:
        """Make sure that the lease outlasts an attempt."""
        now, terms = self._trade.clock(), self._trade.terms
        if (self._claim.until - now).total_seconds() < terms.shortest_lease:
            outbox, lease = self._trade.outbox, terms.lease_seconds
            self._claim = self._patiently(lambda: outbox.renew(self._claim, now, lease))

    def _mark(self) -> None:
        if self._delivered > self._marked:
            outbox = self._trade.outbox
            self._patiently(lambda: outbox.record_delivered(self._claim, self._delivered))
            self._marked = self._delivered
        self._marked_at = time.monotonic()

    def _release(self) -> None:
        self._mark()
        now = self._trade.clock()
        self._patiently(lambda: self._trade.outbox.release(self._claim, now))

    def _patiently(self, call: Callable[[], Came]) -> Came:
        """Repeat what the database could not do now, for as long as the stream is ours."""
        while True:
            try:
                return call()
            except Unavailable:
                if self._trade.is_stopping() or self._trade.clock() >= self._claim.until:
                    raise
                time.sleep(_BETWEEN_CALLS_SECONDS)
