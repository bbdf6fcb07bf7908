"""Coverage: what counts as tried, which gaps there are, and missing cases that close their gap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path, PurePosixPath

import pytest

from engine.cases.files import Case, read_case_files
from engine.cases.results import run_case
from engine.coverage.aims import Aim, AimKind, aims_of
from engine.coverage.coverage import Coverage, coverage
from engine.coverage.looker import Looker
from engine.coverage.moves import Moves, Spot
from engine.coverage.paths import conditions_of, negated
from engine.coverage.search import Missing, Search
from engine.dated import Dated
from engine.decide import Decider
from engine.explain.wording import DENMARK
from engine.model import Rule, Rulebook, RuleKind, Version
from engine.reader.load import load_rulebook
from tests.engine.oracle import expected_firings
from web.case_folder import read_case_folder

PROJECT = Path(__file__).resolve().parents[2]
REHABILITATION = "rehabilitation-team-participation-status"
IMPOSSIBLE = {
    # no operator may see all citizens on that day: the table gives the first one in 2024
    ("operator-all-citizens", AimKind.SEAM, "before"),
    ("operator-all-citizens", AimKind.SEAM, "on"),
    # who is not in force in the table cannot be one that sees all: one row says both
    ("operator-all-citizens", AimKind.CONDITION, "false"),
}
"""What no facts can try with the tables of today."""


@cache
def book() -> Rulebook:
    return load_rulebook(PROJECT / "rules", PROJECT / "config")


@cache
def files() -> Mapping[str, bytes]:
    return read_case_folder(PROJECT / "tests" / "cases", "tests/cases")


def cases_of(contents: Mapping[str, bytes]) -> tuple[Case, ...]:
    found, problems = read_case_files(contents, book())
    assert () == problems
    return found


@cache
def looker() -> Looker:
    return Looker(book())


@cache
def whole() -> Coverage:
    return coverage(book(), cases_of(files()))


def named(covered: Coverage, aim: Aim) -> tuple[str, ...]:
    return tuple(case.name.da for case in covered.tried[aim])


def aim_at(rule: str, kind: AimKind, side: str, words: str) -> Aim:
    (aim,) = (
        aim
        for aim in aims_of(book())
        if (aim.rule, aim.kind, aim.side) == (rule, kind, side) and words in aim.text.en
    )
    return aim


def test_the_cases_of_the_project_try_all_that_can_be_tried() -> None:
    untried = {(aim.rule, aim.kind, aim.side) for aim in whole().gaps}
    assert IMPOSSIBLE == untried


def test_every_rule_version_has_aims_of_every_kind_it_can_have() -> None:
    kinds = {(aim.rule, aim.kind) for aim in aims_of(book()) if aim.rule}
    for file in book().files:
        for rule in file.all:
            for kind in (AimKind.DEMAND, AimKind.CONDITION, AimKind.SEAM):
                assert (rule.id, kind) in kinds, rule.id


def test_a_condition_counts_on_the_side_that_decides() -> None:
    concerned = aim_at(REHABILITATION, AimKind.CONDITION, "false", "the interview's type is 18")
    assert "En anden samtaletype må have deltagelsesstatus 4" in named(whole(), concerned)
    # with status 5 the rule would be met either way: the type does not decide
    assert "En anden samtaletype må have deltagelsesstatus 5" not in named(whole(), concerned)


def test_a_condition_that_a_gate_hides_is_not_tried() -> None:
    case = next(case for case in whole().cases if case.codes == ("6005",))
    rules = {aim.rule for aim in looker().tried(case.operation, case.facts)} - {""}
    gates = {rule.id for file in book().files for rule in file.all if rule.gate}
    assert set() == rules - gates


def test_a_limit_is_tried_on_it_and_on_both_sides_of_it() -> None:
    for side, name in (
        ("below", "Holdt et mikrosekund før registreringen"),
        ("equal", "Holdt i samme øjeblik, som den registreres"),
        ("above", "Holdt et mikrosekund efter registreringen"),
    ):
        aim = aim_at("held-in-the-past", AimKind.BOUNDARY, side, "held time")
        assert name in named(whole(), aim)
        assert "Holdt dagen efter registreringen" not in named(whole(), aim)


def test_members_of_a_list_are_tried_one_by_one() -> None:
    for status, code in ((5, "5"), (6, "6")):
        (aim,) = (
            aim
            for aim in aims_of(book())
            if aim.rule == REHABILITATION and aim.side == "member" and aim.value == status
        )
        cases = whole().tried[aim]
        assert cases
        assert {status} == {case.facts["interview.participation_status"] for case in cases}, code


def test_a_date_seam_counts_only_where_the_day_makes_the_answer() -> None:
    for side, day in (("before", date(2019, 5, 31)), ("on", date(2019, 6, 1))):
        aim = aim_at(REHABILITATION, AimKind.SEAM, side, "wording")
        cases = whole().tried[aim]
        assert {day} == {case.facts["registration.recorded_on"] for case in cases}
        assert {4} == {case.facts["interview.participation_status"] for case in cases}


def test_the_seam_of_a_row_counts_only_where_the_row_makes_the_answer() -> None:
    seams = [aim for aim in whole().tried if aim.kind is AimKind.ROW]
    seventeen = [aim for aim in seams if aim.path == ("interview_types", 17)]
    assert [] == seventeen, "on that day the type changes its name alone"
    nineteen = [aim for aim in seams if aim.path == ("interview_types", 19)]
    assert {"before", "on"} == {aim.side for aim in nineteen}


@pytest.mark.parametrize("name", ["fund-near-member", "type-allowed-for-contact-group"])
def test_a_condition_decides_when_its_opposite_answers_otherwise(name: str) -> None:
    """The third opinion of the tests, which shares no code with the engines, says the same."""
    rule = next(each for file in book().files for each in file.all if each.id == name)
    version = next(iter(rule.versions))[1]
    decided = 0
    for case in whole().cases:
        if case.operation not in rule.operations or {"6005", "4857"} & set(case.codes):
            continue  # a gate answers alone
        given = book().catalogue.operations[case.operation]
        asked = version if "interview.type" in given else replace(version, only_where=None)
        tried = set(looker().tried(case.operation, case.facts, (name,)))
        paths = {aim.path for aim in tried if aim.kind is AimKind.CONDITION}
        for path, _ in conditions_of(asked):
            firings, opposite = (
                expected_firings(alone(rule, each), case.operation, case.facts)
                for each in (asked, negated(asked, path))
            )
            decides = firings != opposite
            assert decides == (path in paths), (path, case.name.da)
            decided += decides
    assert decided > 20


def alone(rule: Rule, version: Version) -> Rulebook:
    """Return the rulebook with one rule in one wording, and nothing else."""
    only = replace(rule, versions=Dated([(version.valid_from, version)]))
    rules, grants = ((only,), ()) if rule.kind is RuleKind.RULE else ((), (only,))
    file = replace(book().files[0], rules=rules, grants=grants, notices=())
    return replace(book(), files=(file,))


# --- the missing cases ----------------------------------------------------------------------------


def without(titles: set[str]) -> Mapping[str, bytes]:
    """Return the case files, those of some rules with their baseline example alone."""
    kept = {}
    for name, raw in files().items():
        if PurePosixPath(name).stem in titles:
            text = raw.decode()
            head, _, examples = text.partition("examples:\n")
            first = examples[examples.index("  - name:") :]
            end = first.find("  - name:", 5)
            raw = f"{head}examples:\n{first[:end]}".encode()
        kept[name] = raw
    return kept


def added(contents: Mapping[str, bytes], missing: Missing) -> Mapping[str, bytes]:
    assert missing.file is not None
    joined = contents[missing.file].decode().rstrip("\n") + "\n" + missing.text
    return {**contents, missing.file: joined.encode()}


@pytest.mark.parametrize(
    "title",
    [REHABILITATION, "held-in-the-past", "participant-name-length", "access-municipalities"],
)
def test_each_missing_case_closes_the_gap_it_was_written_for(title: str) -> None:
    contents = without({title})
    covered = coverage(book(), cases_of(contents))
    decider, found = Decider(book()), 0
    for missing in Search(covered, decider).missing():
        impossible = (missing.aim.rule, missing.aim.kind, missing.aim.side) in IMPOSSIBLE
        assert impossible == (missing.file is None), missing.aim
        if missing.file is None:
            continue
        found += 1
        cases = cases_of(added(contents, missing))
        assert len(covered.cases) + 1 == len(cases)
        new = [case for case in cases if case.file == missing.file][-1]
        assert run_case(decider, new).passed
        tried = looker().tried(new.operation, new.facts)
        assert missing.aim in set(tried), missing.text
        assert "Svaret er beregnet" in missing.text
        for name, moment in new.facts.items():
            day = new.facts.get(f"{name.removesuffix('_at')}_on")
            if isinstance(moment, datetime) and isinstance(day, date):
                # a moment that is moved stays one moment
                assert day == moment.astimezone(DENMARK).date(), missing.text
    assert found > 2


def test_a_missing_case_goes_into_the_file_of_its_rule() -> None:
    contents = without({REHABILITATION})
    covered = coverage(book(), cases_of(contents))
    aims = [aim for aim in covered.gaps if aim.rule == REHABILITATION]
    assert aims
    places = {each.file for each in Search(covered, Decider(book())).missing(aims)}
    assert {f"tests/cases/{REHABILITATION}.yaml"} == places


def test_a_moment_that_is_moved_stays_one_moment() -> None:
    start = next(case for case in whole().cases if case.title == "held-in-the-past")
    rule = next(each for each in book().rules_of("create_interview") if each.id == start.title)
    version = next(iter(rule.versions))[1]
    spots = [Spot(condition, None) for _, condition in conditions_of(version)]
    days = set()
    for spot in spots:
        for facts in Moves(book(), whole().cases).turning(start.facts, spot):
            for stem in ("interview.held", "registration.recorded"):
                moment = facts[f"{stem}_at"]
                assert isinstance(moment, datetime)
                assert facts[f"{stem}_on"] == moment.astimezone(DENMARK).date()
                days.add(facts[f"{stem}_on"])
    assert len(days) > 3


def test_what_cannot_be_tried_is_said_to_be_so() -> None:
    missing = list(Search(whole(), Decider(book())).missing())
    assert [None] * len(IMPOSSIBLE) == [each.file for each in missing]
    assert all(each.tries > 100 for each in missing)
    assert {""} == {each.text for each in missing}
