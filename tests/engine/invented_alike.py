"""Invented rules that are much alike: the same fact tells them apart, the same list is searched.

In: `Draws`. Out: a `Rulebook` of three to twelve rules, or of so many, over the catalogue of
`invented`.
Does not know: what is tested with them. Random rules seldom have anything in common, so that what
the compiled engine does with many rules of one kind would hardly be tried by them.
"""

from __future__ import annotations

from dataclasses import replace

from engine.dated import Dated
from engine.facts import FactType
from engine.model import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Constant,
    Constants,
    Not,
    Operator,
    Quantified,
    Quantifier,
    Reference,
    Rule,
    Rulebook,
    RuleKind,
    Scope,
    Version,
)
from tests.engine import invented_rules
from tests.engine.invented import CODES, DAYS, FACTS, INTEGERS, Draws

_TELLING = ("case.kind", "case.maybe_kind", "case.day")
_BOUNDED = ("case.count", "case.maybe_count", "case.day", "case.maybe_day")
_BOUNDS_OF_NUMBERS = (
    Operator.LESS_THAN,
    Operator.AT_MOST,
    Operator.MORE_THAN,
    Operator.AT_LEAST,
)
_BOUNDS_OF_DAYS = (
    Operator.BEFORE,
    Operator.ON_OR_BEFORE,
    Operator.AFTER,
    Operator.ON_OR_AFTER,
)
_TIMES = (
    Operator.BEFORE,
    Operator.ON_OR_BEFORE,
    Operator.IS,
    Operator.ON_OR_AFTER,
    Operator.AFTER,
)


def rulebook(draws: Draws) -> Rulebook:
    """Return a rulebook of rules or grants that obeys the language."""
    return of_rules(draws, 3 + draws.below(10))


def of_rules(draws: Draws, number_of_rules: int) -> Rulebook:
    """Return a rulebook of so many rules or grants."""
    kinds = (RuleKind.RULE, RuleKind.RULE, RuleKind.GRANT)
    book = invented_rules.rulebook(draws, (draws.one_of(kinds),))
    (file,) = book.files
    some = file.all
    # later ones mostly alike, earlier ones of a random kind
    rules = tuple(
        _alike(draws, replace(some[number % len(some)], id=f"rule-{number}"))
        for number in range(number_of_rules)
    )
    grants = bool(file.grants)
    file = replace(file, rules=() if grants else rules, grants=rules if grants else ())
    return replace(book, files=(file,))


def _alike(draws: Draws, rule: Rule) -> Rule:
    return replace(
        rule,
        versions=Dated([(start, _version(draws, version)) for start, version in rule.versions]),
    )


def _version(draws: Draws, version: Version) -> Version:
    if version.withdrawn:
        return version
    telling = (draws.one_of((_telling, _bound))(draws) for _ in range(draws.below(4)))
    when = All((*telling, *version.when.parts))
    if draws.chance(2):
        when = All((*when.parts, _search(draws)))
    requirements = tuple(
        replace(each, require=_found_or(draws, each.require)) for each in version.requirements
    )
    return replace(version, when=when, requirements=requirements)


def _found_or(draws: Draws, require: Condition) -> Condition:
    search = _search(draws)
    return draws.one_of(
        (search, Not(search), All((search, require)), AnyOf((Not(search), require)), require)
    )


def _telling(draws: Draws) -> Condition:
    """Return what a fact must be, said in one of the ways there are to say it."""
    fact = FACTS[draws.one_of(_TELLING)]
    values = CODES[fact.code_list] if fact.code_list else DAYS
    subject, value = Reference(Scope.FACT, fact), draws.one_of(values)
    several = Constants(tuple(dict.fromkeys((value, *draws.some_of(values, 2)))))
    or_absent = fact.optional and draws.chance(4)
    return draws.one_of(
        (
            Comparison(subject, Operator.IS, Constant(value), or_absent),
            Comparison(subject, Operator.IN, several, or_absent),
            Not(Comparison(subject, Operator.IS_NOT, Constant(value), or_absent)),
            Not(Comparison(subject, Operator.NOT_IN, several, or_absent)),
        )
    )


def _bound(draws: Draws) -> Condition:
    """Return what a fact must be more or less than, said or denied."""
    fact = FACTS[draws.one_of(_BOUNDED)]
    days = fact.type is FactType.DATE
    bounds = _BOUNDS_OF_DAYS if days else _BOUNDS_OF_NUMBERS
    value = Constant(draws.one_of(DAYS if days else INTEGERS))
    or_absent = fact.optional and draws.chance(4)
    bound = Comparison(Reference(Scope.FACT, fact), draws.one_of(bounds), value, or_absent)
    return Not(bound) if draws.chance(4) else bound


def _search(draws: Draws) -> Condition:
    """Return a search of the visits by when they were, beside something else or alone."""
    visits = FACTS["visits"]
    at = Reference(Scope.FIELD, visits.fields["at"])
    asked: Condition = Comparison(at, draws.one_of(_TIMES), Reference(Scope.FACT, FACTS["case.at"]))
    if draws.chance(3):
        kind = Reference(Scope.FIELD, visits.fields[draws.one_of(("kind", "maybe_kind"))])
        named = Comparison(kind, Operator.IS, Constant(draws.one_of(CODES["kinds"])))
        asked = draws.one_of((named, All((named, asked))))
    if draws.below(2):
        asked = All((asked, invented_rules.Conditions(draws, "visits").condition(1)))
    quantifier = draws.one_of(tuple(Quantifier))
    bounds = (draws.below(3), None) if quantifier is Quantifier.COUNT else (None, None)
    return Quantified(quantifier, visits, asked, *bounds)
