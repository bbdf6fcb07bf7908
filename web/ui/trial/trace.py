"""A traced decision as a tree for the page, with what decided marked.

In: the steps of a decision, the rulebook. Out: `Branch`es: one for each rule, and in it its
conditions with the values they looked at.
Does not know: HTML. Free text and names are not repeated; the codes of organisations are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.decision import ConditionTrace, Decision, Outcome, RecordTrace, Seen, Step
from engine.explain.wording import hidden, words
from engine.facts import Fact, FactType, Text
from engine.model import (
    All,
    AnyOf,
    Condition,
    Not,
    Quantified,
    Quantifier,
    Rulebook,
    RuleKind,
    RuleSeverity,
)

_HIDDEN = Text("(tekst, vises ikke)", "(text, not shown)")
_WHEN = Text("hvis", "if")
_LEADS = {
    RuleKind.RULE: Text("krav", "demand"),
    RuleKind.GRANT: Text("adgang", "access"),
    RuleKind.NOTICE: Text("modtagere", "receivers"),
}
_SHOWN_TEXTS = frozenset({"organisation", "caller.organisation", "caller.operator"})
"""Text facts that are codes of organisations: without them nobody sees why a gate refused."""
MOST_RECORDS = 20
MOST_TREES = 80
"""With more rules only those that speak up are told with their conditions; of the others so many
are named."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value that a condition looked at."""

    label: Text
    words: Text


@dataclass(frozen=True, slots=True)
class Node:
    """One condition; `decides` says that the answer hangs on it."""

    lead: Text | None
    sentence: Text
    holds: bool | None
    values: tuple[Value, ...]
    inside: tuple[Node, ...]
    decides: bool
    left_out: int = 0
    """Records that are not shown."""


@dataclass(frozen=True, slots=True)
class Branch:
    """What became of one rule."""

    rule: str
    title: Text
    codes: tuple[str, ...]
    outcome: Outcome
    kind: RuleKind
    severity: RuleSeverity
    nodes: tuple[Node, ...] | None
    """None when the conditions are left out, because there are so many rules."""

    @property
    def speaks(self) -> bool:
        """Tell whether the rule is broken, or the grant or notice holds."""
        return _speaks(self)


def branches_of(decision: Decision, rulebook: Rulebook) -> tuple[Branch, ...]:
    """Return one branch for each step, in file order."""
    steps = decision.steps
    return _Gardener(rulebook).branches(steps, every=len(steps) + decision.left_out <= MOST_TREES)


class _Gardener:
    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._rules = {rule.id: rule for file in rulebook.files for rule in file.all}
        self._facts: dict[str, Fact] = {}
        for fact in rulebook.catalogue.facts.values():
            for each in (fact, *fact.fields.values()):
                # a name that is a code somewhere is shown with the code's name
                if each.name not in self._facts or each.type is FactType.CODE:
                    self._facts[each.name] = each

    def branches(self, steps: Sequence[Step], *, every: bool) -> tuple[Branch, ...]:
        return tuple(
            Branch(
                step.rule,
                step.title,
                step.codes if step.kind is RuleKind.RULE else (),
                step.outcome,
                step.kind,
                self._rules[step.rule].severity,
                tuple(self._nodes(step)) if every or _speaks(step) else None,
            )
            for step in steps
        )

    def _nodes(self, step: Step) -> Iterator[Node]:
        places = self._quantifiers(step.rule)
        if step.when is not None and step.when.parts:
            yield self._node(step.when, places, _WHEN, decides=step.when.holds is False)
        for requirement in step.requirements:
            if requirement.when.parts or requirement.when.seen:
                off = requirement.when.holds is False
                yield self._node(requirement.when, places, _WHEN, decides=off)
            if requirement.require is not None:
                code = f" {requirement.code}" if step.kind is RuleKind.RULE else ""
                lead = _LEADS[step.kind]
                yield self._node(
                    requirement.require, places, Text(lead.da + code, lead.en + code), decides=True
                )

    def _quantifiers(self, rule: str) -> Mapping[str, Quantifier]:
        found: dict[str, Quantifier] = {}
        for _, version in self._rules[rule].versions:
            conditions: list[Condition] = [version.when]
            conditions += [
                part for each in version.requirements for part in (each.when, each.require)
            ]
            for condition in conditions:
                found.update(_quantifiers(condition))
        return found

    def _node(
        self,
        trace: ConditionTrace,
        places: Mapping[str, Quantifier],
        lead: Text | None = None,
        *,
        decides: bool,
    ) -> Node:
        # one part of the other answer is a `not`: it decides as well
        turned = len(trace.parts) == 1
        inside = [
            self._node(
                each,
                places,
                decides=decides
                and each.holds is not None
                and (turned or each.holds == trace.holds),
            )
            for each in trace.parts
        ]
        if len(inside) == 1 and inside[0].sentence == trace.sentence and not trace.records:
            # a group of one says nothing that its only part does not say
            return replace(inside[0], lead=lead)
        kind = places.get(trace.where)
        first = sorted(trace.records, key=lambda e: not _decides(e, trace, kind))[:MOST_RECORDS]
        inside += [
            self._node(
                each.where,
                places,
                Text(f"nr. {each.position + 1}", f"no. {each.position + 1}"),
                decides=decides and _decides(each, trace, kind),
            )
            for each in sorted(first, key=lambda e: e.position)
        ]
        return Node(
            lead,
            trace.sentence,
            trace.holds,
            tuple(self._value(each) for each in trace.seen),
            tuple(inside),
            decides,
            len(trace.records) - len(first),
        )

    def _value(self, seen: Seen) -> Value:
        fact = self._facts.get(seen.name)
        if fact is None:
            return Value(seen.label, _HIDDEN)
        if hidden(seen.value, fact.type) and seen.name not in _SHOWN_TEXTS:
            return Value(seen.label, _HIDDEN)
        return Value(
            seen.label, words(seen.value, fact.type, fact.code_list, self._rulebook.tables)
        )


def _speaks(step: Step | Branch) -> bool:
    speaking = Outcome.VIOLATED if step.kind is RuleKind.RULE else Outcome.SATISFIED
    return step.outcome is speaking


def _decides(record: RecordTrace, trace: ConditionTrace, kind: Quantifier | None) -> bool:
    """Tell whether the answer of a list hangs on this record."""
    match kind:
        case Quantifier.ANY:
            return record.holds is bool(trace.holds)
        case Quantifier.NONE:
            return record.holds is not bool(trace.holds)
        case Quantifier.EVERY:
            return record.holds is bool(trace.holds)
        case _:
            return record.holds


def _quantifiers(condition: Condition) -> Iterator[tuple[str, Quantifier]]:
    match condition:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _quantifiers(part)
        case Not(part):
            yield from _quantifiers(part)
        case Quantified(quantifier=quantifier, place=place):
            yield str(place), quantifier
