"""One random sequence of commands, given to a registry on each database: the same comes out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry import tables
from registry.commands import (
    AddParticipant,
    CreateInterview,
    DeleteParticipant,
    FindInterviews,
    FindVersions,
    PutCitizen,
    UpdateInterview,
    UpdateParticipant,
    WhatIf,
)
from registry.errors import RegistryError
from registry.in_force import Always
from registry.interview import NewParticipant
from registry.service import Registry
from registry.storage import Database
from tests.registry.databases import PostgresqlKind, SqliteKind
from tests.registry.fakes import (
    AGENCY,
    CITIZEN,
    CLOSED,
    CPR,
    FUND,
    JOB_CENTRE,
    MUNICIPALITY,
    NOT_RESETTING,
    NOW,
    OTHER_CPR,
    OTHER_JOB_CENTRE,
    RESETTING,
    Clock,
    FakeDecider,
    held,
)
from tests.registry.rows import rows

COMMANDS = 120
LARGEST = 2**31 - 1
"""The schemas of the wire let no larger code through."""
KEYED_BY_CITIZEN = Path(__file__).parent / "keyed_by_citizen.sql"
IDENTIFIER = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}")
NAMES = ["Ida", "Åse", "", "O'Hara; --", 'back\\slash "', "👩‍👧", "a" * 2000, "nul\0and\x1f"]
CALLERS = [JOB_CENTRE, JOB_CENTRE, FUND, AGENCY, OTHER_JOB_CENTRE, MUNICIPALITY]
FACTS = [CITIZEN, replace(CITIZEN, fund_memberships=()), replace(CITIZEN, contact_groups=())]

Known = list[tuple[str, tuple[str, ...]]]
"""The identifiers of interviews, each with those of its participants."""
Command = Callable[[Registry, Known], object]


class Run:
    """A registry, what it has answered, and the identifiers that it has given."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.clock = Clock()
        self._registry = Registry(self.database, Always(FakeDecider()), self.clock)
        self._known: Known = [("unknown", ("nobody",))]
        self._ordinals: dict[str, int] = {}

    def give(self, command: Command) -> str:
        """Return what came of it, with the ordinals of identifiers and hashes in their place."""
        try:
            outcome = command(self._registry, self._known)
        except RegistryError as error:
            outcome = f"{type(error).__name__}: {error}"
        self._learn(getattr(outcome, "interview", None))
        return self.told(outcome)

    def told(self, value: object) -> str:
        return IDENTIFIER.sub(
            lambda found: f"#{self._ordinals.setdefault(found[0], len(self._ordinals))}",
            repr(value),
        )

    def _learn(self, interview: Any) -> None:
        if interview is None:
            return
        who = tuple(each.participant_id for each in interview.participants)
        known = [each for each in self._known if each[0] != interview.interview_id]
        if len(known) == len(self._known):
            self._known.append((interview.interview_id, who))
        else:
            places = [each[0] for each in self._known]
            self._known[places.index(interview.interview_id)] = (interview.interview_id, who)


def commands(random: Random, count: int = COMMANDS) -> Iterator[Command]:
    yield lambda registry, _: registry.put_citizen(AGENCY, PutCitizen(CPR, CITIZEN))
    # no two interviews at the same time: such ones are sorted by identifiers, which differ
    minutes = random.sample(range(-500, 2000), count)
    for minute in minutes:
        yield _command(random, minute)


def _command(random: Random, minute: int) -> Command:
    caller = random.choice(CALLERS)
    cpr = random.choice([CPR, CPR, CPR, OTHER_CPR])
    content = held(
        minute,
        type=random.choice([RESETTING, NOT_RESETTING, CLOSED, LARGEST]),
        agreement_text=random.choice([None, *NAMES]),
        participants=random.choice([None, (), (NewParticipant(random.choice(NAMES)),)]),
    )
    choice, version, name = random.random(), random.randint(1, 3), random.choice(NAMES)
    limit, after = random.randint(1, 5), random.choice([0, 1])
    wanted = random.choice([(), (RESETTING,), (RESETTING, CLOSED, LARGEST)])
    as_of = random.choice([None, NOW + timedelta(minutes=random.randint(0, COMMANDS))])

    def which(known: Known) -> tuple[str, str]:
        interview_id, who = known[int(choice * len(known))]
        return interview_id, who[0] if who else "nobody"

    kinds: list[Command] = [
        lambda registry, _: registry.put_citizen(
            random_owner, PutCitizen(cpr, FACTS[int(choice * len(FACTS))])
        ),
        *[lambda registry, _: registry.create_interview(caller, CreateInterview(cpr, content))] * 4,
        *[
            lambda registry, known: registry.update_interview(
                caller, UpdateInterview(which(known)[0], version, content)
            )
        ]
        * 2,
        lambda registry, known: registry.add_participant(
            caller, AddParticipant(which(known)[0], NewParticipant(name, name))
        ),
        lambda registry, known: registry.update_participant(
            caller, UpdateParticipant(*which(known), name)
        ),
        lambda registry, known: registry.delete_participant(
            caller, DeleteParticipant(*which(known))
        ),
        lambda registry, known: registry.read_interview(caller, which(known)[0], as_of),
        lambda registry, known: registry.read_versions(
            caller, FindVersions(which(known)[0], limit, after)
        ),
        lambda registry, _: registry.find_interviews(
            caller, FindInterviews(cpr, wanted, content.held_at, None, as_of, limit)
        ),
        lambda registry, _: registry.dry_run(caller, WhatIf("create_interview", content, cpr=cpr)),
    ]
    random_owner = random.choice([AGENCY, AGENCY, JOB_CENTRE])
    return random.choice(kinds)


@pytest.mark.parametrize("seed", range(5))
def test_both_databases_answer_alike_and_store_alike(
    sqlite: SqliteKind, postgresql: PostgresqlKind, tmp_path: Path, seed: int
) -> None:
    accepted = alike(
        sqlite.migrated(tmp_path), postgresql.migrated(tmp_path), commands(Random(seed))
    )
    assert accepted > COMMANDS / 8


@given(st.randoms(use_true_random=False))
@settings(
    max_examples=10,
    deadline=None,
    # every example begins with new databases
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_sequence_of_commands_is_found_that_tells_the_databases_apart(
    sqlite: SqliteKind, postgresql: PostgresqlKind, tmp_path: Path, random: Random
) -> None:
    alike(sqlite.migrated(tmp_path), postgresql.migrated(tmp_path), commands(random, count=20))


def test_tables_that_are_cut_into_pieces_by_citizen_answer_alike(
    sqlite: SqliteKind, postgresql: PostgresqlKind, tmp_path: Path
) -> None:
    url = postgresql.migrated(tmp_path)
    with closing(Database(url)) as database, database.engine.begin() as connection:
        connection.exec_driver_sql(KEYED_BY_CITIZEN.read_text())
    assert alike(sqlite.migrated(tmp_path), url, commands(Random(99))) > COMMANDS / 8


def alike(url: str, other_url: str, given_to_both: Iterable[Command]) -> int:
    """Give both the same commands; compare each answer, and what is stored at the end.

    Returns how many were registered.
    """
    runs = first, second = Run(url), Run(other_url)
    with closing(first.database), closing(second.database):
        accepted = 0
        for command in given_to_both:
            expected = first.give(command)
            assert expected == second.give(command)
            accepted += expected.startswith("Registered")
            for run in runs:
                run.clock.pass_minutes(1)
        assert _stored(first) == _stored(second)
        return accepted


def _stored(run: Run) -> dict[str, list[str]]:
    """Return the rows of each table, identifiers and hashes aside."""
    return {
        table.name: sorted(IDENTIFIER.sub("#", repr(row)) for row in rows(run.database, table))
        for table in tables.metadata.sorted_tables
    }
