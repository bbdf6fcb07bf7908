"""What would pass: it is accepted, by both engines, and nothing smaller is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, product
from pathlib import Path
from random import Random

import pytest

from engine.cases.files import Case, read_case_files
from engine.decide import Decider
from engine.facts import Facts, FactType, Value
from engine.model import Rulebook, RuleKind
from engine.problems import EvaluationError
from engine.reader.load import load_rulebook
from engine.what_passes import Nearest, change_in_words, nearest_accepted
from registry.days import day_of
from registry.own_facts import OWN_FACTS, consistent
from tests.engine import invented, invented_rules
from tests.engine.invented import CODES, FACTS, POOLS, Draws
from tests.engine.oracle import expected_firings
from web.case_folder import read_case_folder

PROJECT = Path(__file__).resolve().parents[2]
RULEBOOK = load_rulebook(PROJECT / "rules", PROJECT / "config")
DECIDER = Decider(RULEBOOK)
CASES, _ = read_case_files(read_case_folder(PROJECT / "tests" / "cases", "tests/cases"), RULEBOOK)
REFUSED = [
    case
    for case in CASES
    if case.operation in ("create_interview", "update_interview") and case.codes
]


def passing(case: Case, **limits: int) -> Nearest:
    return nearest_accepted(DECIDER, case.operation, case.facts, OWN_FACTS, consistent, **limits)


def case_named(beginning: str) -> Case:
    return next(case for case in REFUSED if case.name.da.startswith(beginning))


# --- on the real rules ----------------------------------------------------------------------------


def test_every_proposal_for_a_refused_case_is_accepted_by_both_engines() -> None:
    proposed = 0
    for case in REFUSED:
        for alternative in passing(case, most_tried=300).alternatives:
            proposed += 1
            again = consistent(
                {**case.facts, **{each.name: each.becomes for each in alternative.changes}}
            )
            assert again == alternative.facts
            assert DECIDER.decide(case.operation, again).accepted, case.name.da
    assert proposed > 100


def test_no_single_change_that_is_accepted_is_overlooked_or_nearer() -> None:
    for case in REFUSED[::15]:
        found = passing(case)
        by_hand = {
            name: value
            for name in OWN_FACTS
            for value in _by_hand(case, name)
            if _accepted(case, name, value)
        }
        sizes = {len(each.changes) for each in found.alternatives}
        if not by_hand:
            assert 1 not in sizes, case.name.da
            continue
        assert {1} == sizes, case.name.da
        assert by_hand.keys() == {each.changes[0].name for each in found.alternatives}
        for alternative in found.alternatives:
            (change,) = alternative.changes
            if change.name == "interview.held_at":
                nearest = min(
                    _days_moved(case, value)
                    for value in _by_hand(case, change.name)
                    if _accepted(case, change.name, value)
                )
                assert _days_moved(case, change.becomes) <= nearest, case.name.da


def _accepted(case: Case, name: str, value: Value | None) -> bool:
    return DECIDER.accepts(case.operation, consistent({**case.facts, name: value}))


def _days_moved(case: Case, value: object) -> int:
    assert isinstance(value, datetime)
    was, becomes = case.facts["interview.held_on"], day_of(value)
    assert isinstance(was, date)
    return abs((becomes - was).days)


def _by_hand(case: Case, name: str) -> Iterator[Value | None]:
    fact, was = RULEBOOK.catalogue.facts[name], case.facts.get(name)
    if fact.optional:
        yield None
    match fact.type:
        case FactType.CODE:
            yield from (code for code in range(45) if code != was)
        case FactType.BOOLEAN:
            yield not was
        case FactType.INSTANT:
            assert isinstance(was, datetime)
            for days in range(-40, 41):
                for minutes in (-61, -1, 0, 1, 61):
                    if days or minutes:
                        yield was + timedelta(days=days, minutes=minutes)


@pytest.mark.parametrize(
    ("beginning", "expected"),
    [
        ("Et minut før", ["samtalens afholdelsestidspunkt er 5. marts 2024 kl. 10.00"]),
        ("En dagpengemodtager må ikke få", ["samtalens type er 7 (Jobsamtale)"]),
        (
            "Kontaktgruppen er slut på afholdelsesdagen",
            ["samtalens afholdelsestidspunkt er 4. marts 2024 kl. 10.00"],
        ),
    ],
)
def test_it_reads_as_people_say_it(beginning: str, expected: list[str]) -> None:
    found = passing(case_named(beginning))
    told = [
        change_in_words(change, RULEBOOK.catalogue, RULEBOOK.tables).da
        for alternative in found.alternatives
        for change in alternative.changes
    ]
    assert expected == told


def test_what_follows_from_a_fact_moves_with_it() -> None:
    (alternative,) = passing(case_named("Kontaktgruppen er slut på afholdelsesdagen")).alternatives
    assert date(2024, 3, 4) == alternative.facts["interview.held_on"]


def test_a_gate_that_refuses_cannot_be_passed_by_changing_the_request() -> None:
    case = next(case for case in REFUSED if case.codes == ("6005",))
    found = passing(case)
    assert ((), 0) == (found.alternatives, found.tried)


def test_what_is_accepted_needs_no_change() -> None:
    case = next(each for each in CASES if each.operation == "create_interview" and not each.codes)
    assert ((), 0, True) == (passing(case).changes, passing(case).tried, passing(case).complete)


def test_a_search_that_is_cut_short_says_so() -> None:
    found = passing(case_named("En borger uden kontaktgruppe"), most_tried=50)
    assert ((), 50, False) == (found.alternatives, found.tried, found.complete)


# --- on random rules ------------------------------------------------------------------------------

CHANGEABLE = ("case.kind", "case.place", "case.flag", "case.maybe_kind", "case.maybe_flag")


def _random(seed: int) -> tuple[Rulebook, Facts]:
    draws = Draws(Random(seed).randrange)
    return invented_rules.rulebook(draws, [RuleKind.RULE]), invented.facts(draws)


def test_on_random_rules_the_fewest_facts_are_changed() -> None:
    """Facts with few values: everything can be tried, and the least that is accepted is known."""
    needed = {1: 0, 2: 0, 0: 0}
    for seed in range(220):
        book, facts = _random(seed)
        decider = Decider(book)
        if decider.decide("register", facts).accepted:
            continue
        found = nearest_accepted(
            decider, "register", facts, CHANGEABLE, most_changes=2, most_tried=100_000
        )
        sizes = {len(each.changes) for each in found.alternatives}
        least = _least(decider, facts)
        assert ({least} if least else set()) == sizes, seed
        needed[least] += 1
    assert needed[1] > 15
    assert needed[2] > 1


def _least(decider: Decider, facts: Facts) -> int:
    for size in (1, 2):
        for names in combinations(CHANGEABLE, size):
            for values in product(*(_every_value(name) for name in names)):
                changed = {**facts, **dict(zip(names, values, strict=True))}
                if decider.accepts("register", changed):
                    return size
    return 0


def _every_value(name: str) -> list[Value | None]:
    fact = FACTS[name]
    pool = CODES[fact.code_list] if fact.code_list else POOLS[fact.type]
    return [*pool, *([None] if fact.optional else [])]


def test_on_random_rules_every_proposal_is_accepted_whatever_the_type() -> None:
    changeable = tuple(name for name, fact in FACTS.items() if fact.type is not FactType.RECORDS)
    proposed = 0
    for seed in range(1000, 1150):
        book, facts = _random(seed)
        decider = Decider(book)
        if decider.decide("register", facts).accepted:
            continue
        try:
            found = nearest_accepted(decider, "register", facts, changeable, most_tried=400)
        except EvaluationError:
            pytest.fail(str(seed))
        for alternative in found.alternatives:
            proposed += 1
            assert decider.decide("register", alternative.facts).accepted, seed
            fired = expected_firings(book, "register", alternative.facts)
            assert {each.clause for each in fired} <= _silent(book, alternative.facts), seed
    assert proposed > 50


def _silent(book: Rulebook, facts: Facts) -> set[int]:
    """Return the rules that may fire without a refusal: advice, and what a gate hides."""
    rules = book.rules_of("register")
    fired = [rules[each.clause] for each in expected_firings(book, "register", facts)]
    hidden = any(rule.gate for rule in fired)
    return {
        number
        for number, rule in enumerate(rules)
        if rule.severity.value == "advice" or (hidden and not rule.gate)
    }


def test_moments_are_moved_by_whole_minutes_where_that_is_near() -> None:
    moved = passing(case_named("Et mikrosekund før")).changes[0].becomes
    assert datetime(2024, 3, 5, 9, tzinfo=UTC) == moved
