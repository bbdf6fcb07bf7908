"""Replays of the database's history for the pages of the workbench.

In: settings, a database. Out: `Replays`.
Does not know: pages. What reads Parquet and runs DuckDB is imported when somebody replays: a
process that serves requests needs neither.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from engine.model import Rulebook
from registry.days import beginning_of
from registry.history import stored
from registry.history.stored import Span
from registry.replay_run.figures import Figures
from registry.replay_run.latest import Asked
from registry.replay_run.work_folder import WorkFolder
from registry.storage import Database
from web.settings import Settings
from web.ui.replaying.replays import Replays, Seen

MEMORY, THREADS = "1GB", 1
"""What a replay may use beside the requests."""
EXAMPLES = 3
ROWS_AT_ONCE = 10_000
"""Decisions of a part: after each one the page knows how far it is, and can stop."""


def replays_of(settings: Settings, database: Database, clock: Callable[[], datetime]) -> Replays:
    """Return what replays the decisions of this database."""
    work = WorkFolder(settings.replay_folder)
    return Replays(
        work=work,
        run=partial(_run, database, work),
        count=lambda asked: stored.count(database, span_of(asked)),
        clock=clock,
    )


def span_of(asked: Asked) -> Span:
    """Return the days as moments; both are included."""
    return Span(
        None if asked.since is None else beginning_of(asked.since),
        None if asked.until is None else beginning_of(asked.until + timedelta(days=1)),
    )


def _run(
    database: Database,
    work: WorkFolder,
    asked: Asked,
    candidate: Rulebook,
    against: Rulebook | None,
    seen: Seen,
) -> Figures:
    from registry.replay.duckdb_lane import compare
    from registry.replay_run.replay import Rules, replay
    from registry.replay_run.sources import DatabaseSource

    rules = Rules(candidate, against)
    source = DatabaseSource(database, span_of(asked), rules.books, ROWS_AT_ONCE)
    bounded = partial(compare, memory=MEMORY, threads=THREADS)
    return replay(source, rules, bounded, work, lane="duckdb", seen=seen).figures(EXAMPLES)
