"""`Program` → the text of one Python function.

In: a `Program`. Out: the text, and the constants that its names are bound to.
Does not know: how the text is run (see `compiled`).

The function reads each fact that the rules ask for once, evaluates every requirement (all
violations are wanted, so nothing stops early between rules), and stops early within a condition.
Since every condition is total (an absent value gives `or_absent`, never an error), the parts of a
conjunction may be tried cheapest first without changing the answer.
No text of a rule file ever becomes code: names are numbered, fact names stand as quoted text, and
values are bound as constants.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import assert_never

from engine.decision import Firing
from engine.facts import Fact
from engine.lookups import in_force_function, lookup_function
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
    Quantifier,
    Reference,
    Scope,
    Shifted,
)
from engine.operators import OPERATORS
from engine.program import Program
from engine.shape import conjuncts, cost, is_pure, references_of, split

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


class Writer:
    """Writes the code of one program."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self.constants: dict[str, object] = {}
        self._lines: list[str] = []
        self._facts: dict[str, str] = {}
        self._functions: dict[tuple[str, str], str] = {}
        self._targets = 0
        self._record = ""
        self._fields: dict[str, Fact] = {}

    def write(self) -> str:
        for position, clause in enumerate(self._program.clauses):
            for number, condition in enumerate(clause.fires):
                firing = self._constant(Firing(position, number))
                self._branch(condition, f"fired.append({firing})", 1)
        return "\n".join(
            [
                "def firings(facts):",
                *self._read_facts(),
                "    fired = []",
                *self._lines,
                "    return fired",
                "",
            ]
        )

    def _read_facts(self) -> Iterable[str]:
        for name, variable in self._facts.items():
            fact = self._program.facts[name]
            if fact.looked_up is not None:
                continue
            if fact.optional:
                yield f"    {variable} = facts.get({name!r})"
            else:
                yield f"    {variable} = facts[{name!r}]"
                yield f"    if {variable} is None: raise KeyError({name!r})"
        for name, variable in self._facts.items():
            lookup = self._program.facts[name].looked_up
            if lookup is not None:
                yield (
                    f"    {variable} = {self._lookup(self._program.facts[name])}"
                    f"({self._facts[lookup.key]}, {self._facts[lookup.on]})"
                )

    # --- statements -----------------------------------------------------------------------------

    def _branch(self, condition: Condition, statement: str, depth: int) -> None:
        """Write code that runs `statement` when `condition` holds."""
        pure, others = split(conjuncts(condition))
        if pure:
            self._line(depth, f"if {' and '.join(self._expression(part) for part in pure)}:")
            depth += 1
        for position, part in enumerate(others):
            match part:
                case Quantified() | Not(Quantified()) if position == len(others) - 1:
                    self._last_quantified(part, statement, depth)
                    return
                case _:
                    target = self._evaluate(part, depth)
                    self._line(depth, f"if {target}:")
                    depth += 1
        self._line(depth, statement)

    def _last_quantified(self, part: Quantified | Not, statement: str, depth: int) -> None:
        """Write the last quantifier of a conjunction as a loop that runs the statement itself."""
        wanted = not isinstance(part, Not)
        inner = part.part if isinstance(part, Not) else part
        assert isinstance(inner, Quantified)  # noqa: S101  # narrowed by the caller's pattern
        if inner.quantifier is Quantifier.COUNT:
            target = self._evaluate(part, depth)
            self._line(depth, f"if {target}:")
            self._line(depth + 1, statement)
            return
        where, found = _search(inner)
        if found is wanted:
            self._loop(inner, where, [statement, "break"], depth)
        else:
            self._loop(inner, where, ["break"], depth)
            self._line(depth, "else:")
            self._line(depth + 1, statement)

    def _evaluate(self, condition: Condition, depth: int) -> str:
        """Write code that evaluates `condition`; return the expression that holds the answer."""
        if is_pure(condition):
            return self._expression(condition)
        match condition:
            case All():
                target = self._target()
                self._line(depth, f"{target} = False")
                self._branch(condition, f"{target} = True", depth)
                return target
            case AnyOf(parts):
                target = self._target()
                self._line(depth, f"{target} = False")
                for position, part in enumerate(sorted(parts, key=cost)):
                    inner = depth
                    if position:
                        self._line(depth, f"if not {target}:")
                        inner = depth + 1
                    self._branch(part, f"{target} = True", inner)
                return target
            case Not(part):
                return f"not {self._evaluate(part, depth)}"
            case Quantified():
                return self._quantified(condition, depth)
            case Comparison() | Presence():
                return self._expression(condition)
            case _:
                assert_never(condition)

    def _quantified(self, condition: Quantified, depth: int) -> str:
        target = self._target()
        if condition.quantifier is not Quantifier.COUNT:
            where, found = _search(condition)
            self._line(depth, f"{target} = {not found}")
            self._loop(condition, where, [f"{target} = {found}", "break"], depth)
            return target
        self._line(depth, f"{target} = 0")
        # one record beyond the highest bound decides; further ones need not be looked at
        enough = condition.at_least if condition.at_most is None else condition.at_most + 1
        self._loop(
            condition,
            condition.where,
            [f"{target} += 1", f"if {target} == {enough}: break"],
            depth,
        )
        bounds = []
        if condition.at_least is not None:
            bounds.append(f"{target} >= {condition.at_least}")
        if condition.at_most is not None:
            bounds.append(f"{target} <= {condition.at_most}")
        return f"({' and '.join(bounds)})"

    def _loop(
        self, condition: Quantified, where: Condition, body: Sequence[str], depth: int
    ) -> None:
        records = self._fact(condition.records)
        self._record, self._fields = "record", dict(condition.records.fields)
        test = self._expression(where)
        self._record, self._fields = "", {}
        self._line(depth, f"for record in {records}:")
        self._line(depth + 1, f"if {test}:")
        for line in body:
            self._line(depth + 2, line)

    def _target(self) -> str:
        self._targets += 1
        return f"t{self._targets}"

    def _line(self, depth: int, text: str) -> None:
        self._lines.append("    " * depth + text)

    # --- expressions ----------------------------------------------------------------------------

    def _expression(self, condition: Condition) -> str:
        match condition:
            case All(parts):
                return self._joined(" and ", parts, "True")
            case AnyOf(parts):
                return self._joined(" or ", parts, "False")
            case Not(part):
                return f"(not {self._expression(part)})"
            case Presence(subject, given):
                return f"({self._value(subject)} is {'not ' if given else ''}None)"
            case Comparison():
                return self._comparison(condition)
            case Quantified():
                raise AssertionError("a quantifier is a statement")
            case _:
                assert_never(condition)

    def _joined(self, word: str, parts: Sequence[Condition], without_parts: str) -> str:
        if not parts:
            return without_parts
        return f"({word.join(self._expression(part) for part in sorted(parts, key=cost))})"

    def _comparison(self, comparison: Comparison) -> str:
        subject = self._value(comparison.subject)
        test = f"({self._test(comparison, subject)})"
        absent = [
            f"{self._value(reference)} is None"
            for reference in references_of(comparison)
            if reference.fact.optional
        ]
        if not absent:
            return test
        if comparison.or_absent:
            return f"({' or '.join(absent)} or {test})"
        return f"(not ({' or '.join(absent)}) and {test})"

    def _test(self, comparison: Comparison, subject: str) -> str:
        match comparison.operator, comparison.operand:
            case Operator.IN_FORCE_ON, operand:
                list_name = comparison.subject.fact.code_list
                assert list_name is not None  # noqa: S101  # the reader refuses others
                return f"{self._in_force(list_name)}({subject}, {self._operand(operand)})"
            case Operator.MATCHES, Constant(value):
                matches = OPERATORS[Operator.MATCHES].holds
                return f"{self._constant(lambda text: matches(text, value))}({subject})"
            case Operator.IS, Constant(True):
                return subject
            case Operator.IS, Constant(False):
                return f"not {subject}"
            case operator, operand:
                return _COMPARISONS[operator].format(s=subject, o=self._operand(operand))

    def _operand(self, operand: Operand) -> str:
        match operand:
            case Constant(value):
                return self._constant(value)
            case Constants(values):
                return self._constant(frozenset(values) if len(values) > 3 else tuple(values))
            case Reference():
                return self._value(operand)
            case Shifted(base, Constant(days), sign):
                assert isinstance(days, int)  # noqa: S101  # the reader refuses others
                return f"({self._value(base)} + {self._constant(timedelta(days=days * sign))})"
            case ParameterReference() | Shifted():
                raise AssertionError("a program holds no references to parameters")
            case _:
                assert_never(operand)

    def _value(self, reference: Reference) -> str:
        if reference.scope is Scope.FACT:
            return self._fact(reference.fact)
        fact = reference.fact
        if fact.looked_up is None:
            return f"{self._record}[{fact.name!r}]"
        lookup = fact.looked_up
        return f"{self._lookup(fact)}({self._named(lookup.key)}, {self._named(lookup.on)})"

    def _named(self, name: str) -> str:
        if name in self._fields:
            return f"{self._record}[{name!r}]"
        return self._fact(self._program.facts[name])

    def _fact(self, fact: Fact) -> str:
        if fact.name not in self._facts:
            if fact.looked_up is not None:
                self._fact(self._program.facts[fact.looked_up.key])
                self._fact(self._program.facts[fact.looked_up.on])
            self._facts[fact.name] = f"f{len(self._facts)}"
        return self._facts[fact.name]

    # --- constants ------------------------------------------------------------------------------

    def _constant(self, value: object) -> str:
        if isinstance(value, bool) or (isinstance(value, int) and abs(value) < 10**18):
            return repr(value)
        name = f"K{len(self.constants)}"
        self.constants[name] = value
        return name

    def _lookup(self, fact: Fact) -> str:
        lookup = fact.looked_up
        assert lookup is not None  # noqa: S101  # asked for looked-up facts only
        return self._function(
            (lookup.table, f"{lookup.column} otherwise {lookup.otherwise!r}"),
            lambda: lookup_function(lookup, self._program.tables),
        )

    def _in_force(self, table: str) -> str:
        return self._function((table, ""), lambda: in_force_function(self._program.tables[table]))

    def _function(self, key: tuple[str, str], make: Callable[[], object]) -> str:
        if key not in self._functions:
            self._functions[key] = self._constant(make())
        return self._functions[key]


def _search(condition: Quantified) -> tuple[Condition, bool]:
    """Return what to search for among the records, and whether finding it makes it hold."""
    match condition.quantifier:
        case Quantifier.ANY:
            return condition.where, True
        case Quantifier.NONE:
            return condition.where, False
        case Quantifier.EVERY:
            return Not(condition.where), False
        case Quantifier.COUNT:
            raise AssertionError("a count is no search")
        case _:
            assert_never(condition.quantifier)
