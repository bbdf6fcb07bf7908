"""A decision as it is told to people: what decided, and what did not and why, in a few words.

In: a `Decision` with its steps, the catalogue and the tables. Out: `Account`.
Does not know: terminals or pages, nor what would have been accepted instead.

Names of facts, rules' conditions in full and values of texts are left to the trace.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.decision import Advice, ConditionTrace, Decision, Outcome, Step, Violation
from engine.explain.seen_values import HIDDEN, SeenValues
from engine.explain.trace_tree import ANSWERS, OUTCOMES
from engine.facts import Catalogue, Text
from engine.model import RuleKind
from engine.tables import Table


@dataclass(frozen=True, slots=True)
class Quiet:
    """A rule, grant or notice that did not decide, with the reason in short."""

    rule: str
    codes: tuple[str, ...]
    title: Text
    outcome: Outcome
    said: Text
    """The outcome in words: `opfyldt`, `gælder ikke her`."""
    why: Text | None
    """The first condition that fails, with the values it looked at; None when nothing fails."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A grant that lets in, or a notice that tells."""

    rule: str
    title: Text


@dataclass(frozen=True, slots=True)
class Account:
    """What is told of a decision."""

    answer: Text
    """`afvist`, `accepteret`, `adgang` …"""
    accepted: bool
    violations: tuple[Violation, ...]
    advice: tuple[Advice, ...]
    titles: Mapping[str, Text]
    """The title of every rule that was looked at, by its id."""
    holding: tuple[Holding, ...]
    quiet: tuple[Quiet, ...]
    """When a gate refused, gates alone: nothing else is told then."""


def account(decision: Decision, catalogue: Catalogue, tables: Mapping[str, Table]) -> Account:
    """Return the account of a traced decision; grants and notices speak when they hold."""
    kind = decision.steps[0].kind if decision.steps else RuleKind.RULE
    said, otherwise = ANSWERS[kind]
    holds = decision.accepted if kind is RuleKind.RULE else bool(decision.holding)
    values = SeenValues(catalogue, tables)
    speaking = Outcome.VIOLATED if kind is RuleKind.RULE else Outcome.SATISFIED
    return Account(
        answer=said if holds else otherwise,
        accepted=decision.accepted,
        violations=decision.violations,
        advice=decision.advice,
        titles={step.rule: step.title for step in decision.steps},
        holding=tuple(
            Holding(step.rule, step.title)
            for step in decision.steps
            if step.rule in decision.holding
        ),
        quiet=tuple(
            _quiet(step, values) for step in decision.steps if step.outcome is not speaking
        ),
    )


def _quiet(step: Step, values: SeenValues) -> Quiet:
    failing = first_failing(step)
    why = None
    if failing is not None:
        why = failing.sentence
        seen = [each for each in failing.seen if values.value(each) != HIDDEN]
        # one value needs no label: the sentence has just named what it is of
        told = [values.value(each) if len(seen) == 1 else values.told(each) for each in seen]
        if told:
            why = Text(
                f"{why.da}; her {', '.join(each.da for each in told)}",
                f"{why.en}; here {', '.join(each.en for each in told)}",
            )
    return Quiet(
        step.rule,
        step.codes if step.kind is RuleKind.RULE else (),
        step.title,
        step.outcome,
        OUTCOMES[step.kind][step.outcome],
        why,
    )


def first_failing(step: Step) -> ConditionTrace | None:
    """Return the innermost condition that kept a rule from applying, or a grant from holding."""
    if step.when is not None and step.when.holds is False:
        return _innermost(step.when)
    for requirement in step.requirements:
        if requirement.when.holds is False:
            return _innermost(requirement.when)
        if requirement.require is not None and requirement.require.holds is False:
            return _innermost(requirement.require)
    return None


def _innermost(trace: ConditionTrace) -> ConditionTrace:
    for part in trace.parts:
        if part.holds is False:
            return _innermost(part)
    return trace
