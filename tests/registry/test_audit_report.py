"""What the registry tells of the calls about one citizen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from registry.audit_report import ConcernedInterview, ReportLine, citizen_report
from registry.commands import (
    Caller,
    CreateInterview,
    FindInterviews,
    PutCitizen,
    UpdateInterview,
)
from registry.errors import Conflict, NotAuthorised, NotFound
from registry.outcome import Refused, Registered
from registry.service import Registry
from registry.storage import Database
from tests.registry.fakes import (
    AGENCY,
    CITIZEN,
    CONTENT,
    CPR,
    JOB_CENTRE,
    MUNICIPALITY,
    NOW,
    OTHER_CPR,
    OTHER_JOB_CENTRE,
    held,
)
from tests.registry.rows import audit_outcomes

OPERATOR = Caller("system", "samtale", "ida", "request-9", system="command")


def told(database: Database, cpr: str = CPR) -> list[tuple[str, str, str]]:
    lines = citizen_report(database, OPERATOR, cpr, NOW).lines
    return [(line.caller.organisation, line.operation, line.outcome) for line in lines]


def created(registry: Registry) -> Registered:
    outcome = registry.create_interview(JOB_CENTRE, CreateInterview(CPR, CONTENT))
    assert isinstance(outcome, Registered)
    return outcome


def test_every_call_about_the_citizen_is_told_in_order(
    registry: Registry, database: Database
) -> None:
    interview_id = created(registry).interview.interview_id
    again = registry.create_interview(JOB_CENTRE, CreateInterview(CPR, held(-60)))
    assert isinstance(again, Refused)
    registry.read_interview(JOB_CENTRE, interview_id)
    with pytest.raises(NotFound):
        registry.read_interview(OTHER_JOB_CENTRE, interview_id)
    with pytest.raises(Conflict):
        registry.update_interview(JOB_CENTRE, UpdateInterview(interview_id, 7, CONTENT))
    registry.find_interviews(AGENCY, FindInterviews(CPR))
    assert [
        ("star", "put_citizen", "accepted"),
        ("101", "create_interview", "accepted"),
        ("101", "create_interview", "refused"),
        ("101", "read_interview", "read"),
        ("102", "read_interview", "not_found"),
        ("101", "update_interview", "conflict"),
        ("star", "find_interviews", "read"),
    ] == told(database)


def test_a_line_says_who_on_which_interview_and_under_which_rulebook(
    registry: Registry, database: Database
) -> None:
    caller = replace(JOB_CENTRE, system="caseworker-portal")
    registry.create_interview(caller, CreateInterview(CPR, CONTENT))
    line = citizen_report(database, OPERATOR, CPR, NOW).lines[-1]
    assert line.interview is not None
    assert (
        ReportLine(
            sequence=2,
            at=NOW,
            caller=caller,
            operation="create_interview",
            outcome="accepted",
            interview=ConcernedInterview(
                line.interview.interview_id, CONTENT.type, CONTENT.held_at
            ),
            rulebook="sha256:fake",
        )
        == line
    )


def test_a_report_is_itself_told_in_the_next_one(registry: Registry, database: Database) -> None:
    citizen_report(database, OPERATOR, CPR, NOW)
    assert ("samtale", "report_citizen", "read") == told(database)[-1]


def test_other_citizens_are_not_in_it(registry: Registry, database: Database) -> None:
    registry.put_citizen(AGENCY, PutCitizen(OTHER_CPR, CITIZEN))
    created(registry)
    assert [("star", "put_citizen", "accepted")] == told(database, OTHER_CPR)


def test_a_report_on_a_citizen_who_is_unknown_is_noted_too(
    registry: Registry, database: Database
) -> None:
    with pytest.raises(NotFound):
        citizen_report(database, OPERATOR, OTHER_CPR, NOW)
    assert ("report_citizen", "not_found") == audit_outcomes(database)[-1]


def test_a_registration_by_those_who_may_not_register_is_noted_without_the_citizen(
    registry: Registry, database: Database
) -> None:
    with pytest.raises(NotAuthorised):
        registry.create_interview(MUNICIPALITY, CreateInterview(CPR, CONTENT))
    assert ("create_interview", "not_authorised") == audit_outcomes(database)[-1]
