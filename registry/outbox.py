"""What relays do: claim streams, read what they send next, mark what became of it.

In: the name of a relay, moments, claims. Out: claims and batches.
Does not know: HTTP, nor how long to wait between attempts. Each method is a short transaction of
its own: no transaction is open while something is sent.

A relay claims, reads a batch, sends it in order, marks, and releases. One that takes longer renews
its claims in time. Whatever it does late is refused with `LeaseLost`: another relay is sending, and
the one that lost its lease sends nothing more.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from registry import streams
from registry.messages import Batch, Claim, StreamState, Tries
from registry.storage import Database, UnitOfWork


class Outbox:
    """The front door for relays; safe to share between threads, and several relays at once are.

    Moments are aware instants by the relay's clock; clocks of relays may differ by much less than
    a lease. Every method raises `Unavailable` when the database cannot do it now.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim_streams(
        self, relay: str, now: datetime, lease_seconds: float, limit: int = 16
    ) -> tuple[Claim, ...]:
        """Take streams that have something to send and are due; nobody else sends from them.

        Looking for them disturbs no writer when there are none.
        """
        with self._database.reading() as unit:
            if not streams.due(unit, now, 1):
                return ()
        with self._unit() as unit:
            return streams.claim(unit, relay, now, now + timedelta(seconds=lease_seconds), limit)

    def next_messages(self, claim: Claim, limit: int = 100) -> Batch:
        """Return what the stream sends next; raises `NotFound` when it was unsubscribed.

        Mark `up_to` also when the batch has no messages.
        """
        with self._database.reading() as unit:
            return streams.next_messages(unit, claim.stream.stream_id, limit)

    def record_delivered(self, claim: Claim, number: int) -> None:
        """Mark all messages up to `number` as delivered; raises `LeaseLost`."""
        with self._unit() as unit:
            streams.record_delivered(unit, claim, number)

    def record_failure(self, claim: Claim, tries: Tries, next_attempt_at: datetime) -> None:
        """Let the stream rest until then, and end the claim; raises `LeaseLost`."""
        with self._unit() as unit:
            streams.record_failure(unit, claim, tries, next_attempt_at)

    def stop(self, claim: Claim, reason: str, tries: Tries) -> None:
        """Stop the stream at its next message until an operator acts; raises `LeaseLost`.

        `reason` is a short word such as `status 400`, no free text.
        """
        with self._unit() as unit:
            streams.end(unit, claim, StreamState.STOPPED, reason, tries)

    def switch_off(self, claim: Claim, reason: str, tries: Tries) -> None:
        """Send nothing more: the receiver said that it is gone; raises `LeaseLost`."""
        with self._unit() as unit:
            streams.end(unit, claim, StreamState.GONE, reason, tries)

    def renew(self, claim: Claim, now: datetime, lease_seconds: float) -> Claim:
        """Hold the stream for so long from now; return the claim to go on with."""
        until = now + timedelta(seconds=lease_seconds)
        with self._unit() as unit:
            streams.renew(unit, claim, until)
        return Claim(claim.stream, claim.fence, until)

    def release(self, claim: Claim, now: datetime) -> None:
        """End the claim, behind all streams that are due already; raises `LeaseLost`."""
        with self._unit() as unit:
            streams.release(unit, claim, now)

    @contextmanager
    def _unit(self) -> Iterator[UnitOfWork]:
        with self._database.writing() as unit:
            yield unit
            unit.commit()
