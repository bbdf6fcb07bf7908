"""A process that stops for ever in the middle of a registration, to be killed there.

Run as `python -m tests.registry.victim URL PLACE [KEY]`; PLACE is the table whose row it is about
to write, `commit`, or `answer` when all of it is stored. Writes `there` when it has got so far.
With KEY it registers once, what `tests.registry.repeats` registers.
"""

from __future__ import annotations

import re
import sys
import time

from sqlalchemy import event

from registry.commands import CreateInterview
from registry.in_force import Always
from registry.service import Registry
from registry.storage import Database
from tests.registry.fakes import CONTENT, CPR, JOB_CENTRE, Clock, FakeDecider
from tests.registry.repeats import register


def stop() -> None:
    sys.stdout.write("there\n")
    sys.stdout.flush()
    time.sleep(600)


if __name__ == "__main__":
    database = Database(sys.argv[1])
    place = sys.argv[2]
    if place == "commit":
        event.listen(database.engine, "commit", lambda connection: stop())
    elif place != "answer":

        @event.listens_for(database.engine, "before_cursor_execute")
        def look(_c: object, _u: object, statement: str, *_: object) -> None:
            # on PostgreSQL one statement writes into several tables
            if re.search(rf"INSERT INTO {place}\s*\(", statement):
                stop()

    registry = Registry(database, Always(FakeDecider()), Clock())
    if len(sys.argv) > 3:
        register(registry, sys.argv[3])
    else:
        registry.create_interview(JOB_CENTRE, CreateInterview(CPR, CONTENT))
    stop()
