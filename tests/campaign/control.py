"""Control runs: without its protection a race must break something.

In: a run without the protection. Out: what broke, in words.
Does not know: which race, or which protection.
"""

from __future__ import annotations

from collections.abc import Callable

TRIES = 5
"""On a machine that is busy otherwise the racers may fail to meet."""


def broken_at_last(attempt: Callable[[int], str]) -> str:
    """Return what broke in the first attempt, numbered from 0, in which anything did; "" in none.

    Chance can only make a control run hold, never make it break: trying again hides nothing.
    """
    return next(filter(None, map(attempt, range(TRIES))), "")
