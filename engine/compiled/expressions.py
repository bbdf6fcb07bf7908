"""Condition without quantifiers → one Python expression.

In: conditions of a program. Out: their text; along the way the facts they read, each with the
variable that holds it, and the lines that look up what is looked up.
Does not know: statements, nor where the variables get their values (see `codegen`).

One of these writes one function. No text of a rule file ever becomes code: names are numbered, fact
names stand as quoted text, and values are bound as constants.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, assert_never

from engine.compiled.bindings import Bindings
from engine.compiled.day_tables import DayTables
from engine.facts import Fact
from engine.lookups import Answers
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
    ParameterReference,
    Presence,
    Quantified,
    Reference,
    Scope,
    Shifted,
)
from engine.operators import OPERATORS
from engine.program import Program
from engine.shape import cost, references_of

_COMPARISONS = {
    Operator.IS: "{s} == {o}",
    Operator.IS_NOT: "{s} != {o}",
    Operator.IN: "{s} in {o}",
    Operator.NOT_IN: "{s} not in {o}",
    Operator.BEFORE: "{s} < {o}",
    Operator.ON_OR_BEFORE: "{s} <= {o}",
    Operator.AFTER: "{s} > {o}",
    Operator.ON_OR_AFTER: "{s} >= {o}",
    Operator.LESS_THAN: "{s} < {o}",
    Operator.AT_MOST: "{s} <= {o}",
    Operator.MORE_THAN: "{s} > {o}",
    Operator.AT_LEAST: "{s} >= {o}",
    Operator.INCLUDES: "{o} in {s}",
    Operator.EXCLUDES: "{o} not in {s}",
    Operator.LENGTH_AT_LEAST: "len({s}) >= {o}",
    Operator.LENGTH_AT_MOST: "len({s}) <= {o}",
}
RECORD = "record"
"""The variable of the record at hand inside a loop."""


class Expressions:
    """Writes the expressions of one function of a program."""

    def __init__(self, program: Program, bindings: Bindings) -> None:
        self._program = program
        self._bindings = bindings
        self._variables: dict[str, str] = {}
        self._day_tables = DayTables(bindings)
        self._fields: Mapping[str, Fact] = {}

    # --- names ----------------------------------------------------------------------------------

    @property
    def variables(self) -> Mapping[str, str]:
        """The facts that were asked for, also looked-up ones, with the variables that hold them."""
        return self._variables

    def opening(self, needed: Collection[str] | None = None) -> Iterator[str]:
        """Yield the lines that read the facts that were asked for; to be written in front.

        When names of needed facts are given, `KeyError` is raised unless all of them are there.
        INVARIANT: what a fact is looked up by has its variable before it.
        """
        for fact, variable in self._asked():
            if fact.looked_up is None:
                read = "facts.get({!r})" if fact.optional else "facts[{!r}]"
                yield f"{variable} = {read.format(fact.name)}"
        if needed:
            yield self._refuse_absent(tuple(sorted(needed)))
        found = [
            f"{variable} = {self.lookup(fact)}"
            for fact, variable in self._asked()
            if fact.looked_up is not None
        ]
        yield from self._day_tables.lines()
        yield from found

    def _refuse_absent(self, names: Sequence[str]) -> str:
        tests = " or ".join(
            f"{self._variables.get(name, f'facts[{name!r}]')} is None" for name in names
        )
        return f"if {tests}: refuse_absent(facts, {self.constant(names)})"

    def variable(self, fact: Fact) -> str:
        """Return the variable of a fact."""
        if fact.name not in self._variables:
            if fact.looked_up is not None:
                self.variable(self._program.facts[fact.looked_up.key])
                self.variable(self._program.facts[fact.looked_up.on])
            self._variables[fact.name] = f"f{len(self._variables)}"
        return self._variables[fact.name]

    def constant(self, value: object) -> str:
        """Return an expression for a value that never changes."""
        return self._bindings.expression(value)

    def _asked(self) -> list[tuple[Fact, str]]:
        return [(self._program.facts[name], variable) for name, variable in self._variables.items()]

    @contextmanager
    def in_record_of(self, records: Fact) -> Iterator[None]:
        """Write what follows for one record of this list, held by the variable `RECORD`."""
        self._fields = records.fields
        yield
        self._fields = {}

    # --- conditions -----------------------------------------------------------------------------

    def condition(self, condition: Condition) -> str:
        """Return the expression that holds whenever the condition does."""
        match condition:
            case All(parts):
                return self._joined(" and ", parts, "True")
            case AnyOf(parts):
                return self._joined(" or ", parts, "False")
            case Not(part):
                return f"(not {self.condition(part)})"
            case Presence(subject, given):
                return f"({self.value(subject)} is {'not ' if given else ''}None)"
            case Comparison(subject, _, operand):
                return self.compared(condition, self.value(subject), self.operand(operand))
            case Quantified():
                raise AssertionError("a quantifier is a statement")
            case _:
                assert_never(condition)

    def _joined(self, word: str, parts: Sequence[Condition], without_parts: str) -> str:
        if not parts:
            return without_parts
        return f"({word.join(self.condition(part) for part in sorted(parts, key=cost))})"

    def compared(self, comparison: Comparison, subject: str, operand: str) -> str:
        """Return the expression of a comparison whose two sides are at hand as expressions."""
        test = f"({self._test(comparison, subject, operand)})"
        absent = [
            f"{self.value(reference)} is None"
            for reference in references_of(comparison)
            if reference.fact.optional
        ]
        if not absent:
            return test
        if comparison.or_absent:
            return f"({' or '.join(absent)} or {test})"
        return f"(not ({' or '.join(absent)}) and {test})"

    def _test(self, comparison: Comparison, subject: str, operand: str) -> str:
        match comparison.operator, comparison.operand:
            case Operator.IN_FORCE_ON, _:
                list_name = comparison.subject.fact.code_list
                assert list_name is not None  # noqa: S101  # the reader refuses others
                return self._answer(*self._bindings.in_force(list_name), subject, operand)
            case Operator.MATCHES, Constant(value):
                matches = OPERATORS[Operator.MATCHES].holds
                return f"{self.constant(lambda text: matches(text, value))}({subject})"
            case Operator.IS, Constant(True):
                return subject
            case Operator.IS, Constant(False):
                return f"not {subject}"
            case operator, _:
                return _COMPARISONS[operator].format(s=subject, o=operand)

    # --- values ---------------------------------------------------------------------------------

    def operand(self, operand: Operand) -> str:
        """Return the expression of what a comparison compares with."""
        match operand:
            case Constant(value):
                return self.constant(value)
            case Constants(values):
                return self.constant(frozenset(values) if len(values) > 3 else tuple(values))
            case Reference():
                return self.value(operand)
            case Shifted(base, Constant(days), sign):
                assert isinstance(days, int)  # noqa: S101  # the reader refuses others
                return f"({self.value(base)} + {self.constant(timedelta(days=days * sign))})"
            case ParameterReference() | Shifted():
                raise AssertionError("a program holds no references to parameters")
            case _:
                assert_never(operand)

    def value(self, reference: Reference) -> str:
        """Return the expression of a fact, or of a field of the record at hand."""
        fact = reference.fact
        if reference.scope is Scope.FACT:
            return self.variable(fact)
        if fact.looked_up is None:
            return f"{RECORD}[{fact.name!r}]"
        return self.lookup(fact)

    def lookup(self, fact: Fact) -> str:
        """Return the expression that finds a looked-up fact or field in its table."""
        lookup = fact.looked_up
        assert lookup is not None  # noqa: S101  # asked for looked-up facts only
        return self._answer(
            *self._bindings.looked_up(lookup), self._named(lookup.key), self._named(lookup.on)
        )

    def _named(self, name: str) -> str:
        if name in self._fields:
            return f"{RECORD}[{name!r}]"
        return self.variable(self._program.facts[name])

    def _answer(self, table: Hashable, answers: Answers[Any], key: str, day: str) -> str:
        """Return the expression that asks a table; what one search answers for all goes faster."""
        if self._is_given_fact(day):
            found = self._day_tables.answer(table, answers, key, day)
            if found is not None:
                return found
        find = self._bindings.once(("find", table), lambda: answers.find)
        if not answers.timeless:
            return f"{find}({key}, {day})"
        timeless = self._bindings.once(("timeless", table), lambda: answers.timeless)
        # a day that is not given has no row, whatever the key: then `find` must be asked
        certain = "" if self._is_given(day) else f" and {day} is not None"
        return f"({timeless}[key] if (key := {key}) in {timeless}{certain} else {find}(key, {day}))"

    def _is_given_fact(self, day: str) -> bool:
        """Tell whether this is the variable of a fact that is given and not looked up."""
        given = (v for fact, v in self._asked() if not fact.optional and fact.looked_up is None)
        return day in given

    def _is_given(self, day: str) -> bool:
        given = {variable for fact, variable in self._asked() if not fact.optional}
        fields = {f"{RECORD}[{name!r}]" for name, fact in self._fields.items() if not fact.optional}
        return day in given or day in fields
