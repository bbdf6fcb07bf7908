"""Grants let in and notices tell: what `Decider` answers for them, and when it answers nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

import pytest

from engine.compiled.evaluator import compile_program
from engine.decide import Decider
from engine.decision import Evaluator, Firing, Outcome, Receiver
from engine.durable.evaluator import durable_program
from engine.explain.trace_tree import trace_tree
from engine.facts import Facts, Record
from engine.model import Rulebook
from engine.problems import EnginesDisagree, EvaluationError
from engine.program import Program
from engine.reader.rulebook import read_rulebook
from tests.engine.rulebook_changes import good_files

UTOPIA: Record = {"organisation": "Utopia", "since": date(2009, 1, 1), "until": None}
ARCADIA: Record = {
    "organisation": "Arcadia",
    "since": date(2011, 1, 1),
    "until": date(2012, 1, 1),
}
VISIT: Facts = {
    "registration.recorded_on": date(2011, 6, 1),
    "desk.town": "Utopia",
    "borrower.card": None,
    "borrower.branches": (UTOPIA, ARCADIA),
    "visit.on": date(2011, 6, 1),
    "visit.town": "Utopia",
    "visit.on_behalf_of": "branch",
}
READING: Facts = {**VISIT, "shelf.kind": 1}
COUNTED = """\
format: 1
rulebook: letters
title: {da: Breve, en: Letters}
operations: [tell]
notify:
  first-branch:
    title: {da: Første afdeling, en: First branch}
    dated_by: visit.on
    versions:
      - valid_from: 2010-01-01
        basis: {text: Reglementet, confidence: assumed}
        when: {WHEN}
        message: LoanChanged
        to: {each: borrower.branches, organisation_type: branch, where: {organisation: Utopia}}
"""


def rulebook(**changed: str) -> Rulebook:
    files: Mapping[str, bytes] = good_files() | {
        f"rules/{name}.yaml": text.encode() for name, text in changed.items()
    }
    found, problems = read_rulebook(files)
    assert found is not None, problems
    return found


@cache
def decider() -> Decider:
    return Decider(rulebook())


def on(day: date, facts: Facts = VISIT) -> Facts:
    return {**facts, "visit.on": day}


# --- grants -------------------------------------------------------------------------------------


def test_every_grant_that_holds_is_named_in_the_order_of_the_file() -> None:
    assert ("own-branch", "open-day") == decider().granted("enter", VISIT)
    assert ("own-branch",) == decider().granted(
        "enter", {**VISIT, "visit.on_behalf_of": "branch", "visit.town": "Arcadia"}
    )
    assert ("open-day",) == decider().granted("enter", {**VISIT, "visit.on_behalf_of": None})


def test_nobody_is_let_in_when_no_grant_holds() -> None:
    stranger: Facts = {**VISIT, "visit.town": "Elsewhere"}
    assert () == decider().granted("enter", stranger)
    decision = decider().decide("enter", stranger, traced=True)
    assert (False, (), ()) == (decision.accepted, decision.holding, decision.violations)
    assert [Outcome.VIOLATED, Outcome.VIOLATED] == [step.outcome for step in decision.steps]


def test_nobody_is_let_in_before_the_first_wording_and_after_the_last() -> None:
    assert () == decider().granted("enter", on(date(2009, 12, 31)))
    assert False is decider().decide("enter", on(date(2009, 12, 31))).accepted
    last = {**VISIT, "visit.on_behalf_of": None}
    assert ("open-day",) == decider().granted("enter", on(date(2023, 12, 31), last))
    assert () == decider().granted("enter", on(date(2024, 1, 1), last))


def test_an_operation_that_no_grant_decides_lets_nobody_in() -> None:
    assert () == decider().granted("tell", VISIT)
    lending: Facts = {"registration.recorded_on": date(2011, 6, 1), "desk.town": "Utopia"}
    assert True is decider().decide("remind", lending).accepted
    assert () == decider().granted("remind", lending)
    with pytest.raises(EvaluationError, match="no rules for operation `leave`"):
        decider().granted("leave", VISIT)


def test_what_a_grant_opens_is_asked_only_where_its_facts_are_given() -> None:
    assert ("own-branch",) == decider().granted("read", READING)
    assert () == decider().granted("read", {**READING, "shelf.kind": 2})
    # `enter` gives no shelf
    assert "own-branch" in decider().granted("enter", VISIT)


def test_what_a_grant_opens_is_never_skipped_for_a_missing_fact() -> None:
    with pytest.raises(EvaluationError, match=r"fact `shelf\.kind` is missing"):
        decider().granted("read", VISIT)


def test_the_trace_tells_of_grants_in_their_own_words() -> None:
    book = rulebook()
    stranger: Facts = {**VISIT, "visit.on_behalf_of": None}
    decision = Decider(book).decide("enter", stranger, traced=True)
    lines = trace_tree(decision, book.catalogue, book.tables, "en").splitlines()
    assert "enter: access" == lines[0]
    assert "own-branch Own branch: not applicable (wording from 1 January 2010)" in lines
    assert "open-day Open day: grants access (wording from 1 January 2010)" in lines
    assert any(line.startswith("  ✓ access: the town of the visit is") for line in lines)
    refused = Decider(book).decide("enter", {**stranger, "visit.town": "X"}, traced=True)
    assert trace_tree(refused, book.catalogue, book.tables, "da").startswith("enter: ingen adgang")


# --- notices ------------------------------------------------------------------------------------


def test_each_record_that_fits_is_told_once_by_each_notice() -> None:
    assert (
        Receiver("branch-of-the-borrower", "LoanChanged", "branch", UTOPIA),
        Receiver("branch-of-the-borrower", "LoanChanged", "branch", ARCADIA),
        Receiver("archive-of-the-borrower", "LoanArchived", "archive", ARCADIA),
    ) == decider().receivers("tell", VISIT)


class Counting:
    """Engines that are right, and count how often they are asked."""

    def __init__(self) -> None:
        self.asked = 0

    def program(self, program: Program) -> Evaluator:
        right = compile_program(program)

        class Counted:
            def firings(_, facts: Facts) -> tuple[Firing, ...]:  # noqa: N805  # `self` is outside
                self.asked += 1
                return right.firings(facts)

        return Counted()


@pytest.mark.parametrize(
    ("branches", "asked"), [((), 1), ((UTOPIA,), 1), ((UTOPIA, ARCADIA), 1 + 2)]
)
def test_of_one_record_it_is_known_who_is_told_without_asking_again(
    branches: tuple[Record, ...], asked: int
) -> None:
    counting = Counting()
    decider = Decider(rulebook(), evaluators={"counted": counting.program})
    told = decider.receivers("tell", {**VISIT, "borrower.branches": branches})
    assert asked == counting.asked
    everyone = Decider(rulebook()).receivers("tell", VISIT)
    assert [each for each in everyone if each.record in branches] == [*told]


def test_nobody_is_told_while_the_when_does_not_hold() -> None:
    alone: Facts = {**VISIT, "visit.on_behalf_of": None}
    told = decider().receivers("tell", alone)
    assert ["archive-of-the-borrower"] == [each.notice for each in told]


def test_nobody_is_told_without_records_or_without_a_wording_in_force() -> None:
    assert () == decider().receivers("tell", {**VISIT, "borrower.branches": ()})
    assert () == decider().receivers("tell", on(date(2009, 12, 31)))
    assert ["branch-of-the-borrower"] * 2 == [
        each.notice for each in decider().receivers("tell", on(date(2024, 1, 1)))
    ]


def test_an_operation_that_no_notice_decides_tells_nobody() -> None:
    assert () == decider().receivers("enter", VISIT)


def test_a_decision_of_notices_is_accepted_whoever_is_told() -> None:
    nobody: Facts = {**VISIT, "borrower.branches": ()}
    decision = decider().decide("tell", nobody, traced=True)
    assert (True, ()) == (decision.accepted, decision.holding)
    book = rulebook()
    assert trace_tree(decision, book.catalogue, book.tables, "da").startswith("tell: ingen besked")


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("at_least: 2, of: borrower.branches, where: {since: {after: 2000-01-01}}", True),
        ("at_least: 3, of: borrower.branches, where: {since: {after: 2000-01-01}}", False),
        ("any: borrower.branches, where: {organisation: Arcadia}", True),
        ("none: borrower.branches, where: {organisation: Arcadia}", False),
    ],
)
def test_the_when_of_a_notice_sees_all_the_records(when: str, told: bool) -> None:
    book = rulebook(letters=COUNTED.replace("WHEN", when))
    receivers = Decider(book).receivers("tell", VISIT)
    assert ([UTOPIA] if told else []) == [each.record for each in receivers]


# --- both kinds ---------------------------------------------------------------------------------


class Silent:
    """An engine in which nothing ever speaks up."""

    def __init__(self, program: Program) -> None:
        self.program = program

    def firings(self, facts: Facts) -> tuple[Firing, ...]:
        return ()


class SilentOnSingleRecords(Silent):
    """An engine that is right until it is asked about one record alone."""

    def firings(self, facts: Facts) -> tuple[Firing, ...]:
        branches = facts["borrower.branches"]
        assert isinstance(branches, tuple)
        right: Evaluator = compile_program(self.program)
        return () if len(branches) == 1 else right.firings(facts)


def test_engines_that_disagree_let_nobody_in_and_tell_nobody() -> None:
    unsure = Decider(rulebook(), evaluators={"compiled": compile_program, "durable": Silent})
    with pytest.raises(EnginesDisagree) as caught:
        unsure.granted("enter", VISIT)
    assert ("own-branch", "open-day") == caught.value.rules
    with pytest.raises(EnginesDisagree):
        unsure.receivers("tell", VISIT)


def test_engines_must_agree_about_every_single_record_too() -> None:
    evaluators = {"compiled": SilentOnSingleRecords, "durable": durable_program}
    with pytest.raises(EnginesDisagree):
        Decider(rulebook(), evaluators=evaluators).receivers("tell", VISIT)
