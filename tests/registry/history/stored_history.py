"""A registry with decisions of several operations, by the project's rules, to be replayed.

In: a database. Out: decisions of interviews and participants, some refused.
Does not know: what is done with them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from engine.model import Rulebook
from registry.commands import CreateInterview, PutCitizen
from registry.interview import NewParticipant
from registry.releases import Releases
from registry.rule_files import read_files
from registry.service import Registry
from registry.storage import Database
from tests.registry.fakes import AGENCY, CPR, JOB_CENTRE, Clock, held
from tests.registry.release_files import changed, project_files
from tests.registry.test_releases import TEAM

NAME = "Vera Prøve"
"""A participant; the name may stand in the private files of a replay alone."""
ALLOWED_4 = ("{in: [5, 6]}", "{in: [4, 5, 6]}")
"""What the candidate of these tests changes: with it status 4 is no longer refused with 9125."""


def project() -> Rulebook:
    return read_files(project_files())


def candidate() -> Rulebook:
    return read_files(changed(*ALLOWED_4))


def registered(database: Database, clock: Clock, days: int = 3) -> Registry:
    """Store four decisions a day: status 3 to 6 of a rehabilitation team, the first two refused."""
    releases = Releases(database, clock)
    releases.activate(releases.publish(project_files(), "", AGENCY).id, AGENCY)
    registry = Registry(database, releases, clock)
    registry.put_citizen(AGENCY, PutCitizen(CPR, replace(TEAM, bookings=("b-1", "b-2"))))
    for day in range(days):
        for status in (3, 4, 5, 6):
            content = held(
                24 * 60 * day + status,
                type=18,
                participation_status=status,
                booking_id="b-1",
                participants=(NewParticipant(NAME, "E-1"),),
            )
            registry.create_interview(JOB_CENTRE, CreateInterview(CPR, content))
        clock.now += timedelta(days=1)
    return registry
