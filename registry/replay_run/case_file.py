"""Decisions that change → a case file, by which analysts try the rules from then on.

In: facts of decisions and the candidate rulebook. Out: the text of a case file, whose expected
answers are the candidate's.
Does not know: where the facts come from. Texts of persons are replaced by stand-ins; where that
changes the answer, the example is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.cases.expectations import Expected
from engine.cases.files import FORMAT, Starting
from engine.cases.writing import Example, example_of, written_example
from engine.decide import Decider
from engine.decision import Decision
from engine.facts import Facts
from engine.model import RuleKind
from engine.problems import EvaluationError
from engine.source.writing import written_scalar
from registry.commands import CREATE_INTERVIEW
from registry.history.stand_ins import without_texts


@dataclass(frozen=True, slots=True)
class Changing:
    """One decision that comes out otherwise; `was` holds the codes of before."""

    decision_id: str
    operation: str
    facts: Facts
    was: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """The text of a file, and how many examples it holds and lacks."""

    text: str
    examples: int
    left_out: int


def case_file(title: str, changing: Iterable[Changing], candidate: Decider) -> CaseFile:
    """Return the file; an example that shows nothing without a person's texts is left out."""
    written: list[str] = []
    left_out, start = 0, Starting(None, {})
    for each in changing:
        if start.operation is None:
            start = Starting(each.operation, {})
        example = _example(each, candidate, start)
        if example is None:
            left_out += 1
        else:
            written.append(written_example(example))
    head = [
        "# yaml-language-server: $schema=../../engine/schema/cases.schema.json",
        "# Eksempler fra en genberegning med de nye reglers svar. Navne og id'er er erstattet.",
        "# Examples from a replay with the answers of the new rules. Names and ids are replaced.",
        f"format: {FORMAT}",
        f"cases: {written_scalar(title)}",
        f"operation: {start.operation or CREATE_INTERVIEW}",
        "baseline: {}",
        "examples:" if written else "examples: []",
    ]
    return CaseFile("\n".join(head) + "\n" + "".join(written), len(written), left_out)


def _example(changing: Changing, candidate: Decider, start: Starting) -> Example | None:
    catalogue = candidate.rulebook.catalogue
    facts = without_texts(changing.facts, catalogue)
    try:
        decision = candidate.decide(changing.operation, facts)
        real = candidate.decide(changing.operation, changing.facts)
    except EvaluationError:
        return None
    if _answer(decision) != _answer(real):
        return None
    codes, advice = _answer(decision)
    before = ", ".join(changing.was) or "ingen koder"
    return example_of(
        f"Afgørelse {changing.decision_id}",
        changing.operation,
        facts,
        start,
        Expected(RuleKind.RULE, codes, advice),
        catalogue,
        (f"før: {before}",),
    )


def _answer(decision: Decision) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return (
        tuple(each.code for each in decision.violations),
        tuple(each.code for each in decision.advice),
    )
