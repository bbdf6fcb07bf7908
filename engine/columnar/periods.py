"""One rule → its wordings by day, parameters filled in, days that change nothing left out.

In: a rule, parameters and the facts of an operation. Out: `Period`s, each living until the next.
Does not know: SQL.

On every day on which a version or a parameter begins, `engine.program` is asked which wording
holds: it alone says what a day means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from engine.dated import SINCE_EVER
from engine.facts import Fact
from engine.model import All, Rule
from engine.problems import EvaluationError
from engine.program import clause_on
from engine.tables import Parameter


@dataclass(frozen=True, slots=True)
class Spoken:
    """One thing that a rule says: what fires when the condition holds, and under which code."""

    requirement: int
    code: str
    fires: All


@dataclass(frozen=True, slots=True)
class Period:
    """What a rule says from a day on.

    `decidable` is false where a parameter that the wording needs has no value.
    """

    begins: date
    spoken: tuple[Spoken, ...] = ()
    decidable: bool = True


def periods_of(
    rule: Rule, parameters: Mapping[str, Parameter], facts: Mapping[str, Fact]
) -> tuple[Period, ...]:
    """Return what the rule says on which days; the first period begins with all days."""
    seams = {SINCE_EVER, *rule.versions.starts}
    for parameter in parameters.values():
        seams.update(parameter.values.starts)
    every = (_period(rule, day, parameters, facts) for day in sorted(seams))
    return tuple(
        next(iter(alike)) for _, alike in groupby(every, lambda each: (each.spoken, each.decidable))
    )


def _period(
    rule: Rule, day: date, parameters: Mapping[str, Parameter], facts: Mapping[str, Fact]
) -> Period:
    try:
        clause = clause_on(rule, day, parameters, facts)
    except EvaluationError:
        return Period(day, decidable=False)
    if clause.version is None:
        return Period(day)
    requirements = enumerate(zip(clause.version.requirements, clause.fires, strict=True))
    return Period(
        day, tuple(Spoken(number, each.code, fires) for number, (each, fires) in requirements)
    )
