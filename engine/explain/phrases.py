"""The parts of a sentence: names, predicates and operands of one condition in one language.

In: a comparison, the tables for the names of codes, the parameters for their titles. Out: words.
Does not know: groups, lists and how clauses are joined; `engine.explain.sentences` does that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from engine.explain.grammar import Grammar, Predicate
from engine.explain.wording import OR, series, words
from engine.facts import FactType, Scalar, Text
from engine.model import (
    Comparison,
    Condition,
    Constant,
    Constants,
    Operand,
    Operator,
    ParameterReference,
    Presence,
    Reference,
    Shifted,
)
from engine.operators import OPERATORS, OperandKind, Wording, be, reverse
from engine.tables import Parameter, Table

SeenWords = Callable[[Condition], tuple[Text | None, Text | None]]
"""The values of a comparison's subject and operand in words, None for what is not to be shown."""

GIVEN = be("angivet", "given")
_THE_SAME = be("identisk med {operand}", "the same as {operand}")
_WITH_ANOTHER_FACT = {Operator.IS: _THE_SAME, Operator.IS_NOT: reverse(_THE_SAME)}
"""Two facts are the same as one another; a fact only *is* a value."""
_TRUE = be("ja", "yes")
_FALSE = be("nej", "no")
_ONE_DAY = Text("dag", "day")
_MANY_DAYS = Text("dage", "days")
_WAY = {+1: Text("efter", "after"), -1: Text("før", "before")}
VERBS = {
    "da": {"er": "være", "har": "have"},
    "en": {"is": "be", "are": "be", "has": "have", "have": "have"},
}
"""The verbs by which the label of a boolean is taken apart, with their infinitives."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """Says the parts of a condition in one language.

    `pronoun` stands for the record at hand, if there is one.
    """

    grammar: Grammar
    tables: Mapping[str, Table]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    seen: SeenWords = lambda _: (None, None)
    pronoun: str = ""

    def in_record(self, pronoun: str) -> Self:
        """Return the same for conditions on one record of a list, which is called `pronoun`."""
        return replace(self, pronoun=pronoun)

    def having_seen(self, seen: SeenWords) -> Self:
        """Return the same with the values that were seen."""
        return replace(self, seen=seen)

    def predicate(self, leaf: Comparison | Presence, *, negated: bool = False) -> Predicate:
        """Return what a condition says of its subject, the operand in words."""
        if isinstance(leaf, Presence):
            return self.fill(GIVEN, "", negated=negated is leaf.given)
        if leaf.subject.fact.type is FactType.BOOLEAN and isinstance(leaf.operand, Constant):
            holds = (leaf.operand.value is True) is (leaf.operator is Operator.IS)
            return self.split(leaf.subject, holds is not negated)[1]
        wording = OPERATORS[leaf.operator].wording
        if isinstance(leaf.operand, Reference):
            wording = _WITH_ANOTHER_FACT.get(leaf.operator, wording)
        return self.fill(wording, self.operand(leaf), negated=negated)

    def fill(self, wording: Wording, operand: str, *, negated: bool) -> Predicate:
        """Return the wording with the operand in its place."""
        states = wording.denies if negated else wording.states
        infinitive = wording.to_deny if negated else wording.to_state
        language = self.grammar.language
        return Predicate(
            states.in_language(language).replace("{operand}", operand),
            infinitive.in_language(language).replace("{operand}", operand),
        )

    def split(self, reference: Reference, holds: bool) -> tuple[str, Predicate]:
        """Take the label of a boolean apart: `samtalen er nulstillende` is a subject and a verb."""
        language = self.grammar.language
        label = reference.fact.label.in_language(language)
        verbs = VERBS[language]
        found = re.match(rf"(?:(.*?) )??({'|'.join(verbs)}) (.*)", label, re.DOTALL)
        if found is None:
            return f'"{label}"', self.fill(_TRUE if holds else _FALSE, "", negated=False)
        subject, verb, rest = found.group(1) or self.pronoun, found.group(2), found.group(3)
        infinitive = verbs[verb]
        if holds:
            return subject, Predicate(f"{verb} {rest}", f"{infinitive} {rest}")
        if language == "da":
            return subject, Predicate(f"{verb} ikke {rest}", f"ikke {infinitive} {rest}")
        denied = f"{verb} not" if infinitive == "be" else "does not have"
        return subject, Predicate(f"{denied} {rest}", f"not {infinitive} {rest}")

    def name(self, reference: Reference, condition: Condition) -> str:
        """Return the label, and in brackets the value that was seen, if it is to be shown."""
        label = reference.fact.label.in_language(self.grammar.language)
        value = self.seen(condition)[0]
        return label if value is None else f"{label} ({value.in_language(self.grammar.language)})"

    # --- operands -------------------------------------------------------------------------------

    def operand(self, comparison: Comparison) -> str:
        """Return the operand in words, and in brackets the value that was seen."""
        language = self.grammar.language
        said = self._operand_words(comparison, comparison.operand)
        value = self.seen(comparison)[1]
        return said if value is None else f"{said} ({value.in_language(language)})"

    def _operand_words(self, comparison: Comparison, operand: Operand) -> str:
        language = self.grammar.language
        match operand:
            case Constant(value):
                return self._value(comparison, value)
            case Constants(values):
                return series(
                    tuple(self._value(comparison, each) for each in values),
                    OR.in_language(language),
                )
            case Reference(fact=fact):
                return fact.label.in_language(language)
            case ParameterReference():
                return self._parameter(comparison, operand)
            case Shifted(base, days, sign):
                return f"{self._shift(days)} {_WAY[sign].in_language(language)} " + (
                    base.fact.label.in_language(language)
                )

    def _value(self, comparison: Comparison, value: Scalar) -> str:
        subject = comparison.subject.fact
        kind = subject.type
        if OPERATORS[comparison.operator].operand is OperandKind.INTEGER:
            kind = FactType.INTEGER
        elif kind is FactType.CODES:
            kind = FactType.CODE
        told = words(value, kind, subject.code_list, self.tables)
        return told.in_language(self.grammar.language)

    def _parameter(self, comparison: Comparison, reference: ParameterReference) -> str:
        parameter = self.parameters.get(reference.name)
        if parameter is None:
            return f"`{reference.name}`"
        value = self._value(comparison, latest(parameter))
        title = parameter.title.in_language(self.grammar.language)
        unit = ""
        if parameter.unit is not None and parameter.type is FactType.INTEGER:
            unit = f" {parameter.unit.in_language(self.grammar.language)}"
        return f"{title} ({value}{unit})"

    def _shift(self, days: Constant | ParameterReference) -> str:
        language = self.grammar.language
        title = ""
        if isinstance(days, ParameterReference):
            parameter = self.parameters.get(days.name)
            if parameter is None:
                return f"`{days.name}` {_MANY_DAYS.in_language(language)}"
            count, title = latest(parameter), f" ({parameter.title.in_language(language)})"
        else:
            count = days.value
        unit = (_ONE_DAY if count == 1 else _MANY_DAYS).in_language(language)
        return f"{count} {unit}{title}"


def latest(parameter: Parameter) -> Scalar:
    """Return the value that a parameter has at last; sentences show this one."""
    return list(parameter.values)[-1][1]
