"""A process that stops for ever in the middle of a registration, to be killed there.

Run as `python -m tests.registry.victim URL PLACE`; PLACE is the table whose row it is about to
write, or `commit`. Writes `there` when it has got so far.
"""

from __future__ import annotations

import sys
import time

from sqlalchemy import event

from registry.commands import CreateInterview
from registry.service import Registry
from registry.storage import Database
from tests.registry.fakes import CONTENT, CPR, JOB_CENTRE, Clock, FakeDecider


def stop() -> None:
    sys.stdout.write("there\n")
    sys.stdout.flush()
    time.sleep(600)


if __name__ == "__main__":
    database = Database(sys.argv[1])
    place = sys.argv[2]
    if place == "commit":
        event.listen(database.engine, "commit", lambda connection: stop())
    else:

        @event.listens_for(database.engine, "before_cursor_execute")
        def look(_c: object, _u: object, statement: str, *_: object) -> None:
            if statement.split()[:3] == ["INSERT", "INTO", place]:
                stop()

    Registry(database, FakeDecider(), Clock()).create_interview(
        JOB_CENTRE, CreateInterview(CPR, CONTENT)
    )
