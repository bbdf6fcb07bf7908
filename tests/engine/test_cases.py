"""A runner that is green on a mismatch is the worst complaint: every deliberate fault is red."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine.cases.files import Case, read_case_files
from engine.cases.results import OTHER_ANSWER, all_passed, gaps, reasons, run_case, run_cases
from engine.dated import Dated
from engine.decision import Advice, Decision, Outcome, RequirementTrace, Step, Violation
from engine.decision import ConditionTrace as Trace
from engine.facts import Catalogue, Fact, Facts, FactType, Text
from engine.model import (
    All,
    Basis,
    Confidence,
    DatedBy,
    Requirement,
    Rule,
    Rulebook,
    RuleFile,
    RuleKind,
    RuleSeverity,
    Version,
)
from engine.problems import EvaluationError
from engine.tables import ErrorCode

WORDS = Text("ord", "words")
FIRST = date(2019, 6, 1)
BASIS = Basis("invented", Confidence.ASSUMED)


def fact(name: str, kind: FactType, *, optional: bool = False) -> Fact:
    return Fact(name, kind, WORDS, WORDS, optional=optional)


def rule(name: str, code: str, severity: RuleSeverity = RuleSeverity.REFUSE) -> Rule:
    demand = Requirement(code, "", All(()), All(()), WORDS)
    versions = Dated([(FIRST, Version(FIRST, BASIS, All(()), (demand,)))])
    return Rule(name, WORDS, ("weigh",), severity, False, DatedBy("day"), versions)


def speaking(name: str, operation: str, kind: RuleKind) -> Rule:
    demand = Requirement(name, "", All(()), All(()), Text("", ""))
    versions = Dated([(FIRST, Version(FIRST, BASIS, All(()), (demand,)))])
    dated_by = DatedBy("day")
    return Rule(
        name, WORDS, (operation,), RuleSeverity.REFUSE, False, dated_by, versions, kind=kind
    )


FACTS = {
    "size": fact("size", FactType.INTEGER),
    "day": fact("day", FactType.DATE),
    "colour": fact("colour", FactType.TEXT, optional=True),
    "parts": Fact(
        "parts", FactType.RECORDS, WORDS, WORDS, fields={"size": fact("size", FactType.INTEGER)}
    ),
}
RULEBOOK = Rulebook(
    id="sha256:0",
    files=(
        RuleFile(
            "scales",
            ("weigh",),
            (rule("small", "1"), rule("thin", "2"), rule("pale", "S-3", RuleSeverity.ADVICE)),
            WORDS,
        ),
        RuleFile(
            "doors",
            ("enter",),
            (),
            WORDS,
            grants=(
                speaking("members", "enter", RuleKind.GRANT),
                speaking("guests", "enter", RuleKind.GRANT),
            ),
        ),
        RuleFile(
            "letters", ("tell",), (), WORDS, notices=(speaking("owner", "tell", RuleKind.NOTICE),)
        ),
    ),
    catalogue=Catalogue(
        FACTS,
        {
            "weigh": frozenset(FACTS),
            "lift": frozenset({"size"}),
            "enter": frozenset(FACTS),
            "tell": frozenset(FACTS),
        },
    ),
    tables={},
    parameters={},
    error_codes={code: ErrorCode(code, WORDS, "assigned") for code in ("1", "2", "S-3")},
    content={},
)
HEAD = """\
format: 1
cases: scales
operation: weigh
baseline:
  size: 3
  day: 2024-01-01
  colour: red
  parts: [{size: 1}]
examples:
"""
GOOD = HEAD + "  - {name: light, change: {size: 1}, expect: {codes: ['1', '2'], advice: [S-3]}}\n"

GRANTED = HEAD.replace("weigh", "enter") + "  - {name: light, expect: {EXPECTED}}\n"


class Answering:
    """A decider that gives one answer to everything."""

    def __init__(
        self, codes: tuple[str, ...], advice: tuple[str, ...] = (), steps: tuple[Step, ...] = ()
    ) -> None:
        named = [(f"rule-{code}", code, None, "", WORDS, FIRST, BASIS, (WORDS,)) for code in codes]
        said = [(f"rule-{code}", code, None, "", WORDS, FIRST, BASIS, ()) for code in advice]
        self.decision = Decision(
            "weigh",
            RULEBOOK.id,
            not codes,
            tuple(Violation(*each) for each in named),
            tuple(Advice(*each) for each in said),
            steps=steps,
        )

    def decide(self, operation: str, facts: Facts, *, traced: bool = False) -> Decision:
        return self.decision


class Holding:
    """A decider of grants or notices that gives one answer to everything."""

    def __init__(
        self, *holding: str, accepted: bool | None = None, steps: tuple[Step, ...] = ()
    ) -> None:
        answer = bool(holding) if accepted is None else accepted
        self.decision = Decision("enter", RULEBOOK.id, answer, (), (), holding, steps)

    def decide(self, operation: str, facts: Facts, *, traced: bool = False) -> Decision:
        return self.decision


class Failing:
    def decide(self, operation: str, facts: Facts, *, traced: bool = False) -> Decision:
        raise EvaluationError("the engines disagree")


def only_case() -> Case:
    cases, problems = read_case_files({"c.yaml": GOOD.encode()}, RULEBOOK)
    assert () == problems
    (case,) = cases
    return case


def entering(expected: str, operation: str = "enter") -> Case:
    text = GRANTED.replace("EXPECTED", expected).replace("enter", operation)
    cases, problems = read_case_files({"c.yaml": text.encode()}, RULEBOOK)
    assert () == problems
    (case,) = cases
    return case


def found_in(text: str, **others: str) -> list[tuple[str, int]]:
    files = {"c.yaml": text.encode()}
    files.update({f"{name}.yaml": other.encode() for name, other in others.items()})
    _, problems = read_case_files(files, RULEBOOK)
    return [(each.code, each.place.line) for each in problems]


# --- running ------------------------------------------------------------------------------------


def test_the_expected_codes_and_advice_in_order_pass() -> None:
    result = run_case(Answering(("1", "2"), ("S-3",)), only_case())
    assert (True, ()) == (result.passed, reasons(result))


@pytest.mark.parametrize(
    ("codes", "advice", "why"),
    [
        ((), ("S-3",), "accepted instead of refused"),
        (("1",), ("S-3",), "a code is missing"),
        (("1", "S-3"), ("S-3",), "another code"),
        (("1", "2", "S-3"), ("S-3",), "a code too many"),
        (("2", "1"), ("S-3",), "another order"),
        (("1", "1", "2"), ("S-3",), "a code twice"),
        (("1", "2"), (), "advice is missing"),
        (("1", "2"), ("1",), "other advice"),
    ],
)
def test_any_other_answer_fails_and_says_why(
    codes: tuple[str, ...], advice: tuple[str, ...], why: str
) -> None:
    result = run_case(Answering(codes, advice), only_case())
    assert result.passed is False, why
    assert () != reasons(result)


def test_codes_that_fit_do_not_save_an_answer_that_says_otherwise_of_itself() -> None:
    refused = Answering(("1", "2"), ("S-3",))
    refused.decision = replace(refused.decision, accepted=True)
    result = run_case(refused, only_case())
    assert (False, (OTHER_ANSWER,)) == (result.passed, reasons(result))
    accepted = Answering(())
    accepted.decision = replace(accepted.decision, accepted=False)
    nothing = replace(only_case(), codes=(), advice=())
    assert True is run_case(Answering(()), nothing).passed
    assert False is run_case(accepted, nothing).passed


@pytest.mark.parametrize(
    ("expected", "holding"),
    [("grants: [members, guests]", ("members", "guests")), ("grants: []", ())],
)
def test_exactly_the_expected_grants_pass(expected: str, holding: tuple[str, ...]) -> None:
    result = run_case(Holding(*holding), entering(expected))
    assert (True, ()) == (result.passed, reasons(result))
    assert holding == result.expected == result.found


@pytest.mark.parametrize(
    ("expected", "holding", "why"),
    [
        ("grants: []", ("members",), "access instead of none"),
        ("grants: [members]", (), "no access"),
        ("grants: [members]", ("guests",), "another grant"),
        ("grants: [members]", ("members", "guests"), "a grant too many"),
        ("grants: [members, guests]", ("members",), "a grant is missing"),
        ("grants: [guests, members]", ("members", "guests"), "another order"),
        ("grants: [members, members]", ("members",), "a grant twice"),
    ],
)
def test_any_other_grants_fail_and_say_why(
    expected: str, holding: tuple[str, ...], why: str
) -> None:
    result = run_case(Holding(*holding), entering(expected))
    assert result.passed is False, why
    assert () != reasons(result)


def test_access_must_follow_from_the_grants() -> None:
    shut_out = run_case(Holding("members", accepted=False), entering("grants: [members]"))
    let_in = run_case(Holding(accepted=True), entering("grants: []"))
    for result in (shut_out, let_in):
        assert (False, (OTHER_ANSWER,)) == (result.passed, reasons(result))


def test_notices_are_accepted_whether_they_tell_somebody_or_not() -> None:
    told = entering("notices: [owner]", "tell")
    nobody = entering("notices: []", "tell")
    assert True is run_case(Holding("owner"), told).passed
    assert True is run_case(Holding(accepted=True), nobody).passed
    assert False is run_case(Holding(accepted=True), told).passed
    assert False is run_case(Holding("owner"), nobody).passed


def test_a_missing_grant_is_explained_by_what_did_not_hold() -> None:
    short = Trace(Text("han er for lav", "he is too short"), False)
    demand = RequirementTrace("members", Outcome.VIOLATED, Trace(WORDS, True), short)
    steps = (Step("members", WORDS, ("members",), Outcome.VIOLATED, FIRST, None, (demand,)),)
    result = run_case(Holding(steps=steps), entering("grants: [members]"))
    assert ("members: the rule does not apply; this does not hold: he is too short") == reasons(
        result
    )[0].en


def test_a_case_that_cannot_be_decided_fails() -> None:
    result = run_case(Failing(), only_case())
    assert (False, "the engines disagree") == (result.passed, reasons(result)[0].en)


def test_nothing_to_run_is_not_a_success() -> None:
    assert all_passed(run_cases(Answering(()), [])) is False


def test_one_failure_among_many_is_a_failure() -> None:
    good, bad = Answering(("1", "2"), ("S-3",)), Answering(())
    assert all_passed([run_case(good, only_case()), run_case(good, only_case())]) is True
    assert all_passed([run_case(good, only_case()), run_case(bad, only_case())]) is False


def step(name: str, code: str, outcome: Outcome) -> Step:
    demand = RequirementTrace(code, outcome, Trace(WORDS, True), None)
    return Step(name, WORDS, (code,), outcome, FIRST, None, (demand,))


def test_a_demand_without_a_violated_case_is_a_gap() -> None:
    steps = (step("small", "1", Outcome.VIOLATED), step("thin", "2", Outcome.SATISFIED))
    result = run_case(Answering(("1", "2"), ("S-3",), steps), only_case())
    assert [("small", False, True), ("thin", True, False), ("pale", False, False)] == [
        (gap.rule.id, gap.satisfied, gap.violated)
        for gap in gaps(RULEBOOK, [result])
        if gap.rule.kind is RuleKind.RULE
    ]


def test_a_grant_that_never_let_anybody_in_is_a_gap() -> None:
    assert ["members", "guests", "owner"] == [
        gap.rule.id for gap in gaps(RULEBOOK, []) if gap.rule.kind is not RuleKind.RULE
    ]
    demands = [
        RequirementTrace("guests", outcome, Trace(WORDS, True), None)
        for outcome in (Outcome.SATISFIED, Outcome.VIOLATED)
    ]
    held, not_held = (
        (Step("guests", WORDS, ("guests",), each.outcome, FIRST, None, (each,)),)
        for each in demands
    )
    results = [
        run_case(Holding("guests", steps=held), entering("grants: [guests]")),
        run_case(Holding(steps=not_held), entering("grants: []")),
    ]
    assert "guests" in {gap.rule.id for gap in gaps(RULEBOOK, results[:1])}
    assert "guests" not in {gap.rule.id for gap in gaps(RULEBOOK, results)}


def test_a_failed_case_closes_no_gap() -> None:
    steps = (step("small", "1", Outcome.VIOLATED),)
    result = run_case(Answering(("1",), (), steps), only_case())
    assert ("small", False, False) in {
        (gap.rule.id, gap.satisfied, gap.violated) for gap in gaps(RULEBOOK, [result])
    }


# --- reading ------------------------------------------------------------------------------------


def test_a_case_is_the_baseline_with_its_differences() -> None:
    text = (
        HEAD + "  - {name: {da: let, en: light}, change: {size: 1}, absent: [colour], expect: {}}"
    )
    cases, problems = read_case_files({"c.yaml": text.encode()}, RULEBOOK)
    assert () == problems
    assert [{"size": 1, "day": date(2024, 1, 1), "colour": None, "parts": ({"size": 1},)}] == [
        case.facts for case in cases
    ]
    assert [((), (), "light")] == [(case.codes, case.advice, case.name.en) for case in cases]


FAULTS = {
    "misspelt key of an example": ("  - {name: a, chnage: {size: 1}, expect: {}}", "unknown-key"),
    "misspelt expectation": ("  - {name: a, expects: {codes: ['1']}}", "unknown-key"),
    "misspelt codes": ("  - {name: a, expect: {code: ['1']}}", "unknown-key"),
    "no expectation": ("  - {name: a}", "missing-key"),
    "no name": ("  - {expect: {}}", "missing-key"),
    "codes that are no list": ("  - {name: a, expect: {codes: '1'}}", "wrong-kind"),
    "a code that is a number": ("  - {name: a, expect: {codes: [1]}}", "wrong-kind"),
    "a code that nobody knows": ("  - {name: a, expect: {codes: ['9']}}", "unknown-code"),
    "an unknown fact": ("  - {name: a, change: {sise: 1}, expect: {}}", "wrong-fact"),
    "an unknown field": ("  - {name: a, change: {parts: [{sise: 1}]}, expect: {}}", "wrong-fact"),
    "a fact of the wrong type": ("  - {name: a, change: {size: '1'}, expect: {}}", "wrong-fact"),
    "a required fact removed": ("  - {name: a, absent: [size], expect: {}}", "wrong-fact"),
    "an unknown fact removed": ("  - {name: a, absent: [sise], expect: {}}", "nothing-to-remove"),
    "changed and removed": (
        "  - {name: a, change: {size: 1}, absent: [size], expect: {}}",
        "stated-twice",
    ),
    "another operation": ("  - {name: a, operation: wiegh, expect: {}}", "unknown-word"),
    "an example that is text": ("  - light", "wrong-kind"),
    "grants where rules decide": ("  - {name: a, expect: {grants: []}}", "unknown-key"),
}
FAULTS_OF_GRANTS = {
    "no list of grants": ("", ["missing-key"]),
    "a grant that nobody knows": ("grants: [strangers]", ["unknown-code"]),
    "a notice for a grant": ("grants: [owner]", ["unknown-code"]),
    "codes where grants decide": ("grants: [], codes: []", ["unknown-key"]),
    "notices where grants decide": ("grants: [], notices: []", ["unknown-key"]),
    "grants that are no list": ("grants: members", ["wrong-kind"]),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_an_example_is_a_problem_on_its_line(fault: str) -> None:
    line, code = FAULTS[fault]
    assert (code, 10) in found_in(HEAD + line)


@pytest.mark.parametrize("fault", FAULTS_OF_GRANTS)
def test_a_fault_in_what_is_expected_of_grants_is_a_problem(fault: str) -> None:
    line, codes = FAULTS_OF_GRANTS[fault]
    found = found_in(GRANTED.replace("EXPECTED", line))
    assert [(code, 10) for code in codes] == found


def test_a_wrong_field_is_shown_where_it_stands() -> None:
    line = "  - name: a\n    expect: {}\n    change:\n      parts:\n        - {size: 1}\n"
    assert [("wrong-fact", 15)] == found_in(HEAD + line + "        - {size: big}\n")


def test_two_examples_with_one_name_are_refused() -> None:
    line = "  - {name: a, expect: {}}\n"
    assert [("duplicate-name", 11)] == found_in(HEAD + line + line)


def test_a_file_without_examples_is_refused() -> None:
    assert [("empty-list", 9)] == found_in(HEAD.rstrip() + " []\n")
    assert [("missing-key", 1)] == found_in(HEAD.replace("examples:\n", ""))


def test_an_empty_file_is_refused() -> None:
    assert [1] == [line for _, line in found_in("# nothing\n")]


def test_a_baseline_with_facts_of_another_operation_is_refused() -> None:
    line = "  - {name: a, operation: lift, expect: {}}"
    assert [("wrong-fact", 6), ("wrong-fact", 7), ("wrong-fact", 8)] == found_in(HEAD + line)


def test_no_files_at_all_are_a_problem() -> None:
    assert ["no-cases"] == [each.code for each in read_case_files({}, RULEBOOK)[1]]


def test_another_format_is_refused() -> None:
    for other in ("2", "true", "'1'"):
        assert ("unknown-format", 1) in found_in(GOOD.replace("format: 1", f"format: {other}"))


def test_a_duplicate_key_is_refused() -> None:
    assert () != tuple(found_in(GOOD + "cases: again\n"))


def test_a_baseline_may_stand_in_a_file_of_its_own() -> None:
    start, stop = HEAD.index("baseline:"), HEAD.index("examples:")
    shared = "format: 1\n" + HEAD[start:stop]
    user = GOOD[:start] + "baseline_from: shared.yaml\n" + GOOD[stop:]
    assert [] == found_in(user, shared=shared)
    assert [("unknown-baseline", 4)] == found_in(user)
    assert ("unused-baseline", 1) in found_in(GOOD, shared=shared)


def test_a_file_needs_exactly_one_baseline() -> None:
    start, stop = GOOD.index("baseline:"), GOOD.index("examples:")
    without = GOOD[:start] + GOOD[stop:]
    both = GOOD[:start] + "baseline_from: shared.yaml\n" + GOOD[start:]
    assert ["one-baseline"] == [code for code, _ in found_in(without)]
    shared = "format: 1\n" + GOOD[start:stop]
    assert ["one-baseline"] == [code for code, _ in found_in(both, shared=shared)]


def test_a_file_of_another_name_is_not_passed_over() -> None:
    files = {"cases/scales.yml": GOOD.encode()}
    assert ["not-a-case-file"] == [each.code for each in read_case_files(files, RULEBOOK)[1]]
