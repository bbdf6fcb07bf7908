"""Conditions and rules → sentences in Danish and English.

In: the model, the tables for the names of codes, the parameters for their titles. Out: `Text`.
Does not know: how a condition came out. `because` hands in the values that were seen, and
then they stand in brackets behind what they belong to.

Groups inside groups stand in brackets, and so does a list condition that is not the last of its
group: no sentence can be read in two ways.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.explain.grammar import Amount, Danish, English, Form, Listed, Receivers
from engine.explain.phrases import VERBS, Phrases
from engine.explain.wording import AND, OR, capital, series, words
from engine.facts import Fact, FactType, Text
from engine.model import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Constant,
    Not,
    Operator,
    Presence,
    Quantified,
    Quantifier,
    Reference,
    Requirement,
    RuleKind,
    RuleSeverity,
    Scope,
    Told,
    Version,
)
from engine.tables import ORGANISATION_TYPES, Parameter, Table

_OR_ABSENT = Text("(eller ikke angivet)", "(or not given)")
_ALWAYS = Text("det gælder altid", "it always holds")
_EXACTLY_WHEN = Text("netop når", "exactly when")
_WITHDRAWN = {
    RuleKind.RULE: Text("Reglen er ophævet.", "The rule is withdrawn."),
    RuleKind.GRANT: Text("Adgangen er ophævet.", "The grant is withdrawn."),
    RuleKind.NOTICE: Text("Beskeden er ophævet.", "The notice is withdrawn."),
}


def condition_sentence(
    condition: Condition,
    tables: Mapping[str, Table],
    parameters: Mapping[str, Parameter] | None = None,
) -> Text:
    """Return a condition as a clause without capital letter and full stop."""
    return Text(
        *(
            Teller(grammar, tables, parameters or {}).say(condition, Form.STATES)
            for grammar in (Danish(), English())
        )
    )


def requirement_sentence(
    version: Version,
    requirement: Requirement,
    tables: Mapping[str, Table],
    parameters: Mapping[str, Parameter] | None = None,
    severity: RuleSeverity = RuleSeverity.REFUSE,
) -> Text:
    """Return one demand as a whole sentence: *When …, … must …*; advice says *should*."""
    advice = severity is RuleSeverity.ADVICE
    concerned = flat(All((version.when, requirement.when)))
    told = []
    for grammar in (Danish(advice), English(advice)):
        teller = Teller(grammar, tables, parameters or {})
        if concerned == All(()):
            sentence = teller.say(requirement.require, Form.DEMANDS)
        else:
            sentence = grammar.when(
                teller.say(concerned, Form.CLAUSE), teller.say(requirement.require, Form.INVERTED)
            )
        told.append(f"{capital(sentence)}.")
    return Text(*told)


def version_sentence(
    version: Version,
    tables: Mapping[str, Table],
    parameters: Mapping[str, Parameter] | None = None,
    severity: RuleSeverity = RuleSeverity.REFUSE,
    kind: RuleKind = RuleKind.RULE,
) -> Text:
    """Return one wording of a rule, grant or notice, a sentence for each of its requirements."""
    if version.withdrawn:
        return _WITHDRAWN[kind]
    told = [
        requirement_sentence(version, each, tables, parameters, severity)
        if kind is RuleKind.RULE
        else _speech_sentence(version, each.require, tables, parameters)
        for each in version.requirements
    ]
    return Text(" ".join(each.da for each in told), " ".join(each.en for each in told))


def _speech_sentence(
    version: Version,
    speaks: Condition,
    tables: Mapping[str, Table],
    parameters: Mapping[str, Parameter] | None,
) -> Text:
    """Return a grant (*There is access when …*) or a notice (*When …, the message … is sent*)."""
    told = []
    for grammar in (Danish(), English()):
        teller = Teller(grammar, tables, parameters or {})
        if version.told is not None:
            sentence = teller.notice(version.when, speaks, version.told)
        else:
            sentence = teller.grant(flat(All((version.when, speaks))), version.only_where)
        told.append(f"{capital(sentence)}.")
    return Text(*told)


def flat(condition: Condition) -> Condition:
    """Return the condition without groups of one and without groups in a group of their kind."""
    if not isinstance(condition, All | AnyOf):
        return condition
    kind = type(condition)
    parts: list[Condition] = []
    for part in map(flat, condition.parts):
        parts.extend(part.parts if isinstance(part, kind) else (part,))
    return parts[0] if len(parts) == 1 else kind(tuple(parts), condition.place)


def listed(records: Fact, language: str) -> Listed:
    """Return a list of records in words."""
    one = records.record_label.da if records.record_label is not None else ""
    return Listed(records.label.in_language(language), neuter=one.startswith("et "))


@dataclass(frozen=True, slots=True)
class Teller(Phrases):
    """Says whole conditions in one language."""

    def say(self, condition: Condition, form: Form, *, negated: bool = False) -> str:
        """Return the condition, or with `negated` that it does not hold."""
        match flat(condition):
            case All(()):
                return self._holds_always(form, negated=negated)
            case (All() | AnyOf()) as group:
                return self._group(group, form, negated=negated)
            case Not(part):
                return self.say(part, form, negated=not negated)
            case Quantified() as quantified:
                return self._quantified(quantified, form, negated=negated)
            case Presence(subject) as presence:
                predicate = self.predicate(presence, negated=negated)
                return self.grammar.clause(self.name(subject, presence), predicate, form)
            case Comparison() as comparison:
                return self._comparison(comparison, form, negated=negated)
        raise AssertionError("a condition of an unknown kind")

    def relative(self, where: Condition, *, negated: bool = False) -> str:
        """Return the `where` of a list as a relative clause: `som er …, og hvor …`."""
        condition = flat(where)
        if condition == All(()):
            return ""
        grouped = isinstance(condition, All | AnyOf) and not negated
        parts = condition.parts if grouped and isinstance(condition, All | AnyOf) else (condition,)
        word = (OR if isinstance(condition, AnyOf) else AND).in_language(self.grammar.language)
        runs: list[tuple[str, list[str]]] = []
        for position, part in enumerate(parts):
            bare = self._is_bare(part)
            pronoun = self.grammar.which if bare else self.grammar.where
            teller = self.in_record("") if bare else self
            said = (
                teller.say(part, Form.CLAUSE, negated=negated)
                if len(parts) == 1
                else teller._nested(part, Form.CLAUSE, last=position == len(parts) - 1)
            )
            if runs and runs[-1][0] == pronoun:
                runs[-1][1].append(said)
            else:
                runs.append((pronoun, [said]))
        told = [f"{pronoun} {series(tuple(said), word)}" for pronoun, said in runs]
        return f", {word} ".join(told)

    def grant(self, conditions: Condition, only: All | None) -> str:
        """Return under which conditions a grant lets the caller in, and what it then opens."""
        always = conditions == All(())
        said = "" if always else self.say(conditions, Form.CLAUSE)
        seen = "" if only is None else self.say(only, Form.CLAUSE)
        return self.grammar.granted(said, seen)

    def notice(self, when: All, receivers: Condition, told: Told) -> str:
        """Return to whom a notice sends its message, and when; `receivers` is what it looks for."""
        assert isinstance(receivers, Quantified)  # noqa: S101  # so a notice is made
        records = listed(receivers.records, self.grammar.language)
        inner = self.in_record(self.grammar.pronoun(records))
        named = words(told.organisation_type, FactType.CODE, ORGANISATION_TYPES, self.tables)
        kind = named.in_language(self.grammar.language)
        whom = Receivers(kind, records, inner.relative(receivers.where))
        if flat(when) == All(()):
            return self.grammar.sent(told.message, whom, Form.STATES)
        said = self.grammar.sent(told.message, whom, Form.INVERTED)
        return self.grammar.when(self.say(when, Form.CLAUSE), said)

    # --- groups and lists -----------------------------------------------------------------------

    def _holds_always(self, form: Form, *, negated: bool) -> str:
        always = _ALWAYS.in_language(self.grammar.language)
        return self.grammar.holds(always, form, negated=True) if negated else always

    def _group(self, group: All | AnyOf, form: Form, *, negated: bool) -> str:
        word = (OR if isinstance(group, AnyOf) else AND).in_language(self.grammar.language)
        last = len(group.parts) - 1
        if negated:
            inner = self._group(group, Form.CLAUSE, negated=False)
            return self.grammar.holds(f"({inner})", form, negated=True)
        if not form.demands:
            return series(
                tuple(
                    self._nested(part, form, last=position == last)
                    for position, part in enumerate(group.parts)
                ),
                word,
            )
        if isinstance(group, AnyOf):
            return self.grammar.holds(
                self._group(group, Form.CLAUSE, negated=False), form, negated=False
            )
        # only the first demand is turned round by the `when` before it
        told = [
            self._nested(part, form if position == 0 else Form.DEMANDS, last=position == last)
            for position, part in enumerate(group.parts)
        ]
        return f", {word} ".join(told)

    def _nested(self, part: Condition, form: Form, *, last: bool) -> str:
        part = flat(part)
        open_ended = isinstance(part, Quantified) or (form.demands and isinstance(part, AnyOf))
        grouped = isinstance(part, All | AnyOf) and part != All(()) and not form.demands
        said = self.say(part, form)
        return f"({said})" if grouped or (open_ended and not last) else said

    def _quantified(self, quantified: Quantified, form: Form, *, negated: bool) -> str:
        records = listed(quantified.records, self.grammar.language)
        inner = self.in_record(self.grammar.pronoun(records))
        quantifier = quantified.quantifier
        if quantifier in (Quantifier.ANY, Quantifier.NONE) and negated:
            opposite = {Quantifier.ANY: Quantifier.NONE, Quantifier.NONE: Quantifier.ANY}
            quantifier, negated = opposite[quantifier], False
        if negated:
            said = self._quantified(quantified, Form.CLAUSE, negated=False)
            return self.grammar.holds(said, form, negated=True)
        if quantifier is Quantifier.EVERY:
            return self.grammar.each(records, inner.say(quantified.where, Form.CLAUSE), form)
        amount = Amount.of(quantifier, quantified.at_least, quantified.at_most)
        return self.grammar.among(records, amount, inner.relative(quantified.where), form)

    # --- leaves ---------------------------------------------------------------------------------

    def _comparison(self, comparison: Comparison, form: Form, *, negated: bool) -> str:
        suffix = _OR_ABSENT.in_language(self.grammar.language) if comparison.or_absent else ""
        if negated and suffix:
            inner = self._comparison(comparison, Form.CLAUSE, negated=False)
            return self.grammar.holds(inner, form, negated=True)
        if comparison.subject.fact.type is FactType.BOOLEAN:
            said = self._boolean(comparison, form, negated=negated)
        else:
            said = self.grammar.clause(
                self.name(comparison.subject, comparison),
                self.predicate(comparison, negated=negated),
                form,
            )
        return f"{said} {suffix}" if suffix else said

    def _boolean(self, comparison: Comparison, form: Form, *, negated: bool) -> str:
        operand = comparison.operand
        if not isinstance(operand, Reference):
            subject = self.split(comparison.subject, True)[0]
            predicate = self.predicate(comparison, negated=negated)
            return self.grammar.clause(subject, predicate, form)
        holds = (comparison.operator is Operator.IS) is not negated
        left = self.grammar.clause(*self.split(comparison.subject, holds), Form.CLAUSE)
        right = self.grammar.clause(*self.split(operand, True), Form.CLAUSE)
        said = f"{left}, {_EXACTLY_WHEN.in_language(self.grammar.language)} {right}"
        return self.grammar.holds(said, form, negated=False)

    def _is_bare(self, part: Condition) -> bool:
        """Whether the clause gets its subject from *som*: a boolean field, labelled `er …`."""
        while isinstance(part, Not):
            part = flat(part.part)
        if not isinstance(part, Comparison) or part.subject.fact.type is not FactType.BOOLEAN:
            return False
        if part.subject.scope is not Scope.FIELD or not isinstance(part.operand, Constant):
            return False
        first = part.subject.fact.label.in_language(self.grammar.language).split(" ", 1)[0]
        return first in VERBS[self.grammar.language]
