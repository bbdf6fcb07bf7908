"""Invented rules, grants and notices: random rulebooks within the language.

In: `Draws`, a source of choices. Out: a `Rulebook` over the catalogue of `invented`, with versions,
gates, advice, every operator and quantifier, shifted dates and parameters.
Does not know: what is tested with them. Most conditions are guarded as `check` demands, some are
not: their meaning is fixed all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from engine.dated import SINCE_EVER, Dated
from engine.facts import FactType, Text, Value
from engine.model import (
    All,
    AnyOf,
    Basis,
    Comparison,
    Condition,
    Confidence,
    Constant,
    Constants,
    DatedBy,
    Not,
    Operand,
    Operator,
    ParameterReference,
    Presence,
    Quantified,
    Quantifier,
    Reference,
    Requirement,
    Rule,
    Rulebook,
    RuleFile,
    RuleKind,
    RuleSeverity,
    Scope,
    Shifted,
    Told,
    Version,
)
from tests.engine.invented import (
    CATALOGUE,
    CODES,
    DAYS,
    FACTS,
    OPERATIONS,
    PATTERNS,
    POOLS,
    SHIFTS,
    Draws,
    parameters,
    table,
)

_ANY_TYPE = (Operator.IS, Operator.IS_NOT, Operator.IN, Operator.NOT_IN)
_TIMES = (Operator.BEFORE, Operator.ON_OR_BEFORE, Operator.AFTER, Operator.ON_OR_AFTER)
_OPERATORS: Mapping[FactType, tuple[Operator, ...]] = {
    FactType.CODE: (*_ANY_TYPE, Operator.IN_FORCE_ON),
    FactType.CODES: (Operator.INCLUDES, Operator.EXCLUDES),
    FactType.TEXT: (
        *_ANY_TYPE,
        Operator.MATCHES,
        Operator.LENGTH_AT_LEAST,
        Operator.LENGTH_AT_MOST,
    ),
    FactType.INTEGER: (
        *_ANY_TYPE,
        Operator.LESS_THAN,
        Operator.AT_MOST,
        Operator.MORE_THAN,
        Operator.AT_LEAST,
    ),
    FactType.BOOLEAN: (Operator.IS, Operator.IS_NOT),
    FactType.DATE: (*_ANY_TYPE, *_TIMES),
    FactType.INSTANT: (Operator.IS, Operator.IS_NOT, *_TIMES),
}
_PARAMETER_OF = {FactType.INTEGER: "limit", FactType.DATE: "began", FactType.TEXT: "word"}
_OUTSIDE = tuple(
    Reference(Scope.FACT, fact) for fact in FACTS.values() if fact.type is not FactType.RECORDS
)
_INSIDE = {
    fact.name: tuple(Reference(Scope.FIELD, field) for field in fact.fields.values())
    for fact in FACTS.values()
    if fact.type is FactType.RECORDS
}


@dataclass(frozen=True, slots=True)
class Conditions:
    """Makes conditions; `records` is the list whose record is at hand inside a `where`."""

    draws: Draws
    records: str | None = None

    def condition(self, depth: int) -> Condition:
        """Return a condition with at most `depth` levels of `all`, `any_of` and `not` in it."""
        draws = self.draws
        kind = draws.below(4 + 5 * bool(depth) + 3 * (self.records is None))
        if kind < 4:
            return self.guarded_comparison()
        if not depth or kind >= 9:
            return self.quantified(depth)
        if kind < 6:
            return All(tuple(self.condition(depth - 1) for _ in range(draws.below(4))))
        if kind < 8:
            return AnyOf(tuple(self.condition(depth - 1) for _ in range(1 + draws.below(3))))
        return Not(self.condition(depth - 1))

    def quantified(self, depth: int) -> Condition:
        draws = self.draws
        records = draws.one_of(tuple(_INSIDE))
        where = Conditions(draws, records).condition(min(depth, 2))
        quantifier = draws.one_of(tuple(Quantifier))
        bounds: tuple[int | None, int | None] = (None, None)
        if quantifier is Quantifier.COUNT:
            low = draws.below(3)
            bounds = draws.one_of(((low, None), (None, low), (low, low + draws.below(2))))
        return Quantified(quantifier, FACTS[records], where, *bounds)

    def guarded_comparison(self) -> Condition:
        """Return a comparison, mostly with the guards that `check` demands."""
        draws = self.draws
        subject = draws.one_of(self._references())
        if subject.fact.optional and draws.chance(4):
            return Presence(subject, given=not draws.chance(3))
        operator = draws.one_of(_OPERATORS[subject.fact.type])
        operand = self._operand(subject, operator)
        comparison = Comparison(subject, operator, operand, or_absent=draws.chance(3))
        base = operand.base if isinstance(operand, Shifted) else operand
        read = [subject] if not comparison.or_absent else []
        read += [base] if isinstance(base, Reference) else []
        guards = [Presence(each, given=True) for each in read if each.fact.optional]
        if not guards or draws.chance(6):
            return comparison
        return All((*guards, comparison))

    def _references(self) -> Sequence[Reference]:
        if self.records is None:
            return _OUTSIDE
        # in a record, twice as often a field of it as a fact outside
        return _INSIDE[self.records] if self.draws.below(3) else _OUTSIDE

    def _operand(self, subject: Reference, operator: Operator) -> Operand:
        draws, fact = self.draws, subject.fact
        match operator:
            case Operator.IN | Operator.NOT_IN:
                if fact.code_list is not None:
                    pool: Sequence[Value] = CODES[fact.code_list]
                else:
                    pool = POOLS[fact.type]
                first, rest = draws.one_of(pool), draws.some_of(pool, 3)
                return Constants(tuple(dict.fromkeys((first, *rest))))  # type: ignore[arg-type]
            case Operator.MATCHES:
                return Constant(draws.one_of(PATTERNS))
            case Operator.LENGTH_AT_LEAST | Operator.LENGTH_AT_MOST:
                return self._value(FactType.INTEGER, None, (0, 1, 2, 4))
            case Operator.IN_FORCE_ON:
                return self._value(FactType.DATE, None, DAYS)
            case Operator.INCLUDES | Operator.EXCLUDES:
                return self._value(FactType.CODE, fact.code_list, CODES[fact.code_list or ""])
            case _:
                pool = CODES[fact.code_list] if fact.code_list else POOLS[fact.type]
                return self._value(fact.type, fact.code_list, pool)

    def _value(self, kind: FactType, code_list: str | None, pool: Sequence[Value]) -> Operand:
        """Return an operand of one type: a value, a fact, a shifted date or a parameter."""
        draws = self.draws
        alike = [
            reference
            for reference in self._references()
            if reference.fact.type is kind and reference.fact.code_list == code_list
        ]
        form = draws.below(6)
        if alike and (form in (2, 3) or kind is FactType.INSTANT):
            return draws.one_of(alike)
        if alike and form == 4 and kind is FactType.DATE:
            days: Constant | ParameterReference = ParameterReference("days", FactType.INTEGER)
            if draws.below(3):
                days = Constant(draws.one_of(SHIFTS))
            return Shifted(draws.one_of(alike), days, draws.one_of((1, -1)))
        if form == 5 and kind in _PARAMETER_OF:
            return ParameterReference(_PARAMETER_OF[kind], kind)
        if kind is FactType.INSTANT:
            return Reference(Scope.FACT, FACTS["case.at"])
        return Constant(draws.one_of(pool))  # type: ignore[arg-type]


# --- rulebooks -----------------------------------------------------------------------------------

_WORDS = Text("invented", "invented")


def rulebook(draws: Draws, kinds: Sequence[RuleKind] = tuple(RuleKind)) -> Rulebook:
    """Return a rulebook of a few rules, grants or notices that obeys the language."""
    kind = draws.one_of(kinds) if len(kinds) > 1 else kinds[0]
    known = parameters(draws)
    tables = {name: table(draws, name, known) for name in CODES}
    rules = tuple(_rule(draws, kind, f"rule-{number}") for number in range(1 + draws.below(4)))
    return Rulebook(
        id="sha256:invented",
        files=(
            RuleFile(
                "invented",
                OPERATIONS,
                rules if kind is RuleKind.RULE else (),
                _WORDS,
                grants=rules if kind is RuleKind.GRANT else (),
                notices=rules if kind is RuleKind.NOTICE else (),
            ),
        ),
        catalogue=CATALOGUE,
        tables=tables,
        parameters=known,
        error_codes={},
        content={},
    )


def _rule(draws: Draws, kind: RuleKind, name: str) -> Rule:
    starts = sorted({draws.one_of((SINCE_EVER, *DAYS)), *draws.some_of(DAYS, 1)})
    only = kind is RuleKind.RULE
    severities = (RuleSeverity.REFUSE, RuleSeverity.REFUSE, RuleSeverity.ADVICE)
    return Rule(
        id=name,
        title=_WORDS,
        operations=draws.one_of((OPERATIONS, OPERATIONS[:1])),
        severity=draws.one_of(severities) if only else RuleSeverity.REFUSE,
        gate=only and draws.chance(5),
        dated_by=draws.one_of((DatedBy("case.day"), DatedBy("case.maybe_day", "case.day"))),
        versions=Dated([(start, _version(draws, kind, name, start)) for start in starts]),
        kind=kind,
    )


def _version(draws: Draws, kind: RuleKind, name: str, start: date) -> Version:
    basis = Basis("invented", Confidence.ASSUMED)
    if draws.chance(8):
        return Version(start, basis, All(()), (), withdrawn=True)
    conditions = Conditions(draws)
    when = All(tuple(conditions.condition(1) for _ in range(draws.below(2))))
    match kind:
        case RuleKind.RULE:
            return Version(start, basis, when, _requirements(draws))
        case RuleKind.GRANT:
            only = All((conditions.condition(1),)) if draws.chance(2) else None
            speech = _speech(name, conditions.condition(3))
            return Version(start, basis, when, (speech,), only_where=only)
        case RuleKind.NOTICE:
            records = draws.one_of(tuple(_INSIDE))
            where = Conditions(draws, records).condition(2)
            speech = _speech(name, Quantified(Quantifier.ANY, FACTS[records], where))
            return Version(start, basis, when, (speech,), told=Told("Changed", "place"))


def _requirements(draws: Draws) -> tuple[Requirement, ...]:
    conditions = Conditions(draws)
    return tuple(
        Requirement(
            code=f"S-{number}",
            field="",
            when=conditions.condition(1) if draws.chance(3) else All(()),
            require=conditions.condition(3),
            message=_WORDS,
        )
        for number in range(1 + draws.below(2))
    )


def _speech(name: str, holds: Condition) -> Requirement:
    return Requirement(name, "", All(()), holds, Text("", ""))
