"""A process that registers ever later resetting interviews on one citizen, as fast as it can.

Run as `python -m tests.registry.racer URL`; writes a word for each attempt.
"""

from __future__ import annotations

import sys

from registry.commands import CreateInterview
from registry.in_force import Always
from registry.service import Registered, Registry
from registry.storage import Database
from tests.registry.fakes import CPR, JOB_CENTRE, Clock, FakeDecider, held

if __name__ == "__main__":
    registry = Registry(Database(sys.argv[1]), Always(FakeDecider()), Clock())
    for minute in range(30):
        outcome = registry.create_interview(JOB_CENTRE, CreateInterview(CPR, held(minute)))
        word = "accepted" if isinstance(outcome, Registered) else "refused"
        sys.stdout.write(f"{word}\n")
