"""Why a rule fired, and what became of every rule, in words.

In: one step of a decision together with the clause that it traces. Out: sentences in Danish and
English (`because`). Sentences of rules and conditions themselves come from
`engine.explain.sentences` and are offered here too; the tree for a terminal is in `trace_tree`.
Does not know: how the step was found.

Values of text facts (names, free text, ids of bookings) are never repeated; where the length
decided, the length is told. A gate tells nothing but what it demands, so that a refusal reads the
same for every citizen whom the caller may not act on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from engine.decision import ConditionTrace, RecordTrace, Step
from engine.explain.grammar import Amount, Danish, English, Form
from engine.explain.sentences import (
    Teller,
    condition_sentence,
    listed,
    requirement_sentence,
    version_sentence,
)
from engine.explain.wording import hidden, words
from engine.facts import Fact, FactType, Text, Value
from engine.model import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Constant,
    Constants,
    Not,
    Operand,
    Operator,
    Presence,
    Quantified,
    Quantifier,
    Reference,
    RuleSeverity,
    Shifted,
)
from engine.operators import nfc
from engine.program import Clause
from engine.tables import Table

__all__ = ["because", "condition_sentence", "requirement_sentence", "version_sentence"]

MOST_RECORDS = 3
"""So many records of a list are told of one by one; the rest is counted."""

_LENGTHS = (Operator.LENGTH_AT_LEAST, Operator.LENGTH_AT_MOST)
_BUT = Text("men", "but")
_MUST_NOT = Text("men det må ikke være tilfældet", "but that must not be the case")
_NUMBER = Text("nr.", "no.")
_AND_MORE = Text("og {count} mere", "and {count} more")


Memory = dict[tuple[str, bool, str, str, int], str]
"""What is said of a condition whatever the values, by language, advice, pronoun, what it is, and
the identity of the condition; good for conditions of one program, as long as that lives."""


def because(
    clause: Clause,
    step: Step,
    requirement: int,
    tables: Mapping[str, Table],
    memory: Memory | None = None,
) -> tuple[Text, ...]:
    """Return why the requirement at that position of the clause is not met.

    First what made the rule apply, then what was found against what must hold. `step` must be the
    trace of `clause`, and the requirement unmet. `memory` is for one program.
    """
    version, traced = clause.version, step.requirements[requirement]
    assert version is not None  # noqa: S101  # a rule that is not in force has no requirements
    demanded = version.requirements[requirement]
    assert traced.require is not None  # noqa: S101  # an unmet requirement has been looked at
    told: list[list[str]] = []
    advice = clause.rule.severity is RuleSeverity.ADVICE
    for grammar in (Danish(advice), English(advice)):
        teller = Teller(grammar, tables)
        if clause.rule.gate:
            told.append([teller.say(demanded.require, Form.STATES, negated=True)])
            continue
        reasons = _Reasons(teller, {} if memory is None else memory, advice=advice)
        sentences: list[str] = []
        for condition, trace in ((version.when, step.when), (demanded.when, traced.when)):
            if trace is not None:
                sentences.extend(reasons.why_it_holds(condition, trace))
        sentences.extend(reasons.why_it_fails(demanded.require, traced.require))
        told.append(list(dict.fromkeys(sentences)))
    return tuple(Text(da, en) for da, en in zip(*told, strict=True))


@dataclass(frozen=True, slots=True)
class _Reasons:
    """Finds what decided in a trace, and says it in one language.

    INVARIANT: conditions and traces are walked together; a trace has one part for every part of its
    condition, also for those that were not looked at.
    """

    teller: Teller
    memory: Memory
    advice: bool

    def why_it_holds(self, condition: Condition, trace: ConditionTrace) -> Iterator[str]:
        """Yield what was found for each condition that holds."""
        match condition:
            case All(parts) | AnyOf(parts):
                for part, inner in zip(parts, trace.parts, strict=True):
                    if inner.holds:
                        yield from self.why_it_holds(part, inner)
            case Comparison() | Presence() | Not() | Quantified():
                yield self._stated(condition, trace)

    def why_it_fails(self, condition: Condition, trace: ConditionTrace) -> Iterator[str]:
        """Yield what was found, and what must hold instead, for each condition that fails."""
        match condition:
            case All(parts) | AnyOf(parts):
                for part, inner in zip(parts, trace.parts, strict=True):
                    if inner.holds is False:
                        yield from self.why_it_fails(part, inner)
            case Not(part):
                said = self._stated(part, trace.parts[0])
                yield f"{said}, {self._words(_MUST_NOT)}"
            case Presence() | Comparison():
                yield self._but(condition, trace)
            case Quantified():
                yield from self._list_fails(condition, trace)

    def _but(self, leaf: Comparison | Presence, trace: ConditionTrace) -> str:
        """Return `status er 4, men skal være 5 eller 6`."""
        teller = self.teller
        fact = leaf.subject.fact
        value = trace.seen[0].value
        if isinstance(leaf, Presence) or fact.type is FactType.BOOLEAN:
            found = self._fixed(leaf, "denied", lambda: self._denied(leaf))
            demand = self._fixed(leaf, "demand", lambda: self._demand(teller, leaf))
            return f"{found}, {self._words(_BUT)} {demand}"
        if isinstance(leaf.operand, Constant | Constants):
            demand = self._fixed(leaf, "demand", lambda: self._demand(teller, leaf))
        else:
            demand = self._demand(self._annotated(leaf, trace, subject=False), leaf)
        label = self._words(fact.label)
        if isinstance(value, str) and leaf.operator in _LENGTHS:
            found = self._length(len(nfc(value)))
        elif value is not None and hidden(value, fact.type):
            return f"{label} {demand}"
        else:
            found = self._words(words(value, fact.type, fact.code_list, teller.tables))
        are = Text("er", "are" if fact.type is FactType.CODES else "is")
        return f"{label} {self._words(are)} {found}, {self._words(_BUT)} {demand}"

    def _list_fails(self, quantified: Quantified, trace: ConditionTrace) -> Iterator[str]:
        teller, grammar = self.teller, self.teller.grammar
        records = listed(quantified.records, grammar.language)
        matching = tuple(each for each in trace.records if each.holds)
        missing = tuple(each for each in trace.records if not each.holds)
        match quantified.quantifier:
            case Quantifier.NONE:
                for each in matching[:MOST_RECORDS]:
                    inner = self._annotated(quantified.where, each.where)
                    relative = inner.in_record(grammar.pronoun(records)).relative(quantified.where)
                    yield grammar.among(records, Amount(1, 1, one=True), relative, Form.STATES)
                yield from self._rest(matching)
            case Quantifier.ANY if not trace.records:
                yield grammar.among(records, Amount(0, 0), "", Form.STATES)
            case Quantifier.ANY:
                yield self._fixed(quantified, "denied", lambda: self._denied(quantified))
                yield from self._each_fails(quantified, missing)
            case Quantifier.EVERY:
                yield from self._each_fails(quantified, missing)
            case Quantifier.COUNT:
                inner = teller.in_record(grammar.pronoun(records))
                count = Amount(len(matching), len(matching))
                relative = inner.relative(quantified.where)
                yield grammar.among(records, count, relative, Form.STATES)
                yield teller.say(quantified, Form.DEMANDS)

    def _each_fails(
        self, quantified: Quantified, missing: tuple[RecordTrace, ...]
    ) -> Iterator[str]:
        label = quantified.records.record_label or quantified.records.label
        inner = replace(self, teller=self.teller.in_record(""))
        for each in missing[:MOST_RECORDS]:
            which = f"{self._words(label)} ({self._words(_NUMBER)} {each.position + 1})"
            for reason in inner.why_it_fails(quantified.where, each.where):
                yield f"{which}: {reason}"
        yield from self._rest(missing)

    def _rest(self, records: tuple[RecordTrace, ...]) -> Iterator[str]:
        if len(records) > MOST_RECORDS:
            count = str(len(records) - MOST_RECORDS)
            yield self._words(_AND_MORE).replace("{count}", count)

    def _stated(self, condition: Condition, trace: ConditionTrace) -> str:
        teller = self._annotated(condition, trace)
        if teller is not self.teller:
            return teller.say(condition, Form.STATES)
        return self._fixed(condition, "stated", lambda: teller.say(condition, Form.STATES))

    def _denied(self, condition: Condition) -> str:
        return self.teller.say(condition, Form.STATES, negated=True)

    def _demand(self, teller: Teller, leaf: Comparison | Presence) -> str:
        return teller.grammar.clause("", teller.predicate(leaf), Form.DEMANDS)

    def _fixed(self, condition: Condition, what: str, say: Callable[[], str]) -> str:
        """Return what is said of a condition of the program whatever the values."""
        teller = self.teller
        key = (teller.grammar.language, self.advice, teller.pronoun, what, id(condition))
        said = self.memory.get(key)
        if said is None:
            said = self.memory[key] = say()
        return said

    def _annotated(
        self, condition: Condition, trace: ConditionTrace, *, subject: bool = True
    ) -> Teller:
        """Return a teller that puts the values seen in brackets behind what they belong to."""
        seen: dict[int, tuple[Text | None, Text | None]] = {}
        _collect(condition, trace, self.teller.tables, seen)
        if not any(right or (subject and left) for left, right in seen.values()):
            return self.teller

        def values(asked: Condition) -> tuple[Text | None, Text | None]:
            left, right = seen.get(id(asked), (None, None))
            return (left if subject else None, right)

        return self.teller.having_seen(values)

    def _length(self, length: int) -> str:
        return self._words(Text(f"på {length} tegn", f"{length} characters long"))

    def _words(self, text: Text) -> str:
        return text.in_language(self.teller.grammar.language)


def _collect(
    condition: Condition,
    trace: ConditionTrace,
    tables: Mapping[str, Table],
    seen: dict[int, tuple[Text | None, Text | None]],
) -> None:
    """Note for every comparison, by identity, the values it looked at that tell something new."""
    match condition:
        case All(parts) | AnyOf(parts):
            for part, inner in zip(parts, trace.parts, strict=True):
                _collect(part, inner, tables, seen)
        case Not(part):
            _collect(part, trace.parts[0], tables, seen)
        case Comparison(subject, operator, operand) if trace.seen:
            said_already = operator is Operator.IS and isinstance(operand, Constant)
            left = None if said_already else _shown(trace.seen[0].value, subject.fact, tables)
            right = None
            if not isinstance(operand, Constant | Constants):
                right = _shown(trace.seen[1].value, _operand_fact(operand), tables)
            seen[id(condition)] = (left, right)


def _shown(value: Value | None, fact: Fact, tables: Mapping[str, Table]) -> Text | None:
    """Return a value as it stands in brackets, None when it is to be kept back or says nothing."""
    if value is None or fact.type in (FactType.BOOLEAN, FactType.CODES, FactType.TEXT):
        return None
    told = words(value, fact.type, fact.code_list, tables)
    return Text(_no_brackets(told.da), _no_brackets(told.en))


def _operand_fact(operand: Operand) -> Fact:
    match operand:
        case Reference(fact=fact) | Shifted(base=Reference(fact=fact)):
            return fact
    raise AssertionError("only facts are looked at")


def _no_brackets(words_of_code: str) -> str:
    return words_of_code.replace(" (", ", ").removesuffix(")")
