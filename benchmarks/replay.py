"""A whole history decided again: the plan on DuckDB beside the row lane on both cores.

In: numbers of registrations. Out: plain figures: seconds, processor seconds, memory, and the ratio
of the two lanes for each registration, taken side by side in one run.
Does not know: how figures are shown. Each measurement is a process of its own, so that its greatest
memory is known. Before anything is timed both lanes decide the same files and must say the same.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import pyarrow.parquet as pq

from benchmarks.replay_history import write
from engine.columnar.columns import Column, columns_of
from engine.facts import Facts
from engine.model import Rulebook
from engine.reader.load import load_rulebook
from registry.replay import duckdb_lane, row_lane
from registry.replay.arrow import facts_of

ROOT = Path(__file__).resolve().parent.parent
OPERATION = "create_interview"
SIZES = (100_000, 1_000_000, 5_000_000)
OF_THE_ROW_LANE = 100_000
"""So many registrations the row lane decides; it is flat in their number."""
MEMORY = "3GB"


def compare(
    sizes: Sequence[int] = SIZES,
    rounds: int = 3,
    folder: Path | None = None,
    by_row: int = OF_THE_ROW_LANE,
) -> dict[str, Any]:
    """Return the figures; `folder` keeps the histories that were made for the next time."""
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="samtale-benchmark-") as made:
            return compare(sizes, rounds, Path(made), by_row)
    # two files of half the number, so that both cores have one
    few = [_history(folder, by_row // 2, seed)[0] for seed in (1, 2)]
    # what runs here counts in the memory of every process that comes of it
    _measured("both", few[:1])
    histories = {size: _history(folder, size, 1) for size in sizes}
    columnar: dict[int, list[dict[str, float]]] = {size: [] for size in sizes}
    rows: list[dict[str, float]] = []
    deciding: list[dict[str, float]] = []
    for _ in range(rounds):
        for size in sizes:
            columnar[size].append(_measured("duckdb", histories[size]))
        rows.append(_measured("rows", few))
        deciding.append(_measured("deciding", few))
    by_size = {str(size): _middle(columnar[size], size) for size in sizes}
    largest = columnar[max(sizes)]
    return {
        "rules": _rules(),
        "duckdb": by_size,
        "row lane on both cores": _middle(rows, by_row),
        "of it deciding alone, on one core": _middle(deciding, by_row),
        "ratio for one registration": _ratio(rows, largest, "seconds"),
        "ratio of processor time": _ratio(rows, largest, "processor_seconds"),
    }


def _history(folder: Path, registrations: int, seed: int) -> list[Path]:
    here = folder / f"{registrations}-{seed}"
    known = sorted(here.glob("*.parquet"))
    if known:
        return known
    # the memory that writing takes goes with its process
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(write, here, registrations, seed).result()


def _rules() -> int:
    book = load_rulebook(ROOT / "rules", ROOT / "config")
    return len(book.rules_of(OPERATION))


def _measured(lane: str, files: Sequence[Path]) -> dict[str, float]:
    """Return what one run of a lane takes, in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(run, lane, files).result()


def run(lane: str, files: Sequence[Path]) -> dict[str, float]:
    """Run one lane here and return its seconds, processor seconds and greatest megabytes."""
    book = load_rulebook(ROOT / "rules", ROOT / "config")
    columns = columns_of(book.catalogue, book.tables, OPERATION)
    rows = row_lane.Rows(book, OPERATION)
    facts = list(read_facts(columns, files)) if lane == "deciding" else []
    before, began = _processor_seconds(), perf_counter()
    match lane:
        case "duckdb":
            found = duckdb_lane.compare(files, OPERATION, book, None, memory=MEMORY).rows
        case "rows":
            found = row_lane.compare(files, OPERATION, book, None, processes=2).rows
        case "deciding":
            found = sum(rows.answer(each) is not None for each in facts)
        case _:
            found = _hold_equal(book, files)
    took = perf_counter() - began
    return {
        "rows": found,
        "seconds": took,
        "processor_seconds": _processor_seconds() - before,
        "megabytes": _greatest_megabytes(),
    }


def read_facts(columns: Sequence[Column], files: Sequence[Path]) -> Iterator[Facts]:
    for file in files:
        for batch in pq.ParquetFile(file).iter_batches():
            yield from facts_of(columns, batch)


def _hold_equal(book: Rulebook, files: Sequence[Path]) -> int:
    columnar = duckdb_lane.compare(files, OPERATION, book, None, memory=MEMORY)
    if columnar != row_lane.compare(files, OPERATION, book, None) or not columnar.changed:
        raise AssertionError("the plan on DuckDB and the row lane differ")
    return columnar.rows


def _processor_seconds() -> float:
    every = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in every)


def _greatest_megabytes() -> float:
    """Return the greatest memory of this process; Linux alone tells it without its parent's."""
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s*(\d+) kB", status.read_text())
        if found is not None:
            return int(found[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _middle(measured: Sequence[dict[str, float]], registrations: int) -> dict[str, float]:
    seconds = median(each["seconds"] for each in measured)
    processor = median(each["processor_seconds"] for each in measured)
    return {
        "registrations": registrations,
        "seconds": round(seconds, 2),
        "processor seconds": round(processor, 2),
        "microseconds for one": round(seconds / registrations * 1e6, 2),
        "processor microseconds for one": round(processor / registrations * 1e6, 2),
        "registrations a second": round(registrations / seconds),
        "megabytes at most": round(max(each["megabytes"] for each in measured)),
    }


def _ratio(
    rows: Sequence[dict[str, float]], columnar: Sequence[dict[str, float]], what: str
) -> float:
    """Return how many times longer the row lane takes for one registration, round by round."""
    ratios = (
        (slow[what] / slow["rows"]) / (fast[what] / fast["rows"])
        for slow, fast in zip(rows, columnar, strict=True)
    )
    return round(median(ratios), 1)


if __name__ == "__main__":
    wanted = [int(each) for each in sys.argv[1:]] or list(SIZES)
    print(json.dumps(compare(wanted), indent=2))
