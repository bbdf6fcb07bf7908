"""What a change leads to: what differs from the active rulebook in meaning, and which cases flip.

In: what decides now, what was checked. Out: `Effects`, and a text difference line by line.
Does not know: pages. A rulebook that cannot be used has no effects.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from engine.cases.files import Case
from engine.cases.flips import Flip, answer, flips
from engine.cases.results import CaseResult, reasons, run_cases
from engine.decide import Decider
from engine.difference import Difference, difference
from engine.explain.sentences import version_sentence
from engine.facts import Text
from engine.model import Rule, Rulebook
from web.ui.editing.working import Checked, Desk

MOST_LINES = 400


@dataclass(frozen=True, slots=True)
class Failed:
    """A case that is answered otherwise than it expects."""

    result: CaseResult
    why: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Effects:
    """All that follows from a change."""

    difference: Difference
    flips: tuple[Flip, ...]
    failed: tuple[Failed, ...]
    cases: int


@dataclass(frozen=True, slots=True)
class Wording:
    """One version of the rule at the cursor as a sentence."""

    valid_from: date
    sentence: Text
    confidence: str


@dataclass(frozen=True, slots=True)
class AtCursor:
    """The rule that the cursor stands in, and the cases that are about it."""

    rule: Rule
    wordings: tuple[Wording, ...]
    cases: tuple[CaseResult, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the difference as text; `kind` is `same`, `added`, `removed` or `gap`."""

    kind: str
    text: str


def effects_of(active: Decider, desk: Desk, checked: Checked) -> Effects | None:
    """Return what the change leads to, None while the rulebook cannot be used."""
    if checked.rulebook is None:
        return None
    decider = desk.decider(checked.rulebook)
    same = checked.rulebook.id == active.rulebook.id
    # only what fails is decided once more with its trace, which costs more than the decision
    failing = [case for case in checked.cases if not _as_expected(decider, case)]
    return Effects(
        difference(active.rulebook, checked.rulebook),
        () if same else flips(desk.decider(active.rulebook), decider, checked.cases),
        tuple(Failed(each, reasons(each)) for each in run_cases(decider, failing)),
        len(checked.cases),
    )


def _as_expected(decider: Decider, case: Case) -> bool:
    found = answer(decider, case)
    return (
        not found.fault
        and found.accepted is case.accepted
        and found.codes == case.codes
        and found.advice == case.advice
        and found.holding == case.holding
    )


def at_cursor(desk: Desk, checked: Checked, file: str, line: int) -> AtCursor | None:
    """Return the rule whose lines hold `line` (from 1) of a rule file, with its cases."""
    rulebook = checked.rulebook
    if rulebook is None:
        return None
    found = [
        rule
        for each in rulebook.files
        for rule in each.all
        if rule.place.file == file and rule.place.line <= line
    ]
    if not found:
        return None
    rule = max(found, key=lambda each: each.place.line)
    decider = desk.decider(rulebook)
    return AtCursor(
        rule,
        tuple(_wordings(rule, rulebook)),
        tuple(run_cases(decider, (each for each in checked.cases if _about(each, rule)))),
    )


def text_difference(before: str, after: str) -> tuple[Line, ...]:
    """Return what differs line by line, with three lines around; at most `MOST_LINES` of it."""
    kinds = {"+": "added", "-": "removed", " ": "same", "@": "gap"}
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=3)
    found = [Line(kinds.get(each[:1], "same"), each) for each in list(lines)[2:]]
    return tuple(found[:MOST_LINES])


def _wordings(rule: Rule, rulebook: Rulebook) -> Iterator[Wording]:
    for start, version in rule.versions:
        sentence = version_sentence(
            version, rulebook.tables, rulebook.parameters, rule.severity, rule.kind
        )
        yield Wording(start, sentence, version.basis.confidence.value)


def _about(case: Case, rule: Rule) -> bool:
    codes = {each.code for _, version in rule.versions for each in version.requirements}
    expected = {*case.codes, *case.advice, *case.holding}
    stem = case.file.rpartition("/")[2].removesuffix(".yaml")
    return stem == rule.id or not codes.isdisjoint(expected)
