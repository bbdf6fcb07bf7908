"""The results file: for each benchmark its last figures and the circumstances of that run.

In: figures of a run. Out: `results.json`, in which a run changes its own section alone.
Does not know: what is measured, or how it is shown.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.wording import digits

RESULTS = Path(__file__).resolve().parent / "results.json"
SIGNIFICANT = 4
PACKAGES = (
    "durable-rules",
    "Flask",
    "SQLAlchemy",
    "psycopg",
    "waitress",
    "gunicorn",
    "orjson",
    "duckdb",
    "pyarrow",
)

Section = dict[str, Any]
Results = dict[str, Section]


def read(path: Path = RESULTS) -> Results:
    """Return the sections by the name of their benchmark; none when there is no file."""
    if not path.exists():
        return {}
    sections: Results = json.loads(path.read_text(encoding="utf-8"))
    return sections


def keep(name: str, section: Section, path: Path = RESULTS) -> None:
    """Write this section and leave the others as they are."""
    sections = read(path) | {name: section}
    text = json.dumps(dict(sorted(sections.items())), indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def section(figures: Mapping[str, Any], load_before: float, seconds: float) -> Section:
    """Return the figures with the circumstances in which they came about."""
    return {
        "measured": {
            "on": datetime.now(UTC).date().isoformat(),
            "machine": f"{_processor()}, {os.cpu_count()} cores",
            "system": platform.system(),
            "python": platform.python_version(),
            "load before": round(load_before, 2),
            "seconds": round(seconds, 1),
            "versions": {name: found for name in PACKAGES if (found := _version(name))},
        },
        "figures": rounded(figures),
    }


def load() -> float:
    """Return the load average of the last minute."""
    return os.getloadavg()[0]


def rounded(figures: Any) -> Any:
    """Return the figures with the digits that mean something."""
    if isinstance(figures, Mapping):
        return {str(name): rounded(value) for name, value in figures.items()}
    if isinstance(figures, list | tuple):
        return [rounded(value) for value in figures]
    if isinstance(figures, float):
        return float(digits(figures, SIGNIFICANT).replace(",", ""))
    return figures


def _processor() -> str:
    if sys.platform == "linux":
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
