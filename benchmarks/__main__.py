"""Run every comparison, print the tables and write `benchmarks/results.json`: `make benchmark`."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import decisions, messages, requests, throughput
from benchmarks.side_by_side import Timing

RESULTS = Path(__file__).resolve().parent / "results.json"
LIBRARIES = ("durable-rules", "Flask", "SQLAlchemy", "orjson")


def main() -> None:
    """Time everything in turn; takes about three minutes."""
    console = Console()
    results: dict[str, object] = {
        "on": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "libraries": {name: version(name) for name in LIBRARIES},
    }
    for name, title, (count, timings) in (
        (
            "decisions",
            "One decision (thirteen rules, eight earlier interviews)",
            decisions.compare(),
        ),
        ("requests", "One POST (SQLite, synchronous=FULL)", requests.compare()),
        ("messages", "One message to one subscriber, in order", messages.compare()),
    ):
        console.print(_table(title, count, timings))
        results[name] = {
            each.name: {
                "microseconds": round(each.seconds / count * 1e6, 2),
                "ratio": round(each.ratio, 2),
            }
            for each in timings
        }
    loads = throughput.compare()
    console.print(_loads(loads))
    results["throughput"] = {
        f"{load.threads} threads": {
            "posts a second": round(load.posts),
            "bare inserts a second": round(load.inserts),
            "ratio": round(load.ratio, 1),
        }
        for load in loads
    }
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def _table(title: str, count: int, timings: list[Timing]) -> Table:
    table = Table(title=title)
    for heading in ("contestant", "per second", "microseconds", f"ratio to {timings[0].name}"):
        table.add_column(heading, justify="left" if heading == "contestant" else "right")
    for each in timings:
        one = each.seconds / count
        table.add_row(each.name, f"{1 / one:,.0f}", f"{one * 1e6:,.1f}", f"{each.ratio:.2f}")
    return table


def _loads(loads: list[throughput.Load]) -> Table:
    table = Table(title="POST on PostgreSQL (gunicorn, 2 processes), beside its bare rows")
    for heading in (
        "client threads",
        "POST a second",
        "bare inserts a second",
        "inserts in a POST",
    ):
        table.add_column(heading, justify="right")
    for each in loads:
        ratio = f"{each.ratio:.1f}"
        table.add_row(str(each.threads), f"{each.posts:,.0f}", f"{each.inserts:,.0f}", ratio)
    return table


if __name__ == "__main__":
    main()
