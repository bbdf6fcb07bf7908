"""A case that satisfies a rule and cases that break it, for the page of the rule.

In: a told rule, the cases, a decider. Out: `Shown` examples.
Does not know: pages. Cases are invented, so that their facts are shown whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.cases.files import Case
from engine.cases.results import CaseResult, run_cases
from engine.decide import Decider
from engine.facts import Text
from engine.model import RuleKind
from engine.pages.rule_examples import (
    accepted_example,
    facts_told,
    refused_example,
    silent_example,
    speaking_example,
)
from web.ui.told_rules import ToldRule


@dataclass(frozen=True, slots=True)
class Shown:
    """One example: the facts that the rule reads, and what the rules answered."""

    name: Text
    file: str
    good: bool
    """Whether the rule is satisfied, or the grant or notice speaks up."""
    code: str
    facts: tuple[tuple[Text, tuple[Text, ...]], ...]
    because: tuple[Text, ...]


def examples(told: ToldRule, cases: Sequence[Case], decider: Decider) -> tuple[Shown, ...]:
    """Return one example on the good side and one for each code on the other, as far as there are.

    Cases that are about the rule itself are tried first, the others of its operations only when
    those do not show both sides.
    """
    own = [case for case in cases if case.title == told.id]
    found = _found(told, tuple(run_cases(decider, own)), decider)
    wanted = 1 + max(1, len(told.codes))
    if len(found) >= wanted:
        return found
    others = [case for case in cases if case.operation in told.rule.operations]
    return _found(told, tuple(run_cases(decider, others)), decider)


def _found(told: ToldRule, results: Sequence[CaseResult], decider: Decider) -> tuple[Shown, ...]:
    rule = told.rule
    if rule.kind is not RuleKind.RULE:
        sides = [
            (True, "", speaking_example(rule, results)),
            (False, "", silent_example(rule, results)),
        ]
    else:
        sides = [
            (True, "", accepted_example(rule, results)),
            *((False, code, refused_example(rule, code, results)) for code in told.codes),
        ]
    return tuple(
        Shown(
            result.case.name,
            result.case.file,
            good,
            code,
            facts_told(rule, result, decider.rulebook),
            _because(rule.id, code, result),
        )
        for good, code, result in sides
        if result is not None
    )


def _because(rule: str, code: str, result: CaseResult) -> tuple[Text, ...]:
    if result.decision is None or not code:
        return ()
    found = (*result.decision.violations, *result.decision.advice)
    return tuple(
        reason
        for each in found
        if each.rule == rule and each.code == code
        for reason in each.because
    )
