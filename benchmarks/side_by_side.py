"""Times several ways of doing the same thing in turn, so that a noisy machine disturbs all alike.

In: named functions of no arguments. Out: for each the median seconds of one round, and its ratio to
the first, taken round by round.
Does not know: what is timed.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one round of one contestant took, in seconds, and how that compares."""

    name: str
    seconds: float
    ratio: float
    """Median over the rounds of this contestant's time divided by the first contestant's."""


def time_in_turn(
    contestants: Mapping[str, Callable[[], object]], rounds: int, at_least: float = 0.0
) -> list[Timing]:
    """Run every contestant once per round, after one round that does not count.

    With `at_least`, processor time is taken instead of time on the clock, which is right for work
    that waits for nothing and holds on a busy machine; who is done in less does the work over and
    over for about as many seconds, and the time is that of doing it once.
    """
    clock = process_time if at_least else perf_counter
    times = {name: _times(run, at_least) for name, run in contestants.items()}
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            seconds[name].append(_once(run, times[name], clock))
    first = seconds[next(iter(contestants))]
    return [
        Timing(
            name,
            median(taken),
            median(time / other for time, other in zip(taken, first, strict=True)),
        )
        for name, taken in seconds.items()
    ]


def _times(run: Callable[[], object], at_least: float) -> int:
    """Return how often to do it in a round, told from a round that does not count."""
    run()
    return max(1, int(at_least / max(_once(run, 1, process_time), 1e-9))) if at_least else 1


def _once(run: Callable[[], object], times: int, clock: Callable[[], float]) -> float:
    """Return the seconds of doing it once, done so many times."""
    gc.collect()
    began = clock()
    for _ in range(times):
        run()
    return (clock() - began) / times
