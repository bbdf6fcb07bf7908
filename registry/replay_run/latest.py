"""The replay that the workbench shows: what was asked for, how far it is, what came out.

In: a work folder. Out: `Latest`, as a file that every process of a service reads.
Does not know: pages, nor how a replay runs. The file holds counts, codes, organisations and
identifiers of decisions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson

from registry.replay_run.figures import Figures, plain_figures, read_figures
from registry.replay_run.work_folder import write_whole

_NAME = "latest.json"


class State(StrEnum):
    """What became of a replay."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    """Somebody stopped it."""
    BROKEN_OFF = "broken_off"
    """Its process ended; the next one goes on where it stopped."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants replayed. Both are `folder`, the name of a release or what is said so."""

    candidate: str
    against: str
    since: date | None = None
    until: date | None = None
    """The last day that counts."""


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest replay."""

    asked: Asked
    candidate: str
    """The identifier of the rulebook that is tried."""
    began: datetime
    state: State = State.RUNNING
    done: int = 0
    total: int = 0
    reason: str = ""
    """Why it failed."""
    ended: datetime | None = None
    figures: Figures | None = None

    def at(self, done: int, total: int) -> Latest:
        return replace(self, done=done, total=total)


def write_latest(folder: Path, latest: Latest) -> None:
    """Write what every process is to see from now on."""
    asked = latest.asked
    document = {
        "asked": {
            "candidate": asked.candidate,
            "against": asked.against,
            "since": asked.since,
            "until": asked.until,
        },
        "candidate": latest.candidate,
        "began": latest.began,
        "state": latest.state.value,
        "done": latest.done,
        "total": latest.total,
        "reason": latest.reason,
        "ended": latest.ended,
        "figures": None if latest.figures is None else plain_figures(latest.figures),
    }
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(folder / _NAME, orjson.dumps(document))


def read_latest(folder: Path) -> Latest | None:
    """Return the newest replay; None when there was none, or an older program wrote it."""
    try:
        return _latest(orjson.loads((folder / _NAME).read_bytes()))
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return None


def _latest(plain: Mapping[str, Any]) -> Latest:
    asked = plain["asked"]
    return Latest(
        Asked(asked["candidate"], asked["against"], _day(asked["since"]), _day(asked["until"])),
        plain["candidate"],
        datetime.fromisoformat(plain["began"]),
        State(plain["state"]),
        plain["done"],
        plain["total"],
        plain["reason"],
        None if plain["ended"] is None else datetime.fromisoformat(plain["ended"]),
        None if plain["figures"] is None else read_figures(plain["figures"]),
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
