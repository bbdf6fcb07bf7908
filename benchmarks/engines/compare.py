"""One decision by every engine, each proven to give the same verdicts before it is timed.

In: how many registrations, and how many rounds. Out: plain figures: the decision alone, and what
bringing the facts to the shape of the engine costs beside it.
Does not know: who takes part.
"""

from __future__ import annotations

from collections.abc import Iterable
from time import process_time
from typing import Any

from benchmarks.border_cases import border_cases
from benchmarks.engines.contestant import Contestant, prove
from benchmarks.engines.lineup import contestants, versions
from benchmarks.side_by_side import Timing, time_in_turn
from benchmarks.workload import registrations

Figures = dict[str, Any]


def compare(
    count: int = 100, rounds: int = 9, at_least: float = 0.02, proven: int = 1000
) -> Figures:
    """Return the figures of one decision.

    First all are proven alike on what is timed and on `proven` registrations at the borders of the
    rules, slow ones on as many as are timed.
    """
    lineup = list(contestants())
    held = {each.name: _proven_on(each, count, proven) for each in lineup}
    timings = _timings(lineup, count, rounds, at_least)
    return {
        "registrations": count,
        "rules": 13,
        "earlier interviews": 8,
        "versions": versions(),
        "contestants": {
            each.name: {
                "package": each.distribution,
                "proven on": held[each.name],
                "microseconds": timing.seconds / count * 1e6,
                "times hand-written": timing.ratio,
                "microseconds for its facts": _microseconds_of_facts(each, count),
            }
            for each, timing in zip(lineup, timings, strict=True)
        },
    }


def _proven_on(contestant: Contestant, count: int, proven: int) -> int:
    at_borders = count if contestant.slow else max(count, proven)
    workload = registrations(count) + border_cases(at_borders)
    prove(contestant, workload)
    return len(workload)


def _timings(
    lineup: Iterable[Contestant], count: int, rounds: int, at_least: float
) -> list[Timing]:
    workload = registrations(count)

    def deciding(contestant: Contestant) -> Any:
        shaped = [contestant.shape(facts) for facts in workload]
        decide = contestant.decide
        return lambda: [decide(facts) for facts in shaped]

    return time_in_turn({each.name: deciding(each) for each in lineup}, rounds, at_least)


def _microseconds_of_facts(contestant: Contestant, count: int) -> float:
    workload = registrations(count)
    began = process_time()
    for facts in workload:
        contestant.shape(facts)
    return (process_time() - began) / count * 1e6
