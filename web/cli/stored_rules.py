"""Opens the rulebooks of a database for a command.

In: settings. Out: `Releases`, as long as a block lasts.
Does not know: what the command does with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from web.cli.options import CouldNotRun
from web.settings import Settings

if TYPE_CHECKING:
    from registry.releases import Releases
    from registry.storage import Database


@contextmanager
def opened(settings: Settings, *, made: bool = False) -> Iterator[tuple[Database, Releases]]:
    """Open the database; with `made` its tables are made or brought up to date first."""
    # imported here, so that `samtale check` does not wait for a database
    from registry.releases import Releases
    from registry.schema import open_current, upgrade
    from registry.storage import Database
    from web.rulebook_cache import read_for

    try:
        url = settings.database_url
        database = Database(url) if made else open_current(url)
    except ValueError as error:
        raise CouldNotRun(str(error)) from None
    try:
        if made:
            upgrade(database)
        yield (
            database,
            Releases(
                database,
                lambda: datetime.now(UTC),
                engines=settings.engines,
                read=read_for(settings),
            ),
        )
    finally:
        database.close()
