"""A server that does not read the active rulebook where it must, for the control runs of H2.

Run as `python -m tests.campaign.stale_rules HOW OPTIONS…`; HOW is

- `early`: the row is read before the citizen is locked;
- `cached`: the process remembers for a moment what it has read.

OPTIONS are some of those of `samtale serve`.
"""

from __future__ import annotations

import argparse
import random
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from waitress import serve

from engine.decide import Decider
from registry import release_rows
from registry.errors import RulebookNotAtHand
from registry.releases import Releases
from registry.storage import Database, UnitOfWork
from web.app import create_app
from web.settings import Settings

CACHED_SECONDS = (1.5, 3.0)
LONGEST_PAUSE = 0.3

_Result = TypeVar("_Result")
_of_thread = threading.local()


class EarlyDatabase(Database):
    """Notes what is active, and only then begins the transaction that will lock the citizen."""

    def write(self, work: Callable[[UnitOfWork], _Result]) -> _Result:
        with self.reading() as unit:
            _of_thread.active = release_rows.active(unit)
        time.sleep(random.uniform(0, LONGEST_PAUSE))
        return super().write(work)


class EarlyReleases(Releases):
    """Decides by what was noted before the transaction began."""

    def in_force(self, unit: UnitOfWork) -> Decider:
        noted = getattr(_of_thread, "active", None)
        if noted is None:
            return super().in_force(unit)
        decider = self._deciders.find(noted)
        if decider is None:
            raise RulebookNotAtHand(noted)
        return decider


class CachedReleases(Releases):
    """Decides by what it has read a moment ago."""

    def __init__(self, *words: Any, **named: Any) -> None:
        super().__init__(*words, **named)
        self._known: tuple[float, Decider] | None = None

    def in_force(self, unit: UnitOfWork) -> Decider:
        known = self._known
        if known is None or time.monotonic() > known[0]:
            decider = super().in_force(unit)
            self._known = known = (time.monotonic() + random.uniform(*CACHED_SECONDS), decider)
        return known[1]


HOW: dict[str, tuple[type[Database], type[Releases]]] = {
    "early": (EarlyDatabase, EarlyReleases),
    "cached": (Database, CachedReleases),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("how", choices=HOW)
    for option in ("host", "port", "database-url", "threads", "key-file", "rules", "config"):
        parser.add_argument(f"--{option}")
    given = vars(parser.parse_args())
    database, releases = HOW[given.pop("how")]
    settings = Settings.from_environment({}, given)
    app = create_app(settings, open_database=database, make_releases=releases)
    serve(app, host=settings.host, port=settings.port, threads=settings.threads)


if __name__ == "__main__":
    main()
