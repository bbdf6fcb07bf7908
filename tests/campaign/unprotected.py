"""A server without a protection, for control runs: what breaks here, the protection prevents.

Run as `python -m tests.campaign.unprotected WITHOUT OPTIONS…`; WITHOUT is

- `lock`: nobody waits for a citizen, and the unique constraints behind the lock are gone;
- `commit`: answers go out before the commit, which follows up to a second later.

OPTIONS are some of those of `samtale serve`.
"""

from __future__ import annotations

import argparse
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from typing import TypeVar

from waitress import serve

from registry.schema import upgrade
from registry.storage import Database, UnitOfWork
from web.app import create_app
from web.settings import Settings

_Result = TypeVar("_Result")


def unlocked(url: str) -> Database:
    """Open a database whose writers do not wait for each other, with no net below them."""
    with closing(Database(url)) as database:
        upgrade(database)
        with database.engine.begin() as connection:
            if database.engine.dialect.name == "sqlite":
                for statement in (
                    "CREATE TABLE bare AS SELECT * FROM interview_version",
                    "DROP TABLE interview_version",
                    "ALTER TABLE bare RENAME TO interview_version",
                ):
                    connection.exec_driver_sql(statement)
            else:
                for constraint in ("interview_version_pkey", "pk_interview_version"):
                    connection.exec_driver_sql(
                        f"ALTER TABLE interview_version DROP CONSTRAINT IF EXISTS {constraint}"
                    )
                connection.exec_driver_sql(
                    "DROP INDEX IF EXISTS ix_interview_version_citizen_id_citizen_revision"
                )
    return Database(url, serialised=False)


class HastyDatabase(Database):
    """Answers before it commits: all that is written lies in one transaction for a moment."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.hasty = False
        """Whether it does so yet: not before the service has been set up."""
        self._open: ExitStack | None = None
        self._unit: UnitOfWork | None = None
        self._guard = threading.RLock()
        threading.Thread(target=self._commit_now_and_then, daemon=True).start()

    def write(self, work: Callable[[UnitOfWork], _Result]) -> _Result:
        if not self.hasty:
            return super().write(work)
        with self._guard:
            if self._open is None or self._unit is None:
                self._open = ExitStack()
                self._unit = self._open.enter_context(super().writing())
            return work(self._unit)

    def _commit_now_and_then(self) -> None:
        while True:
            time.sleep(1)
            with self._guard:
                if self._open is not None and self._unit is not None:
                    self._unit.commit()
                    self._open.close()
                self._open = self._unit = None


WITHOUT: dict[str, Callable[[str], Database]] = {"lock": unlocked, "commit": HastyDatabase}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("without", choices=WITHOUT)
    for option in ("host", "port", "database-url", "threads", "key-file", "rules", "config"):
        parser.add_argument(f"--{option}")
    given = vars(parser.parse_args())
    without = given.pop("without")
    settings = Settings.from_environment({}, given)
    opened: list[Database] = []

    def open_database(url: str) -> Database:
        opened.append(WITHOUT[without](url))
        return opened[-1]

    app = create_app(settings, open_database=open_database)
    for database in opened:
        if isinstance(database, HastyDatabase):
            database.hasty = True
    serve(app, host=settings.host, port=settings.port, threads=settings.threads)


if __name__ == "__main__":
    main()
