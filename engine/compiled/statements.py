"""Rules → the statements that decide them, one after another.

In: what may fire, with its condition. Out: lines of Python that append to `fired`.
Does not know: which rules need not be looked at (see `codegen`).

All violations are wanted, so nothing stops early between rules; within a condition it does. Since
every condition is total (an absent value gives `or_absent`, never an error), the parts of a
conjunction may be tried cheapest first without changing the answer, a list may be narrowed to what
all its searches ask for (see `searches`), and what fires for a record of a list alone is passed
over together when there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from engine.compiled.discrimination import Fires
from engine.compiled.expressions import RECORD, Expressions
from engine.facts import Fact
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
from engine.searches import common_comparisons, comparison_asked
from engine.shape import conjuncts, cost, is_pure, split


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
            self._narrow(self._narrowed[asked], records, comparison, depth)
        of_list: dict[str, list[Fires]] = {}
        for each in self._fires:
            needed = self._list_needed(each.parts)
            if needed is None:
                self._decide(each, depth)
            else:
                of_list.setdefault(needed, []).append(each)
        for variable, fires in of_list.items():
            self._line(depth, f"if {variable}:")
            for each in fires:
                self._decide(each, depth + 1)
        return self._lines

    def _decide(self, fires: Fires, depth: int) -> None:
        firing = self._expressions.constant(fires.firing)
        self._branch(fires.parts, f"fired.append({firing})", depth)

    def _narrow(self, name: str, records: Fact, comparison: Comparison, depth: int) -> None:
        every = self._expressions.variable(records)
        with self._expressions.in_record_of(records):
            test = self._expressions.condition(comparison)
        self._line(depth, f"{name} = []")
        self._line(depth, f"for {RECORD} in {every}:")
        self._line(depth + 1, f"if {test}: {name}.append({RECORD})")

    def _list_needed(self, parts: Sequence[Condition]) -> str | None:
        """Return the list without whose records nothing fires, if there is one."""
        for part in parts:
            wanted = not isinstance(part, Not)
            search = part.part if isinstance(part, Not) else part
            if isinstance(search, Quantified) and search.quantifier is not Quantifier.COUNT:
                if _search(search)[1] is wanted:
                    return self._records(search)
        return None

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
        records = self._records(condition)
        with self._expressions.in_record_of(condition.records):
            test = self._expressions.condition(where)
        self._line(depth, f"for {RECORD} in {records}:")
        self._line(depth + 1, f"if {test}:")
        for line in body:
            self._line(depth + 2, line)

    def _records(self, search: Quantified) -> str:
        """Return the variable of the records among which a search finds what it finds."""
        asked = comparison_asked(search, self._common)
        every = self._expressions.variable(search.records)
        return every if asked is None else self._narrowed[asked]

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
