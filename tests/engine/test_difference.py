"""What differs in meaning between two rulebooks is told, and nothing else is."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from ruamel.yaml import YAML

from engine.dated import SINCE_EVER, Dated
from engine.difference import Change, Days, difference
from engine.difference.meaning import meaning
from engine.difference.speech import when
from engine.facts import Facts, Text
from engine.model import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Not,
    Presence,
    Quantified,
    Quantifier,
    Rulebook,
    RuleKind,
)
from engine.operators import OPERATORS
from engine.reader.load import read_folders
from engine.reader.rulebook import read_rulebook
from tests.engine import invented, invented_rules
from tests.engine.invented import Draws
from tests.engine.mutations import REPEATED, mutations
from tests.engine.oracle import expected_firings
from tests.engine.rulebook_changes import good_files
from tests.engine.strategies import rulebooks

PROJECT = Path(__file__).resolve().parents[2]
REAL = read_folders(PROJECT / "rules", PROJECT / "config")
REGISTRATION = "rules/registration.yaml"
MATRIX = "config/allowed_interview_types.yaml"


def read(files: dict[str, bytes]) -> Rulebook:
    rulebook, problems = read_rulebook(files)
    assert rulebook is not None, problems
    return rulebook


def edited(files: dict[str, bytes], file: str, *edits: tuple[str, str]) -> Rulebook:
    # one space between the entries of a row, however the file aligns them
    text = re.sub(r",  +", ", ", files[file].decode())
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return read({**files, file: text.encode()})


def in_order(value: object) -> object:
    """Return the same with every mapping in the order of its keys."""
    if isinstance(value, dict):
        return {key: in_order(value[key]) for key in sorted(value, key=str)}
    return [in_order(each) for each in value] if isinstance(value, list) else value


def written(value: object) -> bytes:
    stream = io.BytesIO()
    YAML().dump(value, stream)
    return stream.getvalue()


def changes(file: str, *edits: tuple[str, str]) -> list[Change]:
    return list(difference(read(REAL), edited(REAL, file, *edits)).changes)


# --- what is no difference ------------------------------------------------------------------------


@pytest.mark.parametrize("files", [REAL, good_files()], ids=["real", "lending"])
def test_a_rulebook_does_not_differ_from_itself(files: dict[str, bytes]) -> None:
    assert not difference(read(files), read(files))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(rulebooks())
def test_no_random_rulebook_differs_from_itself(book: Rulebook) -> None:
    assert () == difference(book, book).changes


@pytest.mark.parametrize("files", [REAL, good_files()], ids=["real", "lending"])
def test_layout_comments_and_the_order_of_everything_are_no_difference(
    files: dict[str, bytes],
) -> None:
    # every mapping is written in the order of its keys, so rules, rows and conditions all move
    moved = {name: written(in_order(YAML().load(raw))) for name, raw in files.items()}
    assert () == difference(read(files), read(moved)).changes


def test_rules_in_another_order_are_no_change_but_a_remark() -> None:
    moved = dict(YAML().load(REAL[REGISTRATION]))
    moved["rules"] = dict(reversed(list(moved["rules"].items())))
    found = difference(read(REAL), read({**REAL, REGISTRATION: written(moved)}))
    assert ((), True) == (found.changes, "create_interview" in found.reordered)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{in: [5, 6]}", "{in: [6, 5]}"),
        ("interview.type: 18\n", "interview.type: {in: [18]}\n"),
        ("when: {interview.contact_type: 6}", "when: {not: {interview.contact_type: {is_not: 6}}}"),
        (
            "require: {interview.type: 8}",
            "require: {not: {not: {any_of: [{interview.type: 8}, {interview.type: 8}]}}}",
        ),
    ],
)
def test_another_way_to_write_a_condition_is_no_difference(old: str, new: str) -> None:
    assert [] == changes("rules/registration.yaml", (old, new))


# --- what is one ----------------------------------------------------------------------------------


def test_every_value_that_is_changed_is_seen() -> None:
    book = read(good_files())
    unseen = [where for where, other in mutations(book) if not _sees(book, other)]
    assert [] == [where for where in unseen if not _means_nothing(where)]


def _sees(book: Rulebook, other: Rulebook) -> bool:
    return bool(difference(book, other))


def _means_nothing(where: str) -> bool:
    """What may change and mean the same: the order that a list of one value or condition has."""
    # a count of at least none, and a condition that may lack what is never absent
    return where.endswith((".at_least", ".or_absent"))


def test_what_is_left_out_of_the_changes_is_there() -> None:
    names = {f"{type(each).__name__}" for each in (read(REAL), *read(REAL).files)}
    assert names <= {name.split(".")[0] for name in REPEATED}


def test_rulebooks_that_do_not_differ_decide_alike() -> None:
    unlike = 0
    for seed in range(400):
        draws = Draws(Random(seed).randrange)
        book = invented_rules.rulebook(draws)
        other = _with_a_value_changed(book, draws)
        seen = bool(difference(book, other))
        for _ in range(6):
            facts = invented.facts(draws)
            was, becomes = (_answers(each, facts) for each in (book, other))
            unlike += was != becomes
            assert seen or was == becomes, seed
    assert unlike > 50


def test_conditions_of_one_meaning_hold_together() -> None:
    draws, alike = Draws(Random(7).randrange), 0
    book = invented_rules.rulebook(draws, [RuleKind.RULE])
    for _ in range(4000):
        condition = invented_rules.Conditions(draws).condition(2)
        other = _rewritten(condition, draws)
        if meaning(condition) != meaning(other):
            continue
        alike += condition != other
        facts = invented.facts(draws)
        assert _fires(book, condition, facts) == _fires(book, other, facts)
    assert alike > 400


def _fires(book: Rulebook, condition: Condition, facts: Facts) -> bool:
    """Tell whether a rule fires that always demands the condition."""
    rule = book.files[0].rules[0]
    _, version = next(iter(rule.versions))
    demand = replace(version.requirements[0], when=All(()), require=condition)
    always = replace(version, when=All(()), requirements=(demand,), withdrawn=False)
    rule = replace(rule, versions=Dated([(SINCE_EVER, always)]), operations=("register",))
    file = replace(book.files[0], rules=(rule,))
    return bool(expected_firings(replace(book, files=(file,)), "register", facts))


def _rewritten(condition: Condition, draws: Draws) -> Condition:
    """Change every condition a little, often without changing what it means."""
    match condition:
        case All(parts) | AnyOf(parts):
            inner = tuple(reversed([_rewritten(part, draws) for part in parts]))
            if draws.chance(3):
                opposite = AnyOf if isinstance(condition, All) else All
                return Not(opposite(tuple(Not(part) for part in inner)))
            return replace(condition, parts=inner)
        case Not(part):
            return Not(_rewritten(part, draws))
        case Quantified(quantifier=quantifier, where=where):
            if quantifier is Quantifier.EVERY and draws.chance(2):
                return replace(condition, quantifier=Quantifier.NONE, where=Not(where))
            if quantifier is Quantifier.NONE and draws.chance(2):
                return Not(replace(condition, quantifier=Quantifier.ANY))
            return replace(condition, where=_rewritten(where, draws))
        case Presence(given=given_) if draws.chance(2):
            return Not(replace(condition, given=not given_))
        case Comparison(operator=operator, or_absent=or_absent) if draws.chance(2):
            opposite_operator = OPERATORS[operator].opposite
            if opposite_operator is None:
                return condition
            absent = or_absent if draws.chance(4) else not or_absent
            return Not(replace(condition, operator=opposite_operator, or_absent=absent))
    return condition


def _with_a_value_changed(book: Rulebook, draws: Draws) -> Rulebook:
    _, other = list(islice(mutations(book), 1 + draws.below(250)))[-1]
    return other


def _answers(book: Rulebook, facts: Facts) -> object:
    """Return what fires; what no reader would let pass is answered by its fault."""
    try:
        return expected_firings(book, "register", facts)
    except (LookupError, TypeError, AttributeError, AssertionError, ValueError) as fault:
        return type(fault)


# --- how it is told -------------------------------------------------------------------------------


TOLD = [
    (
        REGISTRATION,
        ("{in: [5, 6]}", "{in: [4, 5, 6]}"),
        "9125 tillader nu også, at deltagelsesstatussen er 4 (Ikke offentliggjort)",
        "9125 now also allows that the participation status is 4 (Not published)",
    ),
    (
        REGISTRATION,
        ("interview.type: 18\n", "interview.type: {in: [4, 18]}\n"),
        "9125 gælder nu også, når samtalens type er 4 (Opfølgningssamtale)",
        "9125 now also applies when the interview's type is 4 (Follow-up interview)",
    ),
    (
        REGISTRATION,
        (
            "when: {interview.contact_type: 6}",
            "when: {interview.contact_type: 6, interview.with_more_authorities: true}",
        ),
        "S-108 gælder nu kun, når samtalen er holdt med flere myndigheder",
        "S-108 now applies only when the interview is held with more authorities",
    ),
    (
        REGISTRATION,
        ("{after: $interview.held_at}", "{on_or_after: $interview.held_at}"),
        """S-101 medregner nu blandt borgerens øvrige samtaler dem, hvor tidspunktet ikke er
        tidligere end samtalens afholdelsestidspunkt (før: hvor tidspunktet er efter samtalens
        afholdelsestidspunkt)""",
        """S-101 now counts among the citizen's other interviews those where the time is no earlier
        than the interview's held time (before: where the time is after the interview's held
        time)""",
    ),
    (
        REGISTRATION,
        ("severity: advice", "severity: refuse"),
        "virkningen er nu afvisning (før vejledning)",
        "the effect is now refusal (before advice)",
    ),
    (
        MATRIX,
        (
            "{contact_group: 2, valid_from: 2018-01-01, interview_types: [7, 8, 9, 11, 12, 13]",
            "{contact_group: 2, valid_from: 2018-01-01, interview_types: [7, 8, 9, 11, 12, 18]",
        ),
        """kontaktgruppen 2 (Kontaktgruppe 2): de tilladte samtaletyper omfatter nu også 18 (Samtale
        i rehabiliteringsteam) og ikke længere 13 (Informationsmøde uden mødepligt)""",
        """the contact group 2 (Contact group 2): the allowed interview types now also include 18
        (Rehabilitation team interview) and no longer include 13 (Information meeting without a
        duty to attend)""",
    ),
    (
        "config/parameters.yaml",
        ("value: 120", "value: 90"),
        "værdien er nu 90 dage (før 120 dage)",
        "the value is now 90 days (before 120 days)",
    ),
    (
        "rules/access.yaml",
        ("{fact: $access.day, plus_days: $parameters.fund_reading_days}", "$access.day"),
        """adgangen medregner nu blandt borgerens medlemskaber af a-kasser dem, hvor periodens
        begyndelse ikke er senere end læsedagen (før: hvor periodens begyndelse ikke er senere end
        120 dage (A-kassers læseadgang før og efter et medlemskab) efter læsedagen)""",
        """the grant now counts among the citizen's memberships of unemployment funds those where
        the start of the period is no later than the day of reading (before: where the start of the
        period is no later than 120 days (Reading by unemployment funds before and after a
        membership) after the day of reading)""",
    ),
]


@pytest.mark.parametrize(("file", "edit", "da", "en"), TOLD, ids=[each[2][:40] for each in TOLD])
def test_a_change_is_told_in_both_languages(
    file: str, edit: tuple[str, str], da: str, en: str
) -> None:
    (change,) = changes(file, edit)
    assert " ".join(da.split()) == change.sentence.da
    assert " ".join(en.split()) == change.sentence.en


def test_a_new_wording_says_from_which_day_and_what_it_changes() -> None:
    told = changes(
        REGISTRATION,
        (
            "        when: {interview.contact_type: 6}\n        require: {interview.type: 8}\n",
            "        require: {interview.type: 8}\n",
        ),
    )
    assert [("when", (Days(date(2019, 6, 1)),))] == [(each.part, each.days) for each in told]


_FUTURE = "An interview can be registered only once it has been held.\n"
_ENDS = """      - valid_from: 2027-07-01
        withdrawn: true
        basis: {text: Opdigtet, confidence: official}
"""
_GONE = (
    "      - {contact_group: 28, valid_from: 2027-07-01, withdrawn: true, confidence: assumed}\n"
)
_FUNDS = "value: 120\n"


@pytest.mark.parametrize(
    ("file", "edit", "sentence", "days"),
    [
        (
            REGISTRATION,
            (
                _FUTURE,
                f"{_FUTURE}{_ENDS}",
            ),
            "reglen gælder ikke længere (før: ",
            "fra 1. juli 2027 (registreringsdagen)",
        ),
        (
            "config/parameters.yaml",
            (_FUNDS, "value: 90\n"),
            "værdien er nu 90 dage (før 120 dage)",
            "alle dage",
        ),
        (
            MATRIX,
            (
                "      - {contact_group: 29,",
                f"{_GONE}      - {{contact_group: 29,",
            ),
            "kontaktgruppen 28 (Kontaktgruppe 28): står ikke længere i tabellen",
            "fra 1. juli 2027 (afholdelsesdagen)",
        ),
    ],
)
def test_the_days_of_a_change_stand_beside_its_sentence_and_not_in_it(
    file: str, edit: tuple[str, str], sentence: str, days: str
) -> None:
    (change,) = (each for each in changes(file, edit) if each.part != "basis")
    assert change.sentence.da.startswith(sentence)
    said = when(change)
    assert said is not None
    assert days == said.da
    assert "2027" not in change.sentence.da
    assert "2027" not in change.sentence.en


def test_what_changes_on_no_day_of_its_own_has_no_days_beside_it() -> None:
    (change,) = changes(REGISTRATION, ("severity: advice", "severity: refuse"))
    assert when(change) is None


def test_a_row_that_is_added_ends_what_the_one_before_it_said() -> None:
    row = "{contact_group: 12, valid_from: 2018-01-01, interview_types: [7, 8, 9, 11, 12, 13]"
    added = row.replace("2018-01-01", "2026-07-01").replace("13]", "13, 18]")
    (change,) = changes(MATRIX, (row, f"{row}, confidence: assumed}}\n      - {added}"))
    assert ("12", "interview_types", (Days(date(2026, 7, 1)),)) == (
        change.key,
        change.part,
        change.days,
    )
    assert "afholdelsesdagen" == (change.counted_by or Text("", "")).da
    assert ("type-allowed-for-contact-group",) == change.used_by
