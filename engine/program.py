"""Rulebook + dates → `Program`: one version per rule, parameters resolved, ready to be evaluated.

In: a checked `Rulebook` and the facts that date its rules. Out: an immutable `Program`, cached per
combination of periods, so that a day that changes nothing builds nothing.
Does not know: how a program is evaluated.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from threading import Lock

from engine.facts import Fact, Facts
from engine.model import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Constant,
    DatedBy,
    Not,
    Operand,
    ParameterReference,
    Presence,
    Quantified,
    Requirement,
    Rule,
    Rulebook,
    RuleKind,
    Shifted,
    Version,
)
from engine.problems import EvaluationError
from engine.shape import facts_read
from engine.tables import ErrorCode, Parameter, Table


@dataclass(frozen=True, slots=True)
class Clause:
    """One rule in the wording that applies; `version` is None when none is in force."""

    rule: Rule
    version: Version | None

    @property
    def fires(self) -> tuple[All, ...]:
        """For every requirement the condition under which the rule speaks up.

        A rule speaks up when the requirement is not met, a grant or a notice when it is. Evaluators
        look at nothing else of a clause.
        """
        if self.version is None:
            return ()
        when, violated = self.version.when, self.rule.kind is RuleKind.RULE
        return tuple(
            All((*when.parts, each.when, Not(each.require) if violated else each.require))
            for each in self.version.requirements
        )


@dataclass(frozen=True, slots=True)
class Program:
    """What decides one operation on the given dates.

    Clauses stand in file order and hold no `ParameterReference`: parameters have become constants.
    """

    rulebook: str
    operation: str
    clauses: tuple[Clause, ...]
    facts: Mapping[str, Fact]
    tables: Mapping[str, Table]
    error_codes: Mapping[str, ErrorCode]

    @property
    def kind(self) -> RuleKind:
        """What decides the operation; a rulebook does not mix kinds within one operation."""
        return self.clauses[0].rule.kind if self.clauses else RuleKind.RULE


class Programs:
    """The programs of one rulebook; safe to share between threads."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._programs: dict[tuple[str | int, ...], Program] = {}
        self._clauses = _Clauses(rulebook)
        self._lock = Lock()
        self._seams: dict[str, tuple[tuple[DatedBy, tuple[date, ...]], ...]] = {
            operation: _seams(rulebook, operation) for operation in rulebook.catalogue.operations
        }

    def for_facts(self, operation: str, facts: Facts) -> Program:
        """Return the program for these facts; raises `EvaluationError` when a date is missing."""
        if operation not in self._seams:
            raise EvaluationError(f"no rules for operation `{operation}`")
        seams = self._seams[operation]
        periods = [bisect_right(starts, dating_day(by, facts)) for by, starts in seams]
        program = self._programs.get((operation, *periods))
        if program is None:
            days = {dated_by: dating_day(dated_by, facts) for dated_by, _ in seams}
            program = _build_program(self._rulebook, operation, days, self._clauses)
            with self._lock:
                program = self._programs.setdefault((operation, *periods), program)
        return program


class _Clauses:
    """The wordings of the rules of one rulebook that were asked for; programs share them."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._parameters = rulebook.parameters
        self._changes = _changes_of(rulebook.parameters.values())
        # INVARIANT: the rulebook keeps its rules alive, so an id is never used twice
        self._known: dict[tuple[str, int, date | None, int], Clause] = {}

    def on(self, operation: str, rule: Rule, day: date, facts: Mapping[str, Fact]) -> Clause:
        """Return the wording in force on `day` in an operation that gives these facts."""
        version = rule.versions.on(day)
        since = version.valid_from if version is not None else None
        key = (operation, id(rule), since, bisect_right(self._changes, day))
        clause = self._known.get(key)
        if clause is None:
            clause = self._known[key] = clause_on(rule, day, self._parameters, facts)
        return clause


def _build_program(
    rulebook: Rulebook, operation: str, days: Mapping[DatedBy, date], clauses: _Clauses
) -> Program:
    """Choose for every rule of `operation` the wording in force on its day."""
    facts = rulebook.catalogue.of_operations([operation])
    return Program(
        rulebook=rulebook.id,
        operation=operation,
        clauses=tuple(
            clauses.on(operation, rule, days[rule.dated_by], facts)
            for rule in rulebook.rules_of(operation)
        ),
        facts=facts,
        tables=rulebook.tables,
        error_codes=rulebook.error_codes,
    )


def _seams(rulebook: Rulebook, operation: str) -> tuple[tuple[DatedBy, tuple[date, ...]], ...]:
    """Return for each way of dating the days on which some program begins to differ."""
    changes = set(_changes_of(rulebook.parameters.values()))
    starts: dict[DatedBy, set[date]] = {}
    for rule in rulebook.rules_of(operation):
        starts.setdefault(rule.dated_by, set(changes)).update(rule.versions.starts)
    return tuple((dated_by, tuple(sorted(days))) for dated_by, days in starts.items())


def _changes_of(parameters: Iterable[Parameter]) -> list[date]:
    """Return the days on which some parameter changes, in order."""
    return sorted({start for parameter in parameters for start in parameter.values.starts})


def dates_of(rulebook: Rulebook, operation: str) -> tuple[DatedBy, ...]:
    """Return the distinct ways in which the rules of `operation` are dated, in file order."""
    return tuple(dict.fromkeys(rule.dated_by for rule in rulebook.rules_of(operation)))


def dating_day(dated_by: DatedBy, facts: Facts) -> date:
    """Return the day that chooses the wording; raises `EvaluationError` when it is missing."""
    day = facts.get(dated_by.fact)
    if day is None and dated_by.otherwise is not None:
        day = facts.get(dated_by.otherwise)
    if not isinstance(day, date):
        raise EvaluationError(f"fact `{dated_by.fact}`, which dates a rule, is missing")
    return day


def clause_on(
    rule: Rule, day: date, parameters: Mapping[str, Parameter], facts: Mapping[str, Fact]
) -> Clause:
    """Return the wording of `rule` in force on `day`, in an operation that gives these facts."""
    version = rule.versions.on(day)
    if version is None or version.withdrawn:
        return Clause(rule, None)
    binding = _Binding(parameters, day)
    return Clause(
        rule,
        replace(
            version,
            when=All(
                tuple(binding.condition(part) for part in version.when.parts), version.when.place
            ),
            requirements=tuple(
                binding.requirement(_narrowed(each, version, facts))
                for each in version.requirements
            ),
        ),
    )


def asks_only_where(version: Version, facts: Mapping[str, Fact]) -> bool:
    """Tell whether a grant asks its `only_where` in an operation that gives these facts."""
    return version.only_where is not None and facts_read(version.only_where) <= facts.keys()


def _narrowed(requirement: Requirement, version: Version, facts: Mapping[str, Fact]) -> Requirement:
    """Add what a grant lets the caller see, where the operation gives the facts for it."""
    only = version.only_where
    if only is None or not asks_only_where(version, facts):
        return requirement
    return replace(requirement, require=All((requirement.require, only), only.place))


@dataclass(frozen=True, slots=True)
class _Binding:
    """Replaces references to parameters by the values in force on `day`."""

    parameters: Mapping[str, Parameter]
    day: date

    def requirement(self, requirement: Requirement) -> Requirement:
        return replace(
            requirement,
            when=self.condition(requirement.when),
            require=self.condition(requirement.require),
        )

    def condition(self, condition: Condition) -> Condition:
        match condition:
            case All(parts) | AnyOf(parts):
                return replace(condition, parts=tuple(self.condition(part) for part in parts))
            case Not(part):
                return replace(condition, part=self.condition(part))
            case Quantified(where=where):
                return replace(condition, where=self.condition(where))
            case Comparison(operand=operand):
                return replace(condition, operand=self.operand(operand))
            case Presence():
                return condition

    def operand(self, operand: Operand) -> Operand:
        match operand:
            case ParameterReference():
                return self.constant(operand)
            case Shifted(days=ParameterReference() as days):
                return replace(operand, days=self.constant(days))
            case _:
                return operand

    def constant(self, reference: ParameterReference) -> Constant:
        value = self.parameters[reference.name].values.on(self.day)
        if value is None:
            raise EvaluationError(
                f"parameter `{reference.name}` has no value on {self.day.isoformat()}"
            )
        return Constant(value)
