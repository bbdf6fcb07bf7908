"""Which aims are tried when given facts are decided?

In: a rulebook, an operation and facts. Out: the aims tried.
Does not know: cases. What holds is asked of the trace; whether it decides is asked of the compiled
engine, with the one thing changed: a condition turned into its opposite, a wording or a row that
begins a day earlier or later. No condition is evaluated here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import assert_never

from engine.compiled.evaluator import compile_program
from engine.coverage.aims import LENGTHS, LISTS, ORDERING, Aim, AimKind, demand_sides
from engine.coverage.paths import Look, Path, looks_of, negated
from engine.dated import SINCE_EVER, Dated
from engine.decision import Evaluator, Firing, Outcome, Step
from engine.facts import Facts, Scalar, Value
from engine.model import (
    All,
    AnyOf,
    Comparison,
    Constant,
    Constants,
    Not,
    Presence,
    Quantified,
    Quantifier,
    Rule,
    Rulebook,
    RuleKind,
    Version,
)
from engine.operators import nfc
from engine.program import Clause, Program, Programs, asks_only_where, clause_on, dating_day
from engine.shape import reference_in
from engine.tables import Row, Table
from engine.trace.tracer import Tracer

_DAY = timedelta(days=1)
_NEAR = timedelta(seconds=1)
"""An instant this near to a limit lies next to it."""


class Looker:
    """Looks at one rulebook's decisions; keeps what it compiles."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._programs = Programs(rulebook)
        self._tracers: dict[int, Tracer] = {}
        self._altered: dict[object, Evaluator] = {}
        self._seams: dict[str, tuple[_RowSeam, ...]] = {}
        self._rows = _row_seams(rulebook)

    def tried(
        self, operation: str, facts: Facts, only: Collection[str] | None = None
    ) -> Iterator[Aim]:
        """Yield what deciding `operation` on `facts` tries; `only` names rules ("" for tables).

        When a gate fires, only what the gates' steps tell of is tried, as in a decision. Raises
        `EvaluationError` as a decision does.
        """
        program = self._programs.for_facts(operation, facts)
        firings = self._compiled(("whole", id(program)), program).firings(facts)
        clauses = program.clauses
        gated = any(clauses[each.clause].rule.gate for each in firings)
        for position, clause in enumerate(clauses):
            if gated and not clause.rule.gate:
                continue
            if only is None or clause.rule.id in only:
                yield from self._of_clause(program, position, clause, facts)
        if only is None or "" in only:
            yield from self._of_rows(program, facts, gated)

    # --- rules ----------------------------------------------------------------------------------

    def _of_clause(
        self, program: Program, position: int, clause: Clause, facts: Facts
    ) -> Iterator[Aim]:
        yield from self._of_seams(program, clause, facts)
        version = clause.version
        if version is None:
            return
        rule, start = clause.rule, version.valid_from
        step = self._tracer(program).step(position, facts)
        for number, demand in enumerate(step.requirements):
            if demand.outcome is not Outcome.NOT_APPLICABLE:
                satisfied, violated = demand_sides(rule)
                side = satisfied if demand.outcome is Outcome.SATISFIED else violated
                yield Aim(AimKind.DEMAND, rule.id, start, ("requirements", number), side)
        original = rule.versions.on(start)
        assert original is not None  # noqa: S101  # the clause was made of it
        yield from self._of_conditions(program, clause, original, step, facts)

    def _of_conditions(
        self, program: Program, clause: Clause, original: Version, step: Step, facts: Facts
    ) -> Iterator[Aim]:
        assert clause.version is not None  # noqa: S101  # asked for versions in force alone
        narrowed = asks_only_where(original, program.facts)
        decides: dict[Path, bool] = {}
        for look in looks_of(clause.version, step, narrowed=narrowed):
            if look.path not in decides:
                decides[look.path] = self._decides(program, clause, original, look.path, facts)
            if decides[look.path]:
                for kind, side, value in _sides(look):
                    yield Aim(kind, clause.rule.id, original.valid_from, look.path, side, value)

    def _decides(
        self, program: Program, clause: Clause, original: Version, path: Path, facts: Facts
    ) -> bool:
        """Tell whether the rule would answer otherwise if this condition were its opposite."""
        rule = clause.rule
        key = (id(program), rule.id, original.valid_from, path)
        if key not in self._altered:
            changed = _with_version(rule, negated(original, path))
            day = dating_day(rule.dated_by, facts)
            other = clause_on(changed, day, self._rulebook.parameters, program.facts)
            self._compiled(key, replace(program, clauses=(other,)))
        return self._altered[key].firings(facts) != self._alone(program, clause, facts)

    def _of_seams(self, program: Program, clause: Clause, facts: Facts) -> Iterator[Aim]:
        rule = clause.rule
        day = dating_day(rule.dated_by, facts)
        for start in rule.versions.starts:
            if start == SINCE_EVER or day not in (start, start - _DAY):
                continue
            side, across = ("on", start - _DAY) if day == start else ("before", start)
            key = (id(program), rule.id, across)
            if key not in self._altered:
                other = clause_on(rule, across, self._rulebook.parameters, program.facts)
                self._compiled(key, replace(program, clauses=(other,)))
            if self._altered[key].firings(facts) != self._alone(program, clause, facts):
                yield Aim(AimKind.SEAM, rule.id, start, (), side)

    # --- tables ---------------------------------------------------------------------------------

    def _of_rows(self, program: Program, facts: Facts, gated: bool) -> Iterator[Aim]:
        days = set(_days_in(facts))
        for seam in self._rows:
            for side, day, moved in (
                ("before", seam.start - _DAY, seam.start - _DAY),
                ("on", seam.start, seam.start + _DAY),
            ):
                if day in days and self._matters(program, seam, moved, facts, gated):
                    path = (seam.table.name, seam.key)
                    yield Aim(AimKind.ROW, "", seam.start, path, side)

    def _matters(
        self, program: Program, seam: _RowSeam, moved: date, facts: Facts, gated: bool
    ) -> bool:
        """Tell whether the answer would be another if the row began on `moved`."""
        key = (id(program), seam.table.name, seam.key, seam.start, moved)
        if key not in self._altered:
            tables = {**program.tables, seam.table.name: seam.begun_on(moved)}
            self._compiled(key, replace(program, tables=tables))
        whole = self._compiled(("whole", id(program)), program)
        return _heard(program, whole.firings(facts), gated) != _heard(
            program, self._altered[key].firings(facts), gated
        )

    # --- what is compiled -----------------------------------------------------------------------

    def _alone(self, program: Program, clause: Clause, facts: Facts) -> tuple[Firing, ...]:
        key = ("alone", id(program), clause.rule.id)
        return self._compiled(key, replace(program, clauses=(clause,))).firings(facts)

    def _compiled(self, key: object, program: Program) -> Evaluator:
        # INVARIANT: `Programs` keeps every program alive, so an id is never used twice
        if key not in self._altered:
            self._altered[key] = compile_program(program)
        return self._altered[key]

    def _tracer(self, program: Program) -> Tracer:
        if id(program) not in self._tracers:
            self._tracers[id(program)] = Tracer(program)
        return self._tracers[id(program)]


class _RowSeam:
    """The first day of one row of a table."""

    __slots__ = ("key", "start", "table")

    def __init__(self, table: Table, key: int | str, start: date) -> None:
        self.table, self.key, self.start = table, key, start

    def begun_on(self, day: date) -> Table:
        """Return the table as if this row began on another day."""
        moved: dict[date, Row] = {}
        for start, row in self.table.rows[self.key]:
            # a row that would begin together with its neighbour takes its place
            moved[day if start == self.start else start] = row
        return replace(self.table, rows={**self.table.rows, self.key: Dated(moved.items())})


def _row_seams(rulebook: Rulebook) -> tuple[_RowSeam, ...]:
    return tuple(
        _RowSeam(table, key, start)
        for table in rulebook.tables.values()
        for key, history in table.rows.items()
        for start in history.starts
        if start != SINCE_EVER
    )


def _heard(program: Program, firings: tuple[Firing, ...], gated: bool) -> tuple[Firing, ...]:
    """Return the firings that a decision would tell of."""
    if program.kind is not RuleKind.RULE:
        return firings
    gates = tuple(each for each in firings if program.clauses[each.clause].rule.gate)
    return gates if gated or gates else firings


def _with_version(rule: Rule, version: Version) -> Rule:
    versions = {**dict(rule.versions), version.valid_from: version}
    return replace(rule, versions=Dated(versions.items()))


def _days_in(facts: Facts) -> Iterator[date]:
    for value in facts.values():
        if isinstance(value, date) and not isinstance(value, datetime):
            yield value
        elif isinstance(value, tuple):
            for record in value:
                if isinstance(record, Mapping):
                    yield from (
                        each
                        for each in record.values()
                        if isinstance(each, date) and not isinstance(each, datetime)
                    )


# --- the sides of one look ------------------------------------------------------------------------


def _sides(look: Look) -> Iterator[tuple[AimKind, str, Scalar | None]]:
    holds = "true" if look.trace.holds else "false"
    match look.condition:
        case Comparison(operand=operand) as comparison:
            left = look.trace.seen[0].value
            right = _right(look)
            if left is None or right is None:
                yield AimKind.CONDITION, "absent" if comparison.or_absent else holds, None
                return
            yield AimKind.CONDITION, holds, None
            if comparison.operator in LISTS and isinstance(operand, Constants):
                yield from (
                    (AimKind.BOUNDARY, "member", each) for each in operand.values if each == left
                )
            side = _beside(comparison, left, right)
            if side is not None:
                yield AimKind.BOUNDARY, side, None
        case Quantified(Quantifier.COUNT, _, _, at_least, at_most):
            yield AimKind.CONDITION, holds, None
            matching = sum(each.holds for each in look.trace.records)
            for bound, beyond in ((at_least, -1), (at_most, 1)):
                if bound is not None and matching - bound in (0, beyond):
                    side = {-1: "below", 0: "equal", 1: "above"}[matching - bound]
                    yield AimKind.BOUNDARY, side, bound
        case Quantified() | Presence() | AnyOf():
            yield AimKind.CONDITION, holds, None
        case All() | Not():
            raise AssertionError("neither has sides of its own")
        case _:
            assert_never(look.condition)


def _right(look: Look) -> Value | None:
    assert isinstance(look.condition, Comparison)  # noqa: S101  # asked of comparisons alone
    match look.condition.operand:
        case Constant(value):
            return value
        case Constants(values):
            return values
        case operand:
            return look.trace.seen[1].value if reference_in(operand) is not None else None


def _beside(comparison: Comparison, left: Value, right: Value) -> str | None:
    """Tell on which side of a limit a value lies, None when it is not next to it."""
    if comparison.operator in LENGTHS and isinstance(left, str) and isinstance(right, int):
        return _side(len(nfc(left)) - right)
    if comparison.operator not in ORDERING:
        return None
    if isinstance(left, datetime) and isinstance(right, datetime):
        away = left - right
        return None if abs(away) > _NEAR else _side((away > timedelta()) - (away < timedelta()))
    if isinstance(left, date) and isinstance(right, date):
        return _side((left - right).days)
    if isinstance(left, int) and isinstance(right, int):
        return _side(left - right)
    return None


def _side(away: int) -> str | None:
    return {-1: "below", 0: "equal", 1: "above"}.get(away)
