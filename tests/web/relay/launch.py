"""Starts relays in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[3]


@contextmanager
def relaying(folder: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """A relay on the database, receivers and keys of the folder; killed at the end."""
    with (folder / "relay.log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.web.relay.process", str(folder), *options],
            cwd=PROJECT,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()


def has_said(process: subprocess.Popen[str], word: str) -> None:
    """Wait until it says that it has begun (`up`), or stopped at its place (`there`)."""
    assert process.stdout is not None
    while line := process.stdout.readline():
        if line == f"{word}\n":
            return
    raise AssertionError(f"it ended and never said `{word}`")


def finished(process: subprocess.Popen[str]) -> int:
    process.communicate(timeout=120)
    return process.returncode


def log_lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "relay.log").read_text().splitlines()]
