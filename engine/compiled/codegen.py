"""`Program` → the text of Python functions.

In: a `Program`. Out: the text, and the constants that its names are bound to.
Does not know: how the text is run (see `evaluator`).

The function reads each fact that the rules ask for once, evaluates every requirement that can
apply (all violations are wanted, so nothing stops early between rules), and stops early within a
condition. Since every condition is total (an absent value gives `or_absent`, never an error), the
parts of a conjunction may be tried cheapest first without changing the answer, a list may be
narrowed to what all its searches ask for (see `searches`), and rules for other values of a fact may
be passed over together (see `discrimination`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from engine.compiled.discrimination import WORTHWHILE, Fires, Groups, told_apart
from engine.compiled.expressions import RECORD, Expressions
from engine.decision import Firing
from engine.model import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Not,
    Presence,
    Quantified,
    Quantifier,
)
from engine.program import Program
from engine.searches import common_comparisons, comparison_asked
from engine.shape import conjuncts, cost, is_pure, split


class Writer:
    """Writes the code of one program; rules are grouped when so many are told apart."""

    def __init__(self, program: Program, groups_from: int = WORTHWHILE) -> None:
        self._program = program
        self._groups_from = groups_from
        self._expressions = Expressions(program)
        self._groups: list[str] = []

    @property
    def constants(self) -> dict[str, object]:
        """What the names in the text are bound to."""
        return self._expressions.constants

    def write(self) -> str:
        fires = [
            Fires(Firing(position, number), tuple(conjuncts(condition)))
            for position, clause in enumerate(self._program.clauses)
            for number, condition in enumerate(clause.fires)
        ]
        body = list(self._decided(fires, 1))
        return "\n".join(
            [
                *self._groups,
                "def firings(facts):",
                *self._read_facts(),
                "    fired = []",
                *body,
                # groups come after what belongs to none
                *(["    if len(fired) > 1: fired.sort()"] if self._groups else []),
                "    return fired",
                "",
            ]
        )

    def _read_facts(self) -> Iterator[str]:
        given = [(fact, name) for fact, name in self._expressions.facts if fact.looked_up is None]
        for fact, variable in given:
            if fact.optional:
                yield f"    {variable} = facts.get({fact.name!r})"
            else:
                yield f"    {variable} = facts[{fact.name!r}]"
                yield f"    if {variable} is None: raise KeyError({fact.name!r})"
        for fact, variable in self._expressions.facts:
            if fact.looked_up is not None:
                yield f"    {variable} = {self._expressions.lookup(fact)}"

    def _decided(self, fires: Sequence[Fires], depth: int) -> Iterator[str]:
        """Yield the lines that decide these; what a value of a fact tells apart, by that value."""
        groups, others = told_apart(fires, self._groups_from)
        yield from Body(self._expressions, others).lines(depth)
        if groups is not None:
            yield from self._by_value(groups, depth)

    def _by_value(self, groups: Groups, depth: int) -> Iterator[str]:
        bodies = {value: list(self._decided(fires, 1)) for value, fires in groups.of_value.items()}
        # each group may ask for any of the facts, and is written before all are known
        number = len(self._groups)
        known = ", ".join(variable for _, variable in self._expressions.facts)
        functions: dict[object, str] = {}
        for value, body in bodies.items():
            name = f"g{number}_{len(functions)}"
            functions[value] = name
            self._groups.extend([f"def {name}(fired, {known}):", *body, ""])
        table = f"G{number}"
        pairs = ", ".join(
            f"{self._expressions.constant(value)}: {name}" for value, name in functions.items()
        )
        self._groups.append(f"{table} = {{{pairs}}}")
        yield f"{'    ' * depth}group = {table}.get({self._expressions.variable(groups.fact)})"
        yield f"{'    ' * depth}if group is not None: group(fired, {known})"


class Body:
    """Writes the statements that decide some rules, one after another."""

    def __init__(self, expressions: Expressions, fires: Sequence[Fires]) -> None:
        self._expressions = expressions
        self._fires = fires
        self._lines: list[str] = []
        self._targets = 0
        self._common = common_comparisons(part for each in fires for part in each.parts)
        self._narrowed = {asked: f"near{number}" for number, asked in enumerate(self._common)}

    def lines(self, depth: int) -> list[str]:
        """Return the statements, `depth` steps indented."""
        for asked, (records, comparison) in self._common.items():
            every = self._expressions.variable(records)
            with self._expressions.in_record_of(records):
                test = self._expressions.condition(comparison)
            self._line(
                depth, f"{self._narrowed[asked]} = [{RECORD} for {RECORD} in {every} if {test}]"
            )
        for each in self._fires:
            firing = self._expressions.constant(each.firing)
            self._branch(each.parts, f"fired.append({firing})", depth)
        return self._lines

    # --- statements -----------------------------------------------------------------------------

    def _branch(self, parts: Iterable[Condition], statement: str, depth: int) -> None:
        """Write code that runs `statement` when all `parts` hold."""
        pure, others = split(parts)
        if pure:
            tests = " and ".join(self._expressions.condition(part) for part in pure)
            self._line(depth, f"if {tests}:")
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
            return self._expressions.condition(condition)
        match condition:
            case All():
                target = self._target()
                self._line(depth, f"{target} = False")
                self._branch(conjuncts(condition), f"{target} = True", depth)
                return target
            case AnyOf(parts):
                target = self._target()
                self._line(depth, f"{target} = False")
                for position, part in enumerate(sorted(parts, key=cost)):
                    inner = depth
                    if position:
                        self._line(depth, f"if not {target}:")
                        inner = depth + 1
                    self._branch(conjuncts(part), f"{target} = True", inner)
                return target
            case Not(part):
                return f"not {self._evaluate(part, depth)}"
            case Quantified():
                return self._quantified(condition, depth)
            case Comparison() | Presence():
                return self._expressions.condition(condition)
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
        asked = comparison_asked(condition, self._common)
        every = self._expressions.variable(condition.records)
        records = every if asked is None else self._narrowed[asked]
        with self._expressions.in_record_of(condition.records):
            test = self._expressions.condition(where)
        self._line(depth, f"for {RECORD} in {records}:")
        self._line(depth + 1, f"if {test}:")
        for line in body:
            self._line(depth + 2, line)

    def _target(self) -> str:
        self._targets += 1
        return f"t{self._targets}"

    def _line(self, depth: int, text: str) -> None:
        self._lines.append("    " * depth + text)


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
