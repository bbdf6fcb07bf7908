"""What a decision, its trace, building and memory cost with ten to ten thousand rules.

In: nothing; rulebooks are invented (`many_rulebooks`), and read as every other is.
Out: plain mappings, by how the rules are told apart and by how many there are. Each figure comes
from a process of its own, in which a rulebook of a hundred rules is timed beside it, in turn.
Does not know: how the figures are shown.
"""

from __future__ import annotations

import gc
import multiprocessing
import resource
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from benchmarks.many_rulebooks import KINDS, OPERATION, facts, rulebook
from benchmarks.side_by_side import time_in_turn
from engine.compiled.evaluator import compile_program
from engine.decision import Evaluator
from engine.durable.evaluator import durable_program
from engine.program import Program, Programs
from engine.trace.tracer import Tracer

SIZES = (10, 100, 300, 1_000, 10_000)
BESIDE = 100
"""The rulebook to which all others are held."""
_MEGABYTE = 1024 * 1024

Figures = dict[str, dict[str, dict[str, float]]]
"""By kind, and by number of rules."""


def compare(sizes: Sequence[int] = SIZES, count: int = 1000, rounds: int = 15) -> Figures:
    """Measure the compiled engine; every kind with every size, about three minutes."""
    jobs = [(kind, size, count, rounds) for kind in KINDS for size in sizes]
    return _by_kind(jobs, _compiled)


def compare_engines(sizes: Sequence[int] = SIZES, count: int = 40, rounds: int = 7) -> Figures:
    """Measure both engines and the trace; about two minutes."""
    kinds = ("one interview type", "a range of ages", "ages below a limit")
    jobs = [(kind, size, count, rounds) for kind in kinds for size in sizes if size <= 10_000]
    return _by_kind(jobs, _engines)


def _by_kind(
    jobs: Sequence[tuple[str, int, int, int]],
    measure: Callable[[str, int, int, int], dict[str, float]],
) -> Figures:
    figures: Figures = {}
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as processes:
        for job, found in zip(jobs, processes.starmap(measure, jobs, chunksize=1), strict=True):
            figures.setdefault(job[0], {})[str(job[1])] = found
    return figures


def _compiled(kind: str, size: int, count: int, rounds: int) -> dict[str, float]:
    beside, workload = _program(kind, BESIDE), facts(kind, BESIDE, count)
    compiled_beside = compile_program(beside)
    began = perf_counter()
    book = rulebook(kind, size)
    read = perf_counter() - began
    given = facts(kind, size, count)
    gc.collect()
    memory, began = _resident(), perf_counter()
    program = Programs(book).for_facts(OPERATION, given[0])
    compiled = compile_program(program)
    built = perf_counter() - began
    fired = sum(len(compiled.firings(each)) for each in given)
    all_asked = perf_counter() - began
    grown = _resident() - memory
    # what the rulebook holds is not looked at by the collector time and again
    gc.freeze()
    _, timing = time_in_turn(
        {
            "beside": lambda: _decide(compiled_beside, workload),
            "asked": lambda: _decide(compiled, given),
        },
        rounds,
    )
    return {
        "microseconds": round(timing.seconds / count * 1e6, 2),
        f"ratio to {BESIDE} rules": round(timing.ratio, 2),
        "fired in a decision": round(fired / count, 2),
        "seconds to read and check": round(read, 2),
        "seconds to build": round(built, 3),
        "seconds until all are compiled": round(all_asked, 2),
        "megabytes of code": round(grown / _MEGABYTE, 1),
    }


def _engines(kind: str, size: int, count: int, rounds: int) -> dict[str, float]:
    program, given = _program(kind, size), facts(kind, size, count)
    compiled, tracer = compile_program(program), Tracer(program)
    began = perf_counter()
    durable = durable_program(program)
    built = perf_counter() - began
    for each in given:
        if compiled.firings(each) != durable.firings(each):
            raise AssertionError(f"the engines disagree on {size} rules of `{kind}`")
        if compiled.firings(each) != tracer.trace(each).firings:
            raise AssertionError(f"the trace disagrees on {size} rules of `{kind}`")
    first, second, trace = time_in_turn(
        {
            "compiled": lambda: _decide(compiled, given),
            "durable": lambda: _decide(durable, given),
            "trace": lambda: [tracer.trace(each) for each in given],
        },
        rounds,
    )
    return {
        "compiled, microseconds": round(first.seconds / count * 1e6, 2),
        "durable, microseconds": round(second.seconds / count * 1e6, 1),
        "durable, ratio to compiled": round(second.ratio, 1),
        "durable, seconds to build": round(built, 2),
        "trace recorded, microseconds": round(trace.seconds / count * 1e6, 1),
        "trace recorded, ratio to compiled": round(trace.ratio, 1),
    }


def _program(kind: str, size: int) -> Program:
    return Programs(rulebook(kind, size)).for_facts(OPERATION, facts(kind, size, 1)[0])


def _decide(evaluator: Evaluator, given: Sequence[Any]) -> None:
    for each in given:
        evaluator.firings(each)


def _resident() -> int:
    """Return the greatest memory of this process so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
