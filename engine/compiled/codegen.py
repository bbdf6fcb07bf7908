"""`Program` → the text of Python functions.

In: a `Program`. Out: the text of the function that decides, and of those that it calls.
Does not know: how the text is run (see `evaluator`).

The function reads each fact that the rules ask for once and decides what can fire: rules for other
values of a fact are passed over together (see `discrimination`), and so are those whose bounds do
not hold (see `bounds`). What is passed over may never be asked about, so it becomes a function of
its own that is written when it is first called.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.compiled.bindings import Bindings
from engine.compiled.bounds import Branch, in_order
from engine.compiled.discrimination import Fires, Groups, Telling, told_apart
from engine.compiled.expressions import RECORD, Expressions
from engine.compiled.statements import Body
from engine.decision import Firing
from engine.facts import Scalar
from engine.model import All
from engine.program import Program
from engine.shape import conjuncts, facts_needed


@dataclass(frozen=True, slots=True)
class Grouping:
    """From how many rules on it pays to tell them apart; tests ask for fewer, or for none."""

    by_value_from: int = 6
    """Asking for the group costs about as much as the tests of so many."""
    by_bounds_from: int = 16
    leaf: int = 8
    """So many bounded rules are looked at together."""
    apart_from: int = 64
    """So many bounded rules become a function of their own."""


Write = Callable[[Branch, int], Iterator[str]]
"""Yields the lines of what is inside a branch, so many steps indented."""


class Names(Protocol):
    """Gives names to functions that decide some of the rules, called with `fired` and the facts.

    `told` is what has told those rules apart already.
    """

    def of_part(self, fires: Sequence[Fires], told: Collection[Telling]) -> str:
        """Return the name of the function that decides these."""
        ...

    def of_groups(
        self, of_value: Mapping[Scalar, Sequence[Fires]], told: Collection[Telling]
    ) -> str:
        """Return the name of a mapping from value to the function that decides its group."""
        ...


class Writer:
    """Writes the functions of one program."""

    def __init__(self, program: Program, grouping: Grouping, names: Names) -> None:
        self.program = program
        self.grouping = grouping
        self.names = names
        self.bindings = Bindings(program.tables)

    def whole(self) -> str:
        """Return the text of `firings`, which takes facts and decides all rules."""
        fires = [
            Fires(Firing(position, number), tuple(conjuncts(condition)))
            for position, clause in enumerate(self.program.clauses)
            for number, condition in enumerate(clause.fires)
        ]
        lines = _Function(self).whole(fires)
        return "\n".join(
            [
                "def firings(facts):",
                "    try:",
                *(f"        {line}" for line in lines),
                "    except KeyError as missing: raise not_given(missing) from None",
                "    except (TypeError, OverflowError) as fault: raise undecided() from fault",
                "    if len(fired) > 1: fired.sort()",
                "    return tuple(fired) if fired else ()",
                "",
            ]
        )

    def part(self, name: str, fires: Sequence[Fires], told: Collection[Telling]) -> str:
        """Return the text of a function that decides some rules; their facts are there."""
        lines = _Function(self).part(fires, told)
        return "\n".join([f"def {name}(fired, facts):", *(f"    {line}" for line in lines), ""])


class _Function:
    """Writes one function."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._expressions = Expressions(writer.program, writer.bindings)

    def whole(self, fires: Sequence[Fires]) -> Iterator[str]:
        body = list(self._decided(fires, (), 0))
        # also what is asked for by functions that are called, which ask no more whether it is given
        needed = facts_needed((All(each.parts) for each in fires), self._writer.program.facts)
        yield from self._expressions.opening(needed)
        yield "fired = []"
        yield from body

    def part(self, fires: Sequence[Fires], told: Collection[Telling]) -> Iterator[str]:
        body = list(self._decided(fires, told, 0))
        yield from self._expressions.opening()
        yield from body or ["pass"]

    # --- what is passed over --------------------------------------------------------------------

    def _decided(
        self, fires: Sequence[Fires], told: Collection[Telling], depth: int
    ) -> Iterator[str]:
        """Yield the lines that decide these."""
        grouping = self._writer.grouping
        groups, others = told_apart(fires, grouping.by_value_from, told)
        while groups is not None:
            yield from self._by_value(groups, told, depth)
            groups, others = told_apart(others, grouping.by_value_from, told)
        tree, others = in_order(others, grouping.by_bounds_from, grouping.leaf)
        while tree is not None:
            yield from self._branch(tree, told, depth)
            tree, others = in_order(others, grouping.by_bounds_from, grouping.leaf)
        yield from Body(self._expressions, others).lines(depth)

    def _by_value(self, groups: Groups, told: Collection[Telling], depth: int) -> Iterator[str]:
        table = self._writer.names.of_groups(groups.of_value, (*told, groups.telling))
        source, indent = self._expressions.variable(groups.fact), "    " * depth
        if groups.field is None:
            yield f"{indent}group = {table}.get({source})"
            yield f"{indent}if group is not None: group(fired, facts)"
            return
        yield f"{indent}for value in {{{RECORD}[{groups.field.name!r}] for {RECORD} in {source}}}:"
        yield f"{indent}    group = {table}.get(value)"
        yield f"{indent}    if group is not None: group(fired, facts)"

    def _branch(self, branch: Branch, told: Collection[Telling], depth: int) -> Iterator[str]:
        """Yield the lines of a branch; parts of a large tree become functions of their own."""
        alone = branch.size > self._writer.grouping.apart_from
        yield from self._guarded(branch, depth, self._apart(told) if alone else self._inside)

    def _guarded(self, branch: Branch, depth: int, write: Write) -> Iterator[str]:
        if branch.bounds:
            tests = " and ".join(map(self._expressions.condition, branch.bounds))
            yield f"{'    ' * depth}if {tests}:"
            depth += 1
        yield from write(branch, depth)

    def _inside(self, branch: Branch, depth: int) -> Iterator[str]:
        for each in branch.branches:
            yield from self._guarded(each, depth, self._inside)
        if branch.fires:
            yield from Body(self._expressions, branch.fires).lines(depth)

    def _apart(self, told: Collection[Telling]) -> Write:
        def write(branch: Branch, depth: int) -> Iterator[str]:
            if branch.branches and branch.size > self._writer.grouping.apart_from:
                for each in branch.branches:
                    yield from self._guarded(each, depth, write)
            else:
                name = self._writer.names.of_part(branch.all_fires(), told)
                yield f"{'    ' * depth}{name}(fired, facts)"

        return write
