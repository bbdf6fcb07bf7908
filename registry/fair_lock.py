"""A lock that is given in the order in which it was asked for.

In: threads of one process. Out: one of them at a time, the longest waiting first.
Does not know: what it protects. SQLite lets waiting writers poll, which lets some of them wait
for very long; a queue in front of it gives each its turn.
"""

from __future__ import annotations

from collections import deque
from threading import Lock


class FairLock:
    """First come, first served; not reentrant. `release` may only follow a granted `acquire`."""

    def __init__(self) -> None:
        self._inner = Lock()
        self._held = False
        self._waiting: deque[Lock] = deque()

    def acquire(self, seconds: float) -> bool:
        """Wait for the turn, at most `seconds`; False when it did not come."""
        with self._inner:
            if not self._held:
                self._held = True
                return True
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=seconds):
            return True
        with self._inner:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return False
        # the turn came between the end of the wait and the look at the queue: it is ours
        return True

    def release(self) -> None:
        """Give the lock to the one who has waited longest."""
        with self._inner:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False
