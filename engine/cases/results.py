"""Cases → results: does the rulebook answer as its analysts expect, and what did nobody ask?

In: a `Decider` and cases. Out: one result per case with the whole decision, and the rule versions
that no case satisfied or violated. The command, pytest and the pages run cases through this alone.
Does not know: files, or how results are shown.

INVARIANT: a case passes only when it was decided and codes and advice are equal in order; every
other outcome, a fault of the evaluation included, is a failure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from engine.cases.files import Case
from engine.decision import Advice, ConditionTrace, Decision, Outcome, Step, Violation
from engine.facts import Facts, Text
from engine.model import Rule, Rulebook, Version
from engine.problems import EvaluationError

ONLY_GATES = Text(
    "reglen blev ikke vurderet, fordi en adgangsregel afviste først",
    "the rule was not looked at, because a gate refused first",
)
NO_SUCH_RULE = Text(
    "ingen regel for denne operation har koden", "no rule of this operation has the code"
)
OTHER_ORDER = Text(
    "svaret nævner det samme, men i en anden rækkefølge eller et andet antal",
    "the answer names the same, in another order or number",
)

OTHER_ANSWER = Text(
    "eksemplet ventede det modsatte svar",
    "the case expected the opposite answer",
)


class Decides(Protocol):
    """What runs a case: `engine.decide.Decider`."""

    def decide(self, operation: str, facts: Facts, *, traced: bool = False) -> Decision:
        """Decide, with the trace."""
        ...


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of one case."""

    case: Case
    decision: Decision | None
    """None when the case could not be decided."""
    fault: str = ""
    """Why it could not be decided."""

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that were found, in order."""
        return () if self.decision is None else _codes(self.decision.violations)

    @property
    def advice(self) -> tuple[str, ...]:
        """The codes of the advice that was found, in order."""
        return () if self.decision is None else _codes(self.decision.advice)

    @property
    def holding(self) -> tuple[str, ...]:
        """The grants or notices that were found to hold, in order."""
        return () if self.decision is None else self.decision.holding

    @property
    def expected(self) -> tuple[str, ...]:
        """What is expected beside advice: codes, or the grants or notices that hold."""
        return self.case.codes or self.case.holding

    @property
    def found(self) -> tuple[str, ...]:
        """What was found beside advice: codes, or the grants or notices that hold."""
        return self.codes or self.holding

    @property
    def passed(self) -> bool:
        """Tell whether the answer is exactly the expected one."""
        return (
            self.decision is not None
            and self.decision.accepted is self.case.accepted
            and self.codes == self.case.codes
            and self.advice == self.case.advice
            and self.holding == self.case.holding
        )


@dataclass(frozen=True, slots=True)
class Gap:
    """One demand of one rule version that the cases leave untried on one side or on both."""

    rule: Rule
    version: Version
    code: str
    """The code of the demand; empty for a version that withdraws the rule."""
    satisfied: bool
    """Whether a case satisfied it (for a withdrawn rule: whether a case falls on such a day)."""
    violated: bool

    @property
    def untried(self) -> bool:
        """Tell whether no case concerns this demand at all."""
        return not self.satisfied and not self.violated


def run_case(decider: Decides, case: Case) -> CaseResult:
    """Decide one case with its trace; raises nothing that the evaluation raises."""
    try:
        return CaseResult(case, decider.decide(case.operation, case.facts, traced=True))
    except EvaluationError as error:
        return CaseResult(case, None, str(error))


def run_cases(decider: Decides, cases: Iterable[Case]) -> Iterator[CaseResult]:
    """Yield one result per case, as they come."""
    for case in cases:
        yield run_case(decider, case)


def all_passed(results: Iterable[CaseResult]) -> bool:
    """Tell whether there was something to run and all of it passed."""
    outcomes = [result.passed for result in results]
    return bool(outcomes) and all(outcomes)


def reasons(result: CaseResult) -> tuple[Text, ...]:
    """Say why the answer was another one; empty for a case that passed.

    A code too many is explained by what decided, a missing one by what became of its rule.
    """
    decision, case = result.decision, result.case
    if decision is None:
        return (Text(result.fault, result.fault),)
    return (
        *_differences(case.codes, decision.violations, decision),
        *_differences(case.advice, decision.advice, decision),
        *_holding_differences(case.holding, decision),
        *(() if decision.accepted is case.accepted else (OTHER_ANSWER,)),
    )


def gaps(rulebook: Rulebook, results: Iterable[CaseResult]) -> tuple[Gap, ...]:
    """Return every demand of every rule version without a satisfied or without a violated case.

    Only cases that passed count. A version that withdraws its rule has one side: a case on a day on
    which the rule is withdrawn.
    """
    passed = [result for result in results if result.passed]
    seen = {outcome for result in passed for outcome in _outcomes(result)}
    found = (
        gap
        for file in rulebook.files
        for rule in file.all
        for start, version in rule.versions
        for gap in _demands(rule, start, version, seen)
    )
    return tuple(gap for gap in found if not (gap.satisfied and gap.violated))


_Seen = tuple[str, date | None, int, Outcome]
"""Rule, first day of the version, position of the demand (-1: the rule as a whole), outcome."""


def _outcomes(result: CaseResult) -> Iterator[_Seen]:
    if result.decision is None:
        return
    for step in result.decision.steps:
        for position, requirement in enumerate(step.requirements):
            yield step.rule, step.valid_from, position, requirement.outcome
        if step.outcome is Outcome.NOT_IN_FORCE:
            yield step.rule, None, -1, step.outcome


def _demands(rule: Rule, start: date, version: Version, seen: set[_Seen]) -> Iterator[Gap]:
    if version.withdrawn:
        there = (rule.id, None, -1, Outcome.NOT_IN_FORCE) in seen
        yield Gap(rule, version, "", there, there)
    for position, requirement in enumerate(version.requirements):
        yield Gap(
            rule,
            version,
            requirement.code,
            (rule.id, start, position, Outcome.SATISFIED) in seen,
            (rule.id, start, position, Outcome.VIOLATED) in seen,
        )


def _codes(found: Iterable[Violation | Advice]) -> tuple[str, ...]:
    return tuple(each.code for each in found)


def _differences(
    expected: tuple[str, ...], found: Sequence[Violation | Advice], decision: Decision
) -> Iterator[Text]:
    codes = _codes(found)
    for finding in found:
        if finding.code not in expected:
            yield from _unexpected(finding)
    for code in expected:
        if code not in codes:
            yield _missing(code, decision)
    if expected != codes and set(expected) == set(codes):
        yield OTHER_ORDER


def _holding_differences(expected: tuple[str, ...], decision: Decision) -> Iterator[Text]:
    for name in decision.holding:
        if name not in expected:
            yield Text(f"{name}: gælder, men var ikke ventet", f"{name}: holds, but unexpectedly")
    for name in expected:
        if name not in decision.holding:
            yield _missing(name, decision)
    if expected != decision.holding and set(expected) == set(decision.holding):
        yield OTHER_ORDER


def _unexpected(finding: Violation | Advice) -> Iterator[Text]:
    head, message = f"{finding.code} ({finding.rule}): ", finding.message
    yield Text(head + message.da, head + message.en)
    for line in finding.because:
        yield Text(f"  {line.da}", f"  {line.en}")


def _missing(code: str, decision: Decision) -> Text:
    step = next((each for each in decision.steps if code in each.codes), None)
    if step is None:
        only_gates = any(each.outcome is Outcome.VIOLATED for each in decision.steps)
        why = ONLY_GATES if only_gates and not decision.accepted else NO_SUCH_RULE
        return Text(f"{code}: {why.da}", f"{code}: {why.en}")
    why = _became(step, code)
    name = code if code == step.rule else f"{code} ({step.rule})"
    return Text(f"{name}: {why.da}", f"{name}: {why.en}")


def _became(step: Step, code: str) -> Text:
    if step.outcome is Outcome.NOT_IN_FORCE:
        return Text("reglen gælder ikke på dagen", "the rule is not in force on the day")
    failing = step.when if step.when is not None and step.when.holds is False else None
    for requirement in step.requirements:
        if requirement.code != code:
            continue
        if requirement.outcome is Outcome.SATISFIED:
            met = Text("", "") if requirement.require is None else requirement.require.sentence
            return Text(f"kravet er opfyldt: {met.da}", f"the demand is met: {met.en}")
        if requirement.outcome is Outcome.VIOLATED:
            # of a grant or notice: what is violated by a rule is found, not missing
            failing = requirement.require
        elif requirement.when.holds is False:
            failing = requirement.when
    first = None if failing is None else _first_failing(failing)
    if first is None:
        return Text("reglen er ikke relevant", "the rule does not apply")
    return Text(
        f"reglen er ikke relevant; dette holder ikke: {first.sentence.da}",
        f"the rule does not apply; this does not hold: {first.sentence.en}",
    )


def _first_failing(trace: ConditionTrace) -> ConditionTrace:
    """Return the innermost condition that made `trace` fail."""
    for part in trace.parts:
        if part.holds is False:
            return _first_failing(part)
    return trace
