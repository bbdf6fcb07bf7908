"""What an answer is.

In: nothing. Out: `Decision` and its parts, values that are stored, returned and explained.
Does not know: how the answer was found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Protocol

from engine.facts import Facts, Record, Text, Value
from engine.model import Basis, RuleKind


class Firing(NamedTuple):
    """What speaks up, by position: the clause of the program, and its requirement.

    Of a rule that is a requirement which is not met, of a grant or a notice one that is. This is
    all that evaluators tell, so that their answers can be compared.
    """

    clause: int
    requirement: int


class Outcome(StrEnum):
    """What became of one rule; a grant or notice that is satisfied speaks up."""

    SATISFIED = "satisfied"
    VIOLATED = "violated"
    NOT_APPLICABLE = "not_applicable"
    NOT_IN_FORCE = "not_in_force"


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule: which, with which error code, why, and on what basis."""

    rule: str
    code: str
    new_code: str | None
    field: str
    """JSON pointer to the part of the request that is at fault."""
    message: Text
    valid_from: date
    """First day of the wording that was broken."""
    basis: Basis
    because: Sequence[Text]
    """The conditions and the values that decided, in words."""


class Violation(Finding):
    """A broken rule that refuses."""

    __slots__ = ()


class Advice(Finding):
    """A broken rule that never refuses."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """A value that a condition looked at; None when the fact was not given."""

    name: str
    label: Text
    value: Value | None


@dataclass(frozen=True, slots=True)
class ConditionTrace:
    """What became of one condition.

    `holds` is None for a condition that was not looked at, because a guard before it failed.
    `parts` are the conditions inside; for a quantifier `records` holds one entry per record.
    """

    sentence: Text
    holds: bool | None
    seen: tuple[Seen, ...] = ()
    parts: tuple[ConditionTrace, ...] = ()
    records: tuple[RecordTrace, ...] = ()
    where: str = ""
    """`file:line:column` of the condition in the rule file."""


@dataclass(frozen=True, slots=True)
class RecordTrace:
    """What became of the `where` of a quantifier for one record of the list."""

    position: int
    record: Record
    holds: bool
    where: ConditionTrace


@dataclass(frozen=True, slots=True)
class RequirementTrace:
    """What became of one demand of a rule."""

    code: str
    outcome: Outcome
    when: ConditionTrace
    require: ConditionTrace | None
    """None when the demand does not apply."""


@dataclass(frozen=True, slots=True)
class Step:
    """What became of one rule, also when it did not fire."""

    rule: str
    title: Text
    codes: tuple[str, ...]
    outcome: Outcome
    valid_from: date | None = None
    """First day of the wording that was applied; None when none was in force."""
    when: ConditionTrace | None = None
    requirements: tuple[RequirementTrace, ...] = ()
    kind: RuleKind = RuleKind.RULE


@dataclass(frozen=True, slots=True)
class Receiver:
    """Whom a change is told to: the organisation in one record of the list that a notice names."""

    notice: str
    message: str
    organisation_type: str
    record: Record


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer for one operation on one set of facts.

    An operation that rules decide is accepted without violations; one that grants decide is
    accepted when a grant holds; one that notices decide is always accepted.
    """

    operation: str
    rulebook: str
    accepted: bool
    violations: tuple[Violation, ...]
    advice: tuple[Advice, ...]
    holding: tuple[str, ...] = ()
    """Ids of the grants that let the caller in, or of the notices that tell somebody."""
    steps: Sequence[Step] = ()
    """One for every rule of the operation in file order; empty unless a trace was asked for.
    When a gate fired only the gates' steps are there."""
    left_out: int = 0
    """Rules that did not speak up and have no step, because so many were not asked for."""


class Evaluator(Protocol):
    """Whatever can evaluate a program."""

    def firings(self, facts: Facts) -> tuple[Firing, ...]:
        """Return the unmet requirements, sorted; raises `EvaluationError`, never skips a rule."""
        ...
