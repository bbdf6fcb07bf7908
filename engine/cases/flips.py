"""Which examples are answered otherwise by another rulebook, and how?

In: what decides by the old rulebook, what decides by the new one, and cases. Out: the cases whose
answer changes, with both answers.
Does not know: what an example expects; it may be right about one of the two, both or neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.cases.files import Case
from engine.cases.results import Decides
from engine.problems import EvaluationError


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a case as far as it can flip; codes and ids in the order of the answer."""

    accepted: bool
    codes: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    holding: tuple[str, ...] = ()
    fault: str = ""
    """Why there is no answer, in English; empty when there is one."""


@dataclass(frozen=True, slots=True)
class Flip:
    """A case that is answered otherwise."""

    case: Case
    was: Answer
    becomes: Answer


def flips(old: Decides, new: Decides, cases: Iterable[Case]) -> tuple[Flip, ...]:
    """Return the cases whose answers differ, in the order of the cases.

    A case that one of the rulebooks cannot decide, because a fact of it is unknown there, has no
    answer by it; that is a flip too, unless neither can.
    """
    found = (Flip(case, answer(old, case), answer(new, case)) for case in cases)
    return tuple(each for each in found if _differ(each.was, each.becomes))


def answer(decider: Decides, case: Case) -> Answer:
    """Return how a case is answered; raises nothing that the evaluation raises."""
    try:
        decision = decider.decide(case.operation, case.facts)
    except EvaluationError as error:
        return Answer(accepted=False, fault=str(error))
    return Answer(
        decision.accepted,
        tuple(each.code for each in decision.violations),
        tuple(each.code for each in decision.advice),
        decision.holding,
    )


def _differ(was: Answer, becomes: Answer) -> bool:
    if was.fault and becomes.fault:
        return False
    return was != becomes
