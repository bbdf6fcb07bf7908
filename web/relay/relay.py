"""The relay: claims streams that are due and gives each a turn in a thread of its own.

In: an outbox, senders, terms. Out: turns, until it is told to stop or, once, nothing is due.
Does not know: HTTP. Several relays on one database are safe: the registry gives a stream to one.

A thread that waits for a slow receiver is a thread that others do not have. Streams that were slow
or failed before therefore get half of the threads at most; the rest of them is let rest a little.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from queue import Empty, SimpleQueue

from registry.errors import RegistryError, Unavailable
from registry.messages import Claim
from web.relay.senders import Senders
from web.relay.terms import Terms
from web.relay.turn import Trade, Turn, TurnEnd

_REST = timedelta(seconds=2)
_SLOW_SECONDS = 1.0
"""A receiver that takes longer than this for a message is slow."""


@dataclass(frozen=True, slots=True)
class Turned:
    """A turn is over; `end` is None when it broke off."""

    claim: Claim
    end: TurnEnd | None
    slow: bool


class Stopping:
    """Whether the relay is to stop; `stop` may be called from a signal and from any thread."""

    def __init__(self) -> None:
        # a plain queue is the one thing that a signal may ring while its own thread is waiting
        self.bell: SimpleQueue[Turned | None] = SimpleQueue()
        self._asked = False

    def __call__(self) -> bool:
        return self._asked

    def stop(self) -> None:
        """Send what is at hand, and nothing more."""
        self._asked = True
        self.bell.put(None)


class Relay:
    """One relay; `name` is told to the registry with each claim. Run it once."""

    def __init__(self, name: str, trade: Trade, senders: Senders, stopping: Stopping) -> None:
        self._name = name
        self._trade = trade
        self._senders = senders
        self._stopping = stopping
        self._at_work: dict[tuple[str, int], bool] = {}
        """The claims in a thread by stream and fence, and whether each stream is lagging."""
        self._slow: set[str] = set()
        self.failed = False
        """Whether anything could not be delivered so far."""

    def run(self, *, once: bool = False) -> None:
        """Deliver until told to stop; `once`: until nothing is due any more."""
        terms = self._trade.terms
        with ThreadPoolExecutor(terms.workers, thread_name_prefix="relay") as threads:
            while not self._stopping():
                claims = self._claims()
                for claim in claims:
                    self._begin(threads, claim)
                if once and not claims and not self._at_work:
                    return
                self._wait(terms)
        self._senders.close()

    def _claims(self) -> tuple[Claim, ...]:
        terms = self._trade.terms
        free = terms.workers - len(self._at_work)
        if not free:
            return ()
        now = self._trade.clock()
        try:
            return self._trade.outbox.claim_streams(self._name, now, terms.lease_seconds, free)
        except Unavailable as error:
            self.failed = True
            self._trade.report.broke("no streams claimed", error)
            return ()

    def _begin(self, threads: ThreadPoolExecutor, claim: Claim) -> None:
        stream_id = claim.stream.stream_id
        lagging = claim.stream.tries.failures > 0 or stream_id in self._slow
        most = max(1, self._trade.terms.workers // 2)
        if lagging and sum(self._at_work.values()) >= most:
            self._let_rest(claim)
            return
        self._at_work[stream_id, claim.fence] = lagging
        threads.submit(self._turn, claim)

    def _let_rest(self, claim: Claim) -> None:
        at = self._trade.clock() + _REST
        try:
            self._trade.outbox.record_failure(claim, claim.stream.tries, at)
        except RegistryError as error:
            # nothing is lost by it: the stream rests until the lease ends
            self._trade.report.broke("stream not given back", error, claim.stream)

    def _wait(self, terms: Terms) -> None:
        """Wait until a turn is over, the relay is to stop, or it is time to look again."""
        try:
            self._note(self._stopping.bell.get(timeout=terms.poll_seconds))
            while True:
                self._note(self._stopping.bell.get_nowait())
        except Empty:
            return

    def _note(self, turned: Turned | None) -> None:
        if turned is None:
            return
        stream_id = turned.claim.stream.stream_id
        self._at_work.pop((stream_id, turned.claim.fence))
        if turned.slow:
            self._slow.add(stream_id)
        else:
            self._slow.discard(stream_id)
        if turned.end in (None, TurnEnd.FAILED):
            self.failed = True

    def _turn(self, claim: Claim) -> None:
        stream, report = claim.stream, self._trade.report
        end, slow = None, False
        try:
            sender = self._senders.take(stream)
            turn = Turn(self._trade, claim, sender)
            began = time.monotonic()
            try:
                end = turn.run()
            finally:
                if sender is not None:
                    self._senders.give_back(stream, sender)
            slow = time.monotonic() - began > _SLOW_SECONDS * max(turn.sent, 1)
            report.turned(stream, end, turn.sent)
        except Exception as error:  # noqa: BLE001  # one stream must not take the relay with it
            report.broke("turn broke off", error, stream)
        finally:
            self._stopping.bell.put(Turned(claim, end, slow))
