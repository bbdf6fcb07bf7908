"""What each operation answers to those who may see, and to those who may not.

The registry runs with the shipped rules; what it should answer is in `access_table`. Citizens stand
in one relation each, and the days lie on both sides of the borders of all relations.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path

import pytest

from engine.decide import Decider
from engine.reader.load import load_rulebook
from registry.commands import (
    AddParticipant,
    Caller,
    CreateInterview,
    DeleteParticipant,
    FindInterviews,
    FindVersions,
    PutCitizen,
    UpdateInterview,
    UpdateParticipant,
    WhatIf,
)
from registry.errors import NotFound, RegistryError
from registry.in_force import Always
from registry.interview import ContactGroupPeriod, Interview, NewParticipant
from registry.outcome import Page, VersionPage
from registry.service import Refused, Registered, Registry
from registry.storage import Database
from tests.registry.access_table import (
    BEGIN,
    CALLERS,
    CLOSED,
    END,
    MAY_REGISTER,
    OPEN,
    RELATIONS,
    sees_citizen,
    sees_interview,
    writes,
)
from tests.registry.databases import Kind, SqliteKind
from tests.registry.fakes import AGENCY, CONTENT, OTHER_CPR, SINCE_2020, Clock
from tests.registry.rows import audit_outcomes, counts

ROOT = Path(__file__).parents[2]
NOWHERE = "00000000-0000-4000-8000-000000000000"
DAYS = [
    *(BEGIN + timedelta(days=each) for each in (-121, -120, -1, 0)),
    *(END + timedelta(days=each) for each in (-1, 0, 119, 120)),
]
NOT_FOUND = ("NotFound", str(NotFound()))
GATES = {"job_centre": ("6005",), "unemployment_fund": ("4857",)}
BROKEN = {"update": ("S-109",), "dry run": ("S-109",), "add": ("S-201",), "change": ("S-201",)}
"""What a change in `changes` is refused with when only what it states is wrong."""
OF_EACH_KIND = [
    each
    for each in CALLERS
    if each.organisation in {"7", "9", "101", "102", "901", "902", "star", "kss"}
    or each.organisation.startswith("AA")
]


@pytest.fixture(scope="module")
def rules() -> Decider:
    return Decider(load_rulebook(ROOT / "rules", ROOT / "config"), "both")


class Matrix:
    """A registry with a citizen for each relation, who has an open and a closed interview."""

    def __init__(self, database: Database, rules: Decider) -> None:
        self.clock = Clock()
        self.registry = Registry(database, Always(rules), self.clock)
        self.numbers = {
            relation: f"{61 + position}01901234" for position, relation in enumerate(RELATIONS)
        }
        self.on(date(2023, 6, 1))
        self.interviews = {relation: self._put(relation) for relation in RELATIONS}

    def on(self, day: date) -> None:
        """Let it be noon of that day."""
        self.clock.now = datetime.combine(day, time(11), UTC)

    def _put(self, relation: str) -> dict[int, Interview]:
        facts = replace(RELATIONS[relation], contact_groups=(ContactGroupPeriod(3, SINCE_2020),))
        self.registry.put_citizen(AGENCY, PutCitizen(self.numbers[relation], facts))
        return {kind: self._create(self.numbers[relation], kind) for kind in (OPEN, CLOSED)}

    def _create(self, cpr: str, kind: int) -> Interview:
        content = replace(
            CONTENT,
            type=kind,
            held_at=datetime(2023, 5, 1, 8, kind, tzinfo=UTC),
            booking_id=None,
            participants=(NewParticipant("Ida"),),
        )
        outcome = self.registry.create_interview(AGENCY, CreateInterview(cpr, content))
        assert isinstance(outcome, Registered)
        return outcome.interview


@pytest.fixture
def kind(sqlite: SqliteKind) -> Kind:
    """Who sees what is decided by the rules; the databases are compared elsewhere."""
    return sqlite


@pytest.fixture
def matrix(database: Database, rules: Decider) -> Matrix:
    return Matrix(database, rules)


def answer(call: Callable[[], object]) -> object:
    """Return what the caller is told: a value, codes of a refusal, or an error with its words."""
    try:
        outcome = call()
    except RegistryError as error:
        return type(error).__name__, str(error)
    match outcome:
        case Refused(decision):
            return tuple(each.code for each in decision.violations)
        case Page(interviews):
            return interviews
        case VersionPage(versions):
            return tuple(each.interview for each in versions)
        case _:
            return outcome


def reads(matrix: Matrix, caller: Caller, which: str) -> dict[str, object]:
    """Return what each way of reading one interview answers."""
    registry = matrix.registry
    return {
        "read": answer(lambda: registry.read_interview(caller, which)),
        "as of now": answer(lambda: registry.read_interview(caller, which, matrix.clock.now)),
        "versions": answer(lambda: registry.read_versions(caller, FindVersions(which))),
    }


def changes(matrix: Matrix, caller: Caller, which: str, participant: str) -> dict[str, object]:
    """Return what each change answers; all of them break a rule, so that nothing is changed."""
    registry = matrix.registry
    future = replace(CONTENT, held_at=datetime(2030, 1, 1, tzinfo=UTC), booking_id=None)
    what_if = WhatIf("update_interview", future, interview_id=which)
    nobody = NewParticipant(" ")
    return {
        "update": answer(
            lambda: registry.update_interview(caller, UpdateInterview(which, 1, future))
        ),
        "dry run": answer(
            lambda: tuple(each.code for each in registry.dry_run(caller, what_if).violations)
        ),
        "add": answer(lambda: registry.add_participant(caller, AddParticipant(which, nobody))),
        "change": answer(
            lambda: registry.update_participant(caller, UpdateParticipant(which, participant, " "))
        ),
    }


def _error(told: object) -> object:
    return told[0] if isinstance(told, tuple) and told else told


def days_for(caller: Caller, relation: str) -> list[date]:
    """Return all days where answers change over time, else one before and one in the relation."""
    seen = {sees_citizen(caller, RELATIONS[relation], day) for day in DAYS}
    return DAYS if len(seen) == 2 else [DAYS[0], DAYS[3]]


@pytest.mark.parametrize(
    "caller", OF_EACH_KIND, ids=lambda each: f"{each.organisation_type} {each.organisation}"
)
def test_every_operation_answers_as_the_table_says(
    matrix: Matrix, database: Database, caller: Caller
) -> None:
    before = counts(database)["interview_version"]
    for relation, citizen in RELATIONS.items():
        for day in days_for(caller, relation):
            matrix.on(day)
            where = f"{relation} on {day}"
            stored = matrix.interviews[relation]
            shown = tuple(
                each for kind, each in stored.items() if sees_interview(caller, citizen, day, kind)
            )
            query = FindInterviews(matrix.numbers[relation])
            found = answer(partial(matrix.registry.find_interviews, caller, query))
            expected = shown if sees_citizen(caller, citizen, day) else NOT_FOUND
            assert expected == found, where
            may_write = writes(caller, citizen, day)
            for each in stored.values():
                which, one = each.interview_id, each.participants[0].participant_id
                told = changes(matrix, caller, which, one)
                if each in shown:
                    expected_reads = {"read": each, "as of now": each, "versions": (each,)}
                    assert expected_reads == reads(matrix, caller, which), where
                else:
                    assert {NOT_FOUND} == set(reads(matrix, caller, which).values()), where
                if caller.organisation_type not in MAY_REGISTER:
                    assert {"NotAuthorised"} == {_error(each) for each in told.values()}, where
                elif each not in shown:
                    assert dict.fromkeys(told, NOT_FOUND) == told, where
                elif may_write:
                    assert BROKEN == told, where
                else:
                    assert dict.fromkeys(told, GATES[caller.organisation_type]) == told, where
    assert before == counts(database)["interview_version"]


@pytest.mark.parametrize(
    "caller", OF_EACH_KIND, ids=lambda each: f"{each.organisation_type} {each.organisation}"
)
def test_what_is_not_there_and_what_is_not_yours_answer_alike(
    matrix: Matrix, caller: Caller
) -> None:
    matrix.on(BEGIN)
    registry = matrix.registry
    hidden = [
        (relation, interview)
        for relation, citizen in RELATIONS.items()
        for kind, interview in matrix.interviews[relation].items()
        if not sees_interview(caller, citizen, BEGIN, kind)
    ]
    for relation, interview in hidden[:4]:
        which, one = interview.interview_id, interview.participants[0].participant_id
        assert reads(matrix, caller, NOWHERE) == reads(matrix, caller, which)
        assert changes(matrix, caller, NOWHERE, one) == changes(matrix, caller, which, one)
        gone = [
            answer(partial(registry.delete_participant, caller, DeleteParticipant(each, one)))
            for each in (NOWHERE, which)
        ]
        assert gone[0] == gone[1]
        assert interview == registry.read_interview(AGENCY, which)
        if sees_citizen(caller, RELATIONS[relation], BEGIN):
            continue
        for call in (_find, _create, _try):
            unknown, foreign = (
                answer(partial(call, registry, caller, cpr))
                for cpr in (OTHER_CPR, matrix.numbers[relation])
            )
            assert unknown == foreign


def _find(registry: Registry, caller: Caller, cpr: str) -> object:
    return registry.find_interviews(caller, FindInterviews(cpr))


def _create(registry: Registry, caller: Caller, cpr: str) -> object:
    outcome = registry.create_interview(caller, CreateInterview(cpr, CONTENT))
    return outcome.decision


def _try(registry: Registry, caller: Caller, cpr: str) -> object:
    return registry.dry_run(caller, WhatIf("create_interview", CONTENT, cpr=cpr))


def test_a_supposed_day_shows_nothing_to_who_may_not_see_today(matrix: Matrix) -> None:
    """A former job centre cannot learn of a citizen by supposing that it is still last year."""
    job_centre = Caller("job_centre", "101", "bo", "matrix")
    then = datetime(2024, 3, 1, 11, tzinfo=UTC)
    matrix.on(END)
    content = replace(CONTENT, type=OPEN, booking_id=None, held_at=then)
    decisions = [
        matrix.registry.dry_run(
            job_centre, WhatIf("create_interview", content, cpr=cpr, recorded_at=then)
        )
        for cpr in (matrix.numbers["of job centre 101"], OTHER_CPR)
    ]
    assert decisions[0] == decisions[1]
    assert [GATES["job_centre"]] * 2 == [
        tuple(each.code for each in decision.violations) for decision in decisions
    ]


def test_who_sees_but_may_not_write_cannot_delete(matrix: Matrix) -> None:
    fund = Caller("unemployment_fund", "7", "bo", "matrix")
    matrix.on(END)
    interview = matrix.interviews["member of fund 7"][OPEN]
    command = DeleteParticipant(interview.interview_id, interview.participants[0].participant_id)
    delete = partial(matrix.registry.delete_participant, fund, command)
    assert GATES["unemployment_fund"] == answer(delete)
    assert interview == matrix.registry.read_interview(fund, interview.interview_id)
    matrix.on(BEGIN)
    assert isinstance(delete(), Registered)


def test_the_day_of_reading_is_the_day_in_denmark(matrix: Matrix) -> None:
    job_centre = Caller("job_centre", "101", "bo", "matrix")
    which = matrix.interviews["of job centre 101"][OPEN].interview_id
    matrix.clock.now = datetime(2024, 7, 31, 21, 59, 59, tzinfo=UTC)
    assert which == matrix.registry.read_interview(job_centre, which).interview_id
    matrix.clock.now = datetime(2024, 7, 31, 22, 0, tzinfo=UTC)
    assert NOT_FOUND == answer(lambda: matrix.registry.read_interview(job_centre, which))


def test_every_refusal_is_noted(matrix: Matrix, database: Database) -> None:
    stranger = Caller("job_centre", "102", "bo", "matrix")
    fund = Caller("unemployment_fund", "7", "bo", "matrix")
    matrix.on(END)
    interview = matrix.interviews["member of fund 7"][OPEN]
    which, one = interview.interview_id, interview.participants[0].participant_id
    before = len(audit_outcomes(database))
    reads(matrix, stranger, which)
    changes(matrix, stranger, which, one)
    changes(matrix, fund, which, one)
    answer(lambda: matrix.registry.find_interviews(stranger, FindInterviews(OTHER_CPR)))
    registrations = ["update_interview", "dry_run", "add_participant", "update_participant"]
    assert [
        ("read_interview", "not_found"),
        ("read_interview", "not_found"),
        ("read_versions", "not_found"),
        *((operation, "not_found") for operation in registrations),
        *((operation, "refused") for operation in registrations),
        ("find_interviews", "not_found"),
    ] == audit_outcomes(database)[before:]
