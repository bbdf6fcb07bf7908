"""The connections that a relay keeps open between the turns of a stream.

In: streams, receivers. Out: a `Sender` for one turn at a time, or None when the operator allows no
receiver for the organisation.
Does not know: what is sent.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from registry.messages import Stream
from web.delivery.budget import Monotonic
from web.delivery.client import Sender
from web.delivery.receivers import Receiver, Receivers

IDLE_SECONDS = 30.0
"""Connections that are not used for so long are closed."""


class Senders:
    """Safe to share between threads; each sender is in one hand at a time."""

    def __init__(
        self,
        receivers: Receivers,
        make: Callable[[Receiver], Sender],
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self._receivers = receivers
        self._make = make
        self._monotonic = monotonic
        self._idle: dict[str, tuple[float, Sender]] = {}
        self._lock = threading.Lock()

    def take(self, stream: Stream) -> Sender | None:
        """Return the sender of a stream, the one it had before when that is still there."""
        to = stream.subscriber
        receiver = self._receivers.of(to.organisation_type, to.organisation)
        if receiver is None:
            return None
        with self._lock:
            _, kept = self._idle.pop(stream.stream_id, (0.0, None))
        return kept or self._make(receiver)

    def give_back(self, stream: Stream, sender: Sender) -> None:
        """Keep the sender for the next turn of its stream."""
        with self._lock:
            _, other = self._idle.pop(stream.stream_id, (0.0, None))
            self._idle[stream.stream_id] = (self._monotonic(), sender)
        if other is not None:
            other.close()
        self._close_since(self._monotonic() - IDLE_SECONDS)

    def close(self) -> None:
        """Close all that nobody holds."""
        self._close_since(self._monotonic() + 1)

    def _close_since(self, moment: float) -> None:
        with self._lock:
            old = [stream_id for stream_id, (since, _) in self._idle.items() if since < moment]
            senders = [self._idle.pop(stream_id)[1] for stream_id in old]
        for sender in senders:
            sender.close()
