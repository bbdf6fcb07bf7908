"""Rulebooks as releases: stored for good, activated by a row, read by every transaction."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from itertools import pairwise
from time import sleep
from typing import Any

import orjson
import pytest
from sqlalchemy import delete, update

from engine.model import Rulebook
from engine.problems import RulebookError
from registry import audit_chain, citizens, release_rows, tables
from registry.commands import CreateInterview, FindInterviews, PutCitizen, WhatIf
from registry.errors import (
    CasesFailed,
    DatabaseFault,
    FactsNotSupplied,
    NoActiveRulebook,
    NoSuchRulebook,
    NothingToRollBackTo,
    RulebookDamaged,
    Unavailable,
)
from registry.in_force import Always, RulesInForce
from registry.interview import ContactGroupPeriod
from registry.registration import Registration
from registry.release import Activation, ActivationKind
from registry.releases import Releases
from registry.rule_files import read_files
from registry.service import Refused, Registry
from registry.storage import Database
from tests.registry.fakes import (
    AGENCY,
    CITIZEN,
    CPR,
    JOB_CENTRE,
    NOW,
    SINCE_2020,
    Clock,
    held,
)
from tests.registry.release_files import ROOT, changed, numbered, project_files
from tests.registry.rows import audit_outcomes, counts, rows
from web.case_folder import read_case_folder

TEAM = replace(CITIZEN, contact_groups=(ContactGroupPeriod(3, SINCE_2020),))
REFUSED = CreateInterview(CPR, held(0, type=18, participation_status=4))
"""What every rulebook of these tests refuses with 9125, each in its own words."""


@pytest.fixture
def releases(database: Database, clock: Clock) -> Releases:
    return Releases(database, clock)


@pytest.fixture
def one(releases: Releases) -> str:
    return releases.publish(numbered(1), "the first", AGENCY).id


@pytest.fixture
def two(releases: Releases) -> str:
    return releases.publish(numbered(2), "the second", AGENCY).id


def registry_with(database: Database, rules: RulesInForce) -> Registry:
    registry = Registry(database, rules, Clock())
    registry.put_citizen(AGENCY, PutCitizen(CPR, TEAM))
    return registry


def answer(registry: Registry) -> tuple[str, str]:
    """Return the rulebook that refused, and its words."""
    outcome = registry.create_interview(JOB_CENTRE, REFUSED)
    assert isinstance(outcome, Refused)
    (said,) = [each.message.en for each in outcome.decision.violations if each.code == "9125"]
    return outcome.decision.rulebook, said


# --- publishing -----------------------------------------------------------------------------------


def test_what_is_published_is_there_as_it_was(releases: Releases, clock: Clock) -> None:
    cases = read_case_folder(ROOT / "tests" / "cases", "tests/cases")
    release = releases.publish(project_files(), "the very first", AGENCY, cases)
    assert read_files(project_files()).id == release.id
    assert project_files() == releases.files_of(release.id)
    assert (NOW, "bo", "the very first") == (
        release.published_at,
        release.published_by,
        release.note,
    )
    assert release.cases_run == release.cases_passed > 600
    assert release.engine
    assert release.active_since is None
    assert (release,) == releases.listed()
    assert release == releases.of(release.id) == releases.named(release.id[7:13].upper())


def test_publishing_activates_nothing(releases: Releases, one: str) -> None:
    with pytest.raises(NoActiveRulebook):
        releases.active()
    with pytest.raises(NoActiveRulebook):
        releases.deciding()


def test_a_rulebook_is_stored_once(
    releases: Releases, database: Database, clock: Clock, one: str
) -> None:
    before = rows(database, tables.rulebook_release)
    clock.pass_minutes(5)
    with_comment = numbered(1)
    with_comment["rules/registration.yaml"] += b"\n# a comment makes no other rulebook\n"
    again = releases.publish(with_comment, "once more", JOB_CENTRE)
    assert (one, NOW, "the first") == (again.id, again.published_at, again.note)
    assert before == rows(database, tables.rulebook_release)
    assert [("publish_rulebook", "accepted")] == audit_outcomes(database)


WITHOUT_CATALOGUE = {
    name: content for name, content in project_files().items() if "facts" not in name
}


@pytest.mark.parametrize(
    ("files", "cases", "error"),
    [
        (changed("in: [5, 6]", "in: [5, 6"), None, RulebookError),
        (WITHOUT_CATALOGUE, None, RulebookError),
        (changed("in: [5, 6]", "in: [4, 5, 6]"), "tests/cases", CasesFailed),
        (project_files(), "rules", RulebookError),
        ({}, None, RulebookError),
    ],
    ids=["broken", "incomplete", "failing cases", "cases that are none", "nothing"],
)
def test_what_does_not_pass_is_not_stored(
    releases: Releases,
    database: Database,
    files: Mapping[str, bytes],
    cases: str | None,
    error: type[Exception],
) -> None:
    before = counts(database)
    case_files = None if cases is None else read_case_folder(ROOT / cases, cases)
    with pytest.raises(error):
        releases.publish(files, "", AGENCY, case_files)
    assert before == counts(database)


def test_failing_cases_are_named(releases: Releases) -> None:
    cases = read_case_folder(ROOT / "tests" / "cases", "tests/cases")
    with pytest.raises(CasesFailed) as caught:
        releases.publish(changed("in: [5, 6]", "in: [4, 5, 6]"), "", AGENCY, cases)
    assert 0 < len(caught.value.failed) < len(caught.value.results)
    assert all("9125" in each.expected for each in caught.value.failed)


def test_facts_that_the_registry_cannot_give_are_refused_when_published_and_when_loaded(
    database: Database, clock: Clock, one: str
) -> None:
    catalogue = read_files(project_files()).catalogue
    shoe = replace(catalogue.facts["citizen.contact_course_began"], name="citizen.shoe_size")
    facts = {**catalogue.facts, shoe.name: shoe}
    operations = {**catalogue.operations, "create_interview": frozenset({shoe.name})}
    wider = replace(catalogue, facts=facts, operations=operations)

    def reading_more(files: Mapping[str, bytes]) -> Rulebook:
        return replace(read_files(files), catalogue=wider)

    other = Releases(database, clock, read=reading_more)
    with pytest.raises(FactsNotSupplied):
        other.activate(one, AGENCY)
    assert other.present().rulebook is None


# --- what is stored is what decides ---------------------------------------------------------------


def packed(files: Mapping[str, bytes]) -> tuple[bytes, str]:
    document = orjson.dumps(
        {name: content.decode() for name, content in files.items()}, option=orjson.OPT_SORT_KEYS
    )
    return zlib.compress(document), sha256(document).hexdigest()


RULE = packed(changed("in: [5, 6]", "in: [4, 5, 6]"))
DAMAGES: dict[str, dict[str, Any]] = {
    "a rule, with the hash of the row made anew": {"content": RULE[0], "content_hash": RULE[1]},
    "a rule": {"content": RULE[0]},
    "no bytes of ours": {"content": b"not compressed"},
    "cut off": {"content": RULE[0][:100]},
    "the hash of the row": {"content_hash": "0" * 64},
    "a bomb": {"content": zlib.compress(bytes(80_000_000))},
    "not a mapping": {
        "content": zlib.compress(b"[1]"),
        "content_hash": "80e0c0a67a4d1ea03c1d8b5fa3e35a7c9d97a0cbb0ea8cc3d0a3ee2b2a9a20a1",
    },
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_row_that_was_tampered_with_is_no_rulebook(
    database: Database, releases: Releases, clock: Clock, one: str, two: str, damage: Any
) -> None:
    releases.activate(one, AGENCY)
    with database.writing() as unit:
        unit.execute(
            update(tables.rulebook_release)
            .where(tables.rulebook_release.c.rulebook_id == two)
            .values(damage)
        )
        unit.commit()
    other = Releases(database, clock)
    for wish in (other.decider_of, lambda rulebook: other.activate(rulebook, AGENCY)):
        with pytest.raises(RulebookDamaged):
            wish(two)
    with pytest.raises(RulebookDamaged):
        other.publish(numbered(2), "", AGENCY)
    assert one == releases.active().id


def test_with_a_damaged_rulebook_active_nothing_is_decided(
    database: Database, releases: Releases, clock: Clock, one: str
) -> None:
    releases.activate(one, AGENCY)
    with database.writing() as unit:
        unit.execute(update(tables.rulebook_release).values(content=RULE[0]))
        unit.commit()
    registry = registry_with(database, Releases(database, clock))
    with pytest.raises(RulebookDamaged):
        registry.create_interview(JOB_CENTRE, REFUSED)
    with pytest.raises(RulebookDamaged):
        registry.find_interviews(JOB_CENTRE, FindInterviews(CPR))
    assert [] == rows(database, tables.decision)


def test_a_published_rulebook_that_is_in_use_cannot_be_taken_away(
    database: Database, releases: Releases, one: str
) -> None:
    releases.activate(one, AGENCY)
    with pytest.raises(DatabaseFault), database.writing() as unit:
        unit.execute(delete(tables.rulebook_release))
    assert one == releases.active().id


# --- activating -----------------------------------------------------------------------------------


def test_a_registration_is_decided_by_the_rulebook_that_is_active(
    database: Database, releases: Releases, clock: Clock, one: str, two: str
) -> None:
    registry = registry_with(database, releases)
    elsewhere = Releases(database, clock)
    with pytest.raises(NoActiveRulebook):
        registry.create_interview(JOB_CENTRE, REFUSED)
    for rulebook, words in ((one, "Wording 1."), (two, "Wording 2."), (one, "Wording 1.")):
        elsewhere.activate(rulebook, AGENCY)
        assert (rulebook, words) == answer(registry)
        dry = registry.dry_run(JOB_CENTRE, WhatIf("create_interview", REFUSED.content, cpr=CPR))
        assert rulebook == dry.rulebook
    assert [one, two, one] == [
        row["rulebook"]
        for row in sorted(rows(database, tables.audit_line), key=lambda row: row["sequence"])
        if (row["operation"], row["outcome"]) == ("create_interview", "refused")
    ]


def test_activating_is_logged_and_audited(
    database: Database, releases: Releases, clock: Clock, one: str, two: str
) -> None:
    releases.activate(one, AGENCY, "begin", ActivationKind.PUBLISH)
    clock.pass_minutes(1)
    active = releases.activate(two, JOB_CENTRE, "better")
    assert (two, NOW + timedelta(minutes=1)) == (active.id, active.active_since)
    releases.activate(two, JOB_CENTRE, "it is already")
    assert [
        (1, one, "publish", "bo", "begin"),
        (2, two, "activate", "bo", "better"),
    ] == [(a.number, a.rulebook, a.kind, a.by, a.note) for a in releases.activations()]
    assert [
        ("publish_rulebook", one),
        ("publish_rulebook", two),
        ("activate_rulebook", one),
        ("activate_rulebook", two),
    ] == [
        (row["operation"], row["rulebook"])
        for row in sorted(rows(database, tables.audit_line), key=lambda row: row["sequence"])
    ]
    assert () == audit_chain.check(database).faults


def test_an_unknown_rulebook_is_not_activated(releases: Releases, one: str) -> None:
    releases.activate(one, AGENCY)
    for wish in (releases.of, releases.decider_of, releases.named, releases.files_of):
        with pytest.raises(NoSuchRulebook):
            wish("sha256:" + "0" * 64)
    with pytest.raises(NoSuchRulebook):
        releases.activate("sha256:" + "0" * 64, AGENCY)
    with pytest.raises(NoSuchRulebook):
        releases.named(one[7:12])
    assert one == releases.active().id


def test_rolling_back_goes_one_further_each_time(releases: Releases, one: str, two: str) -> None:
    three = releases.publish(numbered(3), "", AGENCY).id
    with pytest.raises(NothingToRollBackTo):
        releases.roll_back(AGENCY)
    for each in (one, two, three):
        releases.activate(each, AGENCY)
    assert two == releases.roll_back(AGENCY).id
    assert one == releases.roll_back(AGENCY).id
    with pytest.raises(NothingToRollBackTo):
        releases.roll_back(AGENCY)
    releases.activate(three, AGENCY)
    assert one == releases.roll_back(AGENCY, "again").id
    assert ["activate"] * 3 + ["rollback"] * 2 + ["activate", "rollback"] == [
        each.kind for each in releases.activations()
    ]


def test_activations_at_the_same_time_stand_in_one_order(
    url: str, releases: Releases, one: str, two: str
) -> None:
    def activate(number: int) -> None:
        with closing(Database(url)) as own:
            Releases(own, Clock()).activate((one, two)[number % 2], AGENCY)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(activate, range(12)))
    log = releases.activations()
    assert list(range(1, len(log) + 1)) == [each.number for each in log]
    assert all(a.rulebook != b.rulebook for a, b in pairwise(log))
    assert log[-1].rulebook == releases.active().id


def test_a_rulebook_is_read_while_nobody_waits_for_it(
    url: str, database: Database, releases: Releases, one: str
) -> None:
    releases.activate(one, AGENCY)
    written: list[bool] = []

    def reading(files: Mapping[str, bytes]) -> Rulebook:
        with closing(Database(url, wait_seconds=0.5)) as other:
            try:
                Registry(other, releases, Clock()).put_citizen(AGENCY, PutCitizen(CPR, TEAM))
                written.append(True)
            except Unavailable:
                written.append(False)
        return read_files(files)

    registry = registry_with(database, Releases(database, Clock(), read=reading))
    assert one == answer(registry)[0]
    assert [True] == written


# --- for one citizen the rulebook never goes back -------------------------------------------------


def decided_in_turn(url: str, releases: Releases, two: str, second: RulesInForce) -> list[str]:
    """Let a registration wait for a citizen whom another one holds, let `two` become active
    meanwhile, and let the other one decide by it; return by which rulebooks both were decided.
    """
    releases.fetch(two)
    with closing(Database(url)) as database, ThreadPoolExecutor(1) as threads:
        registry_with(database, releases)
        with database.writing() as unit:
            citizens.find_by_cpr(unit, CPR, lock=True)
            waiting = threads.submit(
                Registry(database, second, Clock()).create_interview, JOB_CENTRE, REFUSED
            )
            sleep(0.3)  # it may come as far as the lock, or not: the same must hold
            if database.engine.dialect.name == "sqlite":
                # nobody else can activate while somebody writes
                release_rows.activate(
                    unit, Activation(99, two, ActivationKind.ACTIVATE, NOW, "bo", "")
                )
            else:
                releases.activate(two, AGENCY)
            first = Registration(unit, releases, JOB_CENTRE, Clock()).create(REFUSED)
            unit.commit()
        outcomes = (first, waiting.result())
    return [each.decision.rulebook for each in outcomes]


def test_for_one_citizen_the_rulebook_never_goes_back(
    url: str, releases: Releases, one: str, two: str
) -> None:
    releases.activate(one, AGENCY)
    assert [two, two] == decided_in_turn(url, releases, two, releases)


def test_control_with_what_was_active_before_the_lock_it_goes_back(
    url: str, releases: Releases, one: str, two: str
) -> None:
    releases.activate(one, AGENCY)
    read_before = Always(releases.deciding())
    assert [two, one] == decided_in_turn(url, releases, two, read_before)
