"""What the registry answers to each command, and what it stores."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import orjson
import pytest

from engine.problems import EvaluationError
from registry import tables
from registry.commands import (
    AddParticipant,
    Caller,
    CreateInterview,
    DeleteParticipant,
    FindInterviews,
    PutCitizen,
    UpdateInterview,
    UpdateParticipant,
)
from registry.errors import Conflict, NotAuthorised, NotFound
from registry.interview import (
    CitizenFacts,
    Interview,
    NewParticipant,
    OrganisationPeriod,
    Participant,
    RegisteredBy,
)
from registry.service import Refused, Registered, Registry
from registry.storage import Database
from tests.registry.fakes import (
    AGENCY,
    CITIZEN,
    CONTENT,
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
from tests.registry.rows import audit_outcomes, counts, rows


def registered(outcome: Registered | Refused) -> Registered:
    assert isinstance(outcome, Registered)
    return outcome


def refused(outcome: Registered | Refused) -> Refused:
    assert isinstance(outcome, Refused)
    return outcome


def codes(outcome: Registered | Refused) -> list[str]:
    return [violation.code for violation in refused(outcome).decision.violations]


def create(registry: Registry, minutes: int = 0, **changes: object) -> Interview:
    command = CreateInterview(CPR, held(minutes, **changes))
    return registered(registry.create_interview(JOB_CENTRE, command)).interview


class TestCreate:
    def test_an_accepted_interview_is_stored_as_stated(self, registry: Registry) -> None:
        content = replace(CONTENT, participants=(NewParticipant("Ida", "x", 1),))
        interview = registered(
            registry.create_interview(JOB_CENTRE, CreateInterview(CPR, content))
        ).interview
        assert (1, CPR, RESETTING) == (interview.version, interview.cpr, interview.type)
        assert NOW == interview.registered_at == interview.updated_at
        assert RegisteredBy("job_centre", "101") == interview.registered_by
        assert [("Ida", "x", 1)] == [
            (p.name, p.external_id, p.type) for p in interview.participants
        ]
        assert interview == registry.read_interview(JOB_CENTRE, interview.interview_id)

    def test_the_decision_is_stored_with_its_facts(
        self, registry: Registry, database: Database
    ) -> None:
        outcome = registered(registry.create_interview(JOB_CENTRE, CreateInterview(CPR, CONTENT)))
        (row,) = rows(database, tables.decision)
        facts = orjson.loads(row["facts"])
        assert outcome.decision_id == row["decision_id"]
        assert outcome.interview.interview_id == row["interview_id"]
        assert (True, "sha256:fake") == (row["accepted"], row["rulebook"])
        assert ("2024-05-06T08:00:00Z", "2024-05-06") == (
            facts["interview.held_at"],
            facts["interview.held_on"],
        )
        assert "interview.participation_status" not in facts
        assert sorted(facts) == list(facts)
        assert {"accepted": True, "advice": [], "violations": []} == orjson.loads(row["outcome"])

    def test_a_refusal_stores_its_decision_and_no_interview(
        self, registry: Registry, database: Database
    ) -> None:
        create(registry, 5)
        outcome = registry.create_interview(JOB_CENTRE, CreateInterview(CPR, held(5)))
        assert ["S-105"] == codes(outcome)
        stored = counts(database)
        assert (1, 1, 2) == (
            stored["interview"],
            stored["interview_version"],
            stored["decision"],
        )
        assert ("create_interview", "refused") == audit_outcomes(database)[-1]

    def test_every_earlier_interview_is_seen_by_the_rules(
        self, registry: Registry, decider: FakeDecider
    ) -> None:
        create(registry, 0)
        create(registry, 1, type=NOT_RESETTING)
        create(registry, 2)
        assert [RESETTING, NOT_RESETTING] == [
            each["type"] for each in decider.asked[-1]["citizen.interviews"]
        ]

    def test_a_microsecond_is_kept(self, registry: Registry) -> None:
        content = replace(CONTENT, held_at=CONTENT.held_at + timedelta(microseconds=1))
        interview = registered(
            registry.create_interview(JOB_CENTRE, CreateInterview(CPR, content))
        ).interview
        assert content.held_at == registry.read_interview(FUND, interview.interview_id).held_at

    def test_an_organisation_type_that_may_not_register_is_turned_away(
        self, registry: Registry, database: Database
    ) -> None:
        with pytest.raises(NotAuthorised):
            registry.create_interview(MUNICIPALITY, CreateInterview(CPR, CONTENT))
        with pytest.raises(NotAuthorised):
            registry.create_interview(
                replace(JOB_CENTRE, organisation_type="unheard_of"), CreateInterview(CPR, CONTENT)
            )
        assert [("create_interview", "not_authorised")] * 2 == audit_outcomes(database)[1:]

    def test_nothing_is_stored_when_no_decision_can_be_made(
        self, registry: Registry, decider: FakeDecider, database: Database
    ) -> None:
        before = counts(database)
        decider.fails = True
        with pytest.raises(EvaluationError):
            registry.create_interview(JOB_CENTRE, CreateInterview(CPR, CONTENT))
        assert before == counts(database)
        decider.fails = False
        create(registry)


class TestCitizensOneMayNotSee:
    @pytest.mark.parametrize(
        ("caller", "code"), [(OTHER_JOB_CENTRE, "6005"), (replace(FUND, organisation="9"), "4857")]
    )
    def test_unknown_and_foreign_citizens_are_refused_alike(
        self, registry: Registry, caller: Caller, code: str
    ) -> None:
        foreign = refused(registry.create_interview(caller, CreateInterview(CPR, CONTENT)))
        unknown = refused(registry.create_interview(caller, CreateInterview(OTHER_CPR, CONTENT)))
        assert [code] == codes(foreign)
        assert foreign.decision == unknown.decision

    def test_a_foreign_citizen_is_not_told_of_by_any_value(
        self, registry: Registry, decider: FakeDecider
    ) -> None:
        registry.create_interview(OTHER_JOB_CENTRE, CreateInterview(CPR, CONTENT))
        assert () == decider.asked[-1]["citizen.job_centre_affiliations"]
        assert () == decider.asked[-1]["citizen.interviews"]

    def test_the_log_keeps_what_was_truly_decided(
        self, registry: Registry, database: Database
    ) -> None:
        registry.create_interview(OTHER_JOB_CENTRE, CreateInterview(CPR, CONTENT))
        (row,) = rows(database, tables.decision)
        facts = orjson.loads(row["facts"])
        assert ["101"] == [
            each["organisation"] for each in facts["citizen.job_centre_affiliations"]
        ]
        assert row["citizen_id"] is not None

    def test_an_agency_is_told_that_a_citizen_is_unknown(
        self, registry: Registry, database: Database
    ) -> None:
        with pytest.raises(NotFound):
            registry.create_interview(AGENCY, CreateInterview(OTHER_CPR, CONTENT))
        assert ("create_interview", "not_found") == audit_outcomes(database)[-1]

    def test_reading_what_one_may_not_see_is_like_reading_what_is_not_there(
        self, registry: Registry, database: Database
    ) -> None:
        interview = create(registry)
        for caller in (OTHER_JOB_CENTRE, MUNICIPALITY, replace(FUND, organisation="9")):
            with pytest.raises(NotFound):
                registry.read_interview(caller, interview.interview_id)
            with pytest.raises(NotFound):
                registry.find_interviews(caller, FindInterviews(CPR))
        with pytest.raises(NotFound):
            registry.read_interview(JOB_CENTRE, "no-such-interview")
        with pytest.raises(NotFound):
            registry.find_interviews(AGENCY, FindInterviews(OTHER_CPR))
        assert ["not_found"] * 8 == [outcome for _, outcome in audit_outcomes(database)[-8:]]

    def test_writing_on_an_interview_one_may_not_see_finds_nothing(
        self, registry: Registry
    ) -> None:
        interview = create(registry, participants=(NewParticipant("Ida"),))
        one = interview.participants[0].participant_id
        who, which = OTHER_JOB_CENTRE, interview.interview_id
        with pytest.raises(NotFound):
            registry.update_interview(who, UpdateInterview(which, 1, held(1)))
        with pytest.raises(NotFound):
            registry.add_participant(who, AddParticipant(which, NewParticipant("Bo")))
        with pytest.raises(NotFound):
            registry.update_participant(who, UpdateParticipant(which, one, "Bo"))
        with pytest.raises(NotFound):
            registry.delete_participant(who, DeleteParticipant(which, one))
        assert interview == registry.read_interview(AGENCY, which)

    @pytest.mark.parametrize(("days_ago", "visible"), [(0, False), (-1, True)])
    def test_an_affiliation_ends_before_its_last_day(
        self, registry: Registry, days_ago: int, visible: bool
    ) -> None:
        interview = create(registry)
        until = NOW.date() - timedelta(days=days_ago)
        ended = (OrganisationPeriod("101", date(2020, 1, 1), until),)
        registry.put_citizen(AGENCY, PutCitizen(CPR, CitizenFacts(job_centre_affiliations=ended)))
        if visible:
            assert interview == registry.read_interview(JOB_CENTRE, interview.interview_id)
        else:
            with pytest.raises(NotFound):
                registry.read_interview(JOB_CENTRE, interview.interview_id)


class TestUpdate:
    def test_a_new_version_is_stored_whole_and_the_old_one_kept(
        self, registry: Registry, database: Database, clock: Clock
    ) -> None:
        first = create(registry, participants=(NewParticipant("Ida"),))
        clock.pass_minutes(5)
        second = registered(
            registry.update_interview(
                FUND, UpdateInterview(first.interview_id, 1, held(-1, agreement_text=None))
            )
        ).interview
        assert (2, NOW, clock.now) == (second.version, second.registered_at, second.updated_at)
        assert first.participants == second.participants
        assert RegisteredBy("job_centre", "101") == second.registered_by
        assert second == registry.read_interview(FUND, first.interview_id)
        versions = rows(database, tables.interview_version)
        assert [(1, 1), (2, 2)] == [(v["version"], v["citizen_revision"]) for v in versions]
        assert "agreed" == orjson.loads(versions[0]["content"])["agreement_text"]

    def test_the_interview_itself_is_left_out_of_the_earlier_ones(
        self, registry: Registry, decider: FakeDecider
    ) -> None:
        first = create(registry)
        registered(
            registry.update_interview(JOB_CENTRE, UpdateInterview(first.interview_id, 1, held(0)))
        )
        assert () == decider.asked[-1]["citizen.interviews"]

    def test_a_stale_version_is_a_conflict_before_any_rule(
        self, registry: Registry, decider: FakeDecider, database: Database
    ) -> None:
        first = create(registry)
        asked = len(decider.asked)
        with pytest.raises(Conflict) as caught:
            registry.update_interview(JOB_CENTRE, UpdateInterview(first.interview_id, 2, held(0)))
        assert (2, 1) == (caught.value.expected, caught.value.current)
        assert asked == len(decider.asked)
        assert ("update_interview", "conflict") == audit_outcomes(database)[-1]

    def test_a_refused_update_changes_nothing(self, registry: Registry) -> None:
        first, second = create(registry, 0), create(registry, 5)
        outcome = registry.update_interview(
            JOB_CENTRE, UpdateInterview(second.interview_id, 1, held(0))
        )
        assert ["S-105"] == codes(outcome)
        assert second == registry.read_interview(JOB_CENTRE, second.interview_id)
        assert first == registry.read_interview(JOB_CENTRE, first.interview_id)

    def test_given_participants_replace_all_and_known_ones_keep_their_identifier(
        self, registry: Registry
    ) -> None:
        first = create(registry, participants=(NewParticipant("Ida"), NewParticipant("Bo")))
        ida = first.participants[0].participant_id
        stated = (
            NewParticipant("Eva", participant_id="unknown"),
            NewParticipant("Ida B", participant_id=ida),
            NewParticipant("twice", participant_id=ida),
        )
        second = registered(
            registry.update_interview(
                JOB_CENTRE, UpdateInterview(first.interview_id, 1, held(0, participants=stated))
            )
        ).interview
        assert ["Eva", "Ida B", "twice"] == [each.name for each in second.participants]
        identifiers = [each.participant_id for each in second.participants]
        assert ida == identifiers[1]
        assert 3 == len(set(identifiers)) and "unknown" not in identifiers


class TestParticipants:
    def test_one_is_added_changed_and_taken_off(
        self, registry: Registry, database: Database
    ) -> None:
        which = create(registry).interview_id
        added = registered(
            registry.add_participant(
                JOB_CENTRE, AddParticipant(which, NewParticipant("Ida", "x", 3))
            )
        )
        one = added.participant_id
        assert one is not None
        assert (Participant(one, "Ida", "x", 3),) == added.interview.participants
        changed = registered(
            registry.update_participant(JOB_CENTRE, UpdateParticipant(which, one, "Eva", None))
        )
        assert (Participant(one, "Eva", None, 3),) == changed.interview.participants
        gone = registered(registry.delete_participant(JOB_CENTRE, DeleteParticipant(which, one)))
        assert ((), 4) == (gone.interview.participants, gone.interview.version)
        assert gone.interview == registry.read_interview(JOB_CENTRE, which)
        assert 4 == counts(database)["interview_version"]

    def test_an_unknown_participant_is_not_found(self, registry: Registry) -> None:
        which = create(registry).interview_id
        with pytest.raises(NotFound):
            registry.update_participant(JOB_CENTRE, UpdateParticipant(which, "nobody", "Eva"))
        with pytest.raises(NotFound):
            registry.delete_participant(JOB_CENTRE, DeleteParticipant(which, "nobody"))

    def test_the_rules_see_the_one_that_is_added(
        self, registry: Registry, decider: FakeDecider
    ) -> None:
        which = create(registry, participants=(NewParticipant("Bo"),)).interview_id
        registry.add_participant(JOB_CENTRE, AddParticipant(which, NewParticipant("Ida")))
        assert ["Ida"] == [each["name"] for each in decider.asked[-1]["participants"]]


class TestFind:
    def test_pages_follow_each_other_without_gap_or_repeat(self, registry: Registry) -> None:
        wanted = [create(registry, minute).interview_id for minute in range(5)]
        same_time = [create(registry, 4, type=NOT_RESETTING).interview_id for _ in range(2)]
        found: list[str] = []
        after = None
        for _ in range(4):
            page = registry.find_interviews(FUND, FindInterviews(CPR, limit=2, after=after))
            found += [each.interview_id for each in page.interviews]
            after = page.next
        assert after is None
        assert wanted[:4] == found[:4]
        assert sorted([wanted[4], *same_time]) == found[4:]

    def test_an_interview_registered_between_two_pages_shifts_none(
        self, registry: Registry
    ) -> None:
        wanted = [create(registry, minute).interview_id for minute in range(3)]
        first = registry.find_interviews(FUND, FindInterviews(CPR, limit=2))
        create(registry, -60, type=NOT_RESETTING)
        second = registry.find_interviews(FUND, FindInterviews(CPR, limit=2, after=first.next))
        assert wanted[2:] == [each.interview_id for each in second.interviews]

    def test_filters_narrow_by_type_and_time(self, registry: Registry) -> None:
        create(registry, 0)
        wanted = create(registry, 1, type=NOT_RESETTING)
        create(registry, 2, type=NOT_RESETTING)
        page = registry.find_interviews(
            JOB_CENTRE,
            FindInterviews(
                CPR,
                interview_types=(NOT_RESETTING,),
                held_from=held(1).held_at,
                held_to=held(2).held_at,
            ),
        )
        assert (wanted,) == page.interviews
        assert page.next is None

    def test_a_full_last_page_has_no_next(self, registry: Registry) -> None:
        create(registry)
        assert registry.find_interviews(FUND, FindInterviews(CPR, limit=1)).next is None


class TestCitizens:
    def test_what_is_put_replaces_what_was_known(
        self, registry: Registry, database: Database, decider: FakeDecider
    ) -> None:
        affiliated = CitizenFacts(job_centre_affiliations=CITIZEN.job_centre_affiliations)
        registry.put_citizen(AGENCY, PutCitizen(CPR, affiliated))
        create(registry)
        assert () == decider.asked[-1]["citizen.bookings"]
        assert 1 == counts(database)["citizen"]

    def test_only_agencies_may_put(self, registry: Registry, database: Database) -> None:
        with pytest.raises(NotAuthorised):
            registry.put_citizen(JOB_CENTRE, PutCitizen(OTHER_CPR, CITIZEN))
        assert 1 == counts(database)["citizen"]
        assert ("put_citizen", "not_authorised") == audit_outcomes(database)[-1]


class TestAudit:
    def test_every_call_leaves_one_line_naming_who_and_whom(
        self, registry: Registry, database: Database
    ) -> None:
        which = create(registry).interview_id
        registry.read_interview(FUND, which)
        registry.find_interviews(AGENCY, FindInterviews(CPR))
        assert [
            ("put_citizen", "accepted"),
            ("create_interview", "accepted"),
            ("read_interview", "read"),
            ("find_interviews", "read"),
        ] == audit_outcomes(database)
        lines = rows(database, tables.audit_line)
        assert 1 == len({line["citizen_id"] for line in lines})
        assert ("hub", "agency", "star", "bo", "request-4") == tuple(
            lines[-1][name]
            for name in ("system", "organisation_type", "organisation", "user", "request_id")
        )

    def test_no_number_name_or_text_is_in_the_log(
        self, registry: Registry, database: Database
    ) -> None:
        create(registry, participants=(NewParticipant("Ida"),))
        written = orjson.dumps(rows(database, tables.audit_line)).decode()
        assert [] == [word for word in (CPR, "Ida", "agreed") if word in written]
