"""Clauses → the text of a function that records what becomes of each of their conditions.

In: the clauses of a program, each with its plan. Out: the text; the function takes facts and
returns what fires, the values of the facts, and the record of each clause (see `plan`).
Does not know: how a record is read.

All parts of a condition are looked at in the author's order; only a demand of a rule that does not
apply is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from engine.compiled.bindings import Bindings
from engine.compiled.expressions import RECORD, Expressions
from engine.decision import Firing
from engine.model import (
    All,
    AnyOf,
    Comparison,
    Not,
    Presence,
    Quantified,
    Quantifier,
    RuleKind,
    Shifted,
)
from engine.program import Clause, Program
from engine.shape import facts_needed
from engine.trace.plan import (
    ClausePlan,
    DemandPlan,
    JoinedPlan,
    LeafPlan,
    Origin,
    Plan,
    SearchPlan,
)


@dataclass(frozen=True, slots=True)
class Planned:
    """A clause at its position in the program; without a plan it is not in force."""

    position: int
    clause: Clause
    plan: ClausePlan | None


class Recording:
    """Writes one function; `facts` are the names of the facts whose values it returns."""

    def __init__(self, program: Program, bindings: Bindings) -> None:
        self._program = program
        self._bindings = bindings
        self._expressions = Expressions(program, bindings)
        self._lines: list[str] = []

    @property
    def facts(self) -> tuple[str, ...]:
        """The names of the facts that were looked at, in the order of their values."""
        return tuple(self._expressions.variables)

    def write(self, name: str, clauses: Sequence[Planned]) -> str:
        """Return the text of the function."""
        for each in clauses:
            if each.plan is not None:
                self._clause(each, each.plan)
        records = "".join(
            f"{'None' if each.plan is None else f'r{each.position}'}, " for each in clauses
        )
        values = "".join(f"{variable}, " for variable in self._expressions.variables.values())
        lines = [
            *self._expressions.opening(self._needed(clauses)),
            "fired = []",
            *self._lines,
            f"return fired, ({values}), ({records})",
        ]
        return "\n".join([f"def {name}(facts):", *(f"    {line}" for line in lines), ""])

    def _needed(self, clauses: Sequence[Planned]) -> set[str]:
        conditions = (
            condition
            for each in clauses
            if each.clause.version is not None
            for condition in each.clause.fires
        )
        return facts_needed(conditions, self._program.facts)

    # --- clauses --------------------------------------------------------------------------------

    def _clause(self, planned: Planned, plan: ClausePlan) -> None:
        of_when = _places("w", 0, plan.demands_from)
        concerned = self._record(plan.when, "w", 0)
        self._line(0, f"if {concerned}:")
        for number, demand in enumerate(plan.demands):
            self._demand(planned, number, demand)
        demands = _places("m", 0, len(plan.demands))
        self._line(1, f"r{planned.position} = ({of_when}{demands})")
        self._line(0, "else:")
        self._line(1, f"r{planned.position} = ({of_when})")

    def _demand(self, planned: Planned, number: int, plan: DemandPlan) -> None:
        firing = self._bindings.expression(Firing(planned.position, number))
        concerned = self._record(plan.when, "u", 1)
        of_when = _places("u", 0, plan.places_of_when)
        self._line(1, f"if {concerned}:")
        met = self._record(plan.require, "u", 2)
        of_require = _places("u", plan.places_of_when, plan.places)
        self._line(2, f"m{number} = ({of_when}{of_require})")
        fires = f"not {met}" if planned.clause.rule.kind is RuleKind.RULE else met
        self._line(2, f"if {fires}: fired.append({firing})")
        self._line(1, "else:")
        self._line(2, f"m{number} = ({of_when})")

    # --- conditions -----------------------------------------------------------------------------

    def _record(self, plan: Plan, prefix: str, depth: int) -> str:
        """Write what records a condition; return the expression of its truth.

        A place is recorded in the variable `prefix` and its number.
        """
        match plan:
            case LeafPlan():
                return self._leaf(plan, prefix, depth)
            case JoinedPlan(condition, parts):
                truths = [self._record(part, prefix, depth) for part in parts]
                match condition:
                    case Not():
                        return f"(not {truths[0]})"
                    case All():
                        return f"({' and '.join(truths)})" if truths else "True"
                    case AnyOf():
                        return f"({' or '.join(truths)})" if truths else "False"
            case SearchPlan():
                return self._search(plan, prefix, depth)
            case _:
                assert_never(plan)

    def _leaf(self, plan: LeafPlan, prefix: str, depth: int) -> str:
        truth = f"{prefix}{plan.truth}"
        sides = []
        for number, source in enumerate(plan.seen):
            text = self._value(plan.condition, number)
            if source.origin is Origin.PLACE:
                self._line(depth, f"{prefix}{source.place} = {text}")
                text = f"{prefix}{source.place}"
            sides.append(text)
        match plan.condition:
            case Presence(given=given):
                test = f"{sides[0]} is {'not ' if given else ''}None"
            case Comparison(operand=operand) as comparison:
                other = sides[1] if len(sides) > 1 else self._expressions.operand(operand)
                test = self._expressions.compared(comparison, sides[0], other)
        if test != f"({truth})":
            self._line(depth, f"{truth} = {test}")
        return truth

    def _value(self, condition: Comparison | Presence, number: int) -> str:
        if number == 0:
            return self._expressions.value(condition.subject)
        assert isinstance(condition, Comparison)  # noqa: S101  # a presence has one side
        operand = self._expressions.operand(condition.operand)
        if isinstance(condition.operand, Shifted) and condition.operand.base.fact.optional:
            base = self._expressions.value(condition.operand.base)
            return f"(None if {base} is None else {operand})"
        return operand

    def _search(self, plan: SearchPlan, prefix: str, depth: int) -> str:
        records, place = plan.condition.records, f"{prefix}{plan.place}"
        matching = f"{place}_matching"
        source = self._expressions.variable(records)
        self._line(depth, f"{place} = []")
        self._line(depth, f"{matching} = 0")
        self._line(depth, f"for {RECORD} in {source}:")
        with self._expressions.in_record_of(records):
            holds = self._record(plan.where, "a", depth + 1)
        self._line(depth + 1, f"{place}.append(({_places('a', 0, plan.places)}))")
        self._line(depth + 1, f"if {holds}: {matching} += 1")
        return _enough(plan.condition, matching, place)

    def _line(self, depth: int, text: str) -> None:
        self._lines.append("    " * depth + text)


def _enough(condition: Quantified, matching: str, place: str) -> str:
    """Return the expression of whether so many matching records are as many as must be."""
    match condition.quantifier:
        case Quantifier.ANY:
            return f"({matching} > 0)"
        case Quantifier.NONE:
            return f"({matching} == 0)"
        case Quantifier.EVERY:
            return f"({matching} == len({place}))"
        case Quantifier.COUNT:
            lowest = condition.at_least if condition.at_least is not None else 0
            most = "" if condition.at_most is None else f" <= {condition.at_most}"
            return f"({lowest} <= {matching}{most})"


def _places(prefix: str, first: int, end: int) -> str:
    """Return the variables of the places from `first` on, each with a comma behind it."""
    return "".join(f"{prefix}{place}, " for place in range(first, end))
