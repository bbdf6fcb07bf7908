"""Earlier versions of interviews, interviews as of a moment, and pages that leave some out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from registry.commands import (
    AddParticipant,
    Caller,
    CreateInterview,
    DeleteParticipant,
    FindInterviews,
    FindVersions,
    UpdateInterview,
    UpdateParticipant,
)
from registry.errors import NotFound
from registry.interview import Interview, InterviewContent, NewParticipant, RegisteredBy
from registry.messages import Change
from registry.service import Refused, Registered, Registry
from registry.storage import Database
from tests.registry.fakes import (
    AGENCY,
    CLOSED,
    CPR,
    FUND,
    JOB_CENTRE,
    NOT_RESETTING,
    NOW,
    OTHER_JOB_CENTRE,
    Clock,
    held,
)
from tests.registry.rows import audit_outcomes

MINUTE = timedelta(minutes=1)
ANE = replace(JOB_CENTRE, user="ane")


def kept(outcome: Registered | Refused) -> Interview:
    assert isinstance(outcome, Registered)
    return outcome.interview


def create(registry: Registry, minutes: int = 0, kind: int = NOT_RESETTING) -> Interview:
    content = held(minutes, type=kind)
    return kept(registry.create_interview(ANE, CreateInterview(CPR, content)))


def update(registry: Registry, interview: Interview, content: InterviewContent) -> Interview:
    command = UpdateInterview(interview.interview_id, interview.version, content)
    return kept(registry.update_interview(JOB_CENTRE, command))


@pytest.fixture
def five(registry: Registry, clock: Clock) -> list[Interview]:
    """Return five versions of one interview, a minute between each of them."""
    first = create(registry)
    which = first.interview_id
    clock.pass_minutes(1)
    second = update(registry, first, held(1, type=NOT_RESETTING, agreement_text="other"))
    clock.pass_minutes(1)
    added = registry.add_participant(FUND, AddParticipant(which, NewParticipant("Ida")))
    assert isinstance(added, Registered) and added.participant_id is not None
    clock.pass_minutes(1)
    changed = UpdateParticipant(which, added.participant_id, "Eva")
    fourth = kept(registry.update_participant(AGENCY, changed))
    clock.pass_minutes(1)
    gone = DeleteParticipant(which, added.participant_id)
    fifth = kept(registry.delete_participant(JOB_CENTRE, gone))
    return [first, second, added.interview, fourth, fifth]


class TestVersions:
    def test_each_is_there_whole_with_who_when_and_what(
        self, registry: Registry, five: list[Interview]
    ) -> None:
        page = registry.read_versions(JOB_CENTRE, FindVersions(five[0].interview_id))
        assert five == [each.interview for each in page.versions]
        assert page.next is None
        assert [NOW + minute * MINUTE for minute in range(5)] == [
            each.interview.updated_at for each in page.versions
        ]
        assert [
            ("ane", RegisteredBy("job_centre", "101"), Change.INTERVIEW_CREATED),
            ("bo", RegisteredBy("job_centre", "101"), Change.INTERVIEW_UPDATED),
            ("bo", RegisteredBy("unemployment_fund", "7"), Change.PARTICIPANT_ADDED),
            ("bo", RegisteredBy("agency", "star"), Change.PARTICIPANT_UPDATED),
            ("bo", RegisteredBy("job_centre", "101"), Change.PARTICIPANT_DELETED),
        ] == [(each.user, each.registered_by, each.change) for each in page.versions]
        assert 5 == len({each.decision_id for each in page.versions})

    def test_pages_of_them_follow_each_other(
        self, registry: Registry, five: list[Interview]
    ) -> None:
        which, after, pages = five[0].interview_id, 0, []
        for _ in range(3):
            page = registry.read_versions(FUND, FindVersions(which, limit=2, after=after))
            pages.append([each.interview.version for each in page.versions])
            after = page.next or 0
        assert [[1, 2], [3, 4], [5]] == pages
        assert page.next is None
        last = registry.read_versions(FUND, FindVersions(which, limit=2, after=3))
        assert ([4, 5], None) == ([each.interview.version for each in last.versions], last.next)

    def test_other_interviews_and_refused_changes_are_not_among_them(
        self, registry: Registry, five: list[Interview]
    ) -> None:
        other = create(registry, 60)
        page = registry.read_versions(AGENCY, FindVersions(other.interview_id))
        assert [other] == [each.interview for each in page.versions]

    def test_what_one_may_not_see_has_none(
        self, registry: Registry, five: list[Interview], database: Database
    ) -> None:
        with pytest.raises(NotFound):
            registry.read_versions(OTHER_JOB_CENTRE, FindVersions(five[0].interview_id))
        with pytest.raises(NotFound):
            registry.read_versions(AGENCY, FindVersions("no-such-interview"))
        registry.read_versions(AGENCY, FindVersions(five[0].interview_id))
        assert [
            ("read_versions", "not_found"),
            ("read_versions", "not_found"),
            ("read_versions", "read"),
        ] == audit_outcomes(database)[-3:]

    def test_versions_of_a_closed_type_are_left_out_for_funds(
        self, registry: Registry, clock: Clock
    ) -> None:
        closed = create(registry, kind=CLOSED)
        clock.pass_minutes(1)
        open_now = update(registry, closed, held(0, type=NOT_RESETTING))
        query = FindVersions(closed.interview_id, limit=1)
        page = registry.read_versions(FUND, query)
        assert ([open_now], None) == ([each.interview for each in page.versions], page.next)
        assert 1 == registry.read_versions(JOB_CENTRE, query).next
        update(registry, open_now, held(0, type=CLOSED))
        with pytest.raises(NotFound):
            registry.read_versions(FUND, query)


class TestAsOf:
    def test_the_version_is_found_that_was_registered_at_that_moment(
        self, registry: Registry, five: list[Interview]
    ) -> None:
        which, microsecond = five[0].interview_id, timedelta(microseconds=1)
        for position, version in enumerate(five):
            began = NOW + position * MINUTE
            for moment in (began, began + MINUTE - microsecond):
                assert version == registry.read_interview(JOB_CENTRE, which, moment)
        assert five[-1] == registry.read_interview(
            JOB_CENTRE, which, datetime.max.replace(tzinfo=NOW.tzinfo)
        )
        with pytest.raises(NotFound):
            registry.read_interview(JOB_CENTRE, which, NOW - microsecond)

    def test_a_list_shows_what_was_registered_then(self, registry: Registry, clock: Clock) -> None:
        first, second = create(registry, 0), create(registry, 10)
        clock.pass_minutes(1)
        moved = update(registry, first, held(20, type=CLOSED))
        third = create(registry, 30)

        def found(**wanted: Any) -> list[Interview]:
            page = registry.find_interviews(JOB_CENTRE, replace(FindInterviews(CPR), **wanted))
            return list(page.interviews)

        assert [second, moved, third] == found()
        assert [first, second] == found(as_of=NOW)
        assert [second, moved, third] == found(as_of=clock.now)
        assert [] == found(as_of=NOW - MINUTE)
        assert [first, second] == found(as_of=NOW, interview_types=(NOT_RESETTING,))
        assert [] == found(as_of=NOW, interview_types=(CLOSED,))
        assert [first] == found(as_of=NOW, held_to=held(1).held_at)

    def test_pages_of_a_moment_follow_each_other(self, registry: Registry, clock: Clock) -> None:
        wanted = [create(registry, minute) for minute in range(5)]
        clock.pass_minutes(1)
        for interview in wanted:
            update(registry, interview, held(100 - interview.held_at.minute, type=NOT_RESETTING))
        found: list[Interview] = []
        query = FindInterviews(CPR, limit=2, as_of=NOW)
        for _ in range(3):
            page = registry.find_interviews(JOB_CENTRE, query)
            found += page.interviews
            query = replace(query, after=page.next)
        assert wanted == found
        assert page.next is None

    def test_an_earlier_version_shows_funds_no_more_than_the_current_one(
        self, registry: Registry, clock: Clock
    ) -> None:
        opened, closed = create(registry, 0), create(registry, 10, CLOSED)
        clock.pass_minutes(1)
        update(registry, opened, held(0, type=CLOSED))
        now_open = update(registry, closed, held(10, type=NOT_RESETTING))
        for interview in (opened, closed):
            assert interview == registry.read_interview(JOB_CENTRE, interview.interview_id, NOW)
            with pytest.raises(NotFound):
                registry.read_interview(FUND, interview.interview_id, NOW)
        as_of = FindInterviews(CPR, as_of=NOW)
        assert () == registry.find_interviews(FUND, as_of).interviews
        assert (opened, closed) == registry.find_interviews(JOB_CENTRE, as_of).interviews
        assert (now_open,) == registry.find_interviews(FUND, FindInterviews(CPR)).interviews


class TestPages:
    @pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6])
    @pytest.mark.parametrize(
        "kinds", ["oooooo", "cccccc", "cocoo", "oocccc", "ccccoo", "occccco", "cooocc"]
    )
    def test_are_full_however_many_interviews_are_left_out(
        self, registry: Registry, kinds: str, limit: int
    ) -> None:
        created = [
            create(registry, minute, NOT_RESETTING if kind == "o" else CLOSED)
            for minute, kind in enumerate(kinds)
        ]
        shown = [each for each in created if each.type != CLOSED]
        assert _in_pages(shown, limit) == _pages(registry, FUND, limit)
        assert _in_pages(created, limit) == _pages(registry, JOB_CENTRE, limit)

    def test_find_any_of_several_types(self, registry: Registry) -> None:
        kinds = [7, 12, CLOSED, 12, 7]
        created = [create(registry, minute, kind) for minute, kind in enumerate(kinds)]
        for types, expected in {
            (7, 12): [0, 1, 3, 4],
            (12, CLOSED): [1, 2, 3],
            (7,): [0, 4],
            (9,): [],
            (): [0, 1, 2, 3, 4],
        }.items():
            query = FindInterviews(CPR, types)
            found = registry.find_interviews(JOB_CENTRE, query).interviews
            assert [created[each] for each in expected] == list(found)


def _pages(registry: Registry, caller: Caller, limit: int) -> list[list[Interview]]:
    pages: list[list[Interview]] = []
    query = FindInterviews(CPR, limit=limit)
    while True:
        page = registry.find_interviews(caller, query)
        pages.append(list(page.interviews))
        if page.next is None:
            return pages
        query = replace(query, after=page.next)


def _in_pages(interviews: list[Interview], limit: int) -> list[list[Interview]]:
    """Return them as full pages and a last one, which is empty only when it is the only one."""
    return [interviews[at : at + limit] for at in range(0, len(interviews), limit)] or [[]]
