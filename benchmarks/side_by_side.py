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
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one round of one contestant took, in seconds, and how that compares."""

    name: str
    seconds: float
    ratio: float
    """Median over the rounds of this contestant's time divided by the first contestant's."""


def time_in_turn(
    contestants: Mapping[str, Callable[[], object]],
    rounds: int,
    clock: Callable[[], float] = perf_counter,
) -> list[Timing]:
    """Run every contestant once per round, after one round that does not count.

    `process_time` is the clock for what only computes in this process: on a busy machine a long
    round is interrupted more often than a short one, and processor time does not see it.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds + 1):
        for name, run in contestants.items():
            gc.collect()
            began = clock()
            run()
            took = clock() - began
            if number:
                seconds[name].append(took)
    first = seconds[next(iter(contestants))]
    return [
        Timing(
            name,
            median(times),
            median(time / other for time, other in zip(times, first, strict=True)),
        )
        for name, times in seconds.items()
    ]
