"""Rulebook + operation → a `Plan`: what every row of a table of facts is answered.

In: a checked rulebook, one of its operations, and the `Steps` of the query that is to be made,
which know the database. Out: the columns that the plan reads and the SQL of its answers, to be put
into that query; several plans may share one.
Does not know: where the table comes from, who runs the query, or what the answers are held against.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from engine.columnar.branches import by_day
from engine.columnar.columns import Column, Kind, columns_of
from engine.columnar.conditions import Conditions
from engine.columnar.dialect import Dialect
from engine.columnar.needs import lacking, needed
from engine.columnar.periods import Period, periods_of
from engine.columnar.steps import Stage, Steps
from engine.decision import Firing
from engine.facts import Fact
from engine.model import DatedBy, Rule, Rulebook, RuleKind, RuleSeverity
from engine.problems import EngineError
from engine.program import dates_of

FINDING = Column(
    "findings",
    Kind.STRUCTURE,
    listed=True,
    fields=(
        Column("rule", Kind.TEXT),
        Column("code", Kind.TEXT),
        Column("refuses", Kind.BOOLEAN),
    ),
)
"""How the findings of a decision stand in a table, in file order."""


class NoSuchOperation(EngineError):
    """A rulebook does not decide an operation."""


@dataclass(frozen=True, slots=True)
class Speech:
    """One thing that may be answered; `fires` is the column that says whether it speaks up."""

    firing: Firing
    rule: str
    code: str
    refuses: bool
    gate: bool
    fires: str


@dataclass(frozen=True)
class Plan:
    """What one rulebook answers. All expressions stand at the outermost level of the query.

    `undecidable` is TRUE in rows that lack what a rule must know; what the others say there means
    nothing.
    """

    rulebook: str
    operation: str
    kind: RuleKind
    reads: tuple[Column, ...]
    speeches: tuple[Speech, ...]
    undecidable: str
    _steps: Steps

    @property
    def dialect(self) -> Dialect:
        return self._steps.dialect

    @cached_property
    def accepted(self) -> str:
        """Whether the row is accepted, as `engine.decision.Decision` means it."""
        match self.kind:
            case RuleKind.NOTICE:
                return "TRUE"
            case RuleKind.GRANT:
                return any_of(each.fires for each in self.speeches)
            case RuleKind.RULE:
                return self.answered(
                    lambda speeches: f"(NOT {any_of(s.fires for s in speeches if s.refuses)})"
                )

    @cached_property
    def findings(self) -> str:
        """What is answered: a list of structures of rule, code and whether it refuses."""
        return self.answered(self._findings)

    def answered(self, write: Callable[[Sequence[Speech]], str]) -> str:
        """Return what `write` makes of the speeches that are answered: gates alone if one fires."""
        gates = [each for each in self.speeches if each.gate]
        if not gates:
            return write(self.speeches)
        fires = self._steps.column(Stage.ANSWER, any_of(each.fires for each in gates))
        return f"(CASE WHEN {fires} THEN {write(gates)} ELSE {write(self.speeches)} END)"

    def _findings(self, speeches: Sequence[Speech]) -> str:
        return self.dialect.those_given((self._finding(each) for each in speeches), FINDING)

    def _finding(self, speech: Speech) -> str:
        literal = self.dialect.literal
        parts = {
            "rule": literal(speech.rule),
            "code": literal(speech.code),
            "refuses": literal(speech.refuses),
        }
        return f"CASE WHEN {speech.fires} THEN {self.dialect.structure(parts)} END"


def any_of(tests: Iterable[str]) -> str:
    """Return whether one of the tests holds."""
    tests = tuple(tests)
    return f"({' OR '.join(tests)})" if tests else "FALSE"


def plan_of(rulebook: Rulebook, operation: str, steps: Steps) -> Plan:
    """Return the plan by which the rulebook decides a table of facts of one operation.

    Raises `NotColumnar` when the rulebook says what columns cannot hold, and `NoSuchOperation`.
    """
    if operation not in rulebook.catalogue.operations:
        raise NoSuchOperation(f"no rules for operation `{operation}`")
    return _Planning(rulebook, operation, steps).plan()


class _Planning:
    """Makes one plan."""

    def __init__(self, rulebook: Rulebook, operation: str, steps: Steps) -> None:
        self._rulebook, self._operation, self._steps = rulebook, operation, steps
        self._dialect = steps.dialect
        self._facts: Mapping[str, Fact] = rulebook.catalogue.of_operations([operation])
        self._rules = [
            (rule, periods_of(rule, rulebook.parameters, self._facts))
            for rule in rulebook.rules_of(operation)
        ]
        self._conditions = Conditions(
            self._facts,
            rulebook.tables,
            steps,
            [
                spoken.fires
                for _, periods in self._rules
                for period in periods
                for spoken in period.spoken
            ],
        )
        self._columns = {
            column.name: column
            for column in columns_of(rulebook.catalogue, rulebook.tables, operation)
        }

    def plan(self) -> Plan:
        speeches = tuple(
            speech
            for position, (rule, periods) in enumerate(self._rules)
            for speech in self._speeches(position, rule, periods)
        )
        kinds = {rule.kind for rule, _ in self._rules}
        return Plan(
            rulebook=self._rulebook.id,
            operation=self._operation,
            kind=kinds.pop() if kinds else RuleKind.RULE,
            reads=self._read(),
            speeches=speeches,
            undecidable=self._steps.column(Stage.FIRES, self._undecidable()),
            _steps=self._steps,
        )

    # --- what is said -----------------------------------------------------------------------------

    def _speeches(self, position: int, rule: Rule, periods: tuple[Period, ...]) -> Iterator[Speech]:
        said = {(each.requirement, each.code) for period in periods for each in period.spoken}
        for requirement, code in sorted(said):
            pieces = [(period.begins, self._fires(period, requirement, code)) for period in periods]
            fires = by_day(self._dialect, self._day(rule.dated_by), pieces)
            yield Speech(
                Firing(position, requirement),
                rule.id,
                code,
                refuses=rule.kind is RuleKind.RULE and rule.severity is RuleSeverity.REFUSE,
                gate=rule.gate,
                fires=self._steps.column(Stage.FIRES, fires),
            )

    def _fires(self, period: Period, requirement: int, code: str) -> str:
        for spoken in period.spoken:
            if (spoken.requirement, spoken.code) == (requirement, code):
                return self._conditions.holds(spoken.fires)
        return "FALSE"

    def _day(self, dated_by: DatedBy) -> str:
        day = self._dialect.identifier(dated_by.fact)
        if dated_by.otherwise is None:
            return day
        return f"coalesce({day}, {self._dialect.identifier(dated_by.otherwise)})"

    # --- what must be there -----------------------------------------------------------------------

    def _undecidable(self) -> str:
        tests = []
        for dated_by in dates_of(self._rulebook, self._operation):
            day = self._day(dated_by)
            tests += [f"{day} IS NULL", by_day(self._dialect, day, self._lacking(dated_by))]
        return any_of((*tests, *self._conditions.doubts))

    def _lacking(self, dated_by: DatedBy) -> list[tuple[date, str]]:
        """Return for every day what the rules dated so lack."""
        rules = [periods for rule, periods in self._rules if rule.dated_by == dated_by]
        seams = sorted({period.begins for periods in rules for period in periods})
        return [(day, self._lacking_on([_on(periods, day) for periods in rules])) for day in seams]

    def _lacking_on(self, periods: list[Period]) -> str:
        if not all(period.decidable for period in periods):
            return "TRUE"
        names = needed((each.fires for p in periods for each in p.spoken), self._facts)
        return lacking(self._dialect, [c for name, c in self._columns.items() if name in names])

    def _read(self) -> tuple[Column, ...]:
        every = (spoken.fires for _, periods in self._rules for p in periods for spoken in p.spoken)
        names = set(needed(every, self._facts))
        for dated_by in dates_of(self._rulebook, self._operation):
            names.update(name for name in (dated_by.fact, dated_by.otherwise) if name is not None)
        return tuple(column for name, column in self._columns.items() if name in names)


def _on(periods: tuple[Period, ...], day: date) -> Period:
    return next(period for period in reversed(periods) if period.begins <= day)
