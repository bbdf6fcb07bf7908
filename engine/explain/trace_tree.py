"""A traced decision as a tree of text, for terminals.

In: a `Decision` with its steps, and the catalogue that says which values are text. Out: lines.
Does not know: colours, or the width of the terminal.

Values of text facts are not shown: they may be names or free text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine.decision import ConditionTrace, Decision, Outcome, Seen, Step
from engine.explain.seen_values import SeenValues
from engine.explain.wording import day
from engine.facts import Catalogue, Text
from engine.model import RuleKind
from engine.tables import Table

_NOT_APPLICABLE = Text("gælder ikke her", "not applicable")
_NOT_IN_FORCE = Text("ikke i kraft", "not in force")
OUTCOMES = {
    RuleKind.RULE: {
        Outcome.SATISFIED: Text("opfyldt", "satisfied"),
        Outcome.VIOLATED: Text("brudt", "violated"),
        Outcome.NOT_APPLICABLE: _NOT_APPLICABLE,
        Outcome.NOT_IN_FORCE: _NOT_IN_FORCE,
    },
    RuleKind.GRANT: {
        Outcome.SATISFIED: Text("giver adgang", "grants access"),
        Outcome.VIOLATED: Text("giver ikke adgang", "does not grant access"),
        Outcome.NOT_APPLICABLE: _NOT_APPLICABLE,
        Outcome.NOT_IN_FORCE: _NOT_IN_FORCE,
    },
    RuleKind.NOTICE: {
        Outcome.SATISFIED: Text("sendes", "is sent"),
        Outcome.VIOLATED: Text("sendes ikke", "is not sent"),
        Outcome.NOT_APPLICABLE: _NOT_APPLICABLE,
        Outcome.NOT_IN_FORCE: _NOT_IN_FORCE,
    },
}
_MARKS = {True: "✓", False: "✗", None: "–"}
ANSWERS = {
    RuleKind.RULE: (Text("accepteret", "accepted"), Text("afvist", "refused")),
    RuleKind.GRANT: (Text("adgang", "access"), Text("ingen adgang", "no access")),
    RuleKind.NOTICE: (
        Text("besked sendes", "a message is sent"),
        Text("ingen besked", "no message"),
    ),
}
"""What a decision says, and what it says otherwise."""
_WHEN = Text("hvis", "if")
_LEADS = {
    RuleKind.RULE: Text("krav", "demand"),
    RuleKind.GRANT: Text("adgang", "access"),
    RuleKind.NOTICE: Text("modtagere", "receivers"),
}
_SINCE = Text("ordlyd fra", "wording from")


def trace_tree(
    decision: Decision, catalogue: Catalogue, tables: Mapping[str, Table], language: str
) -> str:
    """Return one branch per rule, with every condition and the values that it looked at."""
    kind = decision.steps[0].kind if decision.steps else RuleKind.RULE
    said, otherwise = ANSWERS[kind]
    holds = decision.accepted if kind is RuleKind.RULE else bool(decision.holding)
    answer = (said if holds else otherwise).in_language(language)
    tree = _Tree(catalogue, tables, language)
    return "\n".join([f"{decision.operation}: {answer}", *tree.steps(decision.steps)])


class _Tree:
    """Writes the lines."""

    def __init__(self, catalogue: Catalogue, tables: Mapping[str, Table], language: str) -> None:
        self._values = SeenValues(catalogue, tables)
        self._language = language

    def steps(self, steps: Sequence[Step]) -> Iterator[str]:
        for step in steps:
            outcome = self._words(OUTCOMES[step.kind][step.outcome])
            # the requirement of a grant or notice has its id for a code
            codes = f" [{', '.join(step.codes)}]" if step.kind is RuleKind.RULE else ""
            since = (
                f" ({self._words(_SINCE)} {self._words(day(step.valid_from))})"
                if step.valid_from is not None
                else ""
            )
            yield f"{step.rule}{codes} {self._words(step.title)}: {outcome}{since}"
            if step.when is not None and step.when.parts:
                yield from self._condition(step.when, 1, f"{self._words(_WHEN)}: ")
            for requirement in step.requirements:
                if requirement.when.parts or requirement.when.seen:
                    yield from self._condition(requirement.when, 1, f"{self._words(_WHEN)}: ")
                if requirement.require is not None:
                    code = f" {requirement.code}" if step.kind is RuleKind.RULE else ""
                    lead = f"{self._words(_LEADS[step.kind])}{code}: "
                    yield from self._condition(requirement.require, 1, lead)

    def _condition(self, trace: ConditionTrace, depth: int, lead: str = "") -> Iterator[str]:
        values = "; ".join(self._seen(seen) for seen in trace.seen)
        suffix = f"  ← {values}" if values else ""
        yield f"{'  ' * depth}{_MARKS[trace.holds]} {lead}{self._words(trace.sentence)}{suffix}"
        for part in trace.parts:
            yield from self._condition(part, depth + 1)
        for record in trace.records:
            yield from self._condition(record.where, depth + 1, f"{record.position + 1}: ")

    def _seen(self, seen: Seen) -> str:
        return self._words(self._values.told(seen))

    def _words(self, text: Text) -> str:
        return text.in_language(self._language)
