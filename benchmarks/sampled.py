"""Where the time of running code goes, by looking at its stack a thousand times a second.

In: a function that runs in the main thread, and which part of the work a frame belongs to. Out: the
seconds of each part.
Does not know: what the parts are. Between two looks the time counts for what is seen at the second
one, so that waiting for a disk, during which nobody can look, counts for whoever waited.
"""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from types import FrameType

EVERY = 0.001

PartOf = Callable[[str, str], str | None]
"""File and function of a frame to the part it belongs to; None: its caller knows."""


class Sampler:
    """Adds up seconds by part while `sampling`; only one at a time, and only in the main thread."""

    def __init__(self, part_of: PartOf, otherwise: str) -> None:
        self._part_of = part_of
        self._otherwise = otherwise
        self._last = 0.0
        self.seconds: Counter[str] = Counter()

    @contextmanager
    def sampling(self) -> Iterator[None]:
        before = signal.signal(signal.SIGALRM, self._look)
        self._last = perf_counter()
        signal.setitimer(signal.ITIMER_REAL, EVERY, EVERY)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def _look(self, _signal: int, frame: FrameType | None) -> None:
        now = perf_counter()
        self.seconds[self._part(frame)] += now - self._last
        self._last = now

    def _part(self, frame: FrameType | None) -> str:
        while frame is not None:
            part = self._part_of(frame.f_code.co_filename, frame.f_code.co_name)
            if part is not None:
                return part
            frame = frame.f_back
        return self._otherwise
