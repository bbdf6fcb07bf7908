"""How long a rulebook of 10 to 10,000 rules takes to be there: read and checked, or found again.

Out: for each size, lines and bytes, seconds of processor time, memory, and whole starts of
`samtale check` in processes of their own; what is compared is measured in turn.
Does not know: decisions (see `decisions`), or how rules are read.

Repeat with `python -m benchmarks.loading`.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from benchmarks.large_rulebooks import ROOT, large_rulebook, line_count, written
from engine.reader.check import Grounds, check_rule
from engine.reader.reading import Problems
from engine.reader.rulebook import read_rulebook
from engine.snapshot.snapshot import Read, key_of, read_snapshot, snapshot_of

SIZES = (10, 100, 1_000, 10_000)
ROUNDS = 5
LARGE = 1_000
"""Beyond so many rules one round has to do."""


def compare(sizes: tuple[int, ...] = SIZES, rounds: int = ROUNDS) -> dict[str, dict[str, Any]]:
    """Return the figures by the number of invented rules; the project's own 32 come on top."""
    return {str(size): _of_size(size, rounds if size <= LARGE else 1) for size in sizes}


def _of_size(size: int, rounds: int) -> dict[str, Any]:
    files = large_rulebook(size)
    figures = _sized(files)
    seconds: dict[str, list[float]] = {}
    tasks = _tasks(files)
    for _ in range(rounds):
        for name, run in tasks.items():
            seconds.setdefault(name, []).append(_timed(run))
    figures.update({name: round(median(times), 4) for name, times in seconds.items()})
    figures["warm to cold"] = round(figures["warm s"] / figures["load and check s"], 3)
    del tasks
    figures.update(_memory(files))
    figures.update(_processes(files, rounds))
    return figures


def _sized(files: Mapping[str, bytes]) -> dict[str, Any]:
    return {"lines": line_count(files), "bytes": sum(map(len, files.values()))}


def _tasks(files: Mapping[str, bytes]) -> dict[str, Callable[[], object]]:
    rulebook, warnings = read_rulebook(files)
    if rulebook is None:
        raise AssertionError(warnings[0])
    raw = snapshot_of(Read(rulebook, warnings), key_of(files, ""))
    if read_snapshot(raw, key_of(files, "")) != Read(rulebook, warnings):
        raise AssertionError("what was kept is another rulebook")
    grounds = Grounds(rulebook.catalogue, (), rulebook.parameters, ())
    rules = [rule for file in rulebook.files for rule in file.all]
    del rulebook
    return {
        "load and check s": lambda: read_rulebook(files),
        "of that check s": lambda: [check_rule(rule, grounds, Problems()) for rule in rules],
        "warm s": lambda: read_snapshot(raw, key_of(files, "")),
    }


def _timed(run: Callable[[], object]) -> float:
    gc.collect()
    began = process_time()
    run()
    return process_time() - began


def _memory(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return what the rulebook takes, and the most that reading it takes meanwhile."""
    tracemalloc.start()
    kept = read_rulebook(files)
    stays, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return {"rulebook MB": round(stays / 1e6, 1), "peak while reading MB": round(peak / 1e6, 1)}


def _processes(files: Mapping[str, bytes], rounds: int) -> dict[str, Any]:
    """Time `samtale check` from start to end: with an empty cache, a full one, and no work."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        written(files, folder)
        times: dict[str, list[float]] = {"check cold s": [], "check warm s": [], "import s": []}
        for number in range(max(1, rounds // 2)):
            cache = folder / f"cache-{number}"
            times["check cold s"].append(_child(folder, cache, "check"))
            times["check warm s"].append(_child(folder, cache, "check"))
            times["import s"].append(_child(folder, cache, "check", "--help"))
    return {name: round(median(each), 3) for name, each in times.items()}


def _child(folder: Path, cache: Path, *words: str) -> float:
    """Run the command, and return the processor time of its process."""
    began = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-c", "from web.cli import main; main()", *words],
        env={
            **os.environ,
            "SAMTALE_RULES": str(folder / "rules"),
            "SAMTALE_CONFIG": str(folder / "config"),
            "SAMTALE_CACHE": str(cache),
        },
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime


if __name__ == "__main__":
    print(json.dumps(compare(), indent=2))
